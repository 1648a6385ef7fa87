SELECT unit, quarter_at, meter, dimensions, arrived_on, quantity, events
FROM usage_buckets
WHERE unit = $1
    AND quarter_at = $2
    AND meter = $3
    AND dimensions = $4
    AND arrived_on = $5
