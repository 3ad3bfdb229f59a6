"""Backfills: planned as they then happen, several runs at a time, and taken up again."""

from __future__ import annotations

import itertools
import subprocess
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

import lading as dg
from lading.app import backfill_order
from lading.app.backfill_order import Order
from lading.app.backfill_plan import plan_backfill
from lading.app.backfill_preview import preview_piece
from lading.app.backfill_record import BackfillRecord, claim_backfill, keep_backfill, kept_backfill, runs_of
from lading.app.backfill_run import Backfill
from lading.app.output_places import Places
from lading.app.processes import _mark, this_process
from lading.values.events import EventType
from lading.values.keys import AssetKey
from lading.values.records import Run

DAYS = dg.DailyPartitionsDefinition("2024-01-01", end_date="2024-02-01")
MONTHS = dg.MonthlyPartitionsDefinition("2024-01-01", end_date="2024-02-01")


class World:
    """Assets whose days fail while they are named in ``bad``, and what was seen of them."""

    def __init__(self, base: Path) -> None:
        self.bad: set[str] = set()
        self.made: list[tuple[str, str | None]] = []
        self.going = 0
        self.most = 0
        self.seconds = 0.0
        self._lock = threading.Lock()
        world = self

        @dg.asset(partitions_def=DAYS)
        def days(context) -> int:
            world.enter("days", context.partition_key)
            if context.partition_key in world.bad:
                raise ValueError("a bad day")
            return int(context.partition_key[-2:])

        @dg.asset(partitions_def=DAYS, ins={"days": dg.AssetIn(partition_mapping=dg.TimeWindowPartitionMapping(-1, 0))})
        def pairs(context, days: dg.Partitions[int]) -> int:
            world.enter("pairs", context.partition_key)
            return sum(days.values())

        @dg.asset(partitions_def=DAYS, backfill_policy=dg.BackfillPolicy.multi_run(10))
        def chunks(context, days: dg.Partitions[int]) -> Iterator[dg.Output[int]]:
            for key in context.partition_keys:
                world.enter("chunks", key)
                yield dg.Output(days[key] * 10, partition_key=key)

        @dg.asset(partitions_def=MONTHS)
        def month(context, pairs: dict[str, int]) -> int:
            world.enter("month", context.partition_key)
            return sum(pairs.values())

        @dg.asset
        def whole(month: int) -> int:
            world.enter("whole", None)
            return month + 1

        self.defs = dg.Definitions(
            assets=[whole, month, chunks, pairs, days], resources={"io_manager": dg.TypedIOManager(base_dir=str(base))}
        )

    def enter(self, name: str, key: str | None) -> None:
        with self._lock:
            self.made.append((name, key))
            self.going += 1
            self.most = max(self.most, self.going)
        time.sleep(self.seconds)
        with self._lock:
            self.going -= 1


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path / "data")


@pytest.fixture
def instance(tmp_path: Path) -> Iterator[dg.Instance]:
    with dg.Instance.open(tmp_path / "home") as opened:
        yield opened


def test_the_plan_is_what_then_happens(world: World, instance: dg.Instance) -> None:
    lineage = world.defs.lineage
    plan = plan_backfill(lineage, lineage.materializable_keys, instance)
    pieces = list(plan.pieces)
    job = world.defs.get_implicit_global_asset_job_def()
    with Places(world.defs, instance) as places:
        previews = [preview_piece(job, instance, piece, places, 100) for piece in pieces]
        folders = {key: places.of_asset(key) for key in plan.totals}
    assert plan.runs == len(pieces) == 31 + 31 + 4 + 1 + 1
    assert plan.count == 31 * 3 + 2 == sum(len(list(piece.slots())) for piece in pieces)
    result = dg.backfill(world.defs, instance=instance)
    assert result.success
    runs = [instance.get_run_by_id(each) for each in result.runs]
    assert [
        sorted((key, part) for step in run.plan for key in step.assets for part in step.partitions or (None,))
        for run in runs
    ] == [sorted(piece.slots()) for piece in pieces]
    assert [[step.step_key for step in run.plan] for run in runs] == [list(each.steps) for each in previews]
    for run, preview in zip(runs, previews, strict=True):
        found = instance.get_records_for_run(run.run_id, of_type=EventType.ASSET_MATERIALIZATION).records
        made = [each.event_log_entry.event.materialization for each in found]
        # Of a value of unknown type the ending is not told.
        assert {(each.asset_key, each.partition, _without_ending(each.receipt.url)) for each in made} == {
            (write.asset, write.partition, (write.place or "").removesuffix(".*")) for write in preview.writes
        }
        assert all(each.receipt.url.startswith(folders[each.asset_key].removesuffix(".*")) for each in made)
    assert world.defs.load_asset_value("whole", instance=instance) == 2 * sum(range(1, 32)) - 31 + 1


def _without_ending(url: str) -> str:
    return url.removesuffix(".json")


@pytest.mark.parametrize("most", [1, 4])
def test_nothing_starts_before_what_it_is_made_from(world: World, instance: dg.Instance, most: int) -> None:
    world.seconds = 0.002
    assert dg.backfill(world.defs, instance=instance, max_parallel=most).success
    assert world.most == 1 if most == 1 else 1 < world.most <= most
    place = {slot: number for number, slot in enumerate(world.made)}
    keys = DAYS.get_partition_keys()
    for before, key in itertools.pairwise(keys):
        assert place["pairs", key] > max(place["days", key], place["days", before])
        assert place["chunks", key] > place["days", key]
    assert place["month", "2024-01-01"] > max(place["pairs", key] for key in keys)
    assert place["whole", None] > place["month", "2024-01-01"]
    assert len(world.made) == len(set(world.made))
    records = instance.get_event_records(dg.EventRecordsFilter(EventType.ASSET_MATERIALIZATION))
    assert len(records) == 95


def test_waiting_functions_take_less_time_side_by_side(world: World, instance: dg.Instance) -> None:
    world.seconds = 0.02
    began = time.monotonic()
    dg.backfill(world.defs, "days", instance=instance, max_parallel=10)
    # One after the other they would wait for 0.6 s alone; how many went on at once is counted, not timed.
    assert world.most > 5
    assert time.monotonic() - began < 20


@pytest.mark.parametrize("most", [1, 5])
def test_a_failure_holds_back_only_what_needs_it(world: World, instance: dg.Instance, most: int) -> None:
    world.bad = {"2024-01-10"}
    result = dg.backfill(world.defs, ["days", "pairs", "month"], instance=instance, max_parallel=most)
    assert {slot.partition for slot in result.failed} == {"2024-01-10"}
    assert {(slot.asset_key.to_user_string(), slot.partition) for slot in result.waiting} == {
        ("pairs", "2024-01-10"), ("pairs", "2024-01-11"), ("month", "2024-01-01")
    }  # fmt: skip
    assert len(result.stored) == 30 + 29
    kept = kept_backfill(instance, result.backfill_id)
    assert kept is not None
    assert kept.state == "failed"
    world.bad.clear()
    world.made.clear()
    again = dg.resume_backfill(world.defs, result.backfill_id[:8], instance=instance)
    assert again.success
    assert again.backfill_id == result.backfill_id
    assert sorted(world.made) == [
        ("days", "2024-01-10"), ("month", "2024-01-01"), ("pairs", "2024-01-10"), ("pairs", "2024-01-11")
    ]  # fmt: skip
    assert set(runs_of(instance, result.backfill_id)) == {*result.runs, *again.runs}
    assert dg.resume_backfill(world.defs, result.backfill_id, instance=instance).runs == []


def test_a_backfill_of_everything_goes_on_where_it_stopped(world: World, instance: dg.Instance) -> None:
    dg.backfill(world.defs, ["days", "month", "pairs"], instance=instance)
    world.made.clear()

    def stop(event: Any) -> None:
        if event.event_type is EventType.STEP_START and len(world.made) == 7:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        dg.backfill(world.defs, "days", which="all", instance=instance, watch=stop)
    ((backfill_id, _),) = [
        (name, raw) for name, raw in instance.registry.list("backfill").items() if raw["state"] == "cancelled"
    ]
    assert len(world.made) == 7
    dg.resume_backfill(world.defs, backfill_id, instance=instance)
    assert world.made == [("days", key) for key in DAYS.get_partition_keys()]


@pytest.mark.parametrize("most", [1, 3])
def test_an_interruption_leaves_only_ended_runs(world: World, instance: dg.Instance, most: int) -> None:
    world.seconds = 0.005

    def stop(event: Any) -> None:
        if len(world.made) > 10:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        dg.backfill(world.defs, "days", instance=instance, max_parallel=most, watch=stop)
    assert all(run.is_finished for run in instance.get_runs())
    stored = instance.get_materialized_partitions(AssetKey("days"))
    world.made.clear()
    assert dg.backfill(world.defs, "days", instance=instance, max_parallel=most).success
    assert {key for _, key in world.made} == set(DAYS.get_partition_keys()) - set(stored)


@pytest.mark.parametrize("most", [1, 3])
def test_an_interruption_out_of_a_function_stops_all(tmp_path: Path, instance: dg.Instance, most: int) -> None:
    seen: list[str] = []

    @dg.asset(partitions_def=DAYS)
    def days(context) -> int:
        seen.append(context.partition_key)
        if context.partition_key == "2024-01-04":
            raise KeyboardInterrupt
        return 1

    defs = dg.Definitions(assets=[days], resources={"io_manager": dg.TypedIOManager(base_dir=str(tmp_path / "d"))})
    with pytest.raises(KeyboardInterrupt):
        dg.backfill(defs, instance=instance, max_parallel=most)
    assert len(seen) <= 4 + most
    assert all(run.is_finished for run in instance.get_runs())


def test_a_resource_that_does_not_open_lets_the_others_end(tmp_path: Path, instance: dg.Instance) -> None:
    ended: list[str] = []

    @dg.resource
    def db(_: object) -> int:
        raise OSError("no database")

    @dg.asset(partitions_def=DAYS)
    def days(context) -> int:
        time.sleep(0.05)
        ended.append(context.partition_key)
        return 1

    @dg.asset(partitions_def=MONTHS, required_resource_keys={"db"})
    def months(context) -> int:
        return 1

    resources = {"db": db, "io_manager": dg.TypedIOManager(base_dir=str(tmp_path / "d"))}
    with pytest.raises(dg.ResourceFunctionError):
        dg.backfill(dg.Definitions(assets=[months, days], resources=resources), instance=instance, max_parallel=3)
    assert 0 < len(ended) < 31
    assert instance.get_materialized_partitions(AssetKey("days")) == set(ended)
    ((_, kept),) = instance.registry.list("backfill").items()
    assert kept["state"] == "failed"


def test_the_present_moment_of_the_caller_holds_in_threads(tmp_path: Path, instance: dg.Instance) -> None:
    days = dg.DailyPartitionsDefinition("2024-01-01")

    @dg.asset(partitions_def=days)
    def growing(context) -> int:
        return len(days.get_partition_keys())

    resources = {"io_manager": dg.TypedIOManager(base_dir=str(tmp_path / "d"))}
    defs = dg.Definitions(assets=[growing], resources=resources)
    with dg.partition_loading_context(datetime(2024, 1, 6, tzinfo=UTC)):
        assert len(dg.backfill(defs, instance=instance, max_parallel=2).stored) == 5
    assert defs.load_asset_value("growing", partition_key="2024-01-03", instance=instance) == 5


def test_what_a_piece_needs_is_worked_out_once(
    world: World, instance: dg.Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[object] = []
    real = backfill_order.upstream_partitions

    def counted(*args: Any) -> Any:
        asked.append(args)
        return real(*args)

    monkeypatch.setattr(backfill_order, "upstream_partitions", counted)
    plan = plan_backfill(world.defs.lineage, [AssetKey("days"), AssetKey("pairs")], instance)
    order = Order(world.defs.lineage, plan, instance)
    going = [order.take() for _ in range(31)]
    assert order.take() is None
    for piece in going:
        assert piece is not None
        order.done(piece)
        while (following := order.take()) is not None:
            going.append(following)
    assert len(going) == 62
    assert len(asked) == 31


def test_self_dependent_days_come_one_after_the_other(tmp_path: Path, instance: dg.Instance) -> None:
    seen: list[str] = []

    @dg.asset(partitions_def=DAYS, ins={"running": dg.AssetIn(partition_mapping=dg.TimeWindowPartitionMapping(-1, -1))})
    def running(context, running: int | None) -> int:
        seen.append(context.partition_key)
        return (running or 0) + 1

    defs = dg.Definitions(assets=[running], resources={"io_manager": dg.TypedIOManager(base_dir=str(tmp_path / "d"))})
    assert dg.backfill(defs, instance=instance, max_parallel=6).success
    assert seen == DAYS.get_partition_keys()
    assert defs.load_asset_value("running", partition_key="2024-01-31", instance=instance) == 31


def test_one_that_goes_on_elsewhere_is_not_taken_up(world: World, instance: dg.Instance) -> None:
    parts = this_process().split(" ")
    elsewhere = " ".join(["another", *parts[1:]])
    record = BackfillRecord("abcdef123", (AssetKey("days"),), process=elsewhere)
    keep_backfill(instance, record)
    with pytest.raises(dg.DagsterInvariantViolationError, match="abcdef may still be going on"):
        dg.resume_backfill(world.defs, "abc", instance=instance)
    assert dg.resume_backfill(world.defs, "abc", instance=instance, dry_run=True).plan.count == 31
    instance.history.add_run(Run("left", tags={"lading/backfill": "abcdef123"}, process=elsewhere))
    assert dg.resume_backfill(world.defs, "abc", instance=instance, force=True).success
    assert instance.get_run_by_id("left").status is dg.DagsterRunStatus.CANCELED
    # On this machine, after a start: nobody goes on.
    dead = " ".join([parts[0], "00000000", *parts[2:]])
    keep_backfill(instance, BackfillRecord("abcdef123", (AssetKey("days"),), process=dead))
    world.made.clear()
    assert dg.resume_backfill(world.defs, "abc", instance=instance).success
    assert world.made == []


def test_one_that_goes_on_here_is_not_taken_up(world: World, instance: dg.Instance) -> None:
    with subprocess.Popen(["/bin/sleep", "60"]) as other:
        keep_backfill(instance, BackfillRecord("abcdef123", (AssetKey("days"),), process=_mark(other.pid)))
        with pytest.raises(dg.DagsterInvariantViolationError, match="abcdef is still going on"):
            dg.resume_backfill(world.defs, "abc", instance=instance, force=True)
        other.kill()
    assert dg.resume_backfill(world.defs, "abc", instance=instance).success


def test_of_two_that_take_it_up_one_gets_it(world: World, instance: dg.Instance) -> None:
    found = BackfillRecord("abcdef123", (AssetKey("days"),), state="failed", max_parallel=2)
    keep_backfill(instance, found)
    assert claim_backfill(instance, found).max_parallel == 2
    with pytest.raises(dg.DagsterInvariantViolationError, match="just been taken up by another process"):
        claim_backfill(instance, found)


def test_a_backfill_taken_up_goes_on_as_before_or_with_other_numbers(world: World, instance: dg.Instance) -> None:
    world.bad = {"2024-01-10"}
    world.seconds = 0.005
    result = dg.backfill(world.defs, "days", instance=instance, max_parallel=3)
    for number in (None, 5):
        dg.resume_backfill(world.defs, result.backfill_id, instance=instance, max_parallel=number)
        kept = kept_backfill(instance, result.backfill_id)
        assert kept is not None
        assert (kept.max_parallel, kept.state, kept.total) == (number or 3, "failed", 31)


def test_unknown_ids_are_refused(world: World, instance: dg.Instance) -> None:
    keep_backfill(instance, BackfillRecord("aa1", (AssetKey("days"),), state="done"))
    keep_backfill(instance, BackfillRecord("aa2", (AssetKey("days"),), state="done"))
    with pytest.raises(dg.DagsterRunNotFoundError, match="no backfill begins with b"):
        dg.resume_backfill(world.defs, "b", instance=instance)
    with pytest.raises(dg.DagsterRunNotFoundError, match="2 backfills begin with aa") as several:
        dg.resume_backfill(world.defs, "aa", instance=instance)
    assert several.value.fix == "type more of one: aa1, aa2"
    with pytest.raises(dg.DagsterRunNotFoundError) as near:
        dg.resume_backfill(world.defs, "ab1", instance=instance)
    assert near.value.fix == "did you mean aa1?"


def test_either_end_of_a_range_may_be_left_out(world: World, instance: dg.Instance) -> None:
    def planned(*ends: str | None) -> dict[str, int]:
        plan = dg.backfill(world.defs, ["days", "month"], partition_range=ends, dry_run=True).plan  # type: ignore[arg-type]
        return {key.to_user_string(): count for key, count in plan.totals.items()}

    # Each asset has ends of its own: the last month is not the last day.
    assert planned(None, None) == {"days": 31, "month": 1}
    assert planned("2024-01-01", None) == {"days": 31, "month": 1}
    assert planned(None, "2024-01-01") == {"days": 1, "month": 1}
    with pytest.raises(dg.LadingError, match='"2024-01-05" is no partition'):
        planned("2024-01-05", None)
    with pytest.raises(dg.LadingError, match="nothing that is selected has partitions"):
        dg.backfill(world.defs, "whole", partition_range=("2024-01-01", None))
    with pytest.raises(ValueError, match="which='lost' means nothing"):
        dg.backfill(world.defs, which="lost")  # type: ignore[arg-type]


def test_no_runs_at_a_time_is_refused(world: World, instance: dg.Instance) -> None:
    with pytest.raises(ValueError, match="max_parallel=0 starts nothing"):
        dg.backfill(world.defs, instance=instance, max_parallel=0)
    assert instance.get_runs() == []


def test_planning_does_not_list_what_it_need_not(instance: dg.Instance, monkeypatch: pytest.MonkeyPatch) -> None:
    hours = dg.HourlyPartitionsDefinition("1910-01-01-00:00", end_date="2024-01-01-00:00")

    @dg.asset(partitions_def=hours)
    def hourly() -> None: ...

    @dg.asset(partitions_def=hours, backfill_policy=dg.BackfillPolicy.multi_run(1000))
    def slices() -> None: ...

    defs = dg.Definitions(assets=[hourly, slices])
    assert hours.get_num_partitions() > 900_000
    asked: list[tuple[int, int]] = []
    axis = type(hours.axis())
    real = axis.keys_between

    def counted(self: Any, start: int, stop: int) -> Any:
        asked.append((start, stop))
        return real(self, start, stop)

    monkeypatch.setattr(axis, "keys_between", counted)
    plan = plan_backfill(defs.lineage, defs.lineage.materializable_keys, instance)
    assert plan.count == 2 * hours.get_num_partitions()
    assert plan.runs == hours.get_num_partitions() + -(-hours.get_num_partitions() // 1000)
    assert asked == []
    order = Order(defs.lineage, plan, instance)
    first = order.take()
    assert first is not None
    assert first.partitions == ("1910-01-01-00:00",)
    assert sum(stop - start for start, stop in asked) < 1000
    running = Backfill(defs, plan, instance, BackfillRecord("x"))
    assert running.record.total == plan.count


def test_a_dry_run_makes_nothing_and_says_what_would_lie_where(tmp_path: Path) -> None:
    world, instance = World(tmp_path / "data"), dg.DagsterInstance.ephemeral()
    planned = dg.backfill(world.defs, ["days", "whole"], instance=instance, dry_run=True)
    assert world.made == []
    assert planned.plan.totals == {AssetKey("days"): 31, AssetKey("whole"): 1}
    assert len(list(planned.plan.pieces)) == planned.plan.runs == 32
    assert planned.places == {
        AssetKey("days"): f"{tmp_path}/data/days/",
        AssetKey("whole"): f"{tmp_path}/data/whole.*",
    }
    assert not planned.stored
    assert instance.get_runs() == []
    assert not (tmp_path / "data").exists() or not list((tmp_path / "data").rglob("*"))
