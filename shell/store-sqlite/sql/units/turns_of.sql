SELECT
    serial, holdings.unit, held_from, held_until, order_id, order_line, start_at
FROM holdings
JOIN units ON units.unit = holdings.unit
WHERE serial = $1
ORDER BY holdings.unit, position
