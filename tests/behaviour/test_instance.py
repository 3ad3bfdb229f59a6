"""What an instance remembers, and how it is asked."""

import datetime
import time

import pytest

import lading as dg
from tests.behaviour.partition_witness import GRID, LETTERS, Notes, span
from tests.behaviour.witness import events

KEY = dg.AssetKey("lettered")
Kind = dg.EventType


@dg.asset(partitions_def=LETTERS, code_version="v1")
def lettered(context):
    return dg.Output(context.partition_key, metadata={"letter": context.partition_key})


@dg.asset
def plain():
    return 1


@dg.asset
def after(plain):
    return plain + 1


@dg.asset
def broken():
    raise ValueError("no")


@pytest.fixture(params=["memory", "disk"])
def instance(request, tmp_path):
    make = dg.Instance.ephemeral if request.param == "memory" else dg.Instance.local_temp
    with make(str(tmp_path)) as made:
        yield made


def run(instance, assets, **how):
    how.setdefault("resources", {"io_manager": Notes()})
    return dg.materialize(assets, instance=instance, **how)


# ---------------------------------------------------------------- the place


def test_ephemeral(tmp_path):
    with dg.Instance.ephemeral(tempdir=str(tmp_path)) as instance:
        assert (instance.is_ephemeral, instance.is_persistent) == (True, False)
        assert instance.storage_directory() == str(tmp_path / "storage")


def test_local_temp_survives_opening_again(tmp_path):
    with dg.Instance.local_temp(str(tmp_path)) as instance:
        assert (instance.is_ephemeral, instance.is_persistent) == (False, True)
        assert instance.root_directory == str(tmp_path)
        run_id = run(instance, [plain]).run_id
        instance.add_dynamic_partitions("colours", ["red"])
    with dg.Instance.local_temp(str(tmp_path)) as again:
        assert again.get_run_by_id(run_id).is_success
        assert again.get_latest_materialization_event(dg.AssetKey("plain")).run_id == run_id
        assert list(again.get_dynamic_partitions("colours")) == ["red"]


def test_get_is_that_of_the_home():
    with dg.Instance.get() as instance:
        run_id = run(instance, [plain]).run_id
    with dg.Instance.get() as again:
        assert again.has_run(run_id)


def test_instance_for_test():
    with dg.instance_for_test() as instance:
        assert run(instance, [plain]).success


# ---------------------------------------------------------------- materializations


def test_latest_materialization(instance):
    assert instance.get_latest_materialization_event(dg.AssetKey("plain")) is None
    before = time.time()
    run(instance, [plain])
    result = run(instance, [plain])
    entry = instance.get_latest_materialization_event(dg.AssetKey("plain"))
    assert entry.run_id == result.run_id
    assert isinstance(entry.timestamp, float)
    assert before <= entry.timestamp <= time.time()
    assert entry.step_key == "plain"
    assert entry.job_name == "__ephemeral_asset_job__"
    assert entry.dagster_event.event_type == dg.EventType.ASSET_MATERIALIZATION
    assert entry.asset_materialization.asset_key == dg.AssetKey("plain")
    assert isinstance(entry, dg.EventLogEntry)


def test_latest_materializations(instance):
    run(instance, [plain])
    found = instance.get_latest_materialization_events([dg.AssetKey("plain"), dg.AssetKey("after")])
    assert found[dg.AssetKey("plain")].asset_materialization.asset_key == dg.AssetKey("plain")
    assert found.get(dg.AssetKey("after")) is None


def test_fetch_materializations(instance):
    for each in "abc":
        run(instance, [lettered], partition_key=each)
    page = instance.fetch_materializations(KEY, limit=2)
    assert [each.partition_key for each in page.records] == ["c", "b"]
    assert page.has_more
    rest = instance.fetch_materializations(KEY, limit=2, cursor=page.cursor)
    assert [each.partition_key for each in rest.records] == ["a"]
    assert not rest.has_more
    assert [e.partition_key for e in instance.fetch_materializations(KEY, limit=5, ascending=True).records] == [*"abc"]
    first = instance.fetch_materializations(KEY, limit=1, ascending=True)
    assert [e.partition_key for e in instance.fetch_materializations(
        KEY, limit=1, ascending=True, cursor=first.cursor).records] == ["b"]  # fmt: skip
    assert list(instance.fetch_materializations(dg.AssetKey("unknown"), limit=2).records) == []


def test_an_asset_may_be_named_by_text(instance):
    run(instance, [plain])
    assert len(instance.fetch_materializations("plain", limit=2).records) == 1
    assert len(instance.fetch_materializations(dg.AssetRecordsFilter(asset_key="plain"), limit=2).records) == 1
    assert instance.get_latest_materialization_event("plain") is not None


def test_a_record_of_the_log(instance):
    result = run(instance, [lettered], partition_key="a")
    record = instance.fetch_materializations(KEY, limit=1).records[0]
    assert isinstance(record, dg.EventLogRecord)
    assert isinstance(record.storage_id, int)
    assert record.event_log_entry.run_id == record.run_id == result.run_id
    assert record.asset_key == KEY
    assert record.partition_key == "a"
    assert isinstance(record.timestamp, float)
    assert record.asset_materialization.metadata["letter"].value == "a"
    assert record.asset_observation is None
    assert record.asset_event == record.asset_materialization


def test_filters_of_assets(instance):
    for each in "abc":
        run(instance, [lettered], partition_key=each)
    records = {each.partition_key: each for each in instance.fetch_materializations(KEY, limit=9).records}

    def found(**how):
        page = instance.fetch_materializations(dg.AssetRecordsFilter(asset_key=KEY, **how), limit=9)
        return sorted(each.partition_key for each in page.records)

    assert found() == ["a", "b", "c"]
    assert found(asset_partitions=["a", "c"]) == ["a", "c"]
    assert found(after_storage_id=records["b"].storage_id) == ["c"]
    assert found(before_storage_id=records["b"].storage_id) == ["a"]
    assert found(storage_ids=[records["b"].storage_id]) == ["b"]
    assert found(after_timestamp=records["c"].timestamp + 60) == []
    assert found(before_timestamp=records["c"].timestamp + 60) == ["a", "b", "c"]


def test_materialized_partitions(instance):
    assert instance.get_materialized_partitions(KEY) == set()
    for each in "ab":
        run(instance, [lettered], partition_key=each)
    found = instance.get_materialized_partitions(KEY)
    assert found == {"a", "b"}
    assert {"a", "b"} == found
    assert sorted(found) == ["a", "b"]
    assert len(found) == 2
    assert "c" not in found
    run(instance, [plain])
    assert instance.get_materialized_partitions(dg.AssetKey("plain")) == set()


def test_materialized_partitions_of_two_dimensions(instance):
    @dg.asset(partitions_def=GRID)
    def gridded() -> None: ...

    run(instance, [gridded], partition_key="2024-01-02|a")
    found = instance.get_materialized_partitions(dg.AssetKey("gridded"))
    assert found == {"2024-01-02|a"}
    assert dg.MultiPartitionKey({"letter": "a", "day": "2024-01-02"}) in found


def test_planned_materializations(instance):
    run(instance, [lettered], partition_key="b")
    records = instance.fetch_planned_materializations(KEY, limit=5).records
    assert [each.partition_key for each in records] == ["b"]


def test_observations(instance):
    instance.report_runless_asset_event(dg.AssetObservation("plain", metadata={"rows": 1}, description="seen"))
    record = instance.fetch_observations(dg.AssetKey("plain"), limit=5).records[0]
    assert record.asset_observation.metadata["rows"].value == 1
    assert record.asset_observation.description == "seen"
    assert record.asset_materialization is None


def test_code_versions(instance):
    run(instance, [lettered], partition_key="a")
    found = instance.get_latest_materialization_code_versions([KEY, dg.AssetKey("plain")])
    assert found[KEY] == "v1"
    assert found.get(dg.AssetKey("plain")) is None


# ---------------------------------------------------------------- the log


def test_records_of_a_run(instance):
    result = run(instance, [plain, after])
    whole = instance.get_records_for_run(result.run_id)
    kinds = [each.event_log_entry.dagster_event.event_type for each in whole.records
             if each.event_log_entry.dagster_event is not None]  # fmt: skip
    for step in ("plain", "after"):
        own = [r.event_log_entry.dagster_event.event_type for r in whole.records
               if r.event_log_entry.dagster_event is not None and r.event_log_entry.step_key == step]  # fmt: skip
        own = [each for each in own if each in STEP_KINDS]
        assert own == [each for each in STEP_KINDS if step == "after" or each not in STEP_KINDS[1:3]]
    order = (Kind.ASSET_MATERIALIZATION_PLANNED, Kind.RUN_START, Kind.STEP_START, Kind.RUN_SUCCESS)
    places = [kinds.index(each) for each in order]
    assert places == sorted(places)
    assert kinds.count(Kind.ASSET_MATERIALIZATION_PLANNED) == 2


STEP_KINDS = [
    Kind.STEP_START, dg.EventType.LOADED_INPUT, dg.EventType.STEP_INPUT, dg.EventType.STEP_OUTPUT,
    dg.EventType.ASSET_MATERIALIZATION, dg.EventType.HANDLED_OUTPUT, dg.EventType.STEP_SUCCESS,
]  # fmt: skip


def test_records_of_a_run_by_kind_and_page(instance):
    run_id = run(instance, [plain, after]).run_id
    one = instance.get_records_for_run(run_id, of_type=Kind.STEP_SUCCESS)
    assert [each.event_log_entry.step_key for each in one.records] == ["plain", "after"]
    assert not one.has_more
    several = instance.get_records_for_run(run_id, of_type={Kind.STEP_START, Kind.STEP_SUCCESS})
    assert len(several.records) == 4
    page = instance.get_records_for_run(run_id, of_type=Kind.STEP_SUCCESS, limit=1)
    assert page.has_more
    rest = instance.get_records_for_run(run_id, of_type=Kind.STEP_SUCCESS, limit=1, cursor=page.cursor)
    assert [each.event_log_entry.step_key for each in rest.records] == ["after"]
    last = instance.get_records_for_run(run_id, of_type=Kind.STEP_SUCCESS, limit=1, ascending=False)
    assert [each.event_log_entry.step_key for each in last.records] == ["after"]
    assert list(instance.get_records_for_run("unknown").records) == []


def test_a_failing_manager_leaves_no_materialization(instance):
    class Failing(Notes):
        def handle_output(self, context, obj):
            raise OSError("full")

    result = run(instance, [plain], resources={"io_manager": Failing()}, raise_on_error=False)
    assert instance.get_latest_materialization_event(dg.AssetKey("plain")) is None
    assert events(result, "ASSET_MATERIALIZATION", "HANDLED_OUTPUT") == []


def test_event_records(instance):
    for each in "ab":
        run(instance, [lettered], partition_key=each)
    want = dg.EventRecordsFilter(event_type=dg.EventType.ASSET_MATERIALIZATION, asset_key=KEY)
    assert [each.partition_key for each in instance.get_event_records(want)] == ["b", "a"]
    assert [each.partition_key for each in instance.get_event_records(want, ascending=True)] == ["a", "b"]
    assert [each.partition_key for each in instance.get_event_records(want, limit=1)] == ["b"]
    of_b = dg.EventRecordsFilter(
        event_type=dg.EventType.ASSET_MATERIALIZATION, asset_key=KEY, asset_partitions=["b"]
    )  # fmt: skip
    assert len(instance.get_event_records(of_b)) == 1


def test_changes_of_status(instance):
    good = run(instance, [plain]).run_id
    bad = run(instance, [broken], raise_on_error=False).run_id
    changes = instance.fetch_run_status_changes(dg.EventType.RUN_SUCCESS, limit=5)
    assert [each.run_id for each in changes.records] == [good]
    assert [e.run_id for e in instance.fetch_run_status_changes(dg.EventType.RUN_FAILURE, limit=5).records] == [bad]
    want = dg.RunStatusChangeRecordsFilter(event_type=dg.EventType.RUN_START)
    assert len(instance.fetch_run_status_changes(want, limit=1).records) == 1
    assert instance.fetch_run_status_changes(want, limit=1).has_more


def test_event_types_have_their_text():
    assert dg.EventType.RUN_START.value == "PIPELINE_START"
    assert dg.EventType.RUN_SUCCESS.value == "PIPELINE_SUCCESS"
    assert dg.EventType.STEP_START.value == "STEP_START"


# ---------------------------------------------------------------- assets


def test_asset_keys(instance):
    for name in ("b", "a"):
        instance.report_runless_asset_event(dg.AssetMaterialization(name))
    instance.report_runless_asset_event(dg.AssetMaterialization(["raw", "x"]))
    keys = instance.get_asset_keys()
    assert list(keys) == [dg.AssetKey("a"), dg.AssetKey("b"), dg.AssetKey(["raw", "x"])]
    assert list(instance.get_asset_keys(prefix=["raw"])) == [dg.AssetKey(["raw", "x"])]
    assert list(instance.get_asset_keys(limit=1)) == [dg.AssetKey("a")]
    assert list(instance.get_asset_keys(cursor=keys[0].to_string())) == keys[1:]
    assert instance.has_asset_key(dg.AssetKey("a"))
    assert not instance.has_asset_key(dg.AssetKey("zebra"))


def test_wiping(instance, tmp_path):
    resources = {"io_manager": dg.FilesystemIOManager(base_dir=str(tmp_path / "values"))}
    run(instance, [plain, after], resources=resources)
    run(instance, [lettered], partition_key="a", resources=resources)
    instance.wipe_assets([dg.AssetKey("plain"), KEY])
    assert instance.get_latest_materialization_event(dg.AssetKey("plain")) is None
    assert instance.get_materialized_partitions(KEY) == set()
    assert not instance.has_asset_key(dg.AssetKey("plain"))
    assert instance.has_asset_key(dg.AssetKey("after"))
    assert (tmp_path / "values" / "plain").exists()


def test_what_is_reported_outside_a_run(instance):
    instance.report_runless_asset_event(dg.AssetMaterialization("x", partition="p", metadata={"rows": 3}))
    entry = instance.get_latest_materialization_event(dg.AssetKey("x"))
    assert entry.run_id == ""
    assert entry.asset_materialization.metadata["rows"].value == 3
    assert instance.get_materialized_partitions(dg.AssetKey("x")) == {"p"}
    assert instance.get_runs_count() == 0


@pytest.mark.parametrize("what", ["text", 3, dg.AssetKey("x"), {"asset_key": "x"}])
def test_what_cannot_be_reported(instance, what):
    with pytest.raises(dg.InvariantViolationError) as caught:
        instance.report_runless_asset_event(what)
    assert getattr(caught.value, "fix", "a remedy")


def test_a_reported_check(instance):
    evaluation = dg.AssetCheckEvaluation(
        asset_key=dg.AssetKey("x"), check_name="fine", passed=False, metadata={"n": 1},
        severity=dg.AssetCheckSeverity.WARN,
    )  # fmt: skip
    key = dg.AssetCheckKey(dg.AssetKey("x"), "fine")
    assert instance.get_latest_asset_check_evaluation_record(key) is None
    instance.report_runless_asset_event(evaluation)
    record = instance.get_latest_asset_check_evaluation_record(key)
    assert record.event.dagster_event.event_specific_data.passed is False


# ---------------------------------------------------------------- runs


def test_runs(instance):
    good = run(instance, [plain], tags={"team": "x"}).run_id
    bad = run(instance, [broken], raise_on_error=False, tags={"team": "y"}).run_id
    found = instance.get_run_by_id(good)
    assert (found.run_id, found.job_name, found.status) == (good, "__ephemeral_asset_job__", dg.RunStatus.SUCCESS)
    assert (found.is_finished, found.is_success, found.is_failure) == (True, True, False)
    assert found.tags["team"] == "x"
    assert instance.get_run_by_id(bad).is_failure
    assert instance.get_run_by_id("unknown") is None
    assert (instance.has_run(good), instance.has_run("unknown")) == (True, False)
    assert [each.run_id for each in instance.get_runs()] == [bad, good]
    assert [each.run_id for each in instance.get_runs(limit=1)] == [bad]
    assert [each.run_id for each in instance.get_runs(cursor=bad)] == [good]
    assert [each.run_id for each in instance.get_runs(ascending=True)] == [good, bad]
    assert instance.get_runs_count() == 2


def test_filters_of_runs(instance):
    good = run(instance, [plain], tags={"team": "x"}).run_id
    bad = run(instance, [broken], raise_on_error=False, tags={"team": "y"}).run_id

    def found(**how):
        return {each.run_id for each in instance.get_runs(dg.RunsFilter(**how))}

    assert found() == {good, bad}
    assert found(run_ids=[good]) == {good}
    assert found(job_name="__ephemeral_asset_job__") == {good, bad}
    assert found(job_name="other") == set()
    assert found(statuses=[dg.RunStatus.FAILURE]) == {bad}
    assert found(tags={"team": "x"}) == {good}
    assert found(tags={"team": ["x", "y"]}) == {good, bad}
    assert found(created_after=datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=1)) == set()
    assert found(created_before=datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=1)) == {good, bad}
    assert found(updated_after=datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=1)) == set()
    assert instance.get_runs_count(dg.RunsFilter(statuses=[dg.RunStatus.SUCCESS])) == 1


def test_records_of_runs(instance):
    before = time.time()
    run_id = run(instance, [plain]).run_id
    record = instance.get_run_records(dg.RunsFilter(run_ids=[run_id]))[0]
    assert isinstance(record, dg.RunRecord)
    assert record.dagster_run.run_id == run_id
    assert before - 1 <= record.start_time <= record.end_time <= time.time() + 1
    assert isinstance(record.start_time, float)
    assert isinstance(record.create_timestamp, datetime.datetime)
    assert isinstance(record.update_timestamp, datetime.datetime)


def test_tags_are_added(instance):
    run_id = run(instance, [plain], tags={"a": "1"}).run_id
    instance.add_run_tags(run_id, {"b": "2", "a": "3"})
    tags = instance.get_run_by_id(run_id).tags
    assert (tags["a"], tags["b"]) == ("3", "2")
    assert [each.run_id for each in instance.get_runs(dg.RunsFilter(tags={"b": "2"}))] == [run_id]


def test_a_run_is_forgotten(instance):
    run_id = run(instance, [plain]).run_id
    instance.delete_run(run_id)
    assert not instance.has_run(run_id)
    assert list(instance.get_records_for_run(run_id).records) == []


def test_a_run_id_of_ones_own(instance):
    defs = dg.Definitions([plain], resources={"io_manager": Notes()}, jobs=[dg.define_asset_job("j")])
    run_id = "0a0a0a0a-0000-4000-8000-000000000001"
    result = defs.get_job_def("j").execute_in_process(instance=instance, run_id=run_id)
    assert result.run_id == run_id
    assert instance.get_run_by_id(run_id).job_name == "j"


# ---------------------------------------------------------------- dynamic partitions


def test_dynamic_partitions(instance):
    assert list(instance.get_dynamic_partitions("c")) == []
    instance.add_dynamic_partitions("c", ["red", "blue"])
    instance.add_dynamic_partitions("c", ["green", "red"])
    assert list(instance.get_dynamic_partitions("c")) == ["red", "blue", "green"]
    assert instance.has_dynamic_partition("c", "blue")
    instance.delete_dynamic_partition("c", "blue")
    instance.delete_dynamic_partition("c", "unknown")
    assert not instance.has_dynamic_partition("c", "blue")
    assert list(instance.get_dynamic_partitions("c")) == ["red", "green"]
    assert instance.get_existing_dynamic_partitions("c", ["red", "blue"]) == {"red"}


def test_dynamic_partitions_by_page(instance):
    instance.add_dynamic_partitions("c", [f"k{each}" for each in range(5)])
    page = instance.get_paginated_dynamic_partitions("c", limit=2, ascending=True)
    assert (list(page.results), page.has_more) == (["k0", "k1"], True)
    rest = instance.get_paginated_dynamic_partitions("c", limit=3, ascending=True, cursor=page.cursor)
    assert (list(rest.results), rest.has_more) == (["k2", "k3", "k4"], False)
    assert list(instance.get_paginated_dynamic_partitions("c", limit=2, ascending=False).results) == ["k4", "k3"]


def test_dynamic_partitions_run(instance):
    colours = dg.DynamicPartitionsDefinition(name="colours")

    @dg.asset(partitions_def=colours)
    def coloured(context):
        return list(context.partition_keys)

    @dg.asset
    def every(coloured):
        return coloured

    instance.add_dynamic_partitions("colours", ["red", "blue"])
    for each in ("red", "blue"):
        run(instance, [coloured], partition_key=each)
    assert instance.get_materialized_partitions(dg.AssetKey("coloured")) == {"red", "blue"}
    notes = Notes(read=lambda c: list(c.asset_partition_keys), gives=1)
    run(instance, [coloured, every], selection=[every], resources={"io_manager": notes})
    assert sorted(notes.reads[0]) == ["blue", "red"]
    result = run(instance, [coloured], tags=span("red", "blue"))
    assert len(result.get_asset_materialization_events()) == 2


# ---------------------------------------------------------------- versions


def tags_of(instance, name):
    return instance.get_latest_materialization_event(dg.AssetKey(name)).asset_materialization.tags


def test_version_tags(instance):
    @dg.asset(code_version="1")
    def first():
        return 1

    @dg.asset(code_version="2")
    def second(first):
        return first

    run(instance, [first, second])
    one = dict(tags_of(instance, "first")), dict(tags_of(instance, "second"))
    assert one[0]["dagster/code_version"] == "1"
    assert one[1]["dagster/input_data_version/first"] == one[0]["dagster/data_version"]
    assert "dagster/input_event_pointer/first" in one[1]
    run(instance, [first, second])
    assert tags_of(instance, "second")["dagster/data_version"] == one[1]["dagster/data_version"]


def test_versions_without_code_version_change(instance):
    result = run(instance, [plain])
    before = dict(tags_of(instance, "plain"))
    assert before["dagster/code_version"] == result.run_id
    run(instance, [plain])
    assert tags_of(instance, "plain")["dagster/data_version"] != before["dagster/data_version"]


def test_a_version_of_the_users_own(instance):
    @dg.asset
    def valued():
        return dg.Output(1, data_version=dg.DataVersion("seven"), tags={"x": "y"})

    @dg.asset
    def result():
        return dg.MaterializeResult(data_version=dg.DataVersion("eight"), tags={"z": "w"})

    run(instance, [valued, result])
    found = tags_of(instance, "valued")
    assert found["dagster/data_version"] == "seven"
    assert found["dagster/data_version_is_user_provided"] == "true"
    assert found["x"] == "y"
    assert tags_of(instance, "result")["dagster/data_version"] == "eight"
    assert tags_of(instance, "result")["z"] == "w"


# ---------------------------------------------------------------- events by hand


def test_an_event_by_hand():
    made = dg.AssetMaterialization(["a", "b"], description="d", metadata={"n": 1}, partition="p", tags={"t": "u"})
    assert made.asset_key == dg.AssetKey(["a", "b"])
    assert made.metadata == {"n": dg.MetadataValue.int(1)}
    assert (made.partition, made.description) == ("p", "d")
    assert made.tags["t"] == "u"
    assert dg.AssetObservation("x", metadata={"s": "t"}).metadata["s"] == dg.MetadataValue.text("t")


@pytest.mark.parametrize("kind", [dg.AssetMaterialization, dg.AssetObservation])
def test_an_event_of_what_cannot_be_shown(kind):
    with pytest.raises(dg.LadingError):
        kind("x", metadata={"o": object()})
