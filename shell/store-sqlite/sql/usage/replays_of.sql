SELECT sequence
FROM usage_segments
WHERE partition = 0 AND replayed = $1
ORDER BY sequence
