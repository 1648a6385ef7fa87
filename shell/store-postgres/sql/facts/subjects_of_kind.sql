SELECT DISTINCT subject
FROM facts
WHERE kind = $1 AND subject > $2
ORDER BY subject
LIMIT $3
