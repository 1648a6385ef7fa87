SELECT source, id, digest
FROM usage_events
WHERE source = $1 AND id = $2
