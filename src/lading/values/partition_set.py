"""Which partitions: a set of keys kept as runs of ordinals.

A definition of partitions gives each key an ordinal (its *axis*). Keys that belong together in practice, "all days up
to last Tuesday", are then one pair of numbers, so that a million partitions cost no more than a few.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from collections.abc import Set as AbstractSet
from itertools import islice
from operator import gt
from typing import Any, TypeVar

from lading.errors import CheckError
from lading.values.axis import Axis, Run
from lading.values.partitions import PartitionKeyRange

_T = TypeVar("_T")
# So many keys are compared with those of the axis at once; of so few each is looked up.
_CHUNK, _FEW = 1024, 4


class PartitionSet(AbstractSet[str]):
    """A frozen set of partition keys, equal to the plain set of the same texts.

    Operators between two sets over the same axis stay runs of ordinals; with any other set they give a frozenset.

    Args:
        axis: Gives every key its place.
        runs: Pairs ``(start, stop)`` of places, stop not included; in any order, they may overlap.
    """

    __slots__ = ("_axis", "_size", "_starts", "_stops")

    def __init__(self, axis: Axis, runs: Iterable[Run] = ()) -> None:
        starts, stops = array("q"), array("q")
        for start, stop in sorted(run for run in runs if run[0] < run[1]):
            if stops and start <= stops[-1]:
                stops[-1] = max(stop, stops[-1])
            else:
                starts.append(start)
                stops.append(stop)
        self._axis = axis
        self._starts = starts
        self._stops = stops
        self._size = sum(stops) - sum(starts)

    @classmethod
    def of(cls, axis: Axis, keys: Iterable[str]) -> PartitionSet:
        """Return the set of these keys.

        Raises:
            CheckError: A key has no place on the axis.
        """
        places = (_place(axis, key) for key in keys)
        return cls(axis, ((place, place + 1) for place in places))

    @classmethod
    def placed(cls, axis: Axis, keys: Iterable[str]) -> PartitionSet:
        """Return the set of those of the keys that have a place on the axis."""
        return cls(axis, _runs_of(axis, list(keys)))

    @classmethod
    def all(cls, axis: Axis) -> PartitionSet:
        """Return the set of all keys that exist now."""
        return cls(axis, axis.extents())

    def on(self, axis: Axis) -> PartitionSet:
        """Return the same set over an axis that gives its keys the same places, and may know of more keys by now."""
        same = PartitionSet(axis)
        same._starts, same._stops, same._size = self._starts, self._stops, self._size
        return same

    @property
    def axis(self) -> Axis:
        """What gives every key its place."""
        return self._axis

    @property
    def runs(self) -> list[Run]:
        """Sorted, disjoint pairs ``(start, stop)`` of places, stop not included."""
        return list(zip(self._starts, self._stops, strict=True))

    # ------------------------------------------------------------ questions

    def __contains__(self, key: object) -> bool:
        if not isinstance(key, str):
            return False
        place = self._axis.ordinal_of(key)
        if place is None:
            return False
        index = bisect_right(self._starts, place) - 1
        return index >= 0 and place < self._stops[index]

    def __iter__(self) -> Iterator[str]:
        for start, stop in zip(self._starts, self._stops, strict=True):
            yield from self._axis.keys_between(start, stop)

    def __len__(self) -> int:
        return self._size

    def __eq__(self, other: object) -> bool:
        if isinstance(other, PartitionSet) and self._axis == other._axis:
            return self._starts == other._starts and self._stops == other._stops
        return super().__eq__(other)

    def __le__(self, other: AbstractSet[Any]) -> bool:
        alike = _on_axis(self._axis, other)
        return super().__le__(other) if alike is None else not self._combined(alike, gt)

    def __ge__(self, other: AbstractSet[Any]) -> bool:
        alike = _on_axis(self._axis, other)
        return super().__ge__(other) if alike is None else not alike._combined(self, gt)

    def isdisjoint(self, other: Iterable[Any]) -> bool:
        """Return whether they have no key in common."""
        alike = _on_axis(self._axis, other)
        return super().isdisjoint(other) if alike is None else not self._combined(alike, bool.__and__)

    def issubset(self, other: Iterable[Any]) -> bool:
        """Return whether all keys are in the other."""
        return self <= (other if isinstance(other, AbstractSet) else frozenset(other))

    def issuperset(self, other: Iterable[Any]) -> bool:
        """Return whether all keys of the other are here."""
        return self >= (other if isinstance(other, AbstractSet) else frozenset(other))

    __hash__ = None  # pyright: ignore[reportAssignmentType] # as for any Set that is equal to plain sets

    def __repr__(self) -> str:
        shown = [start if start == end else f"{start}..{end}" for start, end in self.ranges(6)]
        more = ", …" if len(shown) > 5 else ""
        return f"PartitionSet({self._size}: {', '.join(shown[:5])}{more})"

    def first(self, limit: int, after: str | None = None) -> list[str]:
        """Return the first keys in the order of the axis.

        Args:
            limit: How many at most.
            after: Only keys behind this one; it need not be in the set.

        Raises:
            CheckError: ``after`` has no place on the axis.
        """
        floor = None if after is None else _place(self._axis, after) + 1
        found: list[str] = []
        for start, stop in self._runs_from(floor):
            if len(found) >= limit:
                break
            found.extend(self._axis.keys_between(start, min(stop, start + limit - len(found))))
        return found

    def last(self) -> str | None:
        """Return the last key in the order of the axis, or None."""
        return self._axis.key_of(self._stops[-1] - 1) if self._size else None

    def ranges(self, limit: int | None = None) -> list[PartitionKeyRange]:
        """Return the ranges of keys that follow each other, both ends included.

        Args:
            limit: The first so many; left out: all.
        """
        return list(islice(self._key_ranges(), limit))

    def count_ranges(self) -> int:
        """Return how many ranges there are."""
        return sum(1 for _ in self._spans())

    def missing(self) -> PartitionSet:
        """Return the keys that exist now and are not in this set."""
        return PartitionSet.all(self._axis) - self

    def next_missing(self, limit: int, after: str | None = None) -> list[str]:
        """Return the first keys that exist now and are not in this set; see ``first``."""
        floor = None if after is None else _place(self._axis, after) + 1
        found: list[str] = []
        edges = [edge for run in self._axis.extents() for edge in run]
        for start, stop in _combine(edges, self._edges(), gt):
            if len(found) >= limit:
                break
            low = start if floor is None else max(start, floor)
            if low < stop:
                found.extend(self._axis.keys_between(low, min(stop, low + limit - len(found))))
        return found

    def missing_ranges(self, limit: int | None = None) -> list[PartitionKeyRange]:
        """Return the ranges of keys that exist now and are not in this set; see ``ranges``."""
        return self.missing().ranges(limit)

    # ------------------------------------------------------------ new sets

    def add(self, key: str) -> PartitionSet:
        """Return a set that also holds this key.

        Raises:
            CheckError: The key has no place on the axis.
        """
        place = _place(self._axis, key)
        index = bisect_right(self._starts, place)
        if index and place < self._stops[index - 1]:
            return self
        return PartitionSet(self._axis, [*self.runs[:index], (place, place + 1), *self.runs[index:]])

    def union(self, keys: Iterable[str]) -> PartitionSet:
        """Return a set that also holds these keys.

        Raises:
            CheckError: A key has no place on the axis.
        """
        alike = _on_axis(self._axis, keys)
        return self._combined(PartitionSet.of(self._axis, keys) if alike is None else alike, bool.__or__)

    def difference(self, keys: Iterable[str]) -> PartitionSet:
        """Return a set without these keys; keys that have no place on the axis change nothing."""
        other = _on_axis(self._axis, keys)
        if other is None:
            places = (place for place in map(self._axis.ordinal_of, keys) if place is not None)
            other = PartitionSet(self._axis, ((place, place + 1) for place in places))
        return self._combined(other, gt)

    def __or__(self, other: AbstractSet[Any]) -> Any:
        alike = _on_axis(self._axis, other)
        return frozenset(self) | other if alike is None else self._combined(alike, bool.__or__)

    def __and__(self, other: AbstractSet[Any]) -> Any:
        alike = _on_axis(self._axis, other)
        return frozenset(self) & other if alike is None else self._combined(alike, bool.__and__)

    def __sub__(self, other: AbstractSet[Any]) -> Any:
        alike = _on_axis(self._axis, other)
        return frozenset(self) - other if alike is None else self._combined(alike, gt)

    def __xor__(self, other: AbstractSet[Any]) -> Any:
        alike = _on_axis(self._axis, other)
        return frozenset(self) ^ other if alike is None else self._combined(alike, bool.__xor__)

    @classmethod
    def _from_iterable(cls, it: Iterable[_T]) -> frozenset[_T]:
        return frozenset(it)

    def __reduce__(self) -> tuple[Any, ...]:
        return PartitionSet, (self._axis, self.runs)

    # ------------------------------------------------------------ runs

    def _combined(self, other: PartitionSet, wanted: Callable[[bool, bool], bool]) -> PartitionSet:
        return PartitionSet(self._axis, _combine(self._edges(), other._edges(), wanted))

    def _edges(self) -> list[int]:
        return [edge for run in zip(self._starts, self._stops, strict=True) for edge in run]

    def _runs_from(self, floor: int | None) -> Iterator[Run]:
        if floor is None:
            yield from zip(self._starts, self._stops, strict=True)
            return
        for index in range(bisect_right(self._stops, floor), len(self._starts)):
            yield max(self._starts[index], floor), self._stops[index]

    def _spans(self) -> Iterator[Run]:
        """The runs, those joined between which there never is a key."""
        runs = zip(self._starts, self._stops, strict=True)
        first = next(runs, None)
        if first is None:
            return
        start, stop = first
        is_hole = self._axis.is_hole
        for low, high in runs:
            if not is_hole(stop, low):
                yield start, stop
                start = low
            stop = high
        yield start, stop

    def _key_ranges(self) -> Iterator[PartitionKeyRange]:
        key_of = self._axis.key_of
        for start, stop in self._spans():
            first = key_of(start)
            yield PartitionKeyRange(first, first if stop == start + 1 else key_of(stop - 1))


def _combine(left: list[int], right: list[int], wanted: Callable[[bool, bool], bool]) -> Iterator[Run]:
    """Sweep over the edges of two sets of runs; an odd number of edges behind us means that we are inside."""
    beyond = max(left[-1] if left else 0, right[-1] if right else 0) + 1
    left, right = [*left, beyond], [*right, beyond]
    i = j = 0
    inside, since = False, 0
    while (at := min(left[i], right[j])) != beyond:
        i += left[i] == at
        j += right[j] == at
        now = wanted(i % 2 == 1, j % 2 == 1)
        if now and not inside:
            since = at
        elif inside and not now:
            yield since, at
        inside = now


def _on_axis(axis: Axis, keys: Iterable[str]) -> PartitionSet | None:
    return keys if isinstance(keys, PartitionSet) and keys.axis == axis else None


def _place(axis: Axis, key: str) -> int:
    place = axis.ordinal_of(key)
    if place is None:
        first = next(iter(PartitionSet.all(axis)), None)
        raise CheckError(
            f"{key!r} is no key of these partitions",
            where="PartitionSet",
            fix=f"keys look like {first!r}" if first is not None else "there are no partitions yet",
        )
    return place


def _runs_of(axis: Axis, keys: list[str]) -> Iterator[Run]:
    """Yield the places of keys; where the keys are those that the axis has in a row, no key is looked at alone."""
    for low in range(0, len(keys), _CHUNK):
        yield from _runs_of_chunk(axis, keys[low : low + _CHUNK])


def _runs_of_chunk(axis: Axis, keys: list[str]) -> Iterator[Run]:
    count = len(keys)
    if count > _FEW:
        first, last = axis.ordinal_of(keys[0]), axis.ordinal_of(keys[-1])
        if (
            first is not None
            and last is not None
            and last - first == count - 1
            and list(axis.keys_between(first, last + 1)) == keys
        ):
            yield first, last + 1
            return
        yield from _runs_of_chunk(axis, keys[: count // 2])
        yield from _runs_of_chunk(axis, keys[count // 2 :])
        return
    for key in keys:
        place = axis.ordinal_of(key)
        if place is not None:
            yield place, place + 1
