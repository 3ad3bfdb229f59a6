"""Partitions with a fixed list of keys."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from lading.abc.partitions import DynamicPartitionsStore, PartitionsDefinition
from lading.definitions.partitions.near import near_text
from lading.errors import CheckError, InvalidDefinitionError
from lading.values.axis import ListAxis

# They would break tables, logs and the notation of ranges.
_FORBIDDEN = ("...", "\a", "\b", "\f", "\n", "\r", "\t", "\v", "\0")
_SHOWN = 5


def check_keys(keys: Iterable[object], where: str) -> tuple[str, ...]:
    """Return the keys if each is a text that can be a key and none comes twice.

    Raises:
        CheckError: A key is no text.
        InvalidDefinitionError: A key holds a forbidden character, or comes twice.
    """
    seen: dict[str, None] = {}
    for key in keys:
        if not isinstance(key, str):
            raise CheckError(f"a partition key is a text, not {key!r}", where=where, fix=f'write "{key}"')
        if found := next((text for text in _FORBIDDEN if text in key), None):
            raise InvalidDefinitionError(
                f"the partition key {key!r} holds {found!r}", where=where, fix="use another character in its place"
            )
        if key in seen:
            raise InvalidDefinitionError(f'the partition key "{key}" comes twice', where=where, fix="leave one out")
        seen[key] = None
    return tuple(seen)


class StaticPartitionsDefinition(PartitionsDefinition):
    """Partitions with a fixed list of keys, in this order.

    Args:
        partition_keys: The keys, each once.

    Raises:
        CheckError: A key is no text.
        InvalidDefinitionError: A key comes twice, or holds ``...`` or a control character.
    """

    def __init__(self, partition_keys: Sequence[str]) -> None:
        if isinstance(partition_keys, str):
            raise CheckError(
                "partition_keys is a list of texts, not one text",
                where="StaticPartitionsDefinition",
                fix=f'write ["{partition_keys}"]',
            )
        self._axis = ListAxis(check_keys(partition_keys, "StaticPartitionsDefinition"))

    def axis(
        self, current_time: datetime | None = None, dynamic_partitions_store: DynamicPartitionsStore | None = None
    ) -> ListAxis:
        return self._axis

    def get_partition_keys(
        self, current_time: datetime | None = None, dynamic_partitions_store: DynamicPartitionsStore | None = None
    ) -> Sequence[str]:
        return list(self._axis.keys)

    def describe_keys(self) -> str:
        return describe_list(self._axis.keys)

    def nearest(
        self,
        key: str,
        current_time: datetime | None = None,
        dynamic_partitions_store: DynamicPartitionsStore | None = None,
    ) -> str | None:
        return near_text(key, self._axis.keys)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, StaticPartitionsDefinition) and self._axis == other._axis

    def __hash__(self) -> int:
        return hash(self._axis)

    def __repr__(self) -> str:
        keys = self._axis.keys
        shown = ", ".join(map(repr, keys[:_SHOWN]))
        return f"StaticPartitionsDefinition([{shown}{f', … {len(keys)} keys' if len(keys) > _SHOWN else ''}])"


def describe_list(keys: Sequence[str]) -> str:
    """Return a few words on a list of keys."""
    if not keys:
        return "there are no partitions yet"
    shown = ", ".join(f'"{key}"' for key in keys[:_SHOWN])
    return f"the keys are {shown}" if len(keys) <= _SHOWN else f"there are {len(keys)} keys: {shown}, …"
