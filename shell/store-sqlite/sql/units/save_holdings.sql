INSERT INTO holdings (
    unit, position, serial, held_from, held_until
)
VALUES ($1, $2, $3, $4, $5)
