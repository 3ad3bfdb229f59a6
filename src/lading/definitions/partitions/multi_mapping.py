"""Mappings from and to partitions with two dimensions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import product

from lading.abc.partitions import DynamicPartitionsStore, PartitionMapping, PartitionsDefinition, UpstreamKeys
from lading.definitions.partitions.mapping import AllPartitionMapping, IdentityPartitionMapping
from lading.definitions.partitions.multi import MultiPartitionsDefinition, PartitionDimensionDefinition
from lading.definitions.partitions.time import TimeWindowPartitionsDefinition
from lading.definitions.partitions.time_mapping import TimeWindowPartitionMapping
from lading.errors import InvalidDefinitionError
from lading.values.dataclass import dataclass
from lading.values.partitions import MultiPartitionKey


@dataclass(frozen=True, slots=True)
class DimensionPartitionMapping:
    """How one upstream dimension follows from a downstream dimension.

    Args:
        dimension_name: The downstream dimension.
        partition_mapping: How the keys follow.
    """

    dimension_name: str
    partition_mapping: PartitionMapping


@dataclass(frozen=True, slots=True)
class MultiToSingleDimensionPartitionMapping(PartitionMapping):
    """Joins partitions with two dimensions and partitions that are one of these dimensions, in either direction.

    Args:
        partition_dimension_name: The dimension to go by. Left out: the only one that fits.
    """

    partition_dimension_name: str | None = None

    def upstream_keys(
        self,
        downstream_keys: Sequence[str],
        downstream: PartitionsDefinition | None,
        upstream: PartitionsDefinition,
        now: datetime | None = None,
        store: DynamicPartitionsStore | None = None,
    ) -> UpstreamKeys:
        dimension = self._dimension(downstream, upstream)
        if isinstance(downstream, MultiPartitionsDefinition):
            texts = [
                downstream.get_partition_key_from_str(key).keys_by_dimension[dimension.name] for key in downstream_keys
            ]
            mapping = dimension_mapping(dimension.partitions_def, upstream)
            return mapping.upstream_keys(list(dict.fromkeys(texts)), dimension.partitions_def, upstream, now, store)
        assert isinstance(upstream, MultiPartitionsDefinition)
        assert downstream is not None
        mapping = dimension_mapping(downstream, dimension.partitions_def)
        along = mapping.upstream_keys(downstream_keys, downstream, dimension.partitions_def, now, store)
        other = next(part for part in upstream.partitions_defs if part.name != dimension.name)
        others = UpstreamKeys(list(other.partitions_def.get_partition_keys(now, store)))
        return crossed({dimension.name: along, other.name: others})

    def check(self, downstream: PartitionsDefinition | None, upstream: PartitionsDefinition) -> None:
        self._dimension(downstream, upstream)

    def _dimension(
        self, downstream: PartitionsDefinition | None, upstream: PartitionsDefinition
    ) -> PartitionDimensionDefinition:
        where = f"downstream {downstream!r}, upstream {upstream!r}"
        many, single = (
            (downstream, upstream) if isinstance(downstream, MultiPartitionsDefinition) else (upstream, downstream)
        )
        if (
            not isinstance(many, MultiPartitionsDefinition)
            or isinstance(single, MultiPartitionsDefinition)
            or single is None
        ):
            raise InvalidDefinitionError(
                "a MultiToSingleDimensionPartitionMapping needs two dimensions on one side and one on the other",
                where=where,
                fix="use MultiPartitionMapping({…}) between two dimensions and two",
            )
        found = [
            part for part in matching_dimensions(many, single) if self.partition_dimension_name in (None, part.name)
        ]
        if len(found) == 1:
            return found[0]
        raise InvalidDefinitionError(
            f"{'no' if not found else 'more than one'} dimension fits {single!r}",
            where=where,
            fix=f'name one of {", ".join(many.partition_dimension_names)} with partition_dimension_name="…", '
            "whose partitions are those of the other side",
        )


class MultiPartitionMapping(PartitionMapping):
    """Says for each upstream dimension from which downstream dimension, and how, its keys follow.

    Args:
        downstream_mappings_by_upstream_dimension: By the name of the upstream dimension; of a dimension that is not
            named, all keys are taken.
    """

    def __init__(self, downstream_mappings_by_upstream_dimension: Mapping[str, DimensionPartitionMapping]) -> None:
        self.downstream_mappings_by_upstream_dimension = dict(downstream_mappings_by_upstream_dimension)

    def upstream_keys(
        self,
        downstream_keys: Sequence[str],
        downstream: PartitionsDefinition | None,
        upstream: PartitionsDefinition,
        now: datetime | None = None,
        store: DynamicPartitionsStore | None = None,
    ) -> UpstreamKeys:
        below, above = self._both(downstream, upstream)
        known: dict[tuple[str, str], UpstreamKeys] = {}
        found: dict[str, None] = {}
        lacking: dict[str, None] = {}
        for key in downstream_keys:
            by_dimension = below.get_partition_key_from_str(key).keys_by_dimension
            parts: dict[str, UpstreamKeys] = {}
            for part in above.partitions_defs:
                along = self.downstream_mappings_by_upstream_dimension.get(part.name)
                text = "" if along is None else by_dimension[along.dimension_name]
                if (part.name, text) not in known:
                    known[part.name, text] = _along(along, text, below, part, now, store)
                parts[part.name] = known[part.name, text]
            made_from = crossed(parts)
            found |= dict.fromkeys(made_from.keys)
            lacking |= dict.fromkeys(made_from.nonexistent)
        return UpstreamKeys(list(found), list(lacking))

    def looks_back_within(self, partitions: PartitionsDefinition) -> bool:
        if not isinstance(partitions, MultiPartitionsDefinition):
            return False
        dimension = partitions.time_dimension
        along = self.downstream_mappings_by_upstream_dimension.get(dimension.name) if dimension else None
        if dimension is None or along is None or along.dimension_name != dimension.name:
            return False
        return along.partition_mapping.looks_back_within(dimension.partitions_def)

    def check(self, downstream: PartitionsDefinition | None, upstream: PartitionsDefinition) -> None:
        below, above = self._both(downstream, upstream)
        for name, along in self.downstream_mappings_by_upstream_dimension.items():
            along.partition_mapping.check(
                below.get_partitions_def_for_dimension(along.dimension_name),
                above.get_partitions_def_for_dimension(name),
            )

    def _both(
        self, downstream: PartitionsDefinition | None, upstream: PartitionsDefinition
    ) -> tuple[MultiPartitionsDefinition, MultiPartitionsDefinition]:
        if not isinstance(downstream, MultiPartitionsDefinition) or not isinstance(upstream, MultiPartitionsDefinition):
            raise InvalidDefinitionError(
                "a MultiPartitionMapping needs two dimensions on both sides",
                where=f"downstream {downstream!r}, upstream {upstream!r}",
                fix="use MultiToSingleDimensionPartitionMapping() where one side has one dimension",
            )
        for name, along in self.downstream_mappings_by_upstream_dimension.items():
            for side, asked in ((upstream, name), (downstream, along.dimension_name)):
                if asked not in side.partition_dimension_names:
                    raise InvalidDefinitionError(
                        f'there is no dimension "{asked}"',
                        where=repr(self),
                        fix=f"the dimensions are {' and '.join(side.partition_dimension_names)}",
                    )
        return downstream, upstream

    @property
    def _content(self) -> frozenset[tuple[str, DimensionPartitionMapping]]:
        return frozenset(self.downstream_mappings_by_upstream_dimension.items())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, MultiPartitionMapping) and self._content == other._content

    def __hash__(self) -> int:
        return hash(self._content)

    def __repr__(self) -> str:
        return f"MultiPartitionMapping({self.downstream_mappings_by_upstream_dimension!r})"


def matching_dimensions(
    many: MultiPartitionsDefinition, single: PartitionsDefinition
) -> list[PartitionDimensionDefinition]:
    """Return the dimensions that are the single one, or, if none is, that are windows of time like it."""
    equal = [part for part in many.partitions_defs if part.partitions_def == single]
    return equal or [
        part
        for part in many.partitions_defs
        if isinstance(part.partitions_def, TimeWindowPartitionsDefinition)
        and isinstance(single, TimeWindowPartitionsDefinition)
    ]


def dimension_mapping(downstream: PartitionsDefinition, upstream: PartitionsDefinition) -> PartitionMapping:
    """Return the mapping that is meant between two definitions without dimensions."""
    if isinstance(downstream, TimeWindowPartitionsDefinition) and isinstance(upstream, TimeWindowPartitionsDefinition):
        return TimeWindowPartitionMapping()
    return IdentityPartitionMapping()


def crossed(parts: Mapping[str, UpstreamKeys]) -> UpstreamKeys:
    """Return every key of one dimension with every key of the other."""
    names = sorted(parts)

    def pairs(rows: list[list[str]]) -> list[MultiPartitionKey]:
        return [MultiPartitionKey(dict(zip(names, keys, strict=True))) for keys in product(*rows)]

    keys: list[str] = [*pairs([parts[name].keys for name in names])]
    if not any(parts[name].nonexistent for name in names):
        return UpstreamKeys(keys)
    existing = set(keys)
    asked = pairs([[*parts[name].keys, *parts[name].nonexistent] for name in names])
    return UpstreamKeys(keys, [key for key in asked if key not in existing])


def _along(
    along: DimensionPartitionMapping | None,
    text: str,
    below: MultiPartitionsDefinition,
    part: PartitionDimensionDefinition,
    now: datetime | None,
    store: DynamicPartitionsStore | None,
) -> UpstreamKeys:
    if along is None:
        return AllPartitionMapping().upstream_keys([], None, part.partitions_def, now, store)
    own = below.get_partitions_def_for_dimension(along.dimension_name)
    return along.partition_mapping.upstream_keys([text], own, part.partitions_def, now, store)
