"""A run that is killed has lost nothing of what it stored: log and data agree again, and the rest can be made."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

import lading as dg
from lading.app.backfill import backfill
from lading.app.recover import recover_runs
from lading.storage.stores import local
from lading.values.events import EventType
from lading.values.records import RunStatus
from tests.crash.killed_run import definitions

pytestmark = [pytest.mark.crash, pytest.mark.timeout(60)]

SCRIPT = Path(__file__).with_name("killed_run.py")
NUMBERS = dg.AssetKey("numbers")


def kill(home: Path, base: Path, manager: str, when: int, *more: str) -> None:
    path = os.pathsep.join([str(SCRIPT.parents[2]), *filter(None, [os.environ.get("PYTHONPATH")])])
    command = [sys.executable, str(SCRIPT), str(home), str(base), manager, str(when), *more]
    done = subprocess.run(command, env=os.environ | {"PYTHONPATH": path}, check=False, capture_output=True, text=True)
    assert done.returncode == -signal.SIGKILL, done.stderr


@pytest.mark.parametrize("manager", ["pickle", "typed", "records"])
@pytest.mark.parametrize("when", [0, 1, 7])
def test_what_was_stored_is_recorded_whatever_the_log_had_seen(
    tmp_path: Path, manager: str, when: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    home, base = tmp_path / "home", tmp_path / "data"
    if manager == "records":
        monkeypatch.setitem(local._keeping, os.stat(tmp_path).st_dev, False)
    kill(home, base, manager, when, "log")
    defs = definitions(str(base), manager)
    with dg.Instance.open(home) as instance:
        assert instance.get_materialized_partitions(NUMBERS) == set()
        assert list(recover_runs(defs, instance).values()) == [when]
        expected = {f"2024-01-{day + 1:02}" for day in range(when)}
        assert instance.get_materialized_partitions(NUMBERS) == expected
        (run,) = instance.get_runs()
        assert run.status is RunStatus.CANCELED
        records = instance.fetch_materializations(NUMBERS, limit=100).records
        assert len(records) == when
        assert all(each.asset_materialization.receipt.owner.run_id == run.run_id for each in records)
        # A second look finds nothing more.
        assert recover_runs(defs, instance) == {}
        # The rest is made, and only the rest.
        done = backfill(defs, "numbers", instance=instance)
        assert {slot.partition for slot in done.stored} == {f"2024-01-{day + 1:02}" for day in range(when, 10)}
        assert defs.load_asset_value("numbers", instance=instance) == {f"2024-01-{day:02}": day for day in range(1, 11)}


def test_a_value_that_a_later_run_replaced_is_not_the_dead_ones(tmp_path: Path) -> None:
    home, base = tmp_path / "home", tmp_path / "data"
    kill(home, base, "typed", 3, "log")
    defs = definitions(str(base), "typed")
    with dg.Instance.open(home) as instance:
        job = defs.get_implicit_global_asset_job_def()
        job.execute_in_process(instance=instance, asset_selection=["numbers"], partition_key="2024-01-02")
        assert list(recover_runs(defs, instance, [dg.AssetKey("whole")]).values()) == []
        assert list(recover_runs(defs, instance).values()) == [2]
        kinds = instance.get_event_records(dg.EventRecordsFilter(EventType.ASSET_MATERIALIZATION), ascending=True)
        assert [each.partition_key for each in kinds] == ["2024-01-02", "2024-01-01", "2024-01-03"]


def test_a_run_that_lives_is_left_alone(tmp_path: Path) -> None:
    defs = definitions(str(tmp_path / "data"), "typed")
    seen: list[dict[str, int]] = []

    @dg.asset
    def looks(context: dg.AssetExecutionContext) -> int:
        seen.append(recover_runs(defs, context.instance))
        return 1

    with dg.Instance.open(tmp_path / "home") as instance:
        dg.materialize([looks], instance=instance)
    assert seen == [{}]


def test_assets_without_partitions_are_recovered_too(tmp_path: Path) -> None:
    home, base = tmp_path / "home", tmp_path / "data"
    kill(home, base, "typed", 1, "log", "whole")
    defs = definitions(str(base), "typed")
    with dg.Instance.open(home) as instance:
        assert list(recover_runs(defs, instance).values()) == [1]
        assert instance.get_latest_materialization_event(dg.AssetKey("whole")) is not None
        assert instance.get_latest_materialization_event(dg.AssetKey("dies")) is None
