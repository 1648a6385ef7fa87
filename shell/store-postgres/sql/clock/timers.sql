SELECT kind, subject, due_at
FROM timers
ORDER BY due_at, kind, subject
