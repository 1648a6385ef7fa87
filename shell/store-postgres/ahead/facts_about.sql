SELECT kind, subject, sequence, version, recorded_at, body
FROM facts
WHERE kind = ANY(CAST($1 AS TEXT[])) AND subject = ANY(CAST($2 AS TEXT[]))
ORDER BY sequence
