"""What every history keeps to, in memory and in SQLite alike."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from lading.abc.history import History, Registry
from lading.errors import RunNotFoundError
from lading.history.memory import MemoryHistory
from lading.history.memory_registry import MemoryRegistry
from lading.history.sqlite import SqliteHistory
from lading.values.axis import ListAxis
from lading.values.event_log import EventQuery
from lading.values.events import (
    AssetMaterializationPlannedData,
    AssetObservationData,
    ErrorInfo,
    Event,
    EventType,
    StepFailureData,
    StepMaterializationData,
    StepSuccessData,
)
from lading.values.keys import AssetCheckKey, AssetKey
from lading.values.materialization import AssetCheckEvaluation, AssetMaterialization, AssetObservation
from lading.values.partition_set import PartitionSet
from lading.values.receipt import Receipt
from lading.values.records import PlannedStep, Run, RunQuery, RunsFilter, RunStatus
from lading.values.state import AssetState, ForgetAssets, ForgetPartitions, ForgetRun, SlotState, Stamp

A, B = AssetKey("a"), AssetKey(["pre", "b"])
ALL = RunsFilter()


@pytest.fixture(params=["memory", "sqlite"])
def history(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[History]:
    made = MemoryHistory() if request.param == "memory" else SqliteHistory(str(tmp_path / "history.sqlite"))
    yield made
    made.close()


@pytest.fixture(params=["memory", "sqlite"])
def registry(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Registry]:
    if request.param == "memory":
        yield MemoryRegistry()
        return
    made = SqliteHistory(str(tmp_path / "history.sqlite"))
    yield made.registry
    made.close()


def stored(
    key: AssetKey, at: float, partition: str | None = None, *, size: int | None = None, rows: int | None = None
) -> Event:
    receipt = None if size is None else Receipt(f"file:///{key}", size, "blake3:0", "json")
    facts = {} if rows is None else {"rows": rows}
    item = AssetMaterialization(key, partition=partition, receipt=receipt, facts=facts, metadata={"at": at})
    return Event(EventType.ASSET_MATERIALIZATION, at, "step", StepMaterializationData(item))


def failed(step: str, at: float) -> Event:
    return Event(EventType.STEP_FAILURE, at, step, StepFailureData(ErrorInfo("no")))


def run(name: str, *steps: PlannedStep, **more: object) -> Run:
    return Run(name, "job", plan=steps, **more)  # type: ignore[arg-type]


def begin(history: History, name: str = "r1", *steps: PlannedStep) -> None:
    history.add_run(run(name, *steps))
    history.append(name, [Event(EventType.RUN_START, 10.0)])


# ---------------------------------------------------------------- runs


def test_a_run_is_given_back_whole(history: History) -> None:
    asked = Run(
        "r1",
        "job",
        tags={"who": "me"},
        run_config={"ops": {"a": {"config": 1}}},
        plan=(PlannedStep("a", (A,)), PlannedStep("many", (A, B), ("x", "y")), PlannedStep("op")),
        parent_run_id="r0",
        root_run_id="r0",
        definitions="definitions.py",
        selection="a b",
    )
    history.add_run(asked)
    record = history.run("r1")
    assert record is not None
    assert record.run == asked
    assert record.dagster_run.status is RunStatus.NOT_STARTED
    assert (record.counts.steps, record.counts.planned) == (3, 5)
    assert record.create_timestamp.tzinfo is UTC
    assert history.run("nobody") is None


def test_adding_a_run_again_changes_nothing(history: History) -> None:
    begin(history)
    history.add_run(run("r1", tags={"new": "1"}))
    record = history.run("r1")
    assert record is not None
    assert (record.run.status, dict(record.run.tags)) == (RunStatus.STARTED, {})


@pytest.mark.parametrize(
    ("kind", "status", "ended"),
    [
        (EventType.RUN_SUCCESS, RunStatus.SUCCESS, 12.0),
        (EventType.RUN_FAILURE, RunStatus.FAILURE, 12.0),
        (EventType.RUN_CANCELING, RunStatus.CANCELING, None),
        (EventType.RUN_CANCELED, RunStatus.CANCELED, 12.0),
    ],
)
def test_events_carry_the_run_along(history: History, kind: EventType, status: RunStatus, ended: float | None) -> None:
    begin(history)
    assert history.count_runs(RunsFilter(statuses=[RunStatus.STARTED])) == 1
    history.append("r1", [Event(kind, 12.0)])
    record = history.run("r1")
    assert record is not None
    assert (record.run.status, record.start_time, record.end_time) == (status, 10.0, ended)
    assert record.update_timestamp == datetime.fromtimestamp(12.0, UTC)
    assert record.seconds == (None if ended is None else 2.0)
    assert history.count_runs(RunsFilter(statuses=[RunStatus.STARTED])) == 0


def test_steps_and_values_are_counted(history: History) -> None:
    begin(history, "r1", PlannedStep("a", (A,), ("x", "y")), PlannedStep("b", (B,)), PlannedStep("c"))
    history.append("r1", [stored(A, 11.0, "x"), stored(A, 11.0, "y")])
    history.append("r1", [Event(EventType.STEP_SUCCESS, 12.0, "a", StepSuccessData(1.0)), failed("b", 13.0)])
    history.append("r1", [Event(EventType.STEP_SKIPPED, 13.0, "c")])
    record = history.run("r1")
    assert record is not None
    assert record.counts == (3, 1, 1, 1, 3, 2)


def test_an_unknown_run_takes_no_events_and_no_tags(history: History) -> None:
    with pytest.raises(RunNotFoundError, match="nobody"):
        history.append("nobody", [Event(EventType.RUN_START, 1.0)])
    with pytest.raises(RunNotFoundError, match="nobody"):
        history.set_run_tags("nobody", {"a": "b"})
    assert history.events(EventQuery()).records == []


def test_runs_come_newest_first_page_by_page(history: History) -> None:
    for name in ("r1", "r2", "r3"):
        history.add_run(run(name, PlannedStep("a", (A,))))
    first = history.runs(RunQuery(limit=2))
    assert [record.run.run_id for record in first.records] == ["r3", "r2"]
    assert first.has_more
    second = history.runs(RunQuery(limit=2, cursor=first.cursor))
    assert [record.run.run_id for record in second.records] == ["r1"]
    assert not second.has_more
    oldest = history.runs(RunQuery(ascending=True, cursor="r1"))
    assert [record.run.run_id for record in oldest.records] == ["r2", "r3"]
    assert first.records[0].run.plan == ()
    assert history.runs(RunQuery(plans=True)).records[0].run.plan == (PlannedStep("a", (A,)),)


def test_runs_are_found_by_what_they_are(history: History) -> None:
    history.add_run(Run("r1", "one", tags={"team": "blue", "x": "1"}))
    history.add_run(Run("r2", "two", tags={"team": "red"}))
    history.append("r2", [Event(EventType.RUN_START, 10.0), Event(EventType.RUN_SUCCESS, 20.0)])

    def names(**want: object) -> list[str]:
        wanted = RunsFilter(**want)  # type: ignore[arg-type]
        found = [record.run.run_id for record in history.runs(RunQuery(wanted, ascending=True)).records]
        assert history.count_runs(wanted) == len(found)
        return found

    assert names() == ["r1", "r2"]
    assert names(run_ids=["r2", "r9"]) == ["r2"]
    assert names(run_ids=[]) == []
    assert names(job_name="one") == ["r1"]
    assert names(statuses=[RunStatus.SUCCESS]) == ["r2"]
    assert names(statuses=[RunStatus.NOT_STARTED, RunStatus.QUEUED]) == ["r1"]
    assert names(tags={"team": "blue"}) == ["r1"]
    assert names(tags={"team": ["blue", "red"]}) == ["r1", "r2"]
    assert names(tags={"team": ["blue", "red"], "x": "1"}) == ["r1"]
    assert names(tags={"team": "green"}) == []
    assert names(updated_before=datetime.fromtimestamp(21.0, UTC)) == ["r2"]
    assert names(updated_after=datetime.fromtimestamp(20.0, UTC)) == ["r1"]
    assert names(created_before=datetime.fromtimestamp(20.0, UTC)) == []
    assert names(created_after=datetime.fromtimestamp(20.0, UTC)) == ["r1", "r2"]
    assert names(snapshot_id="s") == []


def test_tags_are_added_and_replaced(history: History) -> None:
    history.add_run(Run("r1", tags={"a": "1", "b": "2"}))
    history.set_run_tags("r1", {"b": "3", "c": "4"})
    record = history.run("r1")
    assert record is not None
    assert record.run.tags == {"a": "1", "b": "3", "c": "4"}
    assert history.count_runs(RunsFilter(tags={"b": "3"})) == 1
    assert history.count_runs(RunsFilter(tags={"b": "2"})) == 0


# ---------------------------------------------------------------- the log


def test_a_run_reads_as_it_happened(history: History) -> None:
    begin(history, "r1", PlannedStep("a", (A,)), PlannedStep("b", (B,), ("x", "y")), PlannedStep("op"))
    history.append("r1", [Event(EventType.STEP_START, 11.0, "a"), stored(A, 12.0)])
    records = history.events(EventQuery(run_id="r1", ascending=True)).records
    assert [record.event_type for record in records] == [
        EventType.ASSET_MATERIALIZATION_PLANNED,
        EventType.ASSET_MATERIALIZATION_PLANNED,
        EventType.RUN_START,
        EventType.STEP_START,
        EventType.ASSET_MATERIALIZATION,
    ]
    assert [record.storage_id for record in records] == sorted({record.storage_id for record in records})
    assert records[1].event.event_specific_data == AssetMaterializationPlannedData(B, None, ("x", "y"))
    assert {record.event.job_name for record in records[:2]} == {"job"}
    assert records[4].asset_key == A
    assert records[4].event_log_entry.step_key == "step"
    newest = history.events(EventQuery(run_id="r1")).records
    assert [record.storage_id for record in newest] == [record.storage_id for record in reversed(records)]


def test_planned_events_given_by_the_engine_are_not_kept_twice(history: History) -> None:
    begin(history, "r1", PlannedStep("a", (A,)))
    history.append(
        "r1", [Event(EventType.ASSET_MATERIALIZATION_PLANNED, 10.0, "a", AssetMaterializationPlannedData(A))]
    )
    assert len(history.events(EventQuery(run_id="r1")).records) == 2


def test_events_are_found_by_what_they_are(history: History) -> None:
    begin(history)
    history.append("r1", [stored(A, 11.0, "x"), stored(A, 12.0, "y"), stored(B, 13.0)])
    history.append("", [stored(A, 14.0, "x")])

    def times(**want: object) -> list[float]:
        found = history.events(EventQuery(ascending=True, **want))  # type: ignore[arg-type]
        return [record.timestamp for record in found.records]

    kind = EventType.ASSET_MATERIALIZATION
    assert times() == [10.0, 11.0, 12.0, 13.0, 14.0]
    assert times(run_id="") == [14.0]
    assert times(run_id="nobody") == []
    assert times(kinds=[kind]) == [11.0, 12.0, 13.0, 14.0]
    assert times(kinds=[kind, EventType.RUN_START], run_id="r1") == [10.0, 11.0, 12.0, 13.0]
    assert times(kinds=[EventType.RUN_START]) == [10.0]
    assert times(asset_key=A) == [11.0, 12.0, 14.0]
    assert times(asset_key=A, partitions=["x"]) == [11.0, 14.0]
    assert times(asset_key=A, partitions=[]) == []
    assert times(asset_key=AssetKey("zz")) == []
    assert times(after_time=11.0, before_time=14.0) == [12.0, 13.0]
    assert times(step_key="step", run_id="r1") == [11.0, 12.0, 13.0]
    assert times(job_names=["job"], kinds=[kind]) == [11.0, 12.0, 13.0]
    ids = [record.storage_id for record in history.events(EventQuery(ascending=True)).records]
    assert times(after_id=ids[1], before_id=ids[4]) == [12.0, 13.0]
    assert times(ids=[ids[0], ids[2]]) == [10.0, 12.0]


def test_the_log_comes_page_by_page(history: History) -> None:
    begin(history, "r1", PlannedStep("a", (A,)))
    history.append("r1", [Event(EventType.STEP_START, float(at), "a") for at in range(11, 15)])
    seen: list[float] = []
    query = EventQuery(run_id="r1", limit=2, ascending=True)
    while True:
        page = history.events(query)
        assert len(page.records) <= 2
        seen += [record.timestamp for record in page.records]
        if not page.has_more:
            break
        query = EventQuery(run_id="r1", limit=2, ascending=True, after_id=int(page.cursor))
    assert seen[1:] == [10.0, 11.0, 12.0, 13.0, 14.0]


def test_what_runs_meant_to_make_is_found_by_asset(history: History) -> None:
    begin(history, "r1", PlannedStep("a", (A,)), PlannedStep("b", (B,), ("x", "y")))
    begin(history, "r2", PlannedStep("b", (B,), ("z",)))
    begin(history, "r3", PlannedStep("a", (A,)))
    kinds = [EventType.ASSET_MATERIALIZATION_PLANNED]
    page = history.events(EventQuery(kinds=kinds, asset_key=B))
    assert [(record.run_id, record.partition_key) for record in page.records] == [("r2", "z"), ("r1", None)]
    one = history.events(EventQuery(kinds=kinds, asset_key=B, limit=1))
    assert [record.run_id for record in one.records] == ["r2"]
    assert one.has_more
    more = history.events(EventQuery(kinds=kinds, asset_key=B, limit=1, before_id=int(one.cursor)))
    assert [record.run_id for record in more.records] == ["r1"]
    assert not more.has_more
    up = history.events(EventQuery(kinds=kinds, asset_key=B, ascending=True))
    assert [record.run_id for record in up.records] == ["r1", "r2"]
    of_y = history.events(EventQuery(kinds=kinds, asset_key=B, partitions=["y"]))
    assert [record.run_id for record in of_y.records] == ["r1"]


def test_the_last_place_moves_with_every_event(history: History) -> None:
    assert history.last_id() == 0
    begin(history)
    before = history.last_id()
    history.append("r1", [stored(A, 11.0)])
    assert history.last_id() > before
    assert history.events(EventQuery(limit=1)).records[0].storage_id == history.last_id()


def test_appending_nothing_is_nothing(history: History) -> None:
    begin(history)
    before = history.last_id()
    history.append("r1", [])
    assert history.last_id() == before


# ---------------------------------------------------------------- state


def test_the_newest_counts(history: History) -> None:
    begin(history)
    history.append("r1", [stored(A, 11.0, "x"), stored(A, 12.0, "y")])
    history.append("", [stored(A, 13.0, "x"), stored(B, 14.0)])
    latest = history.latest([A, B, AssetKey("zz")])
    assert {key: record.timestamp for key, record in latest.items()} == {A: 13.0, B: 14.0}
    assert latest[A].run_id == ""
    assert latest[A].event.materialization.metadata["at"].value == 13.0
    many = history.latest([A, B, *(AssetKey(f"k{index}") for index in range(20))])
    assert {key: record.storage_id for key, record in many.items()} == {
        key: record.storage_id for key, record in latest.items()
    }
    slots = history.latest_slots(A)
    assert {name: record.timestamp for name, record in slots.items()} == {"x": 13.0, "y": 12.0}
    assert history.latest_slots(A, ["y", "n"]).keys() == {"y"}
    assert history.latest_slots(B).keys() == {None}
    assert history.latest_slots(B, [None])[None].timestamp == 14.0


def test_one_append_may_store_a_value_twice(history: History) -> None:
    begin(history)
    history.append("r1", [stored(A, 11.0, "x", size=5, rows=1), stored(A, 12.0, "x", size=7, rows=2)])
    assert history.slot_states(A)["x"].stored_at == 12.0
    state = history.asset_states()[A]
    assert (state.stored, state.bytes, state.rows) == (1, 7, 2)


def test_partitions_are_a_set(history: History) -> None:
    begin(history)
    assert history.partitions(A) == set()
    history.append("r1", [stored(A, 11.0, name) for name in "dba"] + [stored(A, 12.0)])
    assert history.partitions(A) == {"a", "b", "d"}
    axis = ListAxis("abcd")
    found = history.partitions(A, axis)
    assert isinstance(found, PartitionSet)
    assert found == {"a", "b", "d"}
    assert found.runs == [(0, 2), (3, 4)]
    assert list(found.missing()) == ["c"]
    history.append("r1", [stored(A, 13.0, "c"), stored(A, 14.0, "foreign"), stored(B, 15.0, "b")])
    assert history.partitions(A, ListAxis("abcd")).runs == [(0, 4)]  # type: ignore[attr-defined]
    assert history.partitions(A, ListAxis("dcba")).runs == [(0, 4)]  # type: ignore[attr-defined]
    history.forget(ForgetPartitions(A, ["b"]))
    assert history.partitions(A, ListAxis("abcd")) == {"a", "c", "d"}


def test_odd_partitions_are_told_apart(history: History) -> None:
    begin(history)
    odd = ["", "0", " ", "ä", "\udc80", "a\x00b", "a\x00", "x" * 3000]
    history.append("r1", [stored(A, 11.0, name) for name in odd])
    assert history.partitions(A) == set(odd)
    assert not history.asset_states()[A].whole
    for name in odd:
        assert history.latest_slots(A, [name])[name].event.partition == name
        assert len(history.events(EventQuery(asset_key=A, partitions=[name])).records) == 1


def test_a_failed_step_fails_what_it_was_to_make(history: History) -> None:
    begin(history, "r1", PlannedStep("many", (A, B), ("x", "y", "z")), PlannedStep("mapped", (AssetKey("m"),)))
    history.append("r1", [stored(A, 11.0, "x"), failed("many", 12.0), failed("mapped[3]", 12.5), failed("odd", 13.0)])
    assert history.failed_partitions(A) == {"y", "z"}
    assert history.failed_partitions(B) == {"x", "y", "z"}
    assert history.partitions(A) == {"x"}
    assert history.slot_states(A, ["y"]) == {"y": SlotState(A, "y", failed_at=12.0, failed_run_id="r1")}
    assert history.slot_states(AssetKey("m"))[None].is_failed
    state = history.asset_states([A])[A]
    assert (state.stored, state.failed, state.failed_at, state.failed_run_id) == (1, 2, 12.0, "r1")
    assert history.asset_keys() == [A, AssetKey("m"), B]


def test_storing_heals_a_failure(history: History) -> None:
    begin(history, "r1", PlannedStep("a", (A,), ("x", "y")))
    history.append("r1", [stored(A, 11.0, "y")])
    begin(history, "r2", PlannedStep("a", (A,), ("x", "y")))
    history.append("r2", [failed("a", 12.0)])
    # A stored value stays stored although a later attempt failed.
    assert history.partitions(A) == {"y"}
    assert history.failed_partitions(A) == {"x", "y"}
    history.append("r2", [stored(A, 13.0, "x")])
    assert history.failed_partitions(A) == {"y"}
    assert history.asset_states()[A].failed_at == 12.0
    history.append("r2", [stored(A, 14.0, "y")])
    assert history.failed_partitions(A) == frozenset()
    assert history.asset_states()[A].failed_at is None
    assert history.asset_states()[A].failed == 0


def test_the_state_of_an_asset_sums_up_its_partitions(history: History) -> None:
    begin(history)
    history.append("r1", [stored(A, 11.0, "x", size=10, rows=1), stored(A, 12.0, "y", size=20, rows=2)])
    history.append("r1", [stored(A, 13.0, "x", size=5)])
    place = history.last_id()
    assert history.asset_states() == {A: AssetState(A, place, "r1", 13.0, "json", False, 2, 0, 25, 2, version="0")}
    assert history.slot_states(A)["x"] == SlotState(A, "x", place, "r1", 13.0, 5, None, version="0")
    history.append("r1", [stored(B, 14.0)])
    assert history.asset_states([B, AssetKey("zz")]) == {B: AssetState(B, place + 1, "r1", 14.0, whole=True)}


def made(key: AssetKey, at: float, loaded_at: float | None, digest: str, partition: str | None = None) -> Event:
    receipt = Receipt("file:///x", 1, digest, "json") if digest else None
    item = AssetMaterialization(key, partition=partition, receipt=receipt, loaded_at=loaded_at)
    return Event(EventType.ASSET_MATERIALIZATION, at, "step", StepMaterializationData(item))


def test_a_value_knows_when_its_step_began_to_load_and_which_version_it_is(history: History) -> None:
    begin(history, "r1")
    begin(history, "r2")
    history.append("r1", [made(A, 11.0, 10.5, "blake3:" + "0123456789abcdef" * 4, "x")])
    history.append("r2", [made(A, 12.0, None, "", "x"), made(B, 12.0, 11.5, "")])
    state = history.slot_states(A)["x"]
    assert (state.loaded_at, state.version) == (None, None)
    about = history.asset_states()[B]
    assert (about.loaded_at, about.version) == (11.5, None)
    history.forget(ForgetRun("r2"))
    state, about = history.slot_states(A)["x"], history.asset_states()[A]
    assert (state.loaded_at, state.version) == (10.5, "0123456789abcdef")
    assert (about.loaded_at, about.version) == (10.5, "0123456789abcdef")
    history.forget(ForgetRun("r1"))
    assert history.slot_states(A) == {}


def test_what_was_made_before_something_else_was_stored_is_found(history: History) -> None:
    for name in ("r1", "r2", "r3"):
        begin(history, name)
    history.append("r1", [made(A, 10.0, None, "blake3:aa", "x"), made(A, 11.0, None, "", "y"), made(A, 11.5, None, "")])
    history.append("r2", [made(B, 20.0, 12.0, "", "x"), made(B, 21.0, None, "", "y"), made(B, 22.0, 12.0, "", "z")])
    assert history.made_before_upstream(B, A) == []
    assert history.stored_after(A, 10.0) == [Stamp("y", "r1", 11.0, 11.0, None)]
    assert len(history.stored_after(A, 0.0)) == 2
    assert len(history.stored_after(A, 0.0, 1)) == 1
    assert [each.partition for each in history.made_before(B, 13.0)] == ["x", "z"]
    assert [each.partition for each in history.made_before(B, 21.5)] == ["x", "y", "z"]
    assert history.stamps(A, ["zz", None, "x"]) == [
        Stamp(None, "r1", 11.5, 11.5, None),
        Stamp("x", "r1", 10.0, 10.0, "aa"),
    ]
    # Stored again while the other was made: of "y" it is not known when its step began to load, of "z" there is none.
    history.append("r3", [made(A, 15.0, None, "blake3:bb", "x"), made(A, 15.0, None, "", "y"), made(A, 30.0, None, "")])
    assert history.made_before_upstream(B, A) == [
        (Stamp("x", "r2", 20.0, 12.0, None), Stamp("x", "r3", 15.0, 15.0, "bb"))
    ]
    # What the same run stored is what it loaded, as far as anybody knows.
    history.append("r2", [made(A, 40.0, None, "", "x")])
    assert history.made_before_upstream(B, A) == []
    history.append("", [made(A, 50.0, None, "", "y")])
    assert [above for _, above in history.made_before_upstream(B, A)] == [Stamp("y", "", 50.0, 50.0, None)]


def test_rows_may_come_from_the_metadata(history: History) -> None:
    item = AssetMaterialization(A, metadata={"dagster/row_count": 7})
    history.append("", [Event(EventType.ASSET_MATERIALIZATION, 1.0, None, StepMaterializationData(item))])
    assert history.asset_states()[A].rows == 7


def test_an_observation_makes_an_asset_known(history: History) -> None:
    data = AssetObservationData(AssetObservation(A, partition="x", metadata={"rows": 3}))
    history.append("", [Event(EventType.ASSET_OBSERVATION, 1.0, None, data)])
    assert history.asset_states() == {A: AssetState(A)}
    (record,) = history.events(EventQuery(asset_key=A)).records
    assert record.asset_observation == data.asset_observation
    assert record.asset_event == data.asset_observation
    assert record.asset_materialization is None
    assert history.partitions(A) == set()


def test_the_newest_verdict_counts(history: History) -> None:
    begin(history)
    for at, passed in ((11.0, True), (12.0, False)):
        check = AssetCheckEvaluation(A, "fresh", passed, partition="x")
        history.append("r1", [Event(EventType.ASSET_CHECK_EVALUATION, at, "c", check)])
    key = AssetCheckKey(A, "fresh")
    found = history.latest_checks([key, AssetCheckKey(A, "other")])
    assert found.keys() == {key}
    assert found[key].event.asset_check_evaluation_data.passed is False
    assert found[key].asset_check_evaluation == AssetCheckEvaluation(A, "fresh", False, partition="x")


# ---------------------------------------------------------------- forgetting


def test_a_forgotten_asset_is_gone_and_may_come_again(history: History) -> None:
    begin(history, "r1", PlannedStep("a", (A, B)))
    history.append("r1", [stored(A, 11.0, "x", size=5), stored(B, 12.0), failed("a", 13.0)])
    check = AssetCheckEvaluation(A, "fresh", True)
    history.append("r1", [Event(EventType.ASSET_CHECK_EVALUATION, 14.0, "c", check)])
    history.forget(ForgetAssets([A, AssetKey("zz")]))
    assert history.asset_keys() == [B]
    assert history.latest([A]) == {}
    assert history.partitions(A) == set()
    assert history.failed_partitions(A) == frozenset()
    assert history.latest_checks([AssetCheckKey(A, "fresh")]) == {}
    assert history.events(EventQuery(asset_key=A)).records == []
    planned = EventQuery(kinds=[EventType.ASSET_MATERIALIZATION_PLANNED], asset_key=A)
    assert history.events(planned).records == []
    left = history.events(EventQuery(run_id="r1", ascending=True)).records
    assert [record.asset_key for record in left] == [B, None, B, None]
    begin(history, "r2", PlannedStep("a", (A,)))
    history.append("r2", [stored(A, 15.0)])
    assert history.asset_states()[A].stored_at == 15.0
    assert history.asset_states()[A].bytes is None
    assert len(history.events(planned).records) == 1


def test_a_forgotten_partition_is_gone(history: History) -> None:
    begin(history, "r1", PlannedStep("a", (A,), ("x", "y", "z")))
    history.append("r1", [stored(A, 11.0, "x", size=5), stored(A, 12.0, "y", size=6), failed("a", 13.0)])
    history.forget(ForgetPartitions(A, ["y", "z"]))
    assert history.partitions(A) == {"x"}
    assert history.failed_partitions(A) == frozenset()
    state = history.asset_states()[A]
    assert (state.stored, state.bytes, state.failed, state.stored_at) == (1, 5, 0, 11.0)
    history.forget(ForgetPartitions(A, ["x"]))
    assert history.latest([A]) == {}


def test_a_forgotten_run_uncovers_what_was_before(history: History) -> None:
    begin(history, "r1")
    history.append("r1", [stored(A, 11.0, "x", size=5, rows=1), stored(B, 11.5, size=1)])
    begin(history, "r2", PlannedStep("a", (A,), ("x", "z")))
    history.append(
        "r2", [stored(A, 12.0, "x", size=7), stored(A, 13.0, "y", size=8), stored(B, 13.5), failed("a", 14.0)]
    )
    assert history.failed_partitions(A) == {"z"}
    history.forget(ForgetRun("r2"))
    assert history.run("r2") is None
    assert history.events(EventQuery(run_id="r2")).records == []
    assert history.partitions(A) == {"x"}
    assert history.failed_partitions(A) == frozenset()
    assert history.latest([A])[A].run_id == "r1"
    assert history.slot_states(A, ["x"])["x"].bytes == 5
    state = history.asset_states()[A]
    assert (state.stored, state.bytes, state.rows, state.format, state.run_id) == (1, 5, 1, "json", "r1")
    assert history.latest_slots(B)[None].timestamp == 11.5
    assert history.partitions(A, ListAxis(["x", "y"])) == {"x"}
    history.forget(ForgetRun("r2"))
    history.forget(ForgetRun("r1"))
    assert history.asset_keys() == []
    assert history.count_runs(ALL) == 0


def test_a_forgotten_verdict_uncovers_the_one_before(history: History) -> None:
    key = AssetCheckKey(A, "fresh")
    for name, passed in (("r1", True), ("r2", False)):
        begin(history, name)
        check = AssetCheckEvaluation(A, "fresh", passed)
        history.append(name, [stored(A, 11.0), Event(EventType.ASSET_CHECK_EVALUATION, 12.0, "c", check)])
    history.forget(ForgetRun("r2"))
    assert history.latest_checks([key])[key].event.asset_check_evaluation_data.passed is True
    history.forget(ForgetRun("r1"))
    assert history.latest_checks([key]) == {}


def test_a_verdict_on_a_forgotten_partition_is_gone(history: History) -> None:
    key = AssetCheckKey(A, "fresh")
    for partition in ("x", "y"):
        check = AssetCheckEvaluation(A, "fresh", True, partition=partition)
        history.append("", [stored(A, 1.0, partition), Event(EventType.ASSET_CHECK_EVALUATION, 2.0, "c", check)])
    history.forget(ForgetPartitions(A, ["y"]))
    assert history.latest_checks([key])[key].partition_key == "x"


# ---------------------------------------------------------------- registry


def test_facts_are_set_and_removed(registry: Registry) -> None:
    assert registry.get("cursor", "a") is None
    registry.put("cursor", "b", [1, 2])
    registry.put("cursor", "a", {"at": 3})
    registry.put("lease", "a", "mine")
    assert registry.get("cursor", "a") == {"at": 3}
    assert registry.list("cursor") == {"a": {"at": 3}, "b": [1, 2]}
    assert list(registry.list("cursor")) == ["a", "b"]
    registry.put("cursor", "a", None)
    assert registry.list("cursor") == {"b": [1, 2]}
    assert registry.get("lease", "a") == "mine"


def test_a_fact_is_set_only_if_it_is_what_one_thinks(registry: Registry) -> None:
    assert registry.compare_and_set("lease", "a", None, "me")
    assert not registry.compare_and_set("lease", "a", None, "you")
    assert registry.compare_and_set("lease", "a", "me", None)
    assert registry.get("lease", "a") is None


def test_dynamic_partitions_keep_their_order(registry: Registry) -> None:
    registry.add_dynamic_partitions("d", ["b", "a", "ä"])
    registry.add_dynamic_partitions("d", ["c", "b"])
    registry.add_dynamic_partitions("other", ["z"])
    assert registry.get_dynamic_partitions("d") == ["b", "a", "ä", "c"]
    assert registry.has_dynamic_partition("d", "a")
    assert not registry.has_dynamic_partition("d", "z")
    registry.delete_dynamic_partition("d", "b")
    registry.delete_dynamic_partition("d", "nothing")
    registry.add_dynamic_partitions("d", ["b"])
    assert registry.get_dynamic_partitions("d") == ["a", "ä", "c", "b"]
    assert registry.get_dynamic_partitions("unknown") == []
