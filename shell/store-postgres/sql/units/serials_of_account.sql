SELECT DISTINCT holdings.serial
FROM units
JOIN holdings ON holdings.unit = units.unit
WHERE units.account = $1
ORDER BY holdings.serial
