SELECT
    source, id, arrived_on, batch, line, meter, subject, happened_at, reading, dimensions, digest,
    fate, reason, unit, raw
FROM usage_events
WHERE source = $1 AND id = $2
