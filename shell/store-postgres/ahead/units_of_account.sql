SELECT
    account,
    unit, account, order_id, order_line, shipped_at, delivered_at, start_at, start_evidence
FROM units
WHERE account = ANY(CAST($1 AS TEXT[]))
ORDER BY unit
