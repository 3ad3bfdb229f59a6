"""One run for a range of partitions."""

import pytest

import lading as dg
from tests.behaviour.partition_witness import (
    DAYS,
    GRID,
    LETTERS,
    RANGE_END,
    RANGE_START,
    Notes,
    files,
    made,
    refused,
    span,
)  # fmt: skip
from tests.behaviour.witness import events, files_below

RAN = []


@pytest.fixture(autouse=True)
def nothing_ran_yet():
    RAN.clear()


@dg.asset(partitions_def=DAYS)
def quiet(context) -> None:
    RAN.append(list(context.partition_keys))


THREE = ["2024-01-02", "2024-01-03", "2024-01-04"]


def test_backfill_policies():
    single, multi = dg.BackfillPolicy.single_run(), dg.BackfillPolicy.multi_run()
    assert single.max_partitions_per_run is None
    assert multi.max_partitions_per_run == 1
    assert dg.BackfillPolicy.multi_run(max_partitions_per_run=7).max_partitions_per_run == 7
    assert single == dg.BackfillPolicy.single_run()
    assert single != multi

    @dg.asset(partitions_def=DAYS, backfill_policy=single)
    def one() -> None: ...

    assert one.backfill_policy == single
    assert quiet.backfill_policy is None


@pytest.mark.parametrize("policy", [None, dg.BackfillPolicy.single_run(), dg.BackfillPolicy.multi_run()])
def test_the_function_runs_once_and_each_partition_is_recorded(policy):
    @dg.asset(partitions_def=DAYS, backfill_policy=policy)
    def once(context) -> None:
        RAN.append(list(context.partition_keys))

    with dg.Instance.ephemeral() as instance:
        result = dg.materialize([once], tags=span(THREE[0], THREE[-1]), instance=instance)
        assert set(instance.get_materialized_partitions(dg.AssetKey("once"))) == set(THREE)
        tags = instance.get_run_by_id(result.run_id).tags
    assert RAN == [THREE]
    assert made(result) == [("once", each) for each in THREE]
    assert len(events(result, "STEP_OUTPUT")) == 1
    assert (tags[RANGE_START], tags[RANGE_END]) == (THREE[0], THREE[-1])
    assert "dagster/partition" not in tags


def test_a_plan_names_each_partition():
    with dg.Instance.ephemeral() as instance:
        dg.materialize([quiet], tags=span(THREE[0], THREE[-1]), instance=instance)
        planned = instance.fetch_planned_materializations(dg.AssetKey("quiet"), limit=10).records
    assert planned


def test_a_range_of_letters_follows_the_definition():
    backwards = dg.StaticPartitionsDefinition(["z", "m", "a"])

    @dg.asset(partitions_def=backwards)
    def letter(context) -> None:
        RAN.append(list(context.partition_keys))

    assert sorted(made(dg.materialize([letter], tags=span("z", "m")))) == [("letter", "m"), ("letter", "z")]
    assert RAN == [["z", "m"]]


def test_a_range_of_two_dimensions():
    @dg.asset(partitions_def=GRID)
    def cell(context) -> None:
        RAN.append(list(context.partition_keys))

    result = dg.materialize([cell], tags=span("2024-01-02|a", "2024-01-02|c"))
    assert sorted(made(result)) == [("cell", f"2024-01-02|{each}") for each in "abc"]


def test_a_range_of_one():
    result = dg.materialize([quiet], tags=span(THREE[0], THREE[0]))
    assert made(result) == [("quiet", THREE[0])]


def test_all_partitions_share_the_metadata_of_the_output():
    @dg.asset(partitions_def=DAYS)
    def told(context) -> None:
        context.add_output_metadata({"rows": 3})

    result = dg.materialize([told], tags=span(THREE[0], THREE[-1]))
    assert [e.materialization.metadata["rows"].value for e in result.get_asset_materialization_events()] == [3, 3, 3]


def test_metadata_by_partition():
    @dg.asset(partitions_def=DAYS)
    def told(context: dg.AssetExecutionContext) -> None:
        context.add_asset_metadata({"all": 1})
        for place, key in enumerate(context.partition_keys):
            context.add_asset_metadata({"place": place}, partition_key=key)

    result = dg.materialize([told], tags=span(THREE[0], THREE[-1]))
    found = [e.materialization.metadata for e in result.get_asset_materialization_events()]
    assert [each["place"].value for each in found] == [0, 1, 2]
    assert [each["all"].value for each in found] == [1, 1, 1]


def test_metadata_of_an_asset_and_partition_by_name():
    @dg.multi_asset(specs=[dg.AssetSpec("one"), dg.AssetSpec("two")], partitions_def=DAYS)
    def both(context: dg.AssetExecutionContext):
        context.add_asset_metadata({"x": 1}, asset_key="one", partition_key=THREE[0])
        yield dg.MaterializeResult("one")
        yield dg.MaterializeResult("two")

    result = dg.materialize([both], tags=span(THREE[0], THREE[1]))
    found = {(e.asset_key.path[0], e.partition): dict(e.materialization.metadata)
             for e in result.get_asset_materialization_events()}  # fmt: skip
    assert len(found) == 4
    assert "x" in found["one", THREE[0]]
    assert all("x" not in value for key, value in found.items() if key != ("one", THREE[0]))


def test_a_manager_of_ones_own_is_called_once():
    notes = Notes(write=lambda c: (list(c.asset_partition_keys), c.asset_partition_key_range))

    @dg.asset(partitions_def=DAYS)
    def table(context):
        return dict.fromkeys(context.partition_keys, 1)

    result = dg.materialize([table], tags=span(THREE[0], THREE[-1]), resources={"io_manager": notes})
    assert notes.writes == [(THREE, dg.PartitionKeyRange(THREE[0], THREE[-1]))]
    assert len(made(result)) == 3


def test_files_of_a_range_are_loaded_as_a_dict(tmp_path):
    @dg.asset(partitions_def=DAYS)
    def day(context):
        return context.partition_key[-2:]

    @dg.asset(partitions_def=DAYS)
    def reader(day) -> None:
        RAN.append(day)

    for key in THREE:
        dg.materialize([day], partition_key=key, resources=files(tmp_path))
    how = {"selection": [reader], "resources": files(tmp_path)}
    dg.materialize([day, reader], tags=span(THREE[0], THREE[-1]), **how)
    dg.materialize([day, reader], tags=span(THREE[0], THREE[0]), **how)
    assert RAN == [{"2024-01-02": "02", "2024-01-03": "03", "2024-01-04": "04"}, "02"]


def test_one_value_cannot_be_stored_for_several(tmp_path):
    @dg.asset(partitions_def=DAYS)
    def whole():
        return 1

    @dg.asset(partitions_def=DAYS)
    def reader(whole) -> None:
        RAN.append(whole)

    with pytest.raises((dg.CheckError, dg.InvariantViolationError)):
        dg.materialize([whole, reader], tags=span(THREE[0], THREE[-1]), resources=files(tmp_path))
    assert RAN == []
    assert files_below(tmp_path) == []
    result = dg.materialize(
        [whole], tags=span(THREE[0], THREE[-1]), resources=files(tmp_path), raise_on_error=False
    )  # fmt: skip
    assert not result.success
    assert made(result) == []


def test_one_value_can_be_stored_for_a_range_of_one(tmp_path):
    @dg.asset(partitions_def=DAYS)
    def whole():
        return 1

    dg.materialize([whole], tags=span(THREE[0], THREE[0]), resources=files(tmp_path))
    assert files_below(tmp_path) == ["whole/2024-01-02"]


def test_a_result_without_a_value_calls_no_manager():
    @dg.asset(partitions_def=DAYS)
    def bare():
        return dg.MaterializeResult(metadata={"rows": 2})

    @dg.asset(partitions_def=DAYS)
    def annotated() -> dg.MaterializeResult:
        return dg.MaterializeResult()

    notes = Notes(write=lambda c: c.asset_key)
    result = dg.materialize([bare, annotated], tags=span(THREE[0], THREE[1]), resources={"io_manager": notes})
    assert notes.writes == []
    assert len(made(result)) == 4


def test_a_result_with_a_value_is_stored():
    @dg.asset(partitions_def=DAYS)
    def valued():
        return dg.MaterializeResult(value=7, metadata={"rows": 2})

    notes = Notes(write=lambda c: c.asset_key)
    result = dg.materialize([valued], tags=span(THREE[0], THREE[1]), resources={"io_manager": notes})
    assert notes.values == {("valued",): 7}
    assert [e.materialization.metadata["rows"].value for e in result.get_asset_materialization_events()] == [2, 2]


# ---------------------------------------------------------------- refused


@pytest.mark.parametrize("tags", [{RANGE_START: THREE[0]}, {RANGE_END: THREE[0]}])
def test_one_end_alone(tags):
    refused(dg.InvariantViolationError, RANGE_START, lambda: dg.materialize([quiet], tags=tags), RAN)


def test_a_range_and_a_key():
    act = lambda: dg.materialize([quiet], tags=span(THREE[0], THREE[1]), partition_key=THREE[0])  # noqa: E731
    refused(dg.InvariantViolationError, "partition|range", act, RAN)


@pytest.mark.parametrize("ends", [("2023-12-31", THREE[0]), (THREE[0], "2024-02-30"), ("zebra", THREE[0])])
def test_an_end_that_does_not_exist(ends):
    unknown = next(each for each in ends if each != THREE[0])
    refused(Exception, unknown, lambda: dg.materialize([quiet], tags=span(*ends)), RAN)


def test_an_end_that_does_not_exist_among_letters():
    @dg.asset(partitions_def=LETTERS)
    def letter() -> None:
        RAN.append("letter")

    refused(Exception, "zebra", lambda: dg.materialize([letter], tags=span("a", "zebra")), RAN)
