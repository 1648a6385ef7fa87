SELECT sequence, version, recorded_at, body
FROM facts
WHERE kind = $1 AND subject = $2
ORDER BY sequence
