DELETE FROM holdings
WHERE unit = $1
