# ruff: noqa: DTZ001 - naive datetimes are part of what is tested
"""Many windows at once: their keys, those that are left out, and nothing is listed to count them."""

from datetime import UTC, datetime
from itertools import pairwise

import pytest

from lading.definitions.partitions.key_text import HOURLY_FORMAT
from lading.definitions.partitions.time import TimeWindowPartitionsDefinition


@pytest.mark.parametrize("zone", ["UTC", "Europe/Berlin", "America/Havana", "Australia/Lord_Howe", "Antarctica/Troll"])
@pytest.mark.parametrize(
    "cron",
    ["0 * * * *", "*/20 * * * 6,0", "*/15 0-4 * * *", "30 2 * * *", "0 0 * * *", "*/30 1,2 * * 0", "30 2 1 * *"],
)
def test_many_keys_at_once_are_those_of_each_all_the_year(cron, zone):
    parts = TimeWindowPartitionsDefinition("2023-01-01-00:00", HOURLY_FORMAT, cron_schedule=cron, timezone=zone)
    schedule = parts.schedule
    stop = schedule.ordinal_from(int(datetime(2025, 1, 1, tzinfo=UTC).timestamp()))
    each = [schedule.key(ordinal) for ordinal in range(stop)]
    assert list(schedule.keys_between(0, stop)) == each
    for start in range(0, stop, max(1, stop // 40)):
        assert list(schedule.keys_between(start, start + 3)) == each[start : start + 3][: stop - start] + [
            schedule.key(ordinal) for ordinal in range(max(stop, start), start + 3)
        ]


@pytest.mark.parametrize(
    ("cron", "exclusions"),
    [
        ("*/5 * * * *", ["* * * * 6,0"]),
        ("0 * * * *", ["0 2-4 * * *", "0 * * * 6"]),
        ("0 0 * * *", ["* * * * 1", datetime(2023, 5, 6)]),
        ("*/10 8-17 * * 1-5", ["*/5 12 * * *", "30 * * * *"]),
        ("0 0 1 * *", ["* * 1 1 *"]),
    ],
)
def test_what_is_left_out_is_found_in_runs_as_it_is_one_by_one(cron, exclusions):
    for zone in ("UTC", "Europe/Berlin"):
        parts = TimeWindowPartitionsDefinition(
            "2023-01-01-00:00", HOURLY_FORMAT, cron_schedule=cron, timezone=zone, exclusions=exclusions
        )
        schedule = parts.schedule
        assert schedule.holes is not None
        stop = schedule.ordinal_from(int(datetime(2023, 7, 1, tzinfo=UTC).timestamp()))
        left_out = {ordinal for ordinal in range(stop) if schedule.holes.holds(ordinal)}
        assert left_out
        for some in (stop // 3, stop):  # the rest is found when it is asked for
            runs = schedule.holes.below(some)
            assert {ordinal for low, high in runs for ordinal in range(low, high)} == {
                each for each in left_out if each < some
            }
            assert schedule.count(some) == some - sum(high - low for low, high in runs)
        assert all(after[0] > before[1] for before, after in pairwise(schedule.holes.below(stop)))
        assert schedule.is_hole(min(left_out), min(left_out) + 1)
        assert not schedule.is_hole(0, stop)
