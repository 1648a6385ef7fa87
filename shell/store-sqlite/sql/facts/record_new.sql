-- Facts that nobody can have recorded before, such as those of an invoice that has a new number.
INSERT INTO facts (sequence, kind, key, subject, version, recorded_at, body)
SELECT COALESCE(MAX(sequence), 0) + 1, $1, $2, $3, $4, $5, $6
FROM facts
