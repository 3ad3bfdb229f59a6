"""Partition values: keys of several dimensions, ranges of keys, and spans of time."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple, Self

SEPARATOR = "|"


class MultiPartitionKey(str):
    """The key of a partition with several dimensions.

    It is the text of its values, joined by ``|`` in alphabetical order of the dimension names, and is equal to that
    text; the values stay readable by dimension.

    Args:
        keys_by_dimension: The key within each dimension.
    """

    __slots__ = ("_items",)
    _items: tuple[tuple[str, str], ...]

    def __new__(cls, keys_by_dimension: Mapping[str, str]) -> Self:
        items = tuple(sorted(keys_by_dimension.items()))
        key = super().__new__(cls, SEPARATOR.join([value for _, value in items]))
        key._items = items
        return key

    @property
    def keys_by_dimension(self) -> dict[str, str]:
        """The key within each dimension, by the name of the dimension."""
        return dict(self._items)

    def __repr__(self) -> str:
        return f"MultiPartitionKey({dict(self._items)!r})"

    def __reduce__(self) -> tuple[type[MultiPartitionKey], tuple[dict[str, str]]]:
        return MultiPartitionKey, (dict(self._items),)


class PartitionKeyRange(NamedTuple):
    """All partitions from one key to another, both included, in the order of their definition."""

    start: str
    end: str


class TimeWindow(NamedTuple):
    """A span of time: ``start`` belongs to it, ``end`` does not."""

    start: datetime
    end: datetime
