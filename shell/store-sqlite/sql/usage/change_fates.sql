WITH changed (source, id, fate, reason, unit) AS (VALUES ($1, $2, $3, $4, $5))
UPDATE usage_events
SET fate = changed.fate, reason = changed.reason, unit = changed.unit
FROM changed
WHERE usage_events.source = changed.source AND usage_events.id = changed.id
