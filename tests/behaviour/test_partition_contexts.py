"""What functions and IO managers see of partitions: every member, for one key, several, and none."""

import warnings

import pytest

import lading as dg
from tests.behaviour.partition_witness import DAYS, GRID, LETTERS, Notes, made, span, utc

K = dg.PartitionKeyRange
BAD = dg.InvariantViolationError
MEMBERS = ("partition_key", "partition_keys", "partition_key_range", "partition_time_window")
ASSET_MEMBERS = (
    "has_partition_key", "partition_key", "has_asset_partitions", "asset_partition_key", "asset_partition_keys",
    "asset_partition_key_range", "asset_partitions_time_window", "asset_partitions_def",
)  # fmt: skip


@pytest.fixture(autouse=True)
def deprecated_members_warn_elsewhere():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def look(context, names):
    """Each member's value, or the class of what it raises."""
    found = {}
    for name in names:
        try:
            found[name] = getattr(context, name)
        except Exception as error:  # noqa: BLE001
            found[name] = type(error)
    return found


def seen_by_function(partitions_def, **how):
    seen = {}

    @dg.asset(partitions_def=partitions_def, backfill_policy=dg.BackfillPolicy.single_run())
    def asset_looker(context: dg.AssetExecutionContext) -> None:
        seen["asset"] = look(context, ("has_partition_key", "has_partition_key_range", *MEMBERS))
        seen["op"] = look(context.op_execution_context, ("has_partition_key", "has_partition_key_range", *MEMBERS))

    dg.materialize([asset_looker], **how)
    assert seen["asset"] == seen["op"]
    return {name: list(value) if name == "partition_keys" and not isinstance(value, type) else value
            for name, value in seen["asset"].items()}  # fmt: skip


# ---------------------------------------------------------------- the function


def test_function_with_one_day():
    assert seen_by_function(DAYS, partition_key="2024-01-04") == {
        "has_partition_key": True, "has_partition_key_range": False, "partition_key": "2024-01-04",
        "partition_keys": ["2024-01-04"], "partition_key_range": K("2024-01-04", "2024-01-04"),
        "partition_time_window": dg.TimeWindow(utc(2024, 1, 4), utc(2024, 1, 5)),
    }  # fmt: skip


def test_function_with_a_range_of_days():
    seen = seen_by_function(DAYS, tags=span("2024-01-04", "2024-01-06"))
    assert issubclass(seen.pop("partition_key"), BAD)
    assert seen == {
        "has_partition_key": False, "has_partition_key_range": True,
        "partition_keys": ["2024-01-04", "2024-01-05", "2024-01-06"],
        "partition_key_range": K("2024-01-04", "2024-01-06"),
        "partition_time_window": dg.TimeWindow(utc(2024, 1, 4), utc(2024, 1, 7)),
    }  # fmt: skip


def test_function_without_partitions():
    found = {}

    @dg.asset
    def looker(context: dg.AssetExecutionContext) -> None:
        found.update(look(context, ("has_partition_key", "has_partition_key_range", *MEMBERS)))

    dg.materialize([looker])
    assert (found.pop("has_partition_key"), found.pop("has_partition_key_range")) == (False, False)
    assert all(issubclass(each, BAD) for each in found.values()), found


def test_function_with_a_static_key():
    seen = seen_by_function(LETTERS, partition_key="b")
    assert issubclass(seen["partition_time_window"], BAD)
    assert seen["partition_key_range"] == K("b", "b")


def test_function_with_a_static_range():
    seen = seen_by_function(LETTERS, tags=span("a", "b"))
    assert issubclass(seen["partition_time_window"], BAD)
    assert seen["partition_keys"] == ["a", "b"]
    assert seen["partition_key_range"] == K("a", "b")


def test_function_with_two_dimensions():
    seen = seen_by_function(GRID, partition_key="2024-01-05|a")
    assert isinstance(seen["partition_key"], dg.MultiPartitionKey)
    assert seen["partition_key"].keys_by_dimension == {"day": "2024-01-05", "letter": "a"}
    assert seen["partition_time_window"] == dg.TimeWindow(utc(2024, 1, 5), utc(2024, 1, 6))
    assert isinstance(seen["partition_keys"][0], dg.MultiPartitionKey)


def test_function_asks_for_partitions_of_its_inputs():
    weeks = dg.WeeklyPartitionsDefinition("2024-01-07", end_date="2024-01-21")
    days = dg.DailyPartitionsDefinition("2024-01-01", end_date="2024-01-21")
    seen = {}

    @dg.asset(partitions_def=days)
    def day():
        return 1

    @dg.asset(partitions_def=days, ins={"day": dg.AssetIn("day")})
    def same(context: dg.AssetExecutionContext, day) -> None:
        seen["one"] = context.asset_partition_key_for_input("day")
        seen["out"] = context.asset_partition_key_for_output()

    @dg.asset(partitions_def=weeks)
    def week(context: dg.AssetExecutionContext, day) -> None:
        seen["keys"] = list(context.asset_partition_keys_for_input("day"))
        seen["range"] = context.asset_partition_key_range_for_input("day")
        seen["window"] = context.asset_partitions_time_window_for_input("day")
        seen["many"] = look_call(context.asset_partition_key_for_input, "day")

    manager = {"io_manager": Notes()}
    dg.materialize([day, week], partition_key="2024-01-07", resources=manager, selection=[week])
    dg.materialize([day, same], partition_key="2024-01-07", resources=manager)
    assert seen["keys"] == [f"2024-01-{each:02}" for each in range(7, 14)]
    assert seen["range"] == K("2024-01-07", "2024-01-13")
    assert seen["window"] == dg.TimeWindow(utc(2024, 1, 7), utc(2024, 1, 14))
    assert seen["many"] is not None
    assert (seen["one"], seen["out"]) == ("2024-01-07", "2024-01-07")


def look_call(call, *args):
    try:
        call(*args)
    except Exception as error:  # noqa: BLE001
        return type(error)
    return None


# ---------------------------------------------------------------- managers


def seen_by_manager(partitions_def, **how):
    notes = Notes(write=lambda c: look(c, ASSET_MEMBERS))

    @dg.asset(partitions_def=partitions_def)
    def looker():
        return 1

    dg.materialize([looker], resources={"io_manager": notes}, **how)
    return notes.writes[0]


def test_output_of_one_day():
    assert seen_by_manager(DAYS, partition_key="2024-01-03") == {
        "has_partition_key": True, "partition_key": "2024-01-03", "has_asset_partitions": True,
        "asset_partition_key": "2024-01-03", "asset_partition_keys": ["2024-01-03"],
        "asset_partition_key_range": K("2024-01-03", "2024-01-03"),
        "asset_partitions_time_window": dg.TimeWindow(utc(2024, 1, 3), utc(2024, 1, 4)),
        "asset_partitions_def": DAYS,
    }  # fmt: skip


def test_output_of_several_days():
    seen = seen_by_manager(DAYS, tags=span("2024-01-03", "2024-01-05"))
    assert issubclass(seen.pop("partition_key"), Exception)
    assert issubclass(seen.pop("asset_partition_key"), Exception)
    assert seen == {
        "has_partition_key": False, "has_asset_partitions": True,
        "asset_partition_keys": ["2024-01-03", "2024-01-04", "2024-01-05"],
        "asset_partition_key_range": K("2024-01-03", "2024-01-05"),
        "asset_partitions_time_window": dg.TimeWindow(utc(2024, 1, 3), utc(2024, 1, 6)),
        "asset_partitions_def": DAYS,
    }  # fmt: skip


def test_output_of_several_letters():
    seen = seen_by_manager(LETTERS, tags=span("b", "c"))
    assert sorted(seen["asset_partition_keys"]) == ["b", "c"]
    assert issubclass(seen["asset_partitions_time_window"], BAD)


def test_output_of_a_plain_asset():
    seen = seen_by_manager(None)
    assert (seen.pop("has_partition_key"), seen.pop("has_asset_partitions")) == (False, False)
    assert issubclass(seen["asset_partitions_def"], BAD)
    assert all(issubclass(each, Exception) for each in seen.values())


def test_output_of_a_plain_asset_in_a_partitioned_run():
    notes = Notes(write=lambda c: (c.asset_key.path[-1], c.has_partition_key, c.has_asset_partitions))

    @dg.asset(partitions_def=LETTERS)
    def lettered():
        return 1

    @dg.asset
    def plain():
        return 1

    dg.materialize([lettered, plain], partition_key="a", resources={"io_manager": notes})
    assert sorted(notes.writes) == [("lettered", True, True), ("plain", True, False)]


def test_input_speaks_of_the_upstream_partitions():
    days = dg.DailyPartitionsDefinition("2024-01-01", end_date="2024-01-21")

    @dg.asset(partitions_def=days)
    def day():
        return 1

    @dg.asset(partitions_def=dg.WeeklyPartitionsDefinition("2024-01-07", end_date="2024-01-21"))
    def week(day):
        return day

    notes = Notes(read=lambda c: look(c, ASSET_MEMBERS), gives=7)
    dg.materialize([day, week], partition_key="2024-01-07", resources={"io_manager": notes}, selection=[week])
    seen = notes.reads[0]
    assert issubclass(seen.pop("asset_partition_key"), Exception)
    assert seen == {
        "has_partition_key": True, "partition_key": "2024-01-07", "has_asset_partitions": True,
        "asset_partition_keys": [f"2024-01-{each:02}" for each in range(7, 14)],
        "asset_partition_key_range": K("2024-01-07", "2024-01-13"),
        "asset_partitions_time_window": dg.TimeWindow(utc(2024, 1, 7), utc(2024, 1, 14)),
        "asset_partitions_def": days,
    }  # fmt: skip


def test_input_of_a_plain_asset_in_a_partitioned_run():
    @dg.asset
    def plain():
        return 1

    @dg.asset(partitions_def=LETTERS)
    def reader(plain):
        return plain

    notes = Notes(read=lambda c: look(c, ASSET_MEMBERS))
    dg.materialize([plain, reader], partition_key="b", resources={"io_manager": notes})
    seen = notes.reads[0]
    assert (seen["has_partition_key"], seen["partition_key"], seen["has_asset_partitions"]) == (True, "b", False)
    for name in ASSET_MEMBERS[3:]:
        assert issubclass(seen[name], Exception), name


def test_input_knows_the_upstream_output_and_nothing_of_the_run():
    seen = {}

    def read(context):
        seen["upstream"] = (context.upstream_output.step_key, context.upstream_output.asset_key.path,
                            context.upstream_output.asset_partition_key)  # fmt: skip
        seen["missing"] = [hasattr(context, each) for each in ("step_key", "run_id", "mapping_key")]
        seen["identifier"] = list(context.get_asset_identifier())

    @dg.asset(partitions_def=LETTERS)
    def first():
        return 1

    @dg.asset(partitions_def=LETTERS)
    def second(first):
        return first

    dg.materialize([first, second], partition_key="a", resources={"io_manager": Notes(read=read)})
    assert seen == {
        "upstream": ("first", ["first"], "a"), "missing": [False] * 3, "identifier": ["first", "a"],
    }  # fmt: skip


def test_identifiers():
    notes = Notes(write=lambda c: (list(c.get_asset_identifier()), list(c.get_identifier())))

    @dg.asset(key_prefix=["raw", "sub"], partitions_def=LETTERS)
    def tagged():
        return 1

    result = dg.materialize([tagged], partition_key="a", resources={"io_manager": notes})
    assert notes.writes == [(["raw", "sub", "tagged", "a"], [result.run_id, "raw__sub__tagged", "result"])]


def test_output_metadata_is_added_once():
    seen = {}

    class Twice(dg.IOManager):
        def handle_output(self, context, obj):
            context.add_output_metadata({"rows": 3})
            seen["logged"] = {key: value.value for key, value in context.get_logged_metadata().items()}
            with pytest.raises(dg.LadingError):
                context.add_output_metadata({"rows": 4})

        def load_input(self, context):
            raise AssertionError

    @dg.asset
    def one():
        return 1

    result = dg.materialize([one], resources={"io_manager": Twice()})
    assert seen == {"logged": {"rows": 3}}
    assert result.get_asset_materialization_events()[0].materialization.metadata["rows"].value == 3


def test_input_metadata_is_an_observation_of_the_upstream_partition():
    seen = {}

    class Observing(Notes):
        def load_input(self, context):
            context.add_input_metadata({"rows": 3})
            seen["observed"] = [(each.asset_key, each.partition) for each in context.get_observations()]
            return super().load_input(context)

    @dg.asset(partitions_def=LETTERS)
    def first():
        return 1

    @dg.asset(partitions_def=LETTERS)
    def second(first):
        return first

    with dg.Instance.ephemeral() as instance:
        dg.materialize([first, second], partition_key="a", resources={"io_manager": Observing()}, instance=instance)
        records = instance.fetch_observations(dg.AssetKey("first"), limit=5).records
    assert seen["observed"] == [(dg.AssetKey("first"), "a")]
    assert [each.partition_key for each in records] == ["a"]
    assert records[0].asset_observation.metadata["rows"].value == 3


# ---------------------------------------------------------------- built by hand

BUILD = pytest.mark.parametrize("build", [dg.build_output_context, dg.build_input_context])


@BUILD
def test_built_with_a_key_and_a_definition(build):
    context = build(asset_key="x", partition_key="2024-01-02", asset_partitions_def=DAYS)
    assert look(context, ASSET_MEMBERS) == {
        "has_partition_key": True, "partition_key": "2024-01-02", "has_asset_partitions": True,
        "asset_partition_key": "2024-01-02", "asset_partition_keys": ["2024-01-02"],
        "asset_partition_key_range": K("2024-01-02", "2024-01-02"),
        "asset_partitions_time_window": dg.TimeWindow(utc(2024, 1, 2), utc(2024, 1, 3)),
        "asset_partitions_def": DAYS,
    }  # fmt: skip


@BUILD
def test_built_with_a_key_alone(build):
    context = build(asset_key="x", partition_key="k")
    assert context.has_asset_partitions
    assert (context.partition_key, context.asset_partition_key) == ("k", "k")
    assert list(context.asset_partition_keys) == ["k"]
    assert context.asset_partition_key_range == K("k", "k")
    for name in ("asset_partitions_time_window", "asset_partitions_def"):
        with pytest.raises(BAD):
            getattr(context, name)
    assert list(context.get_asset_identifier()) == ["x", "k"]


@BUILD
def test_built_with_a_key_that_is_not_in_the_definition(build):
    for name in ("asset_partition_key", "asset_partition_keys"):
        with pytest.raises(dg.InvalidInvocationError, match="zebra"):
            getattr(build(asset_key="x", partition_key="zebra", asset_partitions_def=LETTERS), name)


@BUILD
def test_built_with_a_range(build):
    context = build(asset_key="x", asset_partition_key_range=K("2024-01-02", "2024-01-04"), asset_partitions_def=DAYS)
    assert context.has_asset_partitions
    assert not context.has_partition_key
    assert list(context.asset_partition_keys) == ["2024-01-02", "2024-01-03", "2024-01-04"]
    assert context.asset_partitions_time_window == dg.TimeWindow(utc(2024, 1, 2), utc(2024, 1, 5))
    with pytest.raises(Exception, match="number of"):
        _ = context.asset_partition_key


@BUILD
def test_built_with_a_range_and_a_key(build):
    context = build(
        asset_key="x", partition_key="2024-01-09", asset_partition_key_range=K("2024-01-02", "2024-01-03"),
        asset_partitions_def=DAYS,
    )  # fmt: skip
    assert context.partition_key == "2024-01-09"
    assert list(context.asset_partition_keys) == ["2024-01-02", "2024-01-03"]


@BUILD
def test_built_with_a_range_and_no_definition(build):
    context = build(asset_key="x", asset_partition_key_range=K("a", "b"))
    assert context.asset_partition_key_range == K("a", "b")
    for name in ("asset_partition_key", "asset_partition_keys", "asset_partitions_time_window"):
        with pytest.raises(Exception):  # noqa: B017, PT011
            getattr(context, name)


@BUILD
def test_built_without_an_asset_key(build):
    context = build(partition_key="a")
    assert (context.has_partition_key, context.partition_key, context.has_asset_partitions) == (True, "a", False)
    with pytest.raises(Exception):  # noqa: B017, PT011
        _ = context.asset_partition_key


@pytest.mark.parametrize("name", ["name", "asset_key", "step_key", "dagster_type", "op_def"])
def test_built_without_anything(name):
    with pytest.raises(BAD):
        getattr(dg.build_output_context(), name)
    if name != "step_key":
        with pytest.raises(BAD):
            getattr(dg.build_input_context(), name)


@BUILD
def test_built_with_two_dimensions(build):
    key = dg.MultiPartitionKey({"day": "2024-01-03", "letter": "a"})
    context = build(asset_key="x", partition_key=key, asset_partitions_def=GRID)
    assert context.asset_partition_key == key
    assert context.asset_partition_key.keys_by_dimension == {"day": "2024-01-03", "letter": "a"}
    assert context.asset_partitions_time_window == dg.TimeWindow(utc(2024, 1, 3), utc(2024, 1, 4))


def test_a_direct_call_with_a_key():
    @dg.asset(partitions_def=DAYS)
    def direct(context: dg.AssetExecutionContext):
        return context.partition_key, list(context.partition_keys), context.partition_time_window

    assert direct(dg.build_asset_context(partition_key="2024-01-05")) == (
        "2024-01-05", ["2024-01-05"], dg.TimeWindow(utc(2024, 1, 5), utc(2024, 1, 6)))  # fmt: skip


def test_a_direct_call_with_a_range():
    @dg.asset(partitions_def=DAYS)
    def direct(context: dg.AssetExecutionContext):
        return list(context.partition_keys), context.partition_key_range, context.partition_time_window

    keys = K("2024-01-05", "2024-01-06")
    assert direct(dg.build_asset_context(partition_key_range=keys)) == (
        ["2024-01-05", "2024-01-06"], keys, dg.TimeWindow(utc(2024, 1, 5), utc(2024, 1, 7)))  # fmt: skip


def test_a_direct_call_without_a_key():
    @dg.asset(partitions_def=DAYS)
    def direct(context: dg.AssetExecutionContext):
        return context.partition_key

    with pytest.raises(dg.CheckError):
        direct(dg.build_asset_context())


def test_an_op_context_by_hand():
    context = dg.build_op_context(partition_key="k")
    assert (context.has_partition_key, context.partition_key) == (True, "k")
    assert dg.build_op_context(partition_key_range=K("a", "b")).partition_key_range == K("a", "b")
    with pytest.raises(dg.CheckError):
        _ = dg.build_op_context().partition_key


def test_several_partitions_each_have_an_event():
    @dg.asset(partitions_def=DAYS)
    def many() -> None: ...

    result = dg.materialize([many], tags=span("2024-01-02", "2024-01-03"))
    assert made(result) == [("many", "2024-01-02"), ("many", "2024-01-03")]
