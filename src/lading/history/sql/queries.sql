-- name: next_place
SELECT max((SELECT next FROM counter), (SELECT coalesce(max(id), 0) + 1 FROM events)),
    (SELECT id FROM runs WHERE run_id = ?)

-- name: keep_places
UPDATE counter SET next = ?

-- name: last_place
SELECT max((SELECT next FROM counter), (SELECT coalesce(max(id), 0) + 1 FROM events)) - 1

-- name: count_forgetting
UPDATE counter SET forgets = forgets + 1,
    next = max(next, (SELECT coalesce(max(id), 0) + 1 FROM events)) + 1

-- name: add_run
INSERT INTO runs (
    run_id, job, status, created, updated, steps, done, failed, skipped, planned, stored,
    planned_from, planned_events, tags, request, plan
) VALUES (?, ?, ?, ?, ?, ?, 0, 0, 0, ?, 0, ?, ?, ?, ?, ?)

-- name: run_number
SELECT id FROM runs WHERE run_id = ?

-- name: run_plan
SELECT plan FROM runs WHERE id = ?

-- name: run_counts
UPDATE runs SET done = done + ?, failed = failed + ?, skipped = skipped + ?, stored = stored + ? WHERE id = ?

-- name: run_status
UPDATE runs SET status = ?, updated = ?, started = coalesce(started, ?), ended = ? WHERE id = ?

-- name: run_tags
SELECT tags FROM runs WHERE id = ?

-- name: set_run_tags
UPDATE runs SET tags = ? WHERE id = ?

-- name: add_run_tag
INSERT OR IGNORE INTO run_tags (name, value, run) VALUES (?, ?, ?)

-- name: drop_run_tag
DELETE FROM run_tags WHERE name = ? AND value = ? AND run = ?

-- name: runs
SELECT id, run_id, job, status, created, updated, started, ended,
    steps, done, failed, skipped, planned, stored, tags, request, NULL
FROM runs

-- name: runs_with_plans
SELECT id, run_id, job, status, created, updated, started, ended,
    steps, done, failed, skipped, planned, stored, tags, request, plan
FROM runs

-- name: count_runs
SELECT count(*) FROM runs

-- name: planned_of_run
SELECT run_id, job, created, planned_from, plan, planned_events FROM runs WHERE run_id = ? AND planned_events > 0

-- name: planned_newest_first
SELECT run_id, job, created, planned_from, plan, planned_events FROM runs
WHERE planned_events > 0 AND instr(plan, ?) AND planned_from < ? AND planned_from + planned_events > ?
ORDER BY id DESC LIMIT 50

-- name: planned_oldest_first
SELECT run_id, job, created, planned_from, plan, planned_events FROM runs
WHERE planned_events > 0 AND instr(plan, ?) AND planned_from < ? AND planned_from + planned_events > ?
ORDER BY id LIMIT 50

-- name: forgotten_assets
SELECT key, forgotten FROM assets WHERE forgotten > 0

-- name: add_event
INSERT INTO events (id, run, kind, at, step, asset, partition, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?)

-- name: events
SELECT e.id, r.run_id, e.kind, e.at, e.step, a.key, e.partition, e.body, r.job
FROM events e LEFT JOIN runs r ON r.id = e.run LEFT JOIN assets a ON a.id = e.asset

-- name: latest_of_asset
SELECT e.id, r.run_id, e.kind, e.at, e.step, a.key, e.partition, e.body, r.job
FROM assets a JOIN events e ON e.id = a.event LEFT JOIN runs r ON r.id = e.run
WHERE a.key = ?

-- name: latest_of_assets
SELECT e.id, r.run_id, e.kind, e.at, e.step, a.key, e.partition, e.body, r.job
FROM json_each(?) j CROSS JOIN assets a ON a.key = j.value
CROSS JOIN events e ON e.id = a.event LEFT JOIN runs r ON r.id = e.run

-- name: latest_of_slot
SELECT e.id, r.run_id, e.kind, e.at, e.step, a.key, e.partition, e.body, r.job
FROM assets a JOIN slots s ON s.asset = a.id JOIN events e ON e.id = s.event LEFT JOIN runs r ON r.id = e.run
WHERE a.key = ? AND s.partition = ?

-- name: latest_of_slots
SELECT e.id, r.run_id, e.kind, e.at, e.step, a.key, e.partition, e.body, r.job
FROM assets a JOIN slots s ON s.asset = a.id JOIN events e ON e.id = s.event LEFT JOIN runs r ON r.id = e.run
WHERE a.key = ?

-- name: stored_partitions
SELECT partition FROM slots
WHERE asset = (SELECT id FROM assets WHERE key = ?) AND event IS NOT NULL AND partition <> 0

-- name: stored_since
SELECT partition FROM events INDEXED BY events_by_asset
WHERE asset = (SELECT id FROM assets WHERE key = ?) AND id > ? AND kind = ? AND partition IS NOT NULL

-- name: newest_of
SELECT c.forgets, a.event FROM counter c LEFT JOIN assets a ON a.key = ?

-- name: partition_set
SELECT p.axis, p.asset, p.behind FROM assets a JOIN partition_sets p ON p.asset = a.id WHERE a.key = ?
UNION ALL
SELECT r.start, r.stop, NULL FROM assets a JOIN partition_runs r ON r.asset = a.id WHERE a.key = ?

-- name: set_of_asset
SELECT axis, build, behind FROM partition_sets WHERE asset = ?

-- name: ends_of_set
SELECT (SELECT start FROM partition_runs WHERE asset = ? ORDER BY start LIMIT 1),
    (SELECT stop FROM partition_runs WHERE asset = ? ORDER BY start DESC LIMIT 1)

-- name: stored_by
SELECT 1 FROM slots WHERE asset = ? AND partition = ? AND event <= ?

-- name: keep_set
INSERT OR REPLACE INTO partition_sets (asset, axis, build, behind) VALUES (?, ?, ?, ?)

-- name: set_caught_up
UPDATE partition_sets SET axis = ?, behind = ? WHERE asset = ?

-- name: leave_behind
UPDATE partition_sets SET behind = coalesce(behind, ?) WHERE asset = ?

-- name: drop_set
DELETE FROM partition_sets WHERE asset = ?

-- name: drop_runs_of_set
DELETE FROM partition_runs WHERE asset = ?

-- name: runs_around
SELECT start, stop FROM partition_runs WHERE asset = ? AND start <= ? ORDER BY start DESC LIMIT 2

-- name: add_to_set
INSERT OR REPLACE INTO partition_runs (asset, start, stop) VALUES (?, ?, ?)

-- name: drop_run_of_set
DELETE FROM partition_runs WHERE asset = ? AND start = ?

-- name: failed_partitions
SELECT partition FROM slots
WHERE asset = (SELECT id FROM assets WHERE key = ?) AND failed_at IS NOT NULL AND partition <> 0

-- name: slot_states
SELECT s.partition, s.event, r.run_id, s.at, s.bytes, s.rows, s.failed_at, f.run_id, s.loaded_at, s.version
FROM assets a JOIN slots s ON s.asset = a.id
LEFT JOIN runs r ON r.id = s.run LEFT JOIN runs f ON f.id = s.failed_run
WHERE a.key = ?

-- name: slot_state
SELECT s.partition, s.event, r.run_id, s.at, s.bytes, s.rows, s.failed_at, f.run_id, s.loaded_at, s.version
FROM assets a JOIN slots s ON s.asset = a.id
LEFT JOIN runs r ON r.id = s.run LEFT JOIN runs f ON f.id = s.failed_run
WHERE a.key = ? AND s.partition = ?

-- name: stamp
SELECT s.partition, coalesce(r.run_id, ''), s.at, coalesce(s.loaded_at, s.at), s.version
FROM assets a JOIN slots s ON s.asset = a.id LEFT JOIN runs r ON r.id = s.run
WHERE a.key = ? AND s.partition = ? AND s.event IS NOT NULL

-- name: stored_after
SELECT s.partition, coalesce(r.run_id, ''), s.at, coalesce(s.loaded_at, s.at), s.version
FROM assets a JOIN slots s ON s.asset = a.id AND s.partition <> 0 LEFT JOIN runs r ON r.id = s.run
WHERE a.key = ? AND s.event IS NOT NULL AND s.at > ? LIMIT ?

-- name: made_before
SELECT s.partition, coalesce(r.run_id, ''), s.at, coalesce(s.loaded_at, s.at), s.version
FROM assets a JOIN slots s ON s.asset = a.id AND s.partition <> 0 LEFT JOIN runs r ON r.id = s.run
WHERE a.key = ? AND s.event IS NOT NULL AND coalesce(s.loaded_at, s.at) < ?

-- name: made_before_upstream
SELECT s.partition, coalesce(r.run_id, ''), s.at, coalesce(s.loaded_at, s.at), s.version,
    coalesce(o.run_id, ''), u.at, coalesce(u.loaded_at, u.at), u.version
FROM assets a JOIN slots s ON s.asset = a.id AND s.partition <> 0
JOIN slots u ON u.asset = (SELECT id FROM assets WHERE key = ?) AND u.partition = s.partition
LEFT JOIN runs r ON r.id = s.run LEFT JOIN runs o ON o.id = u.run
WHERE a.key = ? AND s.event IS NOT NULL AND u.event IS NOT NULL AND u.at > coalesce(s.loaded_at, s.at)
    AND (u.run <> s.run OR u.run = 0)

-- name: asset_keys
SELECT key FROM assets WHERE known

-- name: asset_states
SELECT a.key, a.event, r.run_id, a.at, a.format, a.whole, a.stored, a.failed, a.bytes, a.rows, a.failed_at, f.run_id,
    a.loaded_at, a.version
FROM assets a LEFT JOIN runs r ON r.id = a.run LEFT JOIN runs f ON f.id = a.failed_run
WHERE a.known

-- name: asset_state
SELECT a.key, a.event, r.run_id, a.at, a.format, a.whole, a.stored, a.failed, a.bytes, a.rows, a.failed_at, f.run_id,
    a.loaded_at, a.version
FROM assets a LEFT JOIN runs r ON r.id = a.run LEFT JOIN runs f ON f.id = a.failed_run
WHERE a.key = ? AND a.known

-- name: latest_check
SELECT e.id, r.run_id, e.kind, e.at, e.step, a.key, e.partition, e.body, r.job
FROM assets a JOIN checks c ON c.asset = a.id JOIN events e ON e.id = c.event LEFT JOIN runs r ON r.id = e.run
WHERE a.key = ? AND c.name = ?

-- name: add_asset
INSERT INTO assets (key) VALUES (?) ON CONFLICT (key) DO UPDATE SET key = excluded.key RETURNING id

-- name: asset_number
SELECT id FROM assets WHERE key = ?

-- name: newest_of_key
SELECT id, event FROM assets WHERE key = ?

-- name: asset_row
SELECT event, run, at, format, loaded_at, version, whole, stored, failed, bytes, rows, failed_at, failed_run
FROM assets WHERE id = ?

-- name: set_asset
UPDATE assets SET known = 1, event = ?, run = ?, at = ?, format = ?, loaded_at = ?, version = ?, whole = ?, stored = ?,
    failed = ?, bytes = ?, rows = ?, failed_at = ?, failed_run = ?
WHERE id = ?

-- name: asset_and_slot
SELECT a.event, a.run, a.at, a.format, a.loaded_at, a.version, a.whole, a.stored, a.failed, a.bytes, a.rows,
    a.failed_at, a.failed_run,
    s.event, s.run, s.at, s.bytes, s.rows, s.loaded_at, s.version, s.failed_at, s.failed_run
FROM assets a LEFT JOIN slots s ON s.asset = a.id AND s.partition = ? WHERE a.id = ?

-- name: slot_row
SELECT event, run, at, bytes, rows, loaded_at, version, failed_at, failed_run
FROM slots WHERE asset = ? AND partition = ?

-- name: set_slot
INSERT INTO slots (asset, partition, event, run, at, bytes, rows, loaded_at, version, failed_at, failed_run)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT DO UPDATE SET event = excluded.event, run = excluded.run, at = excluded.at, bytes = excluded.bytes,
    rows = excluded.rows, loaded_at = excluded.loaded_at, version = excluded.version, failed_at = excluded.failed_at,
    failed_run = excluded.failed_run

-- name: newest_failure
SELECT failed_at, failed_run FROM slots WHERE asset = ? AND failed_at IS NOT NULL ORDER BY failed_at DESC LIMIT 1

-- name: set_check
INSERT INTO checks (asset, name, event) VALUES (?, ?, ?)
ON CONFLICT DO UPDATE SET event = max(event, excluded.event)

-- name: slots_of_run
SELECT DISTINCT asset, partition FROM events WHERE run = ? AND asset IS NOT NULL

-- name: drop_run_events
DELETE FROM events WHERE run = ?

-- name: drop_run_tags
DELETE FROM run_tags WHERE run = ?

-- name: drop_run
DELETE FROM runs WHERE id = ?

-- name: drop_failures_of_run
UPDATE slots SET failed_at = NULL, failed_run = NULL WHERE asset = ? AND failed_run = ?

-- name: newest_of_slot
SELECT id, run, at, body FROM events WHERE asset = ? AND partition = ? AND kind = ? ORDER BY id DESC LIMIT 1

-- name: newest_of_whole
SELECT id, run, at, body FROM events WHERE asset = ? AND partition IS NULL AND kind = ? ORDER BY id DESC LIMIT 1

-- name: newest_of_asset
SELECT id, run, at, body FROM events WHERE asset = ? AND kind = ? ORDER BY id DESC LIMIT 1

-- name: sums_of_slots
SELECT total(partition = 0 AND event IS NOT NULL), count(*) FILTER (WHERE partition <> 0 AND event IS NOT NULL),
    count(failed_at), sum(bytes), sum(rows)
FROM slots WHERE asset = ?

-- name: drop_empty_slots
DELETE FROM slots WHERE asset = ? AND event IS NULL AND failed_at IS NULL

-- name: checks_of_asset
SELECT name FROM checks WHERE asset = ?

-- name: drop_asset_events
DELETE FROM events WHERE asset = ?

-- name: drop_asset_slots
DELETE FROM slots WHERE asset = ?

-- name: drop_asset_checks
DELETE FROM checks WHERE asset = ?

-- name: drop_lost_checks
DELETE FROM checks WHERE asset = ? AND NOT EXISTS (SELECT 1 FROM events e WHERE e.id = event) RETURNING name

-- name: drop_slot_events
DELETE FROM events WHERE asset = ? AND partition = ?

-- name: drop_slot
DELETE FROM slots WHERE asset = ? AND partition = ?

-- name: forget_asset
UPDATE assets SET known = 0, forgotten = (SELECT next - 1 FROM counter), event = NULL, run = NULL, at = NULL,
    format = NULL, loaded_at = NULL, version = NULL, whole = 0, stored = 0, failed = 0, bytes = NULL, rows = NULL,
    failed_at = NULL, failed_run = NULL
WHERE id = ?

-- name: fact
SELECT fact FROM facts WHERE kind = ? AND name = ?

-- name: put_fact
INSERT INTO facts (kind, name, fact) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET fact = excluded.fact

-- name: drop_fact
DELETE FROM facts WHERE kind = ? AND name = ?

-- name: facts
SELECT name, fact FROM facts WHERE kind = ? ORDER BY name

-- name: add_dynamic_partition
INSERT OR IGNORE INTO dynamic_partitions (name, key) VALUES (?, ?)

-- name: dynamic_partitions
SELECT key FROM dynamic_partitions WHERE name = ? ORDER BY id

-- name: has_dynamic_partition
SELECT 1 FROM dynamic_partitions WHERE name = ? AND key = ?

-- name: drop_dynamic_partition
DELETE FROM dynamic_partitions WHERE name = ? AND key = ?

-- name: checks_newest_first
SELECT id, body FROM events WHERE asset = ? AND kind = ? ORDER BY id DESC

-- name: asset_has_anything
SELECT 1 WHERE EXISTS (SELECT 1 FROM slots WHERE asset = ?) OR EXISTS (SELECT 1 FROM events WHERE asset = ?)

-- name: unknow_asset
UPDATE assets SET known = 0 WHERE id = ?
