"""Which upstream partitions a downstream partition is made from."""

import pickle
from datetime import UTC, datetime

import pytest

from lading.definitions.partitions.default_mapping import default_mapping
from lading.definitions.partitions.mapping import (
    AllPartitionMapping,
    IdentityPartitionMapping,
    LastPartitionMapping,
    SpecificPartitionsPartitionMapping,
    StaticPartitionMapping,
)
from lading.definitions.partitions.multi import MultiPartitionsDefinition
from lading.definitions.partitions.multi_mapping import (
    DimensionPartitionMapping,
    MultiPartitionMapping,
    MultiToSingleDimensionPartitionMapping,
)
from lading.definitions.partitions.own_past import check_self_dependency
from lading.definitions.partitions.periods import (
    DailyPartitionsDefinition,
    HourlyPartitionsDefinition,
    MonthlyPartitionsDefinition,
    WeeklyPartitionsDefinition,
)
from lading.definitions.partitions.static import StaticPartitionsDefinition
from lading.definitions.partitions.time_mapping import TimeWindowPartitionMapping
from lading.errors import CheckError, InvalidDefinitionError

NOW = datetime(2024, 2, 1, tzinfo=UTC)
DAYS = DailyPartitionsDefinition("2024-01-01")
LATER = DailyPartitionsDefinition("2024-01-05")
ENDED = DailyPartitionsDefinition("2024-01-01", end_date="2024-01-10")
HOURS = HourlyPartitionsDefinition("2024-01-01-00:00")
WEEKS = WeeklyPartitionsDefinition("2024-01-01")
MONTHS = MonthlyPartitionsDefinition("2024-01-01")
LETTERS = StaticPartitionsDefinition(["a", "b", "c"])
GRID = MultiPartitionsDefinition({"letter": LETTERS, "day": DAYS})
BACK = TimeWindowPartitionMapping(start_offset=-1, end_offset=-1)


def mapped(mapping, downstream, upstream, *keys):
    found = mapping.upstream_keys(keys, downstream, upstream, NOW)
    return found.keys, found.nonexistent


# ---------------------------------------------------------------- time


@pytest.mark.parametrize(
    ("offsets", "day", "expected"),
    [
        ((0, 0), "2024-01-03", ["2024-01-03"]),
        ((-1, -1), "2024-01-03", ["2024-01-02"]),
        ((-2, 0), "2024-01-03", ["2024-01-01", "2024-01-02", "2024-01-03"]),
        ((-2, 0), "2024-01-02", ["2024-01-01", "2024-01-02"]),
        ((-1, -1), "2024-01-01", []),
        ((0, 1), "2024-01-31", ["2024-01-31"]),
        ((1, 1), "2024-01-31", []),
        ((1, 0), "2024-01-03", []),
    ],
)
def test_offsets_move_the_window_and_are_cut_at_both_ends(offsets, day, expected):
    assert mapped(TimeWindowPartitionMapping(*offsets), DAYS, DAYS, day) == (expected, [])


def test_finer_and_coarser_upstream_windows_overlap():
    mapping = TimeWindowPartitionMapping()
    hours, _ = mapped(mapping, DAYS, HOURS, "2024-01-03")
    assert (hours[0], hours[-1], len(hours)) == ("2024-01-03-00:00", "2024-01-03-23:00", 24)
    assert mapped(mapping, HOURS, DAYS, "2024-01-03-05:00") == (["2024-01-03"], [])
    assert mapped(mapping, WEEKS, MONTHS, "2024-01-21") == (["2024-01-01"], [])


def test_offsets_count_downstream_windows():
    hours, _ = mapped(BACK, DAYS, HOURS, "2024-01-03")
    assert (hours[0], hours[-1]) == ("2024-01-02-00:00", "2024-01-02-23:00")
    assert mapped(BACK, HOURS, DAYS, "2024-01-03-05:00") == (["2024-01-03"], [])


def test_several_keys_are_joined_in_the_order_of_time():
    keys = ("2024-01-09", "2024-01-03", "2024-01-04")
    expected = ["2024-01-02", "2024-01-03", "2024-01-04", "2024-01-08", "2024-01-09"]
    assert mapped(TimeWindowPartitionMapping(start_offset=-1), DAYS, DAYS, *keys) == (expected, [])


@pytest.mark.parametrize(
    ("offsets", "upstream", "day", "lacking"),
    [
        ((0, 0), LATER, "2024-01-03", ["2024-01-03"]),
        ((0, 0), ENDED, "2024-01-12", ["2024-01-12"]),
        ((1, 1), LATER, "2024-01-03", ["2024-01-04"]),
        ((-1, -1), ENDED, "2024-01-11", ["2024-01-10"]),
        ((-1, -1), LATER, "2024-01-03", []),
        ((1, 1), ENDED, "2024-01-09", []),
        ((-2, 0), LATER, "2024-01-06", []),
        ((-2, 0), LATER, "2024-01-04", ["2024-01-04"]),
    ],
)
def test_upstream_windows_that_are_not_defined_are_named(offsets, upstream, day, lacking):
    assert mapped(TimeWindowPartitionMapping(*offsets), DAYS, upstream, day)[1] == lacking
    allowing = TimeWindowPartitionMapping(*offsets, allow_nonexistent_upstream_partitions=True)
    assert mapped(allowing, DAYS, upstream, day)[1] == []


def test_a_window_that_is_not_over_yet_does_not_exist():
    assert mapped(TimeWindowPartitionMapping(), DAYS, WEEKS, "2024-01-31") == ([], ["2024-01-28"])


def test_yesterday_is_the_last_window_that_exists():
    parts = DailyPartitionsDefinition("2024-01-01", exclusions=["0 0 * * 6"])
    assert mapped(BACK, parts, parts, "2024-01-07") == (["2024-01-05"], [])
    assert mapped(TimeWindowPartitionMapping(), DAYS, parts, "2024-01-06") == ([], [])


def test_windows_of_other_zones_and_no_windows_do_not_fit():
    abroad = DailyPartitionsDefinition("2024-01-01", timezone="America/New_York")
    with pytest.raises(InvalidDefinitionError, match="America/New_York"):
        TimeWindowPartitionMapping().check(DAYS, abroad)
    with pytest.raises(InvalidDefinitionError, match="windows of time"):
        TimeWindowPartitionMapping().check(DAYS, LETTERS)


# ---------------------------------------------------------------- by text


def test_all_last_and_specific():
    assert mapped(AllPartitionMapping(), None, LETTERS) == (["a", "b", "c"], [])
    assert mapped(LastPartitionMapping(), DAYS, DAYS, "2024-01-03") == (["2024-01-31"], [])
    assert mapped(LastPartitionMapping(), DAYS, StaticPartitionsDefinition([]), "2024-01-03") == ([], [])
    assert mapped(SpecificPartitionsPartitionMapping(["a", "zz"]), DAYS, LETTERS, "2024-01-03") == (["a", "zz"], [])


def test_identity_names_what_upstream_does_not_have():
    other = StaticPartitionsDefinition(["x", "a"])
    assert mapped(IdentityPartitionMapping(), other, LETTERS, "a", "x", "a") == (["a"], ["x"])
    assert mapped(IdentityPartitionMapping(), GRID, GRID, "2024-01-01|a") == (["2024-01-01|a"], [])


def test_static_mapping_is_read_backwards():
    mapping = StaticPartitionMapping({"a": "x", "b": ["x", "y"]})
    down = StaticPartitionsDefinition(["x", "y", "z"])
    assert mapped(mapping, down, LETTERS, "x") == (["a", "b"], [])
    assert mapped(mapping, down, LETTERS, "y") == (["b"], [])
    assert mapped(mapping, down, LETTERS, "z") == ([], [])


def test_static_mapping_from_an_unknown_upstream_key_is_a_value_error():
    with pytest.raises(ValueError, match='"q" is no partition of the upstream'):
        StaticPartitionMapping({"q": "x"}).check(LETTERS, LETTERS)
    with pytest.raises(CheckError):
        StaticPartitionMapping({"a": 1})


# ---------------------------------------------------------------- two dimensions


def test_slices_in_both_directions():
    slicing = MultiToSingleDimensionPartitionMapping()
    assert mapped(slicing, GRID, DAYS, "2024-01-03|a") == (["2024-01-03"], [])
    assert mapped(slicing, GRID, LETTERS, "2024-01-03|a", "2024-01-04|a") == (["a"], [])
    assert mapped(slicing, DAYS, GRID, "2024-01-03")[0] == ["2024-01-03|a", "2024-01-03|b", "2024-01-03|c"]
    keys, _ = mapped(slicing, LETTERS, GRID, "b")
    assert (keys[0], keys[-1], len(keys)) == ("2024-01-01|b", "2024-01-31|b", 31)


def test_slices_go_by_overlap_where_the_windows_differ():
    assert mapped(MultiToSingleDimensionPartitionMapping(), GRID, WEEKS, "2024-01-09|a") == (["2024-01-07"], [])
    assert mapped(MultiToSingleDimensionPartitionMapping(), ENDED, GRID, "2024-01-09")[0][0] == "2024-01-09|a"


def test_slices_need_one_dimension_that_fits():
    twins = MultiPartitionsDefinition({"x": LETTERS, "y": LETTERS})
    with pytest.raises(InvalidDefinitionError, match="more than one"):
        MultiToSingleDimensionPartitionMapping().check(LETTERS, twins)
    assert mapped(MultiToSingleDimensionPartitionMapping("y"), LETTERS, twins, "a")[0] == ["a|a", "b|a", "c|a"]
    with pytest.raises(InvalidDefinitionError, match="no dimension"):
        MultiToSingleDimensionPartitionMapping("zz").check(LETTERS, GRID)
    with pytest.raises(InvalidDefinitionError, match="one side"):
        MultiToSingleDimensionPartitionMapping().check(GRID, GRID)


def test_multi_mapping_goes_cell_by_cell():
    mapping = MultiPartitionMapping(
        {
            "day": DimensionPartitionMapping("day", BACK),
            "letter": DimensionPartitionMapping("letter", IdentityPartitionMapping()),
        }
    )
    assert mapped(mapping, GRID, GRID, "2024-01-03|a", "2024-01-05|b") == (["2024-01-02|a", "2024-01-04|b"], [])
    assert mapped(mapping, GRID, GRID, "2024-01-01|a") == ([], [])


def test_multi_mapping_takes_all_of_a_dimension_that_is_not_named():
    mapping = MultiPartitionMapping({"day": DimensionPartitionMapping("day", BACK)})
    assert mapped(mapping, GRID, GRID, "2024-01-03|a")[0] == ["2024-01-02|a", "2024-01-02|b", "2024-01-02|c"]


def test_multi_mapping_names_cells_that_do_not_exist():
    later = MultiPartitionsDefinition({"letter": LETTERS, "day": LATER})
    mapping = MultiPartitionMapping(
        {
            "day": DimensionPartitionMapping("day", TimeWindowPartitionMapping()),
            "letter": DimensionPartitionMapping("letter", IdentityPartitionMapping()),
        }
    )
    assert mapped(mapping, GRID, later, "2024-01-03|a") == ([], ["2024-01-03|a"])


def test_multi_mapping_names_wrong_dimensions():
    for wrong in ({"zz": DimensionPartitionMapping("day", BACK)}, {"day": DimensionPartitionMapping("zz", BACK)}):
        with pytest.raises(InvalidDefinitionError, match="day and letter"):
            MultiPartitionMapping(wrong).check(GRID, GRID)
    with pytest.raises(InvalidDefinitionError, match="both sides"):
        MultiPartitionMapping({}).check(DAYS, GRID)


# ---------------------------------------------------------------- which one is meant


@pytest.mark.parametrize(
    ("downstream", "upstream", "expected"),
    [
        (None, DAYS, AllPartitionMapping()),
        (DAYS, DAYS, TimeWindowPartitionMapping()),
        (DAYS, WEEKS, TimeWindowPartitionMapping()),
        (DAYS, LETTERS, IdentityPartitionMapping()),
        (LETTERS, LETTERS, IdentityPartitionMapping()),
        (GRID, GRID, IdentityPartitionMapping()),
        (GRID, DAYS, MultiToSingleDimensionPartitionMapping()),
        (LETTERS, GRID, MultiToSingleDimensionPartitionMapping()),
        (WEEKS, GRID, MultiToSingleDimensionPartitionMapping()),
        (GRID, StaticPartitionsDefinition(["q"]), IdentityPartitionMapping()),
    ],
)
def test_the_default(downstream, upstream, expected):
    assert default_mapping(downstream, upstream) == expected


def test_an_asset_is_made_from_itself_only_by_looking_back():
    check_self_dependency(BACK, DAYS)
    check_self_dependency(TimeWindowPartitionMapping(start_offset=-3, end_offset=-1), DAYS)
    check_self_dependency(MultiPartitionMapping({"day": DimensionPartitionMapping("day", BACK)}), GRID)
    for mapping, parts in (
        (None, DAYS),
        (TimeWindowPartitionMapping(start_offset=-1), DAYS),
        (BACK, None),
        (IdentityPartitionMapping(), LETTERS),
        (MultiPartitionMapping({}), GRID),
        (BACK, LETTERS),
    ):
        with pytest.raises(InvalidDefinitionError):
            check_self_dependency(mapping, parts)


@pytest.mark.parametrize(
    "mapping",
    [
        AllPartitionMapping(),
        LastPartitionMapping(),
        SpecificPartitionsPartitionMapping(["a"]),
        IdentityPartitionMapping(),
        StaticPartitionMapping({"a": ["x", "y"]}),
        BACK,
        MultiToSingleDimensionPartitionMapping("day"),
        MultiPartitionMapping({"day": DimensionPartitionMapping("day", BACK)}),
    ],
)
def test_mappings_compare_by_content_and_survive_pickling(mapping):
    again = pickle.loads(pickle.dumps(mapping))
    assert again == mapping
    assert hash(again) == hash(mapping)
    assert mapping != object()
    assert type(mapping).__name__ in repr(mapping)
