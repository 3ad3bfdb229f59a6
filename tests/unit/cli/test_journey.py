from __future__ import annotations

import time

from lading.cli.journey import FEW, Journey
from lading.cli.options import Settings
from lading.cli.session import Session
from lading.values.events import Event, EventType, StepMaterializationData, StepSuccessData
from lading.values.keys import AssetKey
from lading.values.materialization import AssetMaterialization
from lading.values.metadata import MetadataValue
from lading.values.receipt import Receipt
from lading.values.records import PlannedStep, Run

KEY = AssetKey("weather")


def journey(total: int) -> Journey:
    settings = Settings()
    settings.quiet = True
    return Journey(Session(settings), {"weather": total})


def begin(seen: Journey, day: str):
    run = seen.observe()
    run.begun(Run(day, plan=(PlannedStep("weather", (KEY,), (day,)),)), lambda _: None)
    run.watch(Event(EventType.STEP_START, time.time(), "weather"))
    return run


def store(seen: Journey, day: str) -> None:
    run = begin(seen, day)
    made = AssetMaterialization(
        KEY, None, {"path": MetadataValue.path(day)}, day, receipt=Receipt(f"/data/{day}", 1, "json", "none")
    )
    run.watch(Event(EventType.ASSET_MATERIALIZATION, 0.0, "weather", StepMaterializationData(made)))
    run.watch(Event(EventType.STEP_SUCCESS, 0.0, "weather", StepSuccessData(1.0)))
    run.watch(Event(EventType.RUN_SUCCESS, 0.0))


def test_of_many_values_what_takes_room_is_kept_of_one() -> None:
    seen = journey(FEW + 10)
    for day in range(FEW + 10):
        store(seen, f"{day:03}")
    assert [line.partition for line in seen.lines] == [f"{day:03}" for day in range(FEW + 10)]
    assert [line.receipt is None for line in seen.lines] == [True] * (FEW + 9) + [False]
    assert {len(line.metadata) for line in seen.lines} == {0}


def test_of_a_few_values_everything_is_kept() -> None:
    seen = journey(2)
    for day in ("a", "b"):
        store(seen, day)
    assert [line.receipt is None or not line.metadata for line in seen.lines] == [False, False]


def test_of_several_runs_it_is_told_which_partition_goes_on() -> None:
    seen = journey(3)
    store(seen, "a")
    begin(seen, "b")
    begin(seen, "c")
    first, second = seen._moving_lines()
    assert first.startswith("running  weather b ")
    assert "  ·  weather c " in first
    assert second.endswith("1/3")


def test_a_run_that_was_refused_is_not_looked_at_again() -> None:
    seen = journey(3)
    for _ in range(100):
        seen.observe()
    assert seen._runs == []
