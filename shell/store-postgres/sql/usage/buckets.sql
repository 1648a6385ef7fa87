-- One row a day of arrival: the caller adds them up.
SELECT
    stored.unit, stored.quarter_at, stored.meter, stored.dimensions, stored.arrived_on,
    stored.quantity, stored.events
FROM units
JOIN usage_buckets AS stored ON stored.unit = units.unit
WHERE units.account = $1
    AND stored.quarter_at >= $2
    AND stored.quarter_at < $3
    AND stored.arrived_on < $4
