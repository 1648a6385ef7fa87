SELECT sequence, version, recorded_at, body
FROM facts
WHERE kind = $1
ORDER BY sequence
