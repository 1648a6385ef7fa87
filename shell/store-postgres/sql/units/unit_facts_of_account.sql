-- A fact is about a unit or about a serial, never both, so nothing comes twice.
SELECT sequence, version, recorded_at, body
FROM facts
WHERE kind IN ('ItemShipped', 'ItemDelivered', 'UnitChanged', 'UnitTakenOver', 'UnitUsed')
    AND subject IN (SELECT unit FROM units WHERE account = $1)
UNION ALL
SELECT sequence, version, recorded_at, body
FROM facts
WHERE kind = 'DeviceSignalled'
    AND subject IN (
        SELECT holdings.serial
        FROM units
        JOIN holdings ON holdings.unit = units.unit
        WHERE units.account = $1
    )
ORDER BY sequence
