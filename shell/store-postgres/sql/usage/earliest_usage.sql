-- The first of each unit is one step in its index.
SELECT MIN(first_at)
FROM (
    SELECT (
        SELECT MIN(happened_at)
        FROM usage_events
        WHERE usage_events.unit = units.unit AND fate = 'accepted'
    ) AS first_at
    FROM units
    WHERE account = $1
) AS firsts
