SELECT
    unit, account, order_id, order_line, shipped_at, delivered_at, start_at, start_evidence
FROM units
WHERE account = $1 AND unit > $2
ORDER BY unit
LIMIT $3
