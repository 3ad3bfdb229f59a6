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

    def is_hole(self, start: int, stop: int) -> bool:
        """Return whether the places from start up to, not including, stop lie in a row and will never have a key."""
        ...

    def fingerprint(self) -> str:
        """Return a text that only equal axes share, by which a set can be kept."""
        ...

    def extends(self, fingerprint: str) -> bool:
        """Return whether each key of the axis that a fingerprint tells of has the same place on this one."""
        ...


class ListAxis:
    """An axis over a plain list of texts, in the order of the list.

    Args:
        keys: The keys, each once.
    """

    __slots__ = ("_fingerprint", "_keys", "_places")

    def __init__(self, keys: Iterable[str]) -> None:
        self._keys = tuple(keys)
        self._places: dict[str, int] | None = None
        self._fingerprint: str | None = None

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

    def is_hole(self, start: int, stop: int) -> bool:
        """Return False: each place of a list has a key, or is yet to have one."""
        return start >= stop

    def fingerprint(self) -> str:
        """Return the number of keys and a digest of them."""
        if self._fingerprint is None:
            self._fingerprint = _digest(self._keys)
        return self._fingerprint

    def extends(self, fingerprint: str) -> bool:
        """Return whether the list begins with all keys of the other."""
        if self._fingerprint == fingerprint:
            return True
        count = fingerprint.partition(":")[0]
        return count.isdecimal() and int(count) <= len(self._keys) and _digest(self._keys[: int(count)]) == fingerprint

    def __eq__(self, other: object) -> bool:
        return self is other or (isinstance(other, ListAxis) and self._keys == other._keys)

    def __hash__(self) -> int:
        return hash(self._keys)

    def __reduce__(self) -> tuple[type[ListAxis], tuple[tuple[str, ...]]]:
        return ListAxis, (self._keys,)


def _digest(keys: tuple[str, ...]) -> str:
    from hashlib import blake2b  # most lists are never told by it

    digest = blake2b("\0".join(keys).encode("utf-8", "surrogatepass"), digest_size=16)
    return f"{len(keys)}:{digest.hexdigest()}"
