SELECT COALESCE(MAX(sequence), 0)
FROM facts
WHERE kind = ANY(CAST($1 AS TEXT[]))
