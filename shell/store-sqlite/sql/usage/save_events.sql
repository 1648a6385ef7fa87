INSERT INTO usage_events (
    source, id, arrived_on, batch, line, meter, subject, happened_at, reading, dimensions,
    digest, fate, reason, unit, raw
)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
