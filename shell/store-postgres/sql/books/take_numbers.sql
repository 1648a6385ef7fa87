INSERT INTO number_series (series, last_taken)
VALUES ($1, $2)
ON CONFLICT (series) DO UPDATE SET last_taken = number_series.last_taken + excluded.last_taken
RETURNING last_taken
