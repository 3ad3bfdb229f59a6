"""A table about the changes of a zone's offset that grows year by year, in both directions, as far as it is asked."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock
from typing import Generic, Protocol, TypeVar


class Covered(Protocol):
    """What such a table must say of itself."""

    @property
    def years(self) -> tuple[int, int]:
        """The first and the last year covered."""
        ...

    @property
    def span(self) -> tuple[int, int]:
        """From when until when that is."""
        ...


T = TypeVar("T", bound=Covered)


class Years(Generic[T]):
    """The newest version of a table.

    Args:
        known: The table to begin with.
        later: Gives the table with one more year at its end.
        earlier: Gives the table with one more year at its beginning.
    """

    __slots__ = ("_earlier", "_growing", "_known", "_later")

    def __init__(self, known: T, later: Callable[[T], T], earlier: Callable[[T], T]) -> None:
        self._known = known
        self._later = later
        self._earlier = earlier
        self._growing = Lock()

    def covering(self, low: int, high: int) -> T:
        """Return a table that covers two points in time."""
        known = self._known
        if known.span[0] <= low and high < known.span[1]:
            return known
        # Definitions are shared by threads.
        with self._growing:
            known = self._known
            while high >= known.span[1]:
                known = self._later(known)
            while low < known.span[0]:
                known = self._earlier(known)
            self._known = known
        return known
