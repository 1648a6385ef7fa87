SELECT
    serial,
    serial, holdings.unit, held_from, held_until, order_id, order_line, start_at
FROM holdings
JOIN units ON units.unit = holdings.unit
WHERE serial = ANY(CAST($1 AS TEXT[]))
ORDER BY holdings.unit, position
