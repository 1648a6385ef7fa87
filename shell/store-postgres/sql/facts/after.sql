SELECT sequence, version, recorded_at, body
FROM facts
WHERE sequence > $1
ORDER BY sequence
LIMIT $2
