INSERT INTO usage_refusals (
    batch, line, arrived_on, outcome, reason, meter, source, id, raw
)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
