-- The position is that of the last fact: the invoice that it is as of, or what was recorded with it.
INSERT INTO carried (account, position, shape, content)
VALUES ($1, (SELECT COALESCE(MAX(sequence), 0) FROM facts), $2, $3)
ON CONFLICT (account) DO UPDATE SET
    position = excluded.position,
    shape = excluded.shape,
    content = excluded.content
