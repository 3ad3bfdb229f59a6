"""The places of pairs of keys."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

from lading.values.axis import Axis, Run
from lading.values.partitions import SEPARATOR, MultiPartitionKey

# Each row owns this many places, so that a row that grows moves no other.
_STRIDE = 1 << 32


class MultiAxis:
    """The places of pairs of keys: those of one dimension are rows, those of the other the places within a row.

    Args:
        names: The names of the dimensions, sorted.
        first: The places of the first dimension.
        second: The places of the second dimension.
        rows: Which dimension makes the rows, 0 or 1.
    """

    __slots__ = ("_axes", "_last", "_names", "_rows")

    def __init__(self, names: tuple[str, str], first: Axis, second: Axis, rows: int) -> None:
        self._names = names
        self._axes = (first, second)
        self._rows = rows
        # Where one key follows the other, mostly one of its two parts stays the same.
        self._last: list[tuple[str | None, int | None]] = [(None, None), (None, None)]

    def ordinal_of(self, key: str) -> int | None:
        first, separator, second = key.partition(SEPARATOR)
        if not separator:
            return None
        places = self._place(0, first), self._place(1, second)
        row, place = places[self._rows], places[1 - self._rows]
        return None if row is None or place is None else row * _STRIDE + place

    def _place(self, dimension: int, key: str) -> int | None:
        last = self._last[dimension]
        if last[0] != key:
            last = self._last[dimension] = key, self._axes[dimension].ordinal_of(key)
        return last[1]

    def key_of(self, ordinal: int) -> str:
        row, place = divmod(ordinal, _STRIDE)
        return self._key(self._axes[self._rows].key_of(row), self._axes[1 - self._rows].key_of(place))

    def keys_between(self, start: int, stop: int) -> Iterable[str]:
        row, place = divmod(start, _STRIDE)
        name = self._axes[self._rows].key_of(row)
        return [self._key(name, key) for key in self._axes[1 - self._rows].keys_between(place, place + stop - start)]

    def extents(self) -> Sequence[Run]:
        within = self._axes[1 - self._rows].extents()
        return [
            (row * _STRIDE + start, row * _STRIDE + stop)
            for first, last in self._axes[self._rows].extents()
            for row in range(first, last)
            for start, stop in within
        ]

    def count(self) -> int:
        return self._axes[0].count() * self._axes[1].count()

    def is_hole(self, start: int, stop: int) -> bool:
        # Rows do not follow each other in any order that a range could mean.
        row, place = divmod(start, _STRIDE)
        return start >= stop or (
            row == (stop - 1) // _STRIDE and self._axes[1 - self._rows].is_hole(place, place + stop - start)
        )

    def fingerprint(self) -> str:
        return json.dumps([*self._names, self._rows, *(axis.fingerprint() for axis in self._axes)])

    def extends(self, fingerprint: str) -> bool:
        if not fingerprint.startswith("["):
            return False
        told = json.loads(fingerprint)
        return told[:3] == [*self._names, self._rows] and all(
            axis.extends(part) for axis, part in zip(self._axes, told[3:], strict=True)
        )

    def _key(self, of_row: str, within: str) -> MultiPartitionKey:
        return MultiPartitionKey({self._names[self._rows]: of_row, self._names[1 - self._rows]: within})

    @property
    def _content(self) -> tuple[tuple[str, str], Axis, Axis, int]:
        return self._names, *self._axes, self._rows

    def __eq__(self, other: object) -> bool:
        return isinstance(other, MultiAxis) and self._content == other._content

    def __hash__(self) -> int:
        return hash(self._content)

    def __reduce__(self) -> tuple[type[MultiAxis], tuple[tuple[str, str], Axis, Axis, int]]:
        return MultiAxis, self._content
