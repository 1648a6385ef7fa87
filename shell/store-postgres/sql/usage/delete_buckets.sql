DELETE FROM usage_buckets AS stored
USING unnest(
    CAST($1 AS TEXT[]),
    CAST($2 AS BIGINT[]),
    CAST($3 AS TEXT[]),
    CAST($4 AS TEXT[]),
    CAST($5 AS TEXT[])
) AS emptied (unit, quarter_at, meter, dimensions, arrived_on)
WHERE stored.unit = emptied.unit
    AND stored.quarter_at = emptied.quarter_at
    AND stored.meter = emptied.meter
    AND stored.arrived_on = emptied.arrived_on
    AND md5(stored.dimensions) = md5(emptied.dimensions)
    AND stored.dimensions = emptied.dimensions
