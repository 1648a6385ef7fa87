SELECT COALESCE(MAX(sequence), 0)
FROM facts
WHERE kind = $1
