SELECT subject, happened_at, reading, dimensions, fate, reason, unit
FROM usage_events
WHERE subject IN (
        SELECT holdings.serial
        FROM units
        JOIN holdings ON holdings.unit = units.unit
        WHERE units.account = $1
    )
    AND meter = $2
    AND arrived_on < $3
    AND fate IN ('accepted', 'free')
ORDER BY subject, happened_at, source, id
