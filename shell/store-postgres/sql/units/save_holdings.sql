INSERT INTO holdings (
    unit, position, serial, held_from, held_until
)
SELECT *
FROM unnest(
    CAST($1 AS TEXT[]),
    CAST($2 AS BIGINT[]),
    CAST($3 AS TEXT[]),
    CAST($4 AS BIGINT[]),
    CAST($5 AS BIGINT[])
)
