"""When an asset may be made from itself."""

from __future__ import annotations

from lading.abc.partitions import PartitionMapping, PartitionsDefinition
from lading.errors import InvalidDefinitionError


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
        if mapping.looks_back_within(partitions):
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
