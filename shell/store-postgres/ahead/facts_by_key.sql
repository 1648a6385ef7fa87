SELECT kind, key, sequence, version, recorded_at, body
FROM facts
WHERE kind = ANY(CAST($1 AS TEXT[])) AND key = ANY(CAST($2 AS TEXT[]))
