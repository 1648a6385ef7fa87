-- The writer before us is done, so the next position is free. A kind and key that are recorded
-- already change nothing and return no row.
INSERT INTO facts (sequence, kind, key, subject, version, recorded_at, body)
SELECT
    COALESCE(MAX(sequence), 0) + 1,
    CAST($1 AS TEXT),
    CAST($2 AS TEXT),
    CAST($3 AS TEXT),
    CAST($4 AS BIGINT),
    CAST($5 AS BIGINT),
    CAST($6 AS TEXT)
FROM facts
WHERE TRUE
ON CONFLICT (kind, key) DO NOTHING
RETURNING sequence
