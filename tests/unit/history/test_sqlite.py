"""What a history on disk must stand: several processes, forks, a foreign or damaged file, a full disk, a lock."""

from __future__ import annotations

import multiprocessing
import os
import re
import subprocess
import sys
import textwrap
import threading
from pathlib import Path

import apsw
import pytest

from lading.errors import HistoryError
from lading.history import rows
from lading.history.migrate import VERSION
from lading.history.queries import SQL, read_sql
from lading.history.sqlite import SqliteHistory
from lading.values.axis import ListAxis
from lading.values.event_log import EventQuery
from lading.values.events import Event, EventType, LogMessageData, StepMaterializationData
from lading.values.keys import AssetKey
from lading.values.materialization import AssetMaterialization
from lading.values.records import Run, RunQuery, RunsFilter, RunStatus
from lading.values.state import AssetState, ForgetRun, SlotState

A = AssetKey("a")


@pytest.fixture
def path(tmp_path: Path) -> str:
    return str(tmp_path / "deep" / "history.sqlite")


def log(text: str) -> Event:
    return Event(EventType.LOG_MESSAGE, 1.0, None, LogMessageData(20, text))


def stored(partition: str | None) -> Event:
    item = AssetMaterialization(A, partition=partition)
    return Event(EventType.ASSET_MATERIALIZATION, 1.0, "a", StepMaterializationData(item))


def raw(path: str) -> apsw.Connection:
    connection = apsw.Connection(path)
    connection.set_busy_timeout(5000)
    return connection


def test_nothing_is_made_before_it_is_needed(path: str) -> None:
    SqliteHistory(path).close()
    assert not os.path.exists(os.path.dirname(path))


def test_what_was_appended_is_there_when_opened_again(path: str) -> None:
    first = SqliteHistory(path)
    first.add_run(Run("r1"))
    first.append("r1", [stored("x")])
    first.close()
    again = SqliteHistory(path)
    assert again.partitions(A) == {"x"}
    assert again.events(EventQuery(run_id="r1")).records[0].event.job_name == "__ephemeral_asset_job__"
    again.close()
    assert os.listdir(os.path.dirname(path)) == ["history.sqlite"]


def test_a_closed_history_says_so(path: str) -> None:
    history = SqliteHistory(path)
    history.add_run(Run("r1"))
    history.close()
    with pytest.raises(HistoryError, match="closed") as caught:
        history.run("r1")
    assert caught.value.where == path


def test_an_append_that_fails_leaves_nothing(path: str) -> None:
    history = SqliteHistory(path)
    history.add_run(Run("r1"))
    before = history.last_id()
    broken = Event(EventType.STEP_START, "now", "a")  # type: ignore[arg-type]
    with pytest.raises(HistoryError):
        history.append("r1", [stored("x"), broken])
    assert history.partitions(A) == set()
    assert history.last_id() == before
    history.append("r1", [stored("y")])
    assert history.partitions(A) == {"y"}
    assert history.asset_states()[A].stored == 1
    history.close()


def test_each_of_several_processes_writes(path: str) -> None:
    code = textwrap.dedent(
        """
        import sys
        from lading.history.sqlite import SqliteHistory
        from lading.values.events import Event, EventType, StepMaterializationData
        from lading.values.keys import AssetKey
        from lading.values.materialization import AssetMaterialization
        from lading.values.records import Run
        name = sys.argv[2]
        history = SqliteHistory(sys.argv[1])
        history.add_run(Run(name))
        for index in range(50):
            item = AssetMaterialization(AssetKey("a"), partition=f"{name}-{index}")
            history.append(name, [Event(EventType.ASSET_MATERIALIZATION, 1.0, "a", StepMaterializationData(item))])
        history.close()
        """
    )
    workers = [
        subprocess.Popen([sys.executable, "-c", code, path, f"r{index}"], stderr=subprocess.PIPE) for index in range(4)
    ]
    for worker in workers:
        _, errors = worker.communicate(timeout=60)
        assert worker.returncode == 0, errors.decode()
    history = SqliteHistory(path)
    assert len(history.partitions(A)) == 200
    assert history.asset_states()[A].stored == 200
    ids = [record.storage_id for record in history.events(EventQuery()).records]
    assert len(set(ids)) == 200
    history.close()


def test_threads_share_a_history(path: str) -> None:
    history = SqliteHistory(path)
    history.add_run(Run("r1"))

    def write(name: str) -> None:
        for index in range(40):
            history.append("r1", [stored(f"{name}{index}")])
            assert f"{name}{index}" in history.partitions(A)

    threads = [threading.Thread(target=write, args=(name,)) for name in "abc"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(history.partitions(A)) == 120
    history.close()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_connection_does_not_cross_a_fork(path: str) -> None:
    history = SqliteHistory(path)
    history.add_run(Run("r1"))
    mine = history._connection._held

    def child() -> None:
        assert history._connection._held is None
        history.append("r1", [stored("child")])
        assert history._connection._held is not mine

    process = multiprocessing.get_context("fork").Process(target=child)
    process.start()
    process.join(20)
    assert process.exitcode == 0
    history.append("r1", [stored("parent")])
    assert history.partitions(A) == {"child", "parent"}
    assert history._connection._held is mine
    history.close()


def test_a_newer_history_is_refused(path: str) -> None:
    history = SqliteHistory(path)
    history.add_run(Run("r1"))
    history.close()
    with raw(path) as connection:
        connection.execute(f"PRAGMA user_version = {VERSION + 1}")
    connection.close()
    with pytest.raises(HistoryError, match=f"schema {VERSION + 1}") as caught:
        SqliteHistory(path).run("r1")
    assert "upgrade lading" in caught.value.fix
    assert caught.value.where == path


def test_another_database_is_refused_and_left_alone(path: str) -> None:
    os.makedirs(os.path.dirname(path))
    connection = raw(path)
    connection.execute("CREATE TABLE mine (a)")
    connection.close()
    with pytest.raises(HistoryError, match="no history of lading"):
        SqliteHistory(path).last_id()
    connection = raw(path)
    assert connection.execute("SELECT name FROM sqlite_schema").fetchall() == [("mine",)]
    connection.close()


def test_a_file_that_is_no_database_is_refused(path: str) -> None:
    os.makedirs(os.path.dirname(path))
    Path(path).write_bytes(b"not a database at all" * 100)
    with pytest.raises(HistoryError, match="damaged") as caught:
        SqliteHistory(path).last_id()
    assert "set it aside" in caught.value.fix


def test_a_lock_that_stays_names_its_holder(path: str) -> None:
    history = SqliteHistory(path, patience=0.1)
    history.add_run(Run("r1"))
    code = textwrap.dedent(
        """
        import sys, apsw
        connection = apsw.Connection(sys.argv[1])
        connection.execute("BEGIN IMMEDIATE")
        print("locked", flush=True)
        sys.stdin.read()
        """
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, path], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "locked\n"
        with pytest.raises(HistoryError, match="locked by") as caught:
            history.append("r1", [stored("x")])
        if Path("/proc/locks").exists() and str(holder.pid) in Path("/proc/locks").read_text("ascii"):
            assert f"process {holder.pid}" in str(caught.value)
        # Reading goes on meanwhile.
        assert history.partitions(A) == set()
        assert holder.stdin is not None
        holder.stdin.close()
        holder.wait(20)
    history.append("r1", [stored("x")])
    assert history.partitions(A) == {"x"}
    history.close()


def test_a_full_disk_is_said_and_nothing_is_half_written(path: str) -> None:
    history = SqliteHistory(path)
    history.add_run(Run("r1"))
    pages = history._connection.rows("PRAGMA page_count")[0][0]
    history._connection.rows(f"PRAGMA max_page_count = {pages + 2}")
    with pytest.raises(HistoryError, match="disk is full"):
        history.append("r1", [stored("x"), *(log("x" * 3000) for _ in range(50))])
    assert history.partitions(A) == set()
    history._connection.rows("PRAGMA max_page_count = 1000000")
    history.append("r1", [stored("x")])
    assert history.partitions(A) == {"x"}
    history.close()


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(HistoryError, match="folder of the history"):
        SqliteHistory(str(tmp_path / "file" / "history.sqlite")).last_id()


def test_strict_waits_for_the_disk_where_something_was_stored(path: str) -> None:
    history = SqliteHistory(path, durability="strict")
    history.add_run(Run("r1"))

    def level() -> int:
        return history._connection.rows("PRAGMA synchronous")[0][0]

    history.append("r1", [log("a")])
    assert level() == 1
    history.append("r1", [stored("x")])
    assert level() == 2
    history.append("r1", [log("b")])
    assert level() == 1
    history.append("r1", [Event(EventType.RUN_SUCCESS, 2.0)])
    assert level() == 2
    history.close()
    fast = SqliteHistory(path)
    fast.append("r1", [stored("y")])
    assert fast._connection.rows("PRAGMA synchronous")[0][0] == 1
    assert fast._connection.rows("PRAGMA journal_mode")[0][0] == "wal"
    fast.close()


def test_an_event_of_a_later_version_can_be_read(path: str) -> None:
    history = SqliteHistory(path)
    history.add_run(Run("r1"))
    history.append("r1", [log("a"), stored("x")])
    history._connection.rows("UPDATE events SET kind = 99 WHERE kind = 12")
    event = history.events(EventQuery(run_id="r1", ascending=True)).records[0].event
    assert event.event_type is EventType.ENGINE_EVENT
    assert "99" in event.message
    history.close()


def test_a_trivial_run_costs_little(path: str) -> None:
    history = SqliteHistory(path)

    def runs(first: int, count: int) -> int:
        for index in range(first, first + count):
            name = f"5f90cebc-9c2a-47b4-a0d0-{index:012}"
            history.add_run(Run(name))
            kinds = (EventType.STEP_START, EventType.STEP_OUTPUT, EventType.HANDLED_OUTPUT, EventType.STEP_SUCCESS)
            events = [Event(kind, 1795460765.44 + index, "orders") for kind in kinds]
            history.append(name, [Event(EventType.RUN_START, 1.0), *events, stored(None)])
            history.append(name, [Event(EventType.RUN_SUCCESS, 1795460765.44 + index)])
        history._connection.rows("PRAGMA wal_checkpoint(TRUNCATE)")
        return os.path.getsize(path)

    small = runs(0, 50)
    assert (runs(50, 200) - small) / 200 < 2000
    history.close()


def test_no_question_about_state_reads_the_log(path: str) -> None:
    history = SqliteHistory(path)
    history.last_id()
    for name in (
        "latest_of_asset", "latest_of_assets", "latest_of_slot", "latest_of_slots", "stored_partitions", "stored_since",
        "failed_partitions", "slot_states", "slot_state", "asset_states", "asset_state", "latest_check", "last_place",
        "newest_of", "partition_set", "stamp", "stored_after", "made_before", "made_before_upstream",
    ):  # fmt: skip
        values = ["x"] * SQL[name].count("?")
        plan = history._connection.rows(f"EXPLAIN QUERY PLAN {SQL[name]}", values)
        scans = [step[3] for step in plan if re.match(r"SCAN (e|events)\b", step[3])]
        assert scans == [], name
    history.close()


def test_questions_about_open_runs_and_status_use_their_index(path: str) -> None:
    history = SqliteHistory(path)
    history.add_run(Run("r1"))
    seen: list[str] = []
    ask = history._connection.rows

    def explained(sql: str, values: object = ()) -> list[tuple[object, ...]]:
        seen.extend(step[3] for step in ask(f"EXPLAIN QUERY PLAN {sql}", values))  # type: ignore[arg-type]
        return ask(sql, values)  # type: ignore[arg-type]

    history._connection.rows = explained  # type: ignore[method-assign]
    history.runs(RunQuery(RunsFilter(statuses=[RunStatus.STARTED])))
    assert any("runs_open" in step for step in seen), seen
    seen.clear()
    history.events(EventQuery(kinds=[EventType.RUN_SUCCESS], limit=5))
    assert any("events_of_runs" in step for step in seen), seen
    history.close()


def test_every_kind_and_status_has_a_number_of_its_own() -> None:
    assert rows.KIND_NUMBER.keys() == set(EventType)
    assert len(rows.KIND) == len(EventType)
    assert {rows.status_number(status) for status in RunStatus} == set(range(1, len(RunStatus) + 1))


def test_every_named_statement_is_valid(path: str) -> None:
    history = SqliteHistory(path)
    history.last_id()
    for name, sql in SQL.items():
        history._connection.rows(f"EXPLAIN {sql}", [0] * sql.count("?"))
        assert "--" not in sql, name
    history.close()


def test_every_migration_has_its_file() -> None:
    for version in range(1, VERSION + 1):
        assert "TABLE" in read_sql(f"schema_{version:04}.sql")


def test_a_history_of_the_first_schema_goes_on(path: str) -> None:
    os.makedirs(os.path.dirname(path))
    old = raw(path)
    old.execute(read_sql("schema_0001.sql"))
    old.execute("PRAGMA user_version = 1")
    old.execute("INSERT INTO runs VALUES (1, 'r0', 'j', 5, 1, 1, 1, 2, 1, 1, 0, 0, 2, 2, 1, 0, '{}', '{}', '[]')")
    for number, key in ((1, "x"), (2, "y")):
        old.execute("INSERT INTO events VALUES (?, 1, 41, 5.0, 'a', 1, ?, '{}')", (number, key))
        old.execute("INSERT INTO slots VALUES (1, ?, ?, 1, 5.0, 10, 3, NULL, NULL)", (key, number))
    old.execute("INSERT INTO assets VALUES (1, '[\"a\"]', 1, 2, 1, 5.0, 'json', 0, 2, 0, 20, 6, NULL, NULL, 0)")
    old.execute("INSERT INTO partition_sets VALUES (1, 'axis', 0, 2, 'x', 'y', x'')")
    old.close()
    history = SqliteHistory(path)
    assert history.partitions(A) == history.partitions(A, ListAxis("wxyz")) == {"x", "y"}
    assert history.slot_states(A)["x"] == SlotState(A, "x", 1, "r0", 5.0, 10, 3)
    assert history.asset_states()[A] == AssetState(A, 2, "r0", 5.0, "json", False, 2, 0, 20, 6)
    history.add_run(Run("r1"))
    history.append("r1", [stored("x"), stored("z")])
    assert history.partitions(A, ListAxis("wxyz")) == {"x", "y", "z"}
    assert history.asset_states()[A].stored == 3
    history.forget(ForgetRun("r1"))
    assert history.partitions(A) == {"x", "y"}
    assert history.slot_states(A)["x"].run_id == "r0"
    history.close()
