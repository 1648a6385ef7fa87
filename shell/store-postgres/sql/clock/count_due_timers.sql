SELECT COUNT(*)
FROM timers
WHERE due_at <= $1 AND kind = $2
