SELECT sequence, version, recorded_at, body
FROM facts
WHERE kind = $1 AND key > $2
ORDER BY key
LIMIT $3
