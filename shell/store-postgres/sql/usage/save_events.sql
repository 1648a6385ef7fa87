INSERT INTO usage_events (
    source, id, arrived_on, batch, line, meter, subject, happened_at, reading, dimensions,
    digest, fate, reason, unit, raw
)
SELECT *
FROM unnest(
    CAST($1 AS TEXT[]),
    CAST($2 AS TEXT[]),
    CAST($3 AS TEXT[]),
    CAST($4 AS TEXT[]),
    CAST($5 AS BIGINT[]),
    CAST($6 AS TEXT[]),
    CAST($7 AS TEXT[]),
    CAST($8 AS BIGINT[]),
    CAST($9 AS TEXT[]),
    CAST($10 AS TEXT[]),
    CAST($11 AS TEXT[]),
    CAST($12 AS TEXT[]),
    CAST($13 AS TEXT[]),
    CAST($14 AS TEXT[]),
    CAST($15 AS TEXT[])
)
