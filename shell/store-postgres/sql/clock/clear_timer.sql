DELETE FROM timers
WHERE kind = $1 AND subject = $2
