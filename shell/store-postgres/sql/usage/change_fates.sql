UPDATE usage_events
SET fate = changed.fate, reason = changed.reason, unit = changed.unit
FROM unnest(
    CAST($1 AS TEXT[]),
    CAST($2 AS TEXT[]),
    CAST($3 AS TEXT[]),
    CAST($4 AS TEXT[]),
    CAST($5 AS TEXT[])
) AS changed (source, id, fate, reason, unit)
WHERE usage_events.source = changed.source AND usage_events.id = changed.id
