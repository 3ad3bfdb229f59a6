"""Partitions and mappings as plain data: what the registry keeps of them, so that they are known without user code."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC
from typing import Any, Final

from lading.abc.partitions import PartitionMapping, PartitionsDefinition
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
from lading.definitions.partitions.zones import aware

MANY: Final = 1_000
"""Lists of more keys than this are not kept a second time."""

_TIME: Final[dict[str, type[TimeWindowPartitionsDefinition]]] = {
    kind.__name__: kind
    for kind in (
        HourlyPartitionsDefinition,
        DailyPartitionsDefinition,
        WeeklyPartitionsDefinition,
        MonthlyPartitionsDefinition,
        TimeWindowPartitionsDefinition,
    )
}
_BARE: Final[dict[str, type[PartitionMapping]]] = {
    "all": AllPartitionMapping,
    "identity": IdentityPartitionMapping,
    "last": LastPartitionMapping,
}


# ---------------------------------------------------------------- partitions


def rule_of(partitions: PartitionsDefinition) -> dict[str, Any] | None:
    """Partitions as plain data, or None where that cannot say all, or would be long."""
    # Of a class of the user's nothing is known.
    kind = type(partitions)
    if isinstance(partitions, TimeWindowPartitionsDefinition) and _TIME.get(kind.__name__) is kind:
        schedule = partitions.schedule
        return {
            "kind": kind.__name__,
            "cron": partitions.cron_schedule,
            "timezone": schedule.timezone,
            "fmt": schedule.fmt,
            "start": schedule.start,
            "end": partitions.last_moment,
            "end_offset": partitions.end_offset,
            "exclusions": sorted(schedule.rules, key=str),
        }
    if isinstance(partitions, StaticPartitionsDefinition) and kind is StaticPartitionsDefinition:
        keys = partitions.get_partition_keys()
        return {"kind": "static", "keys": list(keys)} if len(keys) <= MANY else None
    if isinstance(partitions, DynamicPartitionsDefinition) and kind is DynamicPartitionsDefinition:
        return None if partitions.name is None else {"kind": "dynamic", "name": partitions.name}
    if isinstance(partitions, MultiPartitionsDefinition) and kind is MultiPartitionsDefinition:
        rules = {each.name: rule_of(each.partitions_def) for each in partitions.partitions_defs}
        return None if None in rules.values() else {"kind": "multi", "dimensions": rules}
    return None


def partitions_of(rule: Any) -> PartitionsDefinition | None:
    """The partitions that ``rule_of`` told of, or None where a later version told more than is known here."""
    match rule:
        case {"kind": "static", "keys": keys}:
            return StaticPartitionsDefinition(keys)
        case {"kind": "dynamic", "name": name}:
            return DynamicPartitionsDefinition(name=name)
        case {"kind": "multi", "dimensions": rules}:
            found = {name: partitions_of(each) for name, each in rules.items()}
            known = {name: each for name, each in found.items() if each is not None}
            return MultiPartitionsDefinition(known) if len(known) == len(found) else None
        case {"kind": str(name), "cron": str(cron), "start": int(start)} if name in _TIME:
            return _windows(_TIME[name], rule, cron, start)
        case _:
            return None


def _windows(
    kind: type[TimeWindowPartitionsDefinition], rule: Mapping[str, Any], cron: str, start: int
) -> TimeWindowPartitionsDefinition:
    end = rule["end"]
    exclusions = [each if isinstance(each, str) else aware(each, UTC) for each in rule["exclusions"]]
    made = object.__new__(kind)
    # Each class has arguments of its own, and all say what this one can say.
    TimeWindowPartitionsDefinition.__init__(
        made, aware(start, UTC), rule["fmt"], None if end is None else aware(end, UTC),
        timezone=rule["timezone"], end_offset=rule["end_offset"], cron_schedule=cron, exclusions=exclusions or None,
    )  # fmt: skip
    return made


# ---------------------------------------------------------------- mappings


def rule_of_mapping(mapping: PartitionMapping) -> dict[str, Any] | None:
    """A mapping as plain data, or None for a class of the user's."""
    kind = type(mapping)
    bare = next((name for name, each in _BARE.items() if each is kind), None)
    if bare is not None:
        return {"kind": bare}
    if isinstance(mapping, TimeWindowPartitionMapping) and kind is TimeWindowPartitionMapping:
        offsets = [mapping.start_offset, mapping.end_offset]
        return {"kind": "windows", "offsets": offsets, "lax": mapping.allow_nonexistent_upstream_partitions}
    if isinstance(mapping, SpecificPartitionsPartitionMapping) and kind is SpecificPartitionsPartitionMapping:
        return {"kind": "specific", "keys": list(mapping.partition_keys)}
    if isinstance(mapping, StaticPartitionMapping) and kind is StaticPartitionMapping:
        made_from = mapping.downstream_partition_keys_by_upstream_partition_key
        return {"kind": "static", "keys": {key: list(made) for key, made in made_from.items()}}
    if isinstance(mapping, MultiToSingleDimensionPartitionMapping) and kind is MultiToSingleDimensionPartitionMapping:
        return {"kind": "dimension", "name": mapping.partition_dimension_name}
    if isinstance(mapping, MultiPartitionMapping) and kind is MultiPartitionMapping:
        given = mapping.downstream_mappings_by_upstream_dimension
        parts = {name: [each.dimension_name, rule_of_mapping(each.partition_mapping)] for name, each in given.items()}
        return None if any(rule is None for _, rule in parts.values()) else {"kind": "dimensions", "parts": parts}
    return None


def mapping_of(rule: Any) -> PartitionMapping | None:
    """The mapping that ``rule_of_mapping`` told of, or None where a later version told more than is known here."""
    match rule:
        case {"kind": "windows", "offsets": [int(start), int(end)], "lax": lax}:
            return TimeWindowPartitionMapping(start, end, lax)
        case {"kind": "specific", "keys": keys}:
            return SpecificPartitionsPartitionMapping(keys)
        case {"kind": "static", "keys": keys}:
            return StaticPartitionMapping(keys)
        case {"kind": "dimension", "name": name}:
            return MultiToSingleDimensionPartitionMapping(name)
        case {"kind": "dimensions", "parts": parts}:
            found = {name: (dimension, mapping_of(each)) for name, (dimension, each) in parts.items()}
            known = {
                name: DimensionPartitionMapping(to, each) for name, (to, each) in found.items() if each is not None
            }
            return MultiPartitionMapping(known) if len(known) == len(found) else None
        case {"kind": str(kind)} if kind in _BARE:
            return _BARE[kind]()
        case _:
            return None
