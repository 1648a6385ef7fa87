-- A segment may say something else of lines of an earlier one (docs/adr/0012).
ALTER TABLE usage_segments ADD COLUMN replayed BIGINT;
ALTER TABLE usage_segments ADD COLUMN replayed_on TEXT COLLATE "C";
ALTER TABLE usage_segments ADD COLUMN withdrawn TEXT;
CREATE INDEX usage_segments_replayed ON usage_segments (partition, replayed, sequence)
WHERE replayed IS NOT NULL;
