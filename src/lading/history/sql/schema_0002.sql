-- When the step that stored a value began to load what it is made from, and the short version of what it stored.
ALTER TABLE slots ADD COLUMN loaded_at REAL;
ALTER TABLE slots ADD COLUMN version TEXT;
ALTER TABLE assets ADD COLUMN loaded_at REAL;
ALTER TABLE assets ADD COLUMN version TEXT;

-- Which partitions of an asset are stored, as runs of places on the axis of which axis is the fingerprint: what follows
-- from slots, kept in the same transactions by those who know the axis. Others leave behind: the place in the log from
-- which on it is to be caught up. first and last are the keys at the places low and high, the ends.
DROP TABLE partition_sets;
CREATE TABLE partition_sets (
    asset INTEGER PRIMARY KEY,
    axis TEXT NOT NULL,
    behind INTEGER,
    low INTEGER NOT NULL,
    first ANY NOT NULL,
    high INTEGER NOT NULL,
    last ANY NOT NULL
) STRICT;
CREATE TABLE partition_runs (
    asset INTEGER NOT NULL,
    start INTEGER NOT NULL,
    stop INTEGER NOT NULL,
    PRIMARY KEY (asset, start)
) STRICT, WITHOUT ROWID;
