"""Which mapping is meant where none is given, and when an asset may be made from itself."""

from __future__ import annotations

from lading.abc.partitions import PartitionMapping, PartitionsDefinition
from lading.definitions.partitions.mapping import AllPartitionMapping, IdentityPartitionMapping
from lading.definitions.partitions.multi import MultiPartitionsDefinition
from lading.definitions.partitions.multi_mapping import (
    MultiPartitionMapping,
    MultiToSingleDimensionPartitionMapping,
    dimension_mapping,
    matching_dimensions,
)
from lading.definitions.partitions.time_mapping import TimeWindowPartitionMapping
from lading.errors import InvalidDefinitionError


def default_mapping(downstream: PartitionsDefinition | None, upstream: PartitionsDefinition) -> PartitionMapping:
    """Return the mapping between two definitions where none is given.

    All partitions for a downstream asset without partitions; overlapping windows between windows of time; a slice
    between two dimensions and one of them; else the same key.

    Args:
        downstream: The partitions of the downstream asset, None if it has none.
        upstream: The partitions of the upstream asset.
    """
    if downstream is None:
        return AllPartitionMapping()
    if isinstance(downstream, MultiPartitionsDefinition) != isinstance(upstream, MultiPartitionsDefinition):
        many, single = (
            (downstream, upstream) if isinstance(downstream, MultiPartitionsDefinition) else (upstream, downstream)
        )
        assert isinstance(many, MultiPartitionsDefinition)
        if len(matching_dimensions(many, single)) == 1:
            return MultiToSingleDimensionPartitionMapping()
        return IdentityPartitionMapping()
    return dimension_mapping(downstream, upstream)


def check_self_dependency(mapping: PartitionMapping | None, partitions: PartitionsDefinition | None) -> None:
    """See that an asset that is made from itself is only made from earlier partitions of itself.

    Args:
        mapping: The mapping given for the dependency, if any.
        partitions: The partitions of the asset, if any.

    Raises:
        InvalidDefinitionError: It would be made from the very partition that is being made, or from later ones.
    """
    if mapping is not None and partitions is not None:
        mapping.check(partitions, partitions)
        if isinstance(mapping, TimeWindowPartitionMapping) and mapping.looks_back:
            return
        if isinstance(mapping, MultiPartitionMapping) and isinstance(partitions, MultiPartitionsDefinition):
            dimension = partitions.time_dimension
            along = dimension and mapping.downstream_mappings_by_upstream_dimension.get(dimension.name)
            inner = along.partition_mapping if along else None
            own = dimension is not None and along is not None and along.dimension_name == dimension.name
            if own and isinstance(inner, TimeWindowPartitionMapping) and inner.looks_back:
                return
    raise InvalidDefinitionError(
        "an asset can be made from itself only by way of earlier windows of time",
        where=f"mapping {mapping!r}",
        fix="give the dependency partition_mapping=TimeWindowPartitionMapping(start_offset=-1, end_offset=-1)",
    )


def check_made_from_itself(
    name: str, mapping: PartitionMapping | None, partitions: PartitionsDefinition | None, where: str
) -> None:
    """The same, said of an asset by its name.

    Raises:
        InvalidDefinitionError: It would be made from the very partition that is being made, or from later ones.
    """
    try:
        check_self_dependency(mapping, partitions)
    except InvalidDefinitionError as error:
        raise InvalidDefinitionError(
            f'asset "{name}" depends on itself: {error.what}', where=where, fix=error.fix
        ) from error
