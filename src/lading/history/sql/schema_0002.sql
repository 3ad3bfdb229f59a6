-- When the step that stored a value began to load what it is made from, and the short version of what it stored.
ALTER TABLE slots ADD COLUMN loaded_at REAL;
ALTER TABLE slots ADD COLUMN version TEXT;
ALTER TABLE assets ADD COLUMN loaded_at REAL;
ALTER TABLE assets ADD COLUMN version TEXT;

-- Which partitions of an asset are stored, as runs of places on the axis of which axis is the fingerprint: what follows
-- from slots, kept in the same transactions by those who know the axis. Others leave behind: the place in the log from
-- which on it is to be caught up. build: which of the times that it was worked out from slots.
DROP TABLE partition_sets;
CREATE TABLE partition_sets (
    asset INTEGER PRIMARY KEY,
    axis TEXT NOT NULL,
    build INTEGER NOT NULL,
    behind INTEGER
) STRICT;
CREATE TABLE partition_runs (
    asset INTEGER NOT NULL,
    start INTEGER NOT NULL,
    stop INTEGER NOT NULL,
    PRIMARY KEY (asset, start)
) STRICT, WITHOUT ROWID;
