-- A fact is about a unit or about a serial, never both, so nothing comes twice.
SELECT units.account, sequence, version, recorded_at, body
FROM units
JOIN facts ON facts.subject = units.unit
    AND facts.kind IN ('ItemShipped', 'ItemDelivered', 'UnitChanged', 'UnitTakenOver', 'UnitUsed')
WHERE units.account = ANY(CAST($1 AS TEXT[]))
UNION ALL
SELECT held.account, sequence, version, recorded_at, body
FROM (
    SELECT DISTINCT units.account, holdings.serial
    FROM units
    JOIN holdings ON holdings.unit = units.unit
    WHERE units.account = ANY(CAST($1 AS TEXT[]))
) AS held
JOIN facts ON facts.subject = held.serial AND facts.kind = 'DeviceSignalled'
ORDER BY sequence
