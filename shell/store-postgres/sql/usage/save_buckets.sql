INSERT INTO usage_buckets (
    unit, quarter_at, meter, dimensions, arrived_on, quantity, events
)
SELECT *
FROM unnest(
    CAST($1 AS TEXT[]),
    CAST($2 AS BIGINT[]),
    CAST($3 AS TEXT[]),
    CAST($4 AS TEXT[]),
    CAST($5 AS TEXT[]),
    CAST($6 AS TEXT[]),
    CAST($7 AS BIGINT[])
)
ON CONFLICT (unit, quarter_at, meter, arrived_on, md5(dimensions)) DO UPDATE SET
    quantity = excluded.quantity,
    events = excluded.events
WHERE usage_buckets.dimensions = excluded.dimensions
