SELECT subject
FROM (
    SELECT subject, ROW_NUMBER() OVER (ORDER BY subject) AS place
    FROM timers
    WHERE kind = $1
) AS numbered
WHERE (place - 1) % $2 = 0
ORDER BY subject
