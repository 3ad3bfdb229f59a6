"""Partitions and mappings survive as plain data; what plain data cannot say is not kept."""

import json
from datetime import UTC, datetime

import pytest

from lading.abc.partitions import PartitionsDefinition
from lading.app.mapping_rules import mapping_of, rule_of_mapping
from lading.app.rules import MANY, partitions_of, rule_of
from lading.definitions.partitions.dynamic import DynamicPartitionsDefinition
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
from lading.definitions.partitions.periods import (
    DailyPartitionsDefinition,
    HourlyPartitionsDefinition,
    MonthlyPartitionsDefinition,
    WeeklyPartitionsDefinition,
)
from lading.definitions.partitions.static import StaticPartitionsDefinition
from lading.definitions.partitions.time import TimeWindowPartitionsDefinition
from lading.definitions.partitions.time_mapping import TimeWindowPartitionMapping
from lading.errors import UnknownTimeZoneError

DAYS = DailyPartitionsDefinition("2024-01-01", timezone="Europe/Berlin")
LETTERS = StaticPartitionsDefinition(["b", "a"])


@pytest.mark.parametrize(
    "partitions",
    [
        DAYS,
        HourlyPartitionsDefinition(datetime(2024, 1, 1, 0, 30, tzinfo=UTC), minute_offset=15, end_offset=-2),
        DailyPartitionsDefinition(
            "1960-01-01", end_date="2024-01-05", exclusions=[datetime(2024, 1, 2, tzinfo=UTC), "0 0 * * 6"]
        ),
        WeeklyPartitionsDefinition("2024-01-01", day_offset=2, hour_offset=3),
        MonthlyPartitionsDefinition("2024-01-01", day_offset=31),
        TimeWindowPartitionsDefinition("2024/01", "%Y/%m", cron_schedule="@monthly", timezone="America/New_York"),
        LETTERS,
        StaticPartitionsDefinition([]),
        DynamicPartitionsDefinition(name="customers"),
        MultiPartitionsDefinition({"day": DAYS, "letter": LETTERS}),
        MultiPartitionsDefinition({"day": DAYS, "who": DynamicPartitionsDefinition(name="customers")}),
    ],
    ids=lambda each: type(each).__name__,
)
def test_partitions_come_back_as_they_were(partitions):
    again = partitions_of(json.loads(json.dumps(rule_of(partitions))))
    assert again == partitions
    assert rule_of(again) == rule_of(partitions)


class Own(StaticPartitionsDefinition):
    """A class of the user's."""


class OwnDays(DailyPartitionsDefinition):
    """Another one."""


@pytest.mark.parametrize(
    "partitions",
    [
        Own(["a"]),
        OwnDays("2024-01-01"),
        DynamicPartitionsDefinition(partition_fn=lambda _: ["a"]),
        StaticPartitionsDefinition([str(number) for number in range(MANY + 1)]),
        MultiPartitionsDefinition({"day": DAYS, "letter": Own(["a"])}),
    ],
    ids=lambda each: repr(each)[:30],
)
def test_what_plain_data_cannot_say_is_not_kept(partitions: PartitionsDefinition):
    assert rule_of(partitions) is None


@pytest.mark.parametrize(
    "rule", [None, {}, {"kind": "of tomorrow"}, {"kind": "multi", "dimensions": {"a": {}, "b": {}}}]
)
def test_what_a_later_version_kept_is_unknown(rule):
    assert partitions_of(rule) is None
    assert mapping_of(rule) is None


def test_a_zone_that_this_machine_does_not_know_is_said():
    rule = rule_of(DAYS)
    assert rule is not None
    with pytest.raises(UnknownTimeZoneError):
        partitions_of({**rule, "timezone": "Mars/Olympus"})


@pytest.mark.parametrize(
    "mapping",
    [
        AllPartitionMapping(),
        IdentityPartitionMapping(),
        LastPartitionMapping(),
        SpecificPartitionsPartitionMapping(["a", "b"]),
        StaticPartitionMapping({"a": ["x", "y"], "b": "x"}),
        TimeWindowPartitionMapping(-2, -1, allow_nonexistent_upstream_partitions=True),
        MultiToSingleDimensionPartitionMapping("day"),
        MultiToSingleDimensionPartitionMapping(),
        MultiPartitionMapping({"day": DimensionPartitionMapping("date", TimeWindowPartitionMapping(-1, -1))}),
    ],
    ids=repr,
)
def test_mappings_come_back_as_they_were(mapping):
    again = mapping_of(json.loads(json.dumps(rule_of_mapping(mapping))))
    assert again == mapping
    assert type(again) is type(mapping)


class OwnMapping(IdentityPartitionMapping):
    """A class of the user's."""


def test_a_mapping_of_the_users_own_is_not_kept():
    assert rule_of_mapping(OwnMapping()) is None
    assert rule_of_mapping(MultiPartitionMapping({"day": DimensionPartitionMapping("date", OwnMapping())})) is None
    kept = {"kind": "dimensions", "parts": {"day": ["date", {"kind": "of tomorrow"}]}}
    assert mapping_of(kept) is None
