SELECT
    stored.unit, stored.quarter_at, stored.meter, stored.dimensions, stored.arrived_on,
    stored.quantity, stored.events
FROM unnest(
    CAST($1 AS TEXT[]),
    CAST($2 AS BIGINT[]),
    CAST($3 AS TEXT[]),
    CAST($4 AS TEXT[]),
    CAST($5 AS TEXT[])
) AS asked (unit, quarter_at, meter, dimensions, arrived_on)
JOIN usage_buckets AS stored
    ON stored.unit = asked.unit
    AND stored.quarter_at = asked.quarter_at
    AND stored.meter = asked.meter
    AND stored.arrived_on = asked.arrived_on
    AND md5(stored.dimensions) = md5(asked.dimensions)
    AND stored.dimensions = asked.dimensions
