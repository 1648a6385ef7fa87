INSERT INTO clock (one, now_at)
VALUES (1, $1)
ON CONFLICT (one) DO UPDATE SET now_at = excluded.now_at
