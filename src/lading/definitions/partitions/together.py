"""The one partitions definition of assets that run together."""

from __future__ import annotations

from collections.abc import Iterable

from lading.abc.partitions import PartitionsDefinition
from lading.errors import InvalidDefinitionError


def shared_definition(definitions: Iterable[tuple[str, PartitionsDefinition | None]]) -> PartitionsDefinition | None:
    """The one partitions definition of all that run together.

    Raises:
        InvalidDefinitionError: There are two.
    """
    found: PartitionsDefinition | None = None
    owner = ""
    for name, each in definitions:
        if each is None:
            continue
        if found is not None and each is not found and each != found:
            raise InvalidDefinitionError(
                f'"{owner}" and "{name}" have different partitions and cannot share a run',
                where=f"{owner}: {found!r}; {name}: {each!r}",
                fix="run them apart, or give them one partitions_def",
            )
        found, owner = each, name
    return found
