"""Which mapping is meant where none is given."""

from __future__ import annotations

from lading.abc.partitions import PartitionMapping, PartitionsDefinition
from lading.definitions.partitions.mapping import AllPartitionMapping, IdentityPartitionMapping
from lading.definitions.partitions.multi import MultiPartitionsDefinition
from lading.definitions.partitions.multi_mapping import (
    MultiToSingleDimensionPartitionMapping,
    dimension_mapping,
    matching_dimensions,
)


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
