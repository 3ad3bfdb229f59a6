"""Which upstream partitions a run loads, and in which shape they arrive."""

import pytest

import lading as dg
from tests.behaviour.partition_witness import DAYS, GRID, LETTERS, Notes, files, refused, span

WEEKS = dg.WeeklyPartitionsDefinition("2024-01-07", end_date="2024-02-04")
LONG_DAYS = dg.DailyPartitionsDefinition("2024-01-01", end_date="2024-02-04")
RAN = []


@pytest.fixture(autouse=True)
def nothing_ran_yet():
    RAN.clear()


def keyed(name, partitions_def):
    @dg.asset(name=name, partitions_def=partitions_def)
    def made(context):
        return f"{name} {context.partition_key}"

    return made


def asked_for(up_def, down_def, key=None, mapping=None, **how):
    """The upstream keys that a manager is asked for."""
    up = keyed("up", up_def) if up_def is not None else dg.asset(name="up")(lambda: 1)

    @dg.asset(partitions_def=down_def, ins={"up": dg.AssetIn(partition_mapping=mapping)})
    def down(up):
        RAN.append("down")
        return up

    notes = Notes(read=lambda c: list(c.asset_partition_keys) if c.has_asset_partitions else "whole", gives="given")
    dg.materialize([up, down], partition_key=key, selection=[down], resources={"io_manager": notes}, **how)
    return notes.reads[0] if notes.reads else None


# ---------------------------------------------------------------- without a mapping


def test_same_definition():
    assert asked_for(DAYS, DAYS, "2024-01-03") == ["2024-01-03"]


def test_days_of_a_week():
    assert asked_for(LONG_DAYS, WEEKS, "2024-01-14") == [f"2024-01-{each}" for each in range(14, 21)]


def test_the_week_of_a_day():
    assert asked_for(WEEKS, LONG_DAYS, "2024-01-16") == ["2024-01-14"]


def test_hours_of_a_day():
    hours = dg.HourlyPartitionsDefinition("2024-01-01-00:00", end_date="2024-01-10-00:00")
    assert asked_for(hours, DAYS, "2024-01-03") == [f"2024-01-03-{each:02}:00" for each in range(24)]


def test_static_of_other_keys():
    assert asked_for(dg.StaticPartitionsDefinition(["x", "b"]), LETTERS, "b") == ["b"]


def test_static_of_other_keys_that_do_not_exist():
    act = lambda: asked_for(dg.StaticPartitionsDefinition(["x", "b"]), LETTERS, "c")  # noqa: E731
    refused(dg.InvariantViolationError, "c", act, RAN)


def test_a_dimension_of_two():
    assert sorted(asked_for(GRID, DAYS, "2024-01-03")) == ["2024-01-03|a", "2024-01-03|b", "2024-01-03|c"]
    assert asked_for(DAYS, GRID, "2024-01-03|b") == ["2024-01-03"]
    assert len(asked_for(GRID, LETTERS, "b")) == 9


def test_unpartitioned_downstream():
    assert sorted(asked_for(LETTERS, None)) == ["a", "b", "c"]


def test_unpartitioned_upstream():
    assert asked_for(None, LETTERS, "a") == "whole"


def test_a_range():
    assert asked_for(DAYS, DAYS, tags=span("2024-01-03", "2024-01-05")) == ["2024-01-03", "2024-01-04", "2024-01-05"]


# ---------------------------------------------------------------- mappings

M = dg.TimeWindowPartitionMapping


@pytest.mark.parametrize(
    ("mapping", "key", "keys"),
    [
        (M(start_offset=-1, end_offset=-1), "2024-01-03", ["2024-01-02"]),
        (M(start_offset=-2, end_offset=0), "2024-01-05", ["2024-01-03", "2024-01-04", "2024-01-05"]),
        (M(start_offset=-2), "2024-01-02", ["2024-01-01", "2024-01-02"]),
        (M(start_offset=-1, end_offset=-1), "2024-01-01", []),
        (dg.AllPartitionMapping(), "2024-01-02", [f"2024-01-0{each}" for each in range(1, 10)]),
        (dg.LastPartitionMapping(), "2024-01-02", ["2024-01-09"]),
        (dg.SpecificPartitionsPartitionMapping(["2024-01-07"]), "2024-01-02", ["2024-01-07"]),
        (dg.IdentityPartitionMapping(), "2024-01-02", ["2024-01-02"]),
    ],
)
def test_mappings_between_days(mapping, key, keys):
    assert asked_for(DAYS, DAYS, key, mapping) == keys


def test_a_static_mapping():
    upper = dg.StaticPartitionsDefinition(["A", "B", "C", "D"])
    mapping = dg.StaticPartitionMapping({"A": "a", "B": ["b", "c"], "C": "b"})
    assert asked_for(upper, LETTERS, "a", mapping) == ["A"]
    assert sorted(asked_for(upper, LETTERS, "b", mapping)) == ["B", "C"]
    assert asked_for(upper, LETTERS, "c", mapping) == ["B"]


def test_a_static_mapping_of_an_unknown_key():
    with pytest.raises(ValueError, match="Z"):
        asked_for(dg.StaticPartitionsDefinition(["A"]), LETTERS, "a", dg.StaticPartitionMapping({"Z": "a"}))
    assert RAN == []


def test_identity_that_does_not_exist():
    act = lambda: asked_for(dg.StaticPartitionsDefinition(["a"]), LETTERS, "b", dg.IdentityPartitionMapping())  # noqa: E731
    refused(dg.InvariantViolationError, "b", act, RAN)


def test_an_upstream_that_starts_later():
    later = dg.DailyPartitionsDefinition("2024-01-05", end_date="2024-01-10")
    refused(dg.InvariantViolationError, "2024-01-02", lambda: asked_for(later, DAYS, "2024-01-02"), RAN)
    assert asked_for(later, DAYS, "2024-01-02", M(allow_nonexistent_upstream_partitions=True)) == []


def test_an_upstream_that_ends_earlier():
    earlier = dg.DailyPartitionsDefinition("2024-01-01", end_date="2024-01-03")
    refused(dg.InvariantViolationError, "2024-01-05", lambda: asked_for(earlier, DAYS, "2024-01-05"), RAN)
    assert asked_for(earlier, DAYS, "2024-01-05", M(allow_nonexistent_upstream_partitions=True)) == []


def test_mappings_of_two_dimensions():
    one = dg.MultiToSingleDimensionPartitionMapping(partition_dimension_name="letter")
    assert len(asked_for(GRID, LETTERS, "b", one)) == 9
    days_of = dg.MultiPartitionMapping(
        {"day": dg.DimensionPartitionMapping("day", M(start_offset=-1, end_offset=-1)),
         "letter": dg.DimensionPartitionMapping("letter", dg.IdentityPartitionMapping())})  # fmt: skip
    assert asked_for(GRID, GRID, "2024-01-03|b", days_of) == ["2024-01-02|b"]
    by_day = dg.MultiPartitionMapping({"day": dg.DimensionPartitionMapping("day", dg.IdentityPartitionMapping())})
    assert sorted(asked_for(GRID, GRID, "2024-01-03|b", by_day)) == ["2024-01-03|a", "2024-01-03|b", "2024-01-03|c"]


def test_a_mapping_that_fits_no_definitions():
    with pytest.raises((dg.LadingError, dg.CheckError)):
        asked_for(LETTERS, DAYS, "2024-01-03", M())
    assert RAN == []


# ---------------------------------------------------------------- itself


def running_total(tmp_path):
    @dg.asset(partitions_def=DAYS, ins={"total": dg.AssetIn(partition_mapping=M(start_offset=-1, end_offset=-1))})
    def total(context, total):
        RAN.append(total)
        return (total or 0) + 1

    return total, files(tmp_path)


def test_an_asset_made_from_its_own_past(tmp_path):
    total, resources = running_total(tmp_path)
    for day in ("2024-01-01", "2024-01-02", "2024-01-03"):
        dg.materialize([total], partition_key=day, resources=resources)
    assert RAN == [None, 1, 2]


def test_an_asset_whose_past_is_missing(tmp_path):
    total, resources = running_total(tmp_path)
    with pytest.raises(FileNotFoundError):
        dg.materialize([total], partition_key="2024-01-05", resources=resources)
    assert RAN == []


def test_an_asset_made_from_itself():
    def build(partitions_def, mapping):
        @dg.asset(partitions_def=partitions_def, ins={"me": dg.AssetIn("me", partition_mapping=mapping)})
        def me(me):
            return 1

        return dg.materialize([me], partition_key="a" if partitions_def is LETTERS else None)

    for each in (None, LETTERS):
        with pytest.raises(Exception):  # noqa: B017, PT011
            build(each, None)


# ---------------------------------------------------------------- the shape in which files arrive


def arriving(tmp_path, up_def, down_def, stored, key=None, mapping=None, metadata=None, kind=None, **how):
    """What a function is given of an upstream asset of which some partitions are stored."""
    up = keyed("up", up_def)
    for each in stored:
        dg.materialize([up], partition_key=each, resources=files(tmp_path))

    def down(up) -> None:
        RAN.append(up)

    if kind is not None:
        down.__annotations__["up"] = kind
    given = dg.AssetIn(partition_mapping=mapping, metadata=metadata)
    down = dg.asset(partitions_def=down_def, ins={"up": given})(down)
    dg.materialize([up, down], partition_key=key, selection=[down], resources=files(tmp_path), **how)
    return RAN[-1]


def test_one_arrives_bare(tmp_path):
    assert arriving(tmp_path, LETTERS, LETTERS, "ab", "b") == "up b"


def test_several_arrive_as_a_dict(tmp_path):
    assert arriving(tmp_path, LETTERS, None, "abc") == {"a": "up a", "b": "up b", "c": "up c"}


def test_days_arrive_in_order(tmp_path):
    stored = ["2024-01-05", "2024-01-03", "2024-01-04"]
    found = arriving(tmp_path, DAYS, DAYS, stored, "2024-01-05", M(start_offset=-2))
    assert list(found) == ["2024-01-03", "2024-01-04", "2024-01-05"]


def test_none_arrive_as_none(tmp_path):
    assert arriving(tmp_path, DAYS, DAYS, [], "2024-01-01", M(start_offset=-1, end_offset=-1)) is None


def test_all_of_one_arrives_bare(tmp_path):
    assert arriving(tmp_path, dg.StaticPartitionsDefinition(["only"]), None, ["only"]) == "up only"


def test_a_range_arrives_as_a_dict(tmp_path):
    assert arriving(tmp_path, LETTERS, LETTERS, "ab", tags=span("a", "b")) == {"a": "up a", "b": "up b"}


def test_keys_of_two_dimensions_arrive_as_text(tmp_path):
    found = arriving(tmp_path, GRID, DAYS, ["2024-01-03|a", "2024-01-03|b", "2024-01-03|c"], "2024-01-03")
    assert found == {f"2024-01-03|{each}": f"up 2024-01-03|{each}" for each in "abc"}
    assert all(isinstance(key, str) for key in found)


def test_a_missing_one(tmp_path):
    with pytest.raises(FileNotFoundError):
        arriving(tmp_path, LETTERS, LETTERS, "a", "b")
    assert RAN == []


def test_one_of_several_is_missing(tmp_path):
    with pytest.raises(FileNotFoundError):
        arriving(tmp_path, LETTERS, None, "ab")
    assert RAN == []


MAY_LACK = {"allow_missing_partitions": True}


def test_missing_ones_may_be_left_out(tmp_path):
    assert arriving(tmp_path, LETTERS, None, "ac", metadata=MAY_LACK) == {"a": "up a", "c": "up c"}


def test_all_may_be_missing(tmp_path):
    assert arriving(tmp_path, LETTERS, None, "", metadata=MAY_LACK) == {}


def test_the_only_one_may_be_missing(tmp_path):
    assert arriving(tmp_path, LETTERS, LETTERS, "", "b", metadata=MAY_LACK) is None


@pytest.mark.parametrize("kind", [dict[str, str], dict, None])
def test_a_dict_is_what_is_declared(tmp_path, kind):
    assert arriving(tmp_path, LETTERS, None, "abc", kind=kind)["b"] == "up b"


@pytest.mark.parametrize("kind", [str, int, dict[str, int]])
def test_a_dict_is_not_what_is_declared(tmp_path, kind):
    with pytest.raises(dg.TypeCheckDidNotPass):
        arriving(tmp_path, LETTERS, None, "abc", kind=kind)
    assert RAN == []


def test_one_is_checked_bare(tmp_path):
    assert arriving(tmp_path, LETTERS, LETTERS, "abc", "a", kind=str) == "up a"
    RAN.clear()
    with pytest.raises(dg.TypeCheckDidNotPass):
        arriving(tmp_path, LETTERS, LETTERS, "abc", "a", kind=dict[str, str])
    assert RAN == []


def test_deps_load_nothing_and_keep_their_mapping():
    up = keyed("up", DAYS)

    @dg.asset(partitions_def=DAYS, deps=[dg.AssetDep("up", partition_mapping=M(start_offset=-1, end_offset=-1))])
    def down():
        RAN.append("down")

    notes = Notes(read=lambda c: c.asset_partition_keys)
    dg.materialize([up, down], partition_key="2024-01-03", selection=[down], resources={"io_manager": notes})
    assert (RAN, notes.reads) == (["down"], [])
    assert down.get_partition_mapping(dg.AssetKey("up")) == M(start_offset=-1, end_offset=-1)
    assert next(iter(next(iter(down.specs)).deps)).partition_mapping == M(start_offset=-1, end_offset=-1)


def test_a_dep_on_itself():
    mapping = M(start_offset=-1, end_offset=-1)

    @dg.asset(partitions_def=DAYS, deps=[dg.AssetDep("again", partition_mapping=mapping)])
    def again():
        RAN.append("again")

    dg.materialize([again], partition_key="2024-01-03", resources={"io_manager": Notes()})
    assert RAN == ["again"]
