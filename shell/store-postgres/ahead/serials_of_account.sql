SELECT DISTINCT units.account, holdings.serial
FROM units
JOIN holdings ON holdings.unit = units.unit
WHERE units.account = ANY(CAST($1 AS TEXT[]))
ORDER BY holdings.serial
