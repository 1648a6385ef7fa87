INSERT INTO timers (kind, subject, due_at)
SELECT *
FROM unnest(CAST($1 AS TEXT[]), CAST($2 AS TEXT[]), CAST($3 AS BIGINT[]))
ON CONFLICT (kind, subject) DO UPDATE SET due_at = excluded.due_at
