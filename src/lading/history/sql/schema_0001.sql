-- The place of the next event in the log is at least this; and how often something was forgotten.
CREATE TABLE counter (next INTEGER NOT NULL, forgets INTEGER NOT NULL) STRICT;
INSERT INTO counter VALUES (1, 0);

-- One row for a run. The plan stands last: reading the rest does not touch it.
-- Its ASSET_MATERIALIZATION_PLANNED events are derived; their places in the log begin at planned_from.
CREATE TABLE runs (
    id INTEGER PRIMARY KEY,
    run_id TEXT NOT NULL UNIQUE,
    job TEXT NOT NULL,
    status INTEGER NOT NULL,
    created REAL NOT NULL,
    updated REAL NOT NULL,
    started REAL,
    ended REAL,
    steps INTEGER NOT NULL,
    done INTEGER NOT NULL,
    failed INTEGER NOT NULL,
    skipped INTEGER NOT NULL,
    planned INTEGER NOT NULL,
    stored INTEGER NOT NULL,
    planned_from INTEGER NOT NULL,
    planned_events INTEGER NOT NULL,
    tags TEXT NOT NULL,
    request TEXT NOT NULL,
    plan TEXT NOT NULL
) STRICT;
CREATE INDEX runs_open ON runs (status) WHERE ended IS NULL;
CREATE TABLE run_tags (
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    run INTEGER NOT NULL,
    PRIMARY KEY (name, value, run)
) STRICT, WITHOUT ROWID;

-- The log. run 0 is none; body is JSON without the asset and the partition, which are columns.
CREATE TABLE events (
    id INTEGER PRIMARY KEY,
    run INTEGER NOT NULL,
    kind INTEGER NOT NULL,
    at REAL NOT NULL,
    step TEXT,
    asset INTEGER,
    partition ANY,
    body TEXT
) STRICT;
CREATE INDEX events_by_run ON events (run);
CREATE INDEX events_by_asset ON events (asset) WHERE asset IS NOT NULL;
CREATE INDEX events_by_slot ON events (asset, partition) WHERE partition IS NOT NULL;
CREATE INDEX events_of_runs ON events (kind) WHERE kind < 10;

-- What is known of an asset over all its partitions. forgotten: up to which place in the log.
CREATE TABLE assets (
    id INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    known INTEGER NOT NULL DEFAULT 0,
    event INTEGER,
    run INTEGER,
    at REAL,
    format TEXT,
    whole INTEGER NOT NULL DEFAULT 0,
    stored INTEGER NOT NULL DEFAULT 0,
    failed INTEGER NOT NULL DEFAULT 0,
    bytes INTEGER,
    rows INTEGER,
    failed_at REAL,
    failed_run INTEGER,
    forgotten INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX assets_forgotten ON assets (forgotten) WHERE forgotten > 0;

-- What is known of one value: of a partition, or (partition 0, a number) of the whole asset.
CREATE TABLE slots (
    asset INTEGER NOT NULL,
    partition ANY NOT NULL,
    event INTEGER,
    run INTEGER,
    at REAL,
    bytes INTEGER,
    rows INTEGER,
    failed_at REAL,
    failed_run INTEGER,
    PRIMARY KEY (asset, partition)
) STRICT, WITHOUT ROWID;
CREATE INDEX slots_failed ON slots (asset, failed_at) WHERE failed_at IS NOT NULL;

-- Which partitions of an asset were stored when the log had come to a place: worked out from slots, kept to save time.
-- runs: pairs of places on the axis of which axis is the fingerprint; first and last: the keys at their ends.
CREATE TABLE partition_sets (
    asset INTEGER PRIMARY KEY,
    axis TEXT NOT NULL,
    forgets INTEGER NOT NULL,
    place INTEGER NOT NULL,
    first TEXT NOT NULL,
    last TEXT NOT NULL,
    runs BLOB NOT NULL
) STRICT;

-- The newest verdict of each check.
CREATE TABLE checks (
    asset INTEGER NOT NULL,
    name TEXT NOT NULL,
    event INTEGER NOT NULL,
    PRIMARY KEY (asset, name)
) STRICT, WITHOUT ROWID;

-- Small facts that change, as JSON.
CREATE TABLE facts (
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    fact TEXT NOT NULL,
    PRIMARY KEY (kind, name)
) STRICT, WITHOUT ROWID;
CREATE TABLE dynamic_partitions (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    key ANY NOT NULL,
    UNIQUE (name, key)
) STRICT;
