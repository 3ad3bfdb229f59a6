"""Mappings between partitions as plain data, kept so that what is stale can be told without user code."""

from __future__ import annotations

from typing import Any, Final

from lading.abc.partitions import PartitionMapping
from lading.definitions.partitions.mapping import (
    AllPartitionMapping,
    IdentityPartitionMapping,
    LastPartitionMapping,
    SpecificPartitionsPartitionMapping,
    StaticPartitionMapping,
)
from lading.definitions.partitions.multi_mapping import (
    DimensionPartitionMapping,
    MultiPartitionMapping,
    MultiToSingleDimensionPartitionMapping,
)
from lading.definitions.partitions.time_mapping import TimeWindowPartitionMapping

_BARE: Final[dict[str, type[PartitionMapping]]] = {
    "all": AllPartitionMapping,
    "identity": IdentityPartitionMapping,
    "last": LastPartitionMapping,
}


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
