SELECT usage_events.source, usage_events.id, usage_events.digest
FROM unnest(
    CAST($1 AS TEXT[]),
    CAST($2 AS TEXT[])
) AS asked (source, id)
JOIN usage_events ON usage_events.source = asked.source AND usage_events.id = asked.id
