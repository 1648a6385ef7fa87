SELECT
    source, id, arrived_on, batch, line, meter, subject, happened_at, reading, dimensions, digest,
    fate, reason, unit
FROM usage_events
WHERE meter IS NOT NULL
    AND subject = ANY(CAST($1 AS TEXT[]))
