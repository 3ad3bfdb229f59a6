"""The instance: where it lies, and every question users ask of it."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from lading.app.instance import Instance
from lading.errors import CheckError, InvariantViolationError, RunNotFoundError
from lading.testing.instance import instance_for_test
from lading.values.check_record import AssetCheckExecutionRecordStatus
from lading.values.events import Event, EventType, LogMessageData, StepMaterializationData
from lading.values.filters import AssetRecordsFilter, EventRecordsFilter, RunStatusChangeRecordsFilter
from lading.values.keys import AssetCheckKey, AssetKey
from lading.values.materialization import AssetCheckEvaluation, AssetMaterialization, AssetObservation
from lading.values.records import PlannedStep, Run, RunsFilter, RunStatus

A, B = AssetKey("a"), AssetKey(["pre", "b"])


@pytest.fixture(params=["ephemeral", "local_temp"])
def instance(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Instance]:
    made = Instance.ephemeral() if request.param == "ephemeral" else Instance.local_temp(str(tmp_path))
    with made:
        yield made


def stored(key: AssetKey, at: float, partition: str | None = None) -> Event:
    item = AssetMaterialization(key, partition=partition, tags={"dagster/code_version": f"v{at:g}"})
    return Event(EventType.ASSET_MATERIALIZATION, at, "step", StepMaterializationData(item))


def fill(instance: Instance) -> None:
    for name, key in (("r1", A), ("r2", B)):
        instance.history.add_run(Run(name, f"job_{name}", plan=(PlannedStep("step", (key,)),), tags={"n": name}))
        instance.history.append(name, [Event(EventType.RUN_START, 10.0)])
    instance.history.append("r1", [stored(A, 11.0, "x"), stored(A, 12.0, "y"), Event(EventType.RUN_SUCCESS, 13.0)])
    instance.history.append("r2", [stored(B, 14.0), Event(EventType.RUN_FAILURE, 15.0)])


# ---------------------------------------------------------------- where it lies


def test_an_ephemeral_instance_makes_no_folder_until_one_is_needed() -> None:
    with Instance.ephemeral() as instance:
        assert instance.is_ephemeral
        assert not instance.is_persistent
        assert instance._root is None
        instance.report_runless_asset_event(AssetMaterialization("a"))
        assert instance._root is None
        root = instance.root_directory
        assert os.path.isdir(root)
        assert instance.storage_directory() == os.path.join(root, "storage")
        assert instance.root_directory == root
    assert not os.path.exists(root)


def test_a_folder_goes_with_an_instance_that_nobody_closed() -> None:
    instance = Instance.ephemeral()
    root = instance.root_directory
    del instance
    gc.collect()
    assert not os.path.exists(root)


def test_a_given_folder_is_kept(tmp_path: Path) -> None:
    with Instance.ephemeral(str(tmp_path)) as instance:
        assert instance.root_directory == str(tmp_path)
    with Instance.local_temp(str(tmp_path)) as instance:
        instance.report_runless_asset_event(AssetMaterialization("a"))
        assert instance.is_persistent
    with Instance.local_temp(str(tmp_path)) as again:
        assert again.has_asset_key(A)
    assert (tmp_path / "history.sqlite").exists()


def test_a_temporary_instance_leaves_nothing() -> None:
    with Instance.local_temp() as instance:
        instance.report_runless_asset_event(AssetMaterialization("a"))
        root = instance.root_directory
        assert os.path.exists(os.path.join(root, "history.sqlite"))
    assert not os.path.exists(root)


def test_the_home_names_the_instance(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LADING_HOME", str(tmp_path / "mine"))
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path / "theirs"))
    with Instance.get() as instance:
        assert instance.root_directory == str(tmp_path / "mine")
    monkeypatch.delenv("LADING_HOME")
    with Instance.get() as instance:
        assert instance.root_directory == str(tmp_path / "theirs")
    monkeypatch.delenv("DAGSTER_HOME")
    with pytest.raises(InvariantViolationError) as caught:
        Instance.get()
    assert "LADING_HOME" in caught.value.fix
    assert not (tmp_path / "mine").exists()


def test_within_a_test_the_home_is_that_of_the_test(monkeypatch: pytest.MonkeyPatch) -> None:
    with instance_for_test() as instance:
        instance.report_runless_asset_event(AssetMaterialization("a"))
        with Instance.get() as same:
            assert same.has_asset_key(A)
        root = instance.root_directory
    assert not os.path.exists(root)
    assert os.environ["LADING_HOME"] != root
    monkeypatch.delenv("LADING_HOME")
    with instance_for_test():
        assert "LADING_HOME" in os.environ
    assert "LADING_HOME" not in os.environ


# ---------------------------------------------------------------- materializations


def test_the_latest_materialization(instance: Instance) -> None:
    fill(instance)
    entry = instance.get_latest_materialization_event(A)
    assert entry is not None
    assert (entry.run_id, entry.timestamp, entry.step_key, entry.job_name) == ("r1", 12.0, "step", "job_r1")
    assert entry.asset_materialization is not None
    assert entry.asset_materialization.partition == "y"
    assert entry.dagster_event is not None
    assert entry.dagster_event.event_type is EventType.ASSET_MATERIALIZATION
    assert instance.get_latest_materialization_event(AssetKey("zz")) is None
    assert instance.get_latest_materialization_events([A, B, AssetKey("zz")]).keys() == {A, B}
    versions = instance.get_latest_materialization_code_versions([A, AssetKey("zz")])
    assert versions == {A: "v12", AssetKey("zz"): None}


def test_materializations_page_by_page(instance: Instance) -> None:
    fill(instance)
    first = instance.fetch_materializations(A, limit=1)
    assert [record.partition_key for record in first.records] == ["y"]
    assert first.has_more
    second = instance.fetch_materializations(A, limit=1, cursor=first.cursor)
    assert [record.partition_key for record in second.records] == ["x"]
    assert not second.has_more
    oldest = instance.fetch_materializations(A, limit=5, ascending=True)
    assert [record.partition_key for record in oldest.records] == ["x", "y"]
    record = oldest.records[0]
    assert (record.run_id, record.timestamp, record.asset_key) == ("r1", 11.0, A)
    assert record.asset_materialization == record.asset_event == record.event_log_entry.asset_materialization
    behind = instance.fetch_materializations(A, limit=5, ascending=True, cursor=str(record.storage_id))
    assert [record.partition_key for record in behind.records] == ["y"]
    with pytest.raises(CheckError, match="cursor"):
        instance.fetch_materializations(A, limit=1, cursor="nonsense")


def test_materializations_by_filter(instance: Instance) -> None:
    fill(instance)

    def found(**want: object) -> list[str | None]:
        page = instance.fetch_materializations(AssetRecordsFilter(A, **want), limit=9)  # type: ignore[arg-type]
        return [record.partition_key for record in page.records]

    ids = [record.storage_id for record in instance.fetch_materializations(A, limit=9).records]
    assert found(asset_partitions=["x"]) == ["x"]
    assert found(after_timestamp=11.0) == ["y"]
    assert found(before_timestamp=12.0) == ["x"]
    assert found(after_storage_id=ids[1]) == ["y"]
    assert found(before_storage_id=ids[0]) == ["x"]
    assert found(storage_ids=[ids[1]]) == ["x"]


def test_observations_and_plans(instance: Instance) -> None:
    fill(instance)
    instance.report_runless_asset_event(AssetObservation(A, partition="x"))
    (seen,) = instance.fetch_observations(A, limit=5).records
    assert seen.asset_observation == AssetObservation(A, partition="x")
    (planned,) = instance.fetch_planned_materializations(A, limit=5).records
    assert (planned.run_id, planned.asset_key) == ("r1", A)


def test_materialized_partitions(instance: Instance) -> None:
    fill(instance)
    assert instance.get_materialized_partitions(A) == {"x", "y"}
    assert instance.get_materialized_partitions(B) == set()
    assert instance.get_materialized_partitions(AssetKey("zz")) == set()
    first = instance.fetch_materializations(A, limit=1, ascending=True).records[0].storage_id
    assert instance.get_materialized_partitions(A, after_cursor=first) == {"y"}
    assert instance.get_materialized_partitions(A, before_cursor=first + 1) == {"x"}


def test_the_name_of_an_asset_will_do_for_its_key(instance: Instance) -> None:
    fill(instance)
    (name,) = A.path
    assert instance.has_asset_key(name)
    assert not instance.has_asset_key("zz")
    assert instance.get_materialized_partitions(name) == {"x", "y"}
    assert instance.get_materialized_partitions([name]) == {"x", "y"}
    assert instance.get_latest_materialization_event(name) == instance.get_latest_materialization_event(A)
    instance.wipe_asset_partitions(name, ["x"])
    assert instance.get_materialized_partitions(name) == {"y"}
    instance.wipe_assets([name])
    assert not instance.has_asset_key(name)


# ---------------------------------------------------------------- the log


def test_events_of_a_run(instance: Instance) -> None:
    fill(instance)
    page = instance.get_records_for_run("r1")
    assert [record.event_type for record in page.records] == [
        EventType.ASSET_MATERIALIZATION_PLANNED,
        EventType.RUN_START,
        EventType.ASSET_MATERIALIZATION,
        EventType.ASSET_MATERIALIZATION,
        EventType.RUN_SUCCESS,
    ]
    assert not page.has_more
    kind = EventType.ASSET_MATERIALIZATION
    assert len(instance.get_records_for_run("r1", of_type=kind).records) == 2
    assert len(instance.get_records_for_run("r1", of_type={kind, EventType.RUN_START}).records) == 3
    head = instance.get_records_for_run("r1", limit=2)
    rest = instance.get_records_for_run("r1", cursor=head.cursor)
    assert [*head.records, *rest.records] == list(page.records)
    assert instance.get_records_for_run("nobody").records == []
    assert [entry.timestamp for entry in instance.all_logs("r1", of_type=kind)] == [11.0, 12.0]


def test_changes_of_status(instance: Instance) -> None:
    fill(instance)

    def found(want: EventType | RunStatusChangeRecordsFilter) -> list[str]:
        return [record.run_id for record in instance.fetch_run_status_changes(want, limit=9).records]

    assert found(EventType.RUN_START) == ["r2", "r1"]
    assert found(EventType.RUN_FAILURE) == ["r2"]
    assert found(RunStatusChangeRecordsFilter(EventType.RUN_START, job_names=["job_r1"])) == ["r1"]
    assert found(RunStatusChangeRecordsFilter(EventType.RUN_START, after_timestamp=10.0)) == []
    with pytest.raises(CheckError, match="status"):
        instance.fetch_run_status_changes(EventType.STEP_START, limit=1)


def test_events_of_a_kind(instance: Instance) -> None:
    fill(instance)
    kind = EventType.ASSET_MATERIALIZATION
    assert [r.timestamp for r in instance.get_event_records(EventRecordsFilter(kind))] == [14.0, 12.0, 11.0]
    assert [r.timestamp for r in instance.get_event_records(EventRecordsFilter(kind, A), 1, True)] == [11.0]
    only = EventRecordsFilter(kind, A, asset_partitions=["x"])
    assert [r.timestamp for r in instance.get_event_records(only)] == [11.0]


def test_a_logged_line_is_no_event_of_ours(instance: Instance) -> None:
    fill(instance)
    instance.history.append("r1", [Event(EventType.LOG_MESSAGE, 20.0, "a", LogMessageData(30, "hello"))])
    entry = instance.all_logs("r1", of_type=EventType.LOG_MESSAGE)[0]
    assert entry.dagster_event is None
    assert (entry.user_message, entry.level, entry.is_dagster_event) == ("hello", 30, False)


def test_what_happened_outside_of_runs(instance: Instance) -> None:
    check = AssetCheckEvaluation(A, "fresh", False, partition="x")
    instance.report_runless_asset_event(AssetMaterialization(A, partition="q"))
    instance.report_runless_asset_event(check)
    entry = instance.get_latest_materialization_event(A)
    assert entry is not None
    assert (entry.run_id, entry.job_name) == ("", None)
    record = instance.get_latest_asset_check_evaluation_record(AssetCheckKey(A, "fresh"))
    assert record is not None
    assert record.status is AssetCheckExecutionRecordStatus.FAILED
    assert (record.evaluation, record.partition, record.run_id) == (check, "x", "")
    assert record.event.asset_check_evaluation == check
    assert record.id == record.record.storage_id
    assert record.create_timestamp == record.event.timestamp
    assert instance.get_latest_asset_check_evaluation_record(AssetCheckKey(A, "none")) is None
    with pytest.raises(InvariantViolationError, match="no event of an asset"):
        instance.report_runless_asset_event(3)  # type: ignore[arg-type]


# ---------------------------------------------------------------- assets and runs


def test_asset_keys(instance: Instance) -> None:
    fill(instance)
    assert instance.get_asset_keys() == instance.all_asset_keys() == [A, B]
    assert instance.get_asset_keys(prefix=["pre"]) == [B]
    assert instance.get_asset_keys(limit=1) == [A]
    assert instance.get_asset_keys(cursor=A.to_string()) == [B]
    assert instance.has_asset_key(A)
    assert not instance.has_asset_key(AssetKey("zz"))


def test_wiping(instance: Instance) -> None:
    fill(instance)
    instance.wipe_asset_partitions(A, ["x"])
    assert instance.get_materialized_partitions(A) == {"y"}
    instance.wipe_assets([A])
    assert instance.get_asset_keys() == [B]
    assert instance.fetch_materializations(A, limit=3).records == []


def test_runs(instance: Instance) -> None:
    fill(instance)
    run = instance.get_run_by_id("r1")
    assert run is not None
    assert (run.run_id, run.job_name, run.status, run.is_finished) == ("r1", "job_r1", RunStatus.SUCCESS, True)
    assert (run.is_success, run.is_failure, run.asset_selection) == (True, False, {A})
    assert instance.get_run_by_id("nobody") is None
    assert instance.has_run("r1")
    assert not instance.has_run("nobody")
    assert [run.run_id for run in instance.get_runs()] == ["r2", "r1"]
    assert [run.run_id for run in instance.get_runs(cursor="r2")] == ["r1"]
    assert [run.run_id for run in instance.get_runs(ascending=True, limit=1)] == ["r1"]
    assert instance.get_runs_count() == 2
    assert instance.get_runs_count(RunsFilter(tags={"n": "r2"})) == 1
    record = instance.get_run_records(RunsFilter(run_ids=["r1"]))[0]
    assert record == instance.get_run_record_by_id("r1")
    assert (record.start_time, record.end_time) == (10.0, 13.0)
    assert record.update_timestamp.timestamp() == 13.0
    instance.add_run_tags("r1", {"n": "new"})
    assert instance.get_runs_count(RunsFilter(tags={"n": "new"})) == 1
    with pytest.raises(RunNotFoundError):
        instance.add_run_tags("nobody", {"a": "b"})
    instance.delete_run("r1")
    instance.delete_run("nobody")
    assert instance.get_run_by_id("r1") is None
    assert instance.get_materialized_partitions(A) == set()


# ---------------------------------------------------------------- dynamic partitions


def test_dynamic_partitions(instance: Instance) -> None:
    instance.add_dynamic_partitions("d", ["k1", "k2"])
    instance.add_dynamic_partitions("d", ["k1", "k3"])
    assert instance.get_dynamic_partitions("d") == ["k1", "k2", "k3"]
    assert instance.has_dynamic_partition("d", "k1")
    instance.delete_dynamic_partition("d", "k2")
    assert not instance.has_dynamic_partition("d", "k2")
    with pytest.raises(CheckError, match="list"):
        instance.add_dynamic_partitions("d", "k4")
    first = instance.get_paginated_dynamic_partitions("d", 1, True)
    assert (first.results, first.has_more) == (["k1"], True)
    second = instance.get_paginated_dynamic_partitions("d", 1, True, first.cursor)
    assert (second.results, second.has_more) == (["k3"], False)
    assert instance.get_paginated_dynamic_partitions("d", 5, False).results == ["k3", "k1"]
