SELECT
    secret,
    COALESCE((SELECT MAX(sequence) FROM usage_segments WHERE usage_segments.partition = 0), 0)
FROM usage_log
WHERE usage_log.partition = 0
