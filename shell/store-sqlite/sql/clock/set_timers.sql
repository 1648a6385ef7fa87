INSERT INTO timers (kind, subject, due_at)
VALUES ($1, $2, $3)
ON CONFLICT (kind, subject) DO UPDATE SET due_at = excluded.due_at
