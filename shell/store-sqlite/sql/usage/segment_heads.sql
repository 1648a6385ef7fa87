SELECT sequence, batch, name, arrived_on, first_line, lines, catalog, tallies, replayed,
    replayed_on, withdrawn
FROM usage_segments
WHERE partition = 0 AND arrived_on >= $1 AND arrived_on < $2
ORDER BY sequence
