-- The position is that of the last fact: the invoice that it is as of, or what was recorded with it.
INSERT INTO carried (account, position, shape, content)
SELECT account, (SELECT COALESCE(MAX(sequence), 0) FROM facts), shape, content
FROM unnest(CAST($1 AS TEXT[]), CAST($2 AS BIGINT[]), CAST($3 AS TEXT[]))
    AS saved (account, shape, content)
ON CONFLICT (account) DO UPDATE SET
    position = excluded.position,
    shape = excluded.shape,
    content = excluded.content
