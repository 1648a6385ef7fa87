-- Usage is a log of segments; everything else about it is derived (docs/adr/0010).
-- A row an event is no longer kept. A store that holds such rows is not touched: the guard fails.
CREATE TABLE no_usage_of_the_first_layout (lines BIGINT NOT NULL CHECK (lines = 0));
INSERT INTO no_usage_of_the_first_layout
SELECT (SELECT COUNT(*) FROM usage_events) + (SELECT COUNT(*) FROM usage_refusals);
DROP TABLE no_usage_of_the_first_layout;
DROP TABLE usage_buckets;
DROP TABLE usage_refusals;
DROP TABLE usage_events;

-- One row a partition. The secret makes keys of ids that strangers choose.
CREATE TABLE usage_log (
    partition BIGINT NOT NULL PRIMARY KEY,
    secret TEXT NOT NULL
);
INSERT INTO usage_log (partition, secret) VALUES (0, lower(hex(randomblob(16))));

-- One row a batch. Its key is the fence: of two writers one takes the sequence.
CREATE TABLE usage_segments (
    partition BIGINT NOT NULL,
    sequence BIGINT NOT NULL,
    batch TEXT NOT NULL,
    name TEXT NOT NULL,
    arrived_on TEXT NOT NULL,
    first_line BIGINT NOT NULL,
    lines BIGINT NOT NULL CHECK (lines > 0),
    catalog BIGINT NOT NULL,
    tallies TEXT NOT NULL,
    raw BLOB NOT NULL,
    outcomes BLOB NOT NULL,
    PRIMARY KEY (partition, sequence),
    UNIQUE (partition, batch)
);
CREATE INDEX usage_segments_arrival ON usage_segments (arrived_on);

-- The last fact of a kind is one step.
CREATE INDEX facts_of_kind ON facts (kind, sequence);
