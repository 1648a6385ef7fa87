INSERT INTO number_series (series, last_taken)
VALUES ($1, 1)
ON CONFLICT (series) DO UPDATE SET last_taken = number_series.last_taken + 1
RETURNING last_taken
