-- Facts that nobody can have recorded before, such as those of an invoice that has a new number.
INSERT INTO facts (sequence, kind, key, subject, version, recorded_at, body)
SELECT
    (SELECT COALESCE(MAX(sequence), 0) FROM facts) + added.place,
    added.kind, added.key, added.subject, added.version, added.recorded_at, added.body
FROM unnest(
    CAST($1 AS TEXT[]),
    CAST($2 AS TEXT[]),
    CAST($3 AS TEXT[]),
    CAST($4 AS BIGINT[]),
    CAST($5 AS BIGINT[]),
    CAST($6 AS TEXT[])
) WITH ORDINALITY AS added (kind, key, subject, version, recorded_at, body, place)
