"""The axis of partitions: which place each key has."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

Run = tuple[int, int]


class Axis(Protocol):
    """Gives every key a place. Two axes are equal if they give the same place to the same key."""

    def ordinal_of(self, key: str) -> int | None:
        """Return the place of the key, or None if it has none; a key that is still to come may have one."""
        ...

    def key_of(self, ordinal: int) -> str:
        """Return the key at this place."""
        ...

    def keys_between(self, start: int, stop: int) -> Iterable[str]:
        """Return the keys of the places from start up to, not including, stop."""
        ...

    def extents(self) -> Sequence[Run]:
        """Return the runs of places whose keys exist now, sorted and disjoint."""
        ...

    def count(self) -> int:
        """Return how many keys exist now."""
        ...

    def fingerprint(self) -> str | None:
        """Return a text that only equal axes share, by which a set can be kept; None where that costs too much."""
        ...


class ListAxis:
    """An axis over a plain list of texts, in the order of the list.

    Args:
        keys: The keys, each once.
    """

    __slots__ = ("_keys", "_places")

    def __init__(self, keys: Iterable[str]) -> None:
        self._keys = tuple(keys)
        self._places: dict[str, int] | None = None

    @property
    def keys(self) -> tuple[str, ...]:
        """All keys in their order."""
        return self._keys

    def ordinal_of(self, key: str) -> int | None:
        """Return the place of the key in the list, or None."""
        if self._places is None:
            self._places = {known: place for place, known in enumerate(self._keys)}
        return self._places.get(key)

    def key_of(self, ordinal: int) -> str:
        """Return the key at this place."""
        return self._keys[ordinal]

    def keys_between(self, start: int, stop: int) -> Iterable[str]:
        """Return a slice of the list."""
        return self._keys[start:stop]

    def extents(self) -> Sequence[Run]:
        """Return one run over the whole list."""
        return ((0, len(self._keys)),) if self._keys else ()

    def count(self) -> int:
        """Return the length of the list."""
        return len(self._keys)

    def fingerprint(self) -> str | None:
        """Return None: finding a place in a list costs less than telling whether it is the same list."""
        return None

    def __eq__(self, other: object) -> bool:
        return self is other or (isinstance(other, ListAxis) and self._keys == other._keys)

    def __hash__(self) -> int:
        return hash(self._keys)

    def __reduce__(self) -> tuple[type[ListAxis], tuple[tuple[str, ...]]]:
        return ListAxis, (self._keys,)
