SELECT kind, subject, due_at
FROM timers
WHERE due_at <= $1
ORDER BY due_at, kind, subject
LIMIT 1
