SELECT serial, unit, held_from, held_until
FROM holdings
WHERE serial = $1
ORDER BY unit, position
