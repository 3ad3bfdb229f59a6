"""Many partitions in a single run: one load, one store, by window of time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

import lading as dg
from tests.seed.stand_ins import (
    MADE,
    READ,
    overwrite_data_in_datetime_range,
    read_data_in_datetime_range,
    story,
)

CALLED: list[tuple[int, str]] = []


def compute_events_from_raw_events(raw_events: dict[datetime, float]) -> dict[datetime, float]:
    return {when: reading * 10 for when, reading in raw_events.items()}


class MyIOManager(dg.IOManager):
    def load_input(self, context: dg.InputContext):
        # Get time window for all partitions being processed
        start_datetime, end_datetime = context.asset_partitions_time_window
        return read_data_in_datetime_range(start_datetime, end_datetime)

    def handle_output(self, context: dg.OutputContext, obj):
        start_datetime, end_datetime = context.asset_partitions_time_window
        return overwrite_data_in_datetime_range(start_datetime, end_datetime, obj)


daily_partition = dg.DailyPartitionsDefinition(start_date="2020-01-01")


@dg.asset(
    partitions_def=daily_partition,
    backfill_policy=dg.BackfillPolicy.single_run(),
)
def events(context: dg.AssetExecutionContext, raw_events):
    return compute_events_from_raw_events(raw_events)


raw_events = dg.AssetSpec("raw_events", partitions_def=daily_partition)


def at(day: int, hour: int = 12) -> datetime:
    return datetime(2020, 1, day, hour, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _series() -> Iterator[None]:
    READ.update({at(day): float(day) for day in range(1, 8)})
    # Yesterday's result: what lies in the range is replaced, what lies outside stays.
    MADE.update({at(2): -1.0, at(3, 0): -1.0, at(5, 23): -1.0, at(6): -1.0})
    yield
    READ.clear()
    MADE.clear()


def run(first: str, last: str) -> Any:
    return dg.materialize(
        [raw_events, events],
        resources={"io_manager": MyIOManager()},
        tags={"lading/asset_partition_range_start": first, "lading/asset_partition_range_end": last},
    )


def test_the_window_spans_the_range_and_only_it_is_overwritten() -> None:
    result = run("2020-01-03", "2020-01-05")
    assert result.success
    assert dict(MADE) == {at(2): -1.0, at(3): 30.0, at(4): 40.0, at(5): 50.0, at(6): -1.0}
    assert result.output_for_node("events") == {at(3): 30.0, at(4): 40.0, at(5): 50.0}


def test_one_step_one_load_and_a_materialization_for_each_partition() -> None:
    result = run("2020-01-03", "2020-01-05")
    kinds = story(result, "events")
    assert [kinds.count(kind) for kind in ("STEP_START", "LOADED_INPUT", "HANDLED_OUTPUT")] == [1, 1, 1]
    made = result.asset_materializations_for_node("events")
    assert [each.partition for each in made] == ["2020-01-03", "2020-01-04", "2020-01-05"]


def test_a_single_partition_is_a_range_of_one() -> None:
    dg.materialize([raw_events, events], resources={"io_manager": MyIOManager()}, partition_key="2020-01-06")
    assert MADE[at(6)] == 60.0
    assert MADE[at(2)] == -1.0


def test_the_policy_says_so() -> None:
    assert events.backfill_policy == dg.BackfillPolicy.single_run()
    assert dg.BackfillPolicy.single_run().max_partitions_per_run is None


def test_an_end_that_is_no_partition_is_refused() -> None:
    with pytest.raises(dg.LadingError, match="2019-12-31"):
        run("2019-12-31", "2020-01-02")
    assert MADE[at(2)] == -1.0
