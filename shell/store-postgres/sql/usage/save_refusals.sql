INSERT INTO usage_refusals (
    batch, line, arrived_on, outcome, reason, meter, source, id, raw
)
SELECT *
FROM unnest(
    CAST($1 AS TEXT[]),
    CAST($2 AS BIGINT[]),
    CAST($3 AS TEXT[]),
    CAST($4 AS TEXT[]),
    CAST($5 AS TEXT[]),
    CAST($6 AS TEXT[]),
    CAST($7 AS TEXT[]),
    CAST($8 AS TEXT[]),
    CAST($9 AS TEXT[])
)
