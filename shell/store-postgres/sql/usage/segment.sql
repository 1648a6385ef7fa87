SELECT sequence, batch, name, arrived_on, first_line, lines, catalog, tallies, replayed,
    replayed_on, withdrawn, raw, outcomes
FROM usage_segments
WHERE partition = 0 AND sequence = $1
