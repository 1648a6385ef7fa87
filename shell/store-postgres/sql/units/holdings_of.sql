SELECT serial, unit, held_from, held_until
FROM holdings
WHERE serial = ANY(CAST($1 AS TEXT[]))
ORDER BY unit, position
