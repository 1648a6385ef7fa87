SELECT kind, subject, due_at
FROM timers
WHERE due_at = $1 AND kind = $2 AND subject >= $3
ORDER BY subject
LIMIT $4
