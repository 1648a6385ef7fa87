-- The fence: the sequence can be taken once, and so can the batch.
INSERT INTO usage_segments (
    partition, sequence, batch, name, arrived_on, first_line, lines, catalog, tallies, replayed,
    replayed_on, withdrawn, raw, outcomes
)
VALUES (0, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
