SELECT now_at
FROM clock
