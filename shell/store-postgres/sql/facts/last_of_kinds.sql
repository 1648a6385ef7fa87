-- One look at the end of the index for each kind: the greatest of a list would read all its facts.
SELECT COALESCE(MAX(latest.sequence), 0)
FROM UNNEST(CAST($1 AS TEXT[])) AS asked (kind)
CROSS JOIN LATERAL (
    SELECT sequence FROM facts WHERE facts.kind = asked.kind ORDER BY sequence DESC LIMIT 1
) AS latest
