INSERT INTO usage_buckets (
    unit, quarter_at, meter, dimensions, arrived_on, quantity, events
)
VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (unit, quarter_at, meter, dimensions, arrived_on) DO UPDATE SET
    quantity = excluded.quantity,
    events = excluded.events
