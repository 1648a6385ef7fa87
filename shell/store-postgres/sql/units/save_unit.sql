INSERT INTO units (
    unit, account, order_id, order_line, shipped_at, delivered_at, start_at, start_evidence
)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT (unit) DO UPDATE SET
    account = excluded.account,
    order_id = excluded.order_id,
    order_line = excluded.order_line,
    shipped_at = excluded.shipped_at,
    delivered_at = excluded.delivered_at,
    start_at = excluded.start_at,
    start_evidence = excluded.start_evidence
