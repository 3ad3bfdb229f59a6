# ruff: noqa: DTZ001 - naive datetimes are part of what is tested
"""Hourly, daily, weekly, monthly and free windows of time."""

import pickle
from datetime import UTC, datetime

import pytest

from lading.abc.partitions import partition_loading_context
from lading.definitions.partitions.periods import (
    DailyPartitionsDefinition,
    HourlyPartitionsDefinition,
    MonthlyPartitionsDefinition,
    WeeklyPartitionsDefinition,
)
from lading.definitions.partitions.schedule_type import ScheduleType
from lading.definitions.partitions.time import TimeWindowPartitionsDefinition
from lading.errors import (
    CheckError,
    InvalidDefinitionError,
    InvalidInvocationError,
    UnknownPartitionError,
    UnknownTimeZoneError,
)
from lading.values.partition_set import PartitionSet
from lading.values.partitions import PartitionKeyRange, TimeWindow

BERLIN = "Europe/Berlin"
DAYS = DailyPartitionsDefinition("2024-01-01", end_date="2024-01-10")


def utc(*parts):
    return datetime(*parts, tzinfo=UTC)


def hours(parts, key):
    start, end = parts.time_window_for_partition_key(key)
    return (end.timestamp() - start.timestamp()) / 3600


# ---------------------------------------------------------------- which keys exist


def test_a_window_exists_when_it_has_ended_before_now_and_before_the_end():
    parts = DailyPartitionsDefinition("2024-01-01", end_date="2024-01-04")
    assert parts.get_partition_keys(current_time=utc(2024, 1, 3)) == ["2024-01-01", "2024-01-02"]
    assert parts.get_partition_keys(current_time=utc(2024, 9, 1)) == ["2024-01-01", "2024-01-02", "2024-01-03"]
    assert parts.get_partition_keys(current_time=utc(2023, 9, 1)) == []


def test_a_start_within_a_window_moves_to_the_next():
    keys = MonthlyPartitionsDefinition(datetime(2024, 1, 15), end_date="2024-04-01").get_partition_keys()
    assert keys == ["2024-02-01", "2024-03-01"]


@pytest.mark.parametrize(("offset", "last"), [(-1, "2024-01-08"), (0, "2024-01-09"), (1, "2024-01-10")])
def test_end_offset_counts_from_now(offset, last):
    parts = DailyPartitionsDefinition("2024-01-01", end_offset=offset)
    assert parts.get_last_partition_key(current_time=utc(2024, 1, 10, 12)) == last


def test_end_offset_does_not_reach_over_the_end_date():
    parts = DailyPartitionsDefinition("2024-01-01", end_date="2024-01-05", end_offset=5)
    assert parts.get_last_partition_key(current_time=utc(2024, 1, 4)) == "2024-01-04"


def test_end_offset_passes_over_windows_that_are_left_out():
    out = [datetime(2024, 1, 9), datetime(2024, 1, 10)]
    lasts = [
        DailyPartitionsDefinition("2024-01-01", end_offset=offset, exclusions=out).get_last_partition_key(
            current_time=utc(2024, 1, 10, 12)
        )
        for offset in (-2, -1, 0, 1, 2)
    ]
    assert lasts == ["2024-01-06", "2024-01-07", "2024-01-08", "2024-01-11", "2024-01-12"]


def test_where_everything_is_left_out_there_is_nothing_and_no_endless_search():
    parts = DailyPartitionsDefinition("2024-01-01", end_offset=1, exclusions=["0 0 * * *"])
    assert not parts.has_partition_key("2024-01-02", current_time=utc(2024, 1, 10))
    assert DailyPartitionsDefinition("2024-01-01", exclusions=["@daily"]).get_last_partition_key() is None


def test_now_comes_from_the_block_around():
    parts = DailyPartitionsDefinition("2024-01-01")
    with partition_loading_context(effective_dt=datetime(2024, 1, 4)):
        assert parts.get_num_partitions() == 3
        with partition_loading_context():
            assert parts.get_last_partition_key() == "2024-01-03"


def test_a_naive_now_is_read_in_the_zone_of_the_definition():
    parts = DailyPartitionsDefinition("2024-01-01", timezone=BERLIN)
    assert parts.get_last_partition_key(current_time=datetime(2024, 1, 4)) == "2024-01-03"
    assert parts.get_last_partition_key(current_time=utc(2024, 1, 3, 22, 59)) == "2024-01-02"


@pytest.mark.parametrize(
    "key",
    ["2024-1-1", "2023-12-31", "2024-01-10", "yesterday", "", "20240101", "2024-W01-1", "9999-12-31", "2024-02-30"],
)
def test_other_spellings_and_outside_keys_are_no_members_and_no_errors(key):
    assert not DAYS.has_partition_key(key)


def test_far_keys_cost_nothing_even_where_a_table_is_needed():
    parts = TimeWindowPartitionsDefinition("2024-01-01", "%Y-%m-%d", cron_schedule="7 3 1,15 * *")
    assert not parts.has_partition_key("9999-12-31")


# ---------------------------------------------------------------- windows and time zones


@pytest.mark.parametrize(("day", "length"), [("2024-03-30", 24), ("2024-03-31", 23), ("2024-10-27", 25)])
def test_days_last_from_midnight_to_midnight(day, length):
    assert hours(DailyPartitionsDefinition("2024-01-01", timezone=BERLIN), day) == length


def test_hours_skip_the_gap_and_mark_the_repeated_one():
    spring = HourlyPartitionsDefinition("2024-03-31-01:00", end_date="2024-03-31-04:00", timezone=BERLIN)
    assert spring.get_partition_keys() == ["2024-03-31-01:00", "2024-03-31-03:00"]
    autumn = HourlyPartitionsDefinition("2024-10-27-02:00", end_date="2024-10-27-04:00", timezone=BERLIN)
    assert autumn.get_partition_keys() == ["2024-10-27-02:00", "2024-10-27-02:00+0100", "2024-10-27-03:00"]
    assert all(autumn.has_partition_key(key) for key in autumn.get_partition_keys())
    assert not autumn.has_partition_key("2024-10-27-02:00+0200")
    assert [hours(autumn, key) for key in autumn.get_partition_keys()] == [1, 1, 1]


def test_a_format_that_tells_the_offset_marks_the_repeated_hour_itself():
    parts = HourlyPartitionsDefinition(
        "2024-10-27T01+0200", end_date="2024-10-27T04+0100", timezone=BERLIN, fmt="%Y-%m-%dT%H%z"
    )
    keys = ["2024-10-27T01+0200", "2024-10-27T02+0200", "2024-10-27T02+0100", "2024-10-27T03+0100"]
    assert parts.get_partition_keys() == keys
    assert all(parts.has_partition_key(key) and hours(parts, key) == 1 for key in keys)


def test_a_boundary_in_the_gap_moves_to_its_end():
    parts = DailyPartitionsDefinition("2024-03-01", timezone=BERLIN, hour_offset=2, minute_offset=30)
    window = parts.time_window_for_partition_key("2024-03-31")
    assert (window.start.hour, window.start.minute) == (3, 0)
    assert window.end.timestamp() == parts.time_window_for_partition_key("2024-04-01").start.timestamp()


def test_a_day_begins_with_its_first_midnight():
    parts = DailyPartitionsDefinition("2023-11-01", timezone="America/Havana")
    assert [hours(parts, day) for day in ("2023-11-04", "2023-11-05", "2023-11-06")] == [24, 25, 24]


def test_hours_of_a_zone_that_changes_by_half_an_hour_keep_their_minute():
    parts = HourlyPartitionsDefinition("2018-10-07-01:00", end_date="2018-10-07-05:00", timezone="Australia/Lord_Howe")
    assert parts.get_partition_keys() == ["2018-10-07-01:00", "2018-10-07-03:00", "2018-10-07-04:00"]


def test_a_day_that_a_zone_skipped_is_no_partition():
    parts = DailyPartitionsDefinition("2011-12-28", end_date="2012-01-02", timezone="Pacific/Apia")
    assert parts.get_partition_keys() == ["2011-12-28", "2011-12-29", "2011-12-31", "2012-01-01"]


def test_windows_reach_beyond_start_and_end():
    assert DAYS.time_window_for_partition_key("2030-05-05") == TimeWindow(utc(2030, 5, 5), utc(2030, 5, 6))
    assert DAYS.time_window_for_partition_key("1999-05-05").start == utc(1999, 5, 5)


@pytest.mark.parametrize("key", ["yesterday", "2024-02-30", "9999-12-31"])
def test_a_window_of_nonsense_is_a_value_error(key):
    with pytest.raises(ValueError, match=key):
        DAYS.time_window_for_partition_key(key)


def test_a_window_before_the_start_of_a_table():
    parts = TimeWindowPartitionsDefinition("2024-06-10", "%Y-%m-%d", cron_schedule="0 0 1,15 * *")
    assert parts.time_window_for_partition_key("2023-02-15") == TimeWindow(utc(2023, 2, 15), utc(2023, 3, 1))


def test_the_window_of_a_range_reaches_from_the_first_start_to_the_last_end():
    span = PartitionKeyRange("2024-01-02", "2024-01-04")
    assert DAYS.time_window_for_range(span) == TimeWindow(utc(2024, 1, 2), utc(2024, 1, 5))


# ---------------------------------------------------------------- ranges


def test_ranges_hold_both_ends_and_reversed_ones_nothing():
    assert DAYS.get_partition_keys_in_range(PartitionKeyRange("2024-01-08", "2024-01-09")) == [
        "2024-01-08",
        "2024-01-09",
    ]
    assert DAYS.get_partition_keys_in_range(PartitionKeyRange("2024-01-09", "2024-01-08")) == []


@pytest.mark.parametrize("end", ["2024-01-10", "2023-12-31", "zebra"])
def test_a_range_to_a_key_that_does_not_exist_names_it(end):
    with pytest.raises(InvalidInvocationError, match=end):
        DAYS.get_partition_keys_in_range(PartitionKeyRange("2024-01-02", end))


def test_a_range_may_end_at_a_window_that_is_left_out():
    parts = DailyPartitionsDefinition("2024-01-01", end_date="2024-01-09", exclusions=[datetime(2024, 1, 3)])
    assert not parts.has_partition_key("2024-01-03")
    keys = parts.get_partition_keys_in_range(PartitionKeyRange("2024-01-02", "2024-01-03"))
    assert keys == ["2024-01-02"]


def test_keys_within_a_span_of_time_begin_in_it_and_exist():
    assert DAYS.get_partition_keys_in_time_window(TimeWindow(utc(2024, 1, 2, 3), utc(2024, 1, 4, 5))) == [
        "2024-01-03",
        "2024-01-04",
    ]
    everything = TimeWindow(utc(2000, 1, 1), utc(2050, 1, 1))
    assert DAYS.get_partition_key_range_for_time_window(everything) == PartitionKeyRange("2024-01-01", "2024-01-09")
    with pytest.raises(InvalidInvocationError, match="keys run from"):
        DAYS.get_partition_key_range_for_time_window(TimeWindow(utc(2000, 1, 1), utc(2001, 1, 1)))


# ---------------------------------------------------------------- schedules


def test_weeks_begin_on_sunday_unless_told_otherwise():
    assert WeeklyPartitionsDefinition("2024-01-01", end_date="2024-01-22").get_partition_keys() == [
        "2024-01-07",
        "2024-01-14",
    ]
    assert WeeklyPartitionsDefinition("2024-01-01", day_offset=1).get_first_partition_key() == "2024-01-01"


def test_months_that_lack_the_day_have_no_partition():
    parts = MonthlyPartitionsDefinition("2024-01-01", end_date="2024-08-01", day_offset=31)
    assert parts.get_partition_keys() == ["2024-01-31", "2024-03-31", "2024-05-31"]
    assert parts.time_window_for_partition_key("2024-01-31").end == utc(2024, 3, 31)


@pytest.mark.parametrize(
    ("cron", "expected"),
    [
        ("0 0 * * 1-5", ["2024-01-01", "2024-01-02", "2024-01-03", "2024-01-04", "2024-01-05", "2024-01-08"]),
        ("0 0 L * *", ["2024-01-31", "2024-02-29"]),
        ("0 0 * * L5", ["2024-01-26", "2024-02-23"]),
        ("0 0 1 */3 *", ["2024-01-01"]),
        ("0 0 29 2 *", []),
        ("@monthly", ["2024-01-01", "2024-02-01", "2024-03-01"]),
        ("0 0 ? * 7", ["2024-01-07", "2024-01-14", "2024-01-21"]),
        ("0 0 1 * mon", ["2024-01-01", "2024-01-08", "2024-01-15", "2024-01-22", "2024-01-29", "2024-02-01"]),
    ],
)
def test_cron_texts(cron, expected):
    parts = TimeWindowPartitionsDefinition("2024-01-01", "%Y-%m-%d", end="2024-04-01", cron_schedule=cron)
    assert parts.get_partition_keys()[: len(expected)] == expected
    if len(expected) < 3:
        assert len(parts.get_partition_keys()) == len(expected)


@pytest.mark.parametrize("cron", ["every day", "60 * * * *", "0 0 * * * *", "0 0 31 2 *", "* * * *", "5-1 * * * *", ""])
def test_what_is_no_cron_text_is_refused(cron):
    with pytest.raises(InvalidDefinitionError, match="cron"):
        TimeWindowPartitionsDefinition("2024-01-01", "%Y-%m-%d", cron_schedule=cron)


def test_offsets_out_of_range_are_refused():
    with pytest.raises(InvalidDefinitionError):
        DailyPartitionsDefinition("2024-01-01", hour_offset=24)
    with pytest.raises(InvalidDefinitionError):
        MonthlyPartitionsDefinition("2024-01-01", day_offset=32)


def test_a_schedule_is_said_once():
    with pytest.raises(CheckError, match="when windows begin"):
        TimeWindowPartitionsDefinition("2024-01-01", "%Y-%m-%d")
    with pytest.raises(CheckError, match="cannot be added"):
        TimeWindowPartitionsDefinition("2024-01-01", "%Y-%m-%d", cron_schedule="0 0 * * *", hour_offset=1)


def test_a_schedule_type_with_offsets_is_a_cron_text():
    parts = TimeWindowPartitionsDefinition(
        "2024-01-01", "%Y-%m-%d", schedule_type=ScheduleType.WEEKLY, day_offset=2, hour_offset=5, minute_offset=1
    )
    assert parts.cron_schedule == "1 5 * * 2"
    assert parts.schedule_type is ScheduleType.WEEKLY
    assert (parts.minute_offset, parts.hour_offset, parts.day_offset) == (1, 5, 2)


def test_cron_schedule_of_a_run_after_each_window():
    assert DAYS.get_cron_schedule() == "0 0 * * *"
    assert DAYS.get_cron_schedule(5, 6) == "5 6 * * *"
    assert WeeklyPartitionsDefinition("2024-01-01").get_cron_schedule(day_of_week=3) == "0 0 * * 3"
    weekdays = TimeWindowPartitionsDefinition("2024-01-01", "%Y-%m-%d", cron_schedule="0 0 * * 1-5")
    assert weekdays.get_cron_schedule() == "0 0 * * 1-5"
    with pytest.raises(CheckError):
        weekdays.get_cron_schedule(3)


# ---------------------------------------------------------------- exclusions


def test_exclusions_are_moments_and_cron_texts():
    parts = DailyPartitionsDefinition(
        "2024-01-01", end_date="2024-01-09", exclusions=[datetime(2024, 1, 3), "0 0 * * 6"]
    )
    assert parts.get_partition_keys() == [
        "2024-01-01",
        "2024-01-02",
        "2024-01-04",
        "2024-01-05",
        "2024-01-07",
        "2024-01-08",
    ]
    assert parts.get_num_partitions() == 6
    found = PartitionSet.of(parts.axis(), ["2024-01-01", "2024-01-02", "2024-01-05"])
    assert found.missing().runs == [(3, 4), (6, 8)]
    # A range holds what exists between its ends, so it reaches over what is left out.
    assert found.missing_ranges() == [
        PartitionKeyRange("2024-01-04", "2024-01-04"),
        PartitionKeyRange("2024-01-07", "2024-01-08"),
    ]
    assert PartitionSet(parts.axis()).missing_ranges() == [PartitionKeyRange("2024-01-01", "2024-01-08")]
    assert PartitionSet(parts.axis()).missing().count_ranges() == 1


def test_a_moment_in_another_zone_is_the_same_moment():
    parts = DailyPartitionsDefinition(
        "2024-01-01", end_date="2024-01-05", timezone="America/New_York", exclusions=[utc(2024, 1, 3, 5)]
    )
    assert parts.get_partition_keys() == ["2024-01-01", "2024-01-02", "2024-01-04"]


def test_an_exclusion_that_is_no_cron_text_says_how_to_exclude_a_day():
    with pytest.raises(InvalidDefinitionError, match="datetime"):
        DailyPartitionsDefinition("2024-01-01", exclusions=["2024-01-03"])
    with pytest.raises(CheckError):
        DailyPartitionsDefinition("2024-01-01", exclusions=[5])


# ---------------------------------------------------------------- arguments, errors, content


def test_an_unknown_zone_is_a_key_error_too():
    with pytest.raises(UnknownTimeZoneError, match="Mars/X"):
        DailyPartitionsDefinition("2024-01-01", timezone="Mars/X")
    with pytest.raises(KeyError):
        DailyPartitionsDefinition("2024-01-01", timezone="../etc/passwd")


def test_a_date_in_another_format_is_a_value_error():
    with pytest.raises(ValueError, match="2024/01/01"):
        DailyPartitionsDefinition("2024/01/01")
    with pytest.raises(CheckError, match="datetime"):
        DailyPartitionsDefinition(None)


def test_dates_and_keys_go_by_the_format():
    parts = DailyPartitionsDefinition("30/12/2023", end_date="02/01/2024", fmt="%d/%m/%Y")
    assert parts.get_partition_keys() == ["30/12/2023", "31/12/2023", "01/01/2024"]
    assert parts.has_partition_key("31/12/2023")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("2024-1-5", "2024-01-05"),
        ("2024-13-01", "2024-01-09"),
        ("2023-06-01", "2024-01-01"),
        ("2024-01-05-00:00", "2024-01-05"),
        ("nonsense", None),
    ],
)
def test_the_nearest_key(typed, meant):
    assert DAYS.nearest(typed) == meant


def test_the_nearest_key_is_none_that_is_left_out():
    parts = DailyPartitionsDefinition("2024-01-01", end_date="2024-01-09", exclusions=[datetime(2024, 1, 3)])
    assert parts.nearest("2024-01-03") == "2024-01-04"


def test_an_unknown_key_is_refused_with_where_and_fix():
    assert DAYS.require_partition_key("2024-01-05") == "2024-01-05"
    with pytest.raises(UnknownPartitionError) as caught:
        DAYS.require_partition_key("2024-1-5", where='asset "orders"')
    assert str(caught.value).splitlines() == [
        '"2024-1-5" is no partition',
        '  where: asset "orders"',
        '  fix: keys run from "2024-01-01" to "2024-01-09"; the nearest is "2024-01-05"',
    ]


def test_definitions_of_the_same_content_are_equal_whatever_their_class():
    same = TimeWindowPartitionsDefinition("2024-01-01", "%Y-%m-%d", end="2024-01-10", cron_schedule="0 0 * * *")
    assert same == DAYS
    assert hash(same) == hash(DAYS)
    others = [
        DailyPartitionsDefinition("2024-01-02", end_date="2024-01-10"),
        DailyPartitionsDefinition("2024-01-01"),
        DailyPartitionsDefinition("2024-01-01", end_date="2024-01-10", timezone=BERLIN),
        DailyPartitionsDefinition("2024-01-01", end_date="2024-01-10", end_offset=1),
        DailyPartitionsDefinition("2024-01-01", end_date="2024-01-10", exclusions=["0 0 * * 6"]),
    ]
    assert DAYS not in others


@pytest.mark.parametrize(
    "parts",
    [
        DAYS,
        HourlyPartitionsDefinition("2024-01-01-00:00", timezone=BERLIN),
        DailyPartitionsDefinition("2024-01-01", exclusions=["0 0 * * 6", datetime(2024, 1, 3)]),
        TimeWindowPartitionsDefinition("2024-01-01", "%Y-%m-%d", cron_schedule="0 0 1,15 * *"),
    ],
)
def test_definitions_and_their_axes_survive_pickling_after_use(parts):
    keys = parts.get_partition_keys(current_time=utc(2024, 3, 1))
    again = pickle.loads(pickle.dumps(parts))
    assert again == parts
    assert again.get_partition_keys(current_time=utc(2024, 3, 1)) == keys
    axis = parts.axis(utc(2024, 3, 1))
    assert pickle.loads(pickle.dumps(PartitionSet.all(axis))) == set(keys)


def test_repr_can_be_read():
    assert repr(WeeklyPartitionsDefinition("2024-01-01", day_offset=1, timezone=BERLIN)) == (
        "WeeklyPartitionsDefinition(start_date='2024-01-01', day_offset=1, timezone='Europe/Berlin')"
    )


def test_time_that_passes_adds_places_and_moves_none():
    parts = DailyPartitionsDefinition("2024-01-01")
    early = PartitionSet.all(parts.axis(utc(2024, 1, 5)))
    late = PartitionSet.all(parts.axis(utc(2024, 1, 8)))
    assert late - early == {"2024-01-05", "2024-01-06", "2024-01-07"}
    assert isinstance(late - early, PartitionSet)
