"""Seconds and time zones: local clock time to points in time and back, with the jumps of daylight saving.

Points in time are whole seconds since 1970 UTC. Local times are the same number for what a clock on the wall shows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache
from threading import Lock
from typing import Generic, Protocol, TypeVar

from lading.errors import UnknownTimeZoneError

DAY = 86_400
_HOUR = 3_600
NAIVE_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - local times are naive on purpose
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@lru_cache(maxsize=256)
def load_zone(name: str) -> tzinfo:
    """Return the time zone of this name.

    Raises:
        UnknownTimeZoneError: There is none; it is a KeyError too.
    """
    if name == "UTC":
        return UTC
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise UnknownTimeZoneError(
            f'there is no time zone "{name}"',
            where="timezone=",
            fix='use a name such as "Europe/Berlin" or "UTC"; systems without zone data need `pip install tzdata`',
        ) from error


def moment(when: datetime, zone: tzinfo) -> float:
    """Return the point in time of a datetime; a naive one is read in the zone."""
    return (when if when.tzinfo is not None else when.replace(tzinfo=zone)).timestamp()


def aware(at: int, zone: tzinfo) -> datetime:
    """Return the point in time as a datetime in the zone."""
    utc = EPOCH + timedelta(seconds=at)
    return utc if zone is UTC else utc.astimezone(zone)


def offset_at(at: int, zone: tzinfo) -> int:
    """Return how many seconds local time is ahead of UTC at a point in time."""
    return 0 if zone is UTC else _seconds(aware(at, zone).utcoffset())


def local_seconds(when: datetime) -> int:
    """Return the local time that a naive datetime shows."""
    since = when - NAIVE_EPOCH
    return since.days * DAY + since.seconds


def instant(local: int, zone: tzinfo) -> int:
    """Return the first point in time of a local time; one that is skipped in spring stands for the end of the gap."""
    return local if zone is UTC else _instant(local, zone, later=False)


def boundary(local: int, zone: tzinfo) -> int:
    """Return the point in time at which a window begins that begins at a local time.

    A time that is skipped in spring stands for the end of the gap. Of one that is repeated in autumn the second counts,
    except around midnight: a day begins with its first midnight.
    """
    return local if zone is UTC else _instant(local, zone, later=_HOUR <= local % DAY < 23 * _HOUR)


@lru_cache(maxsize=16_384)  # a zone's answer costs ten times a look into the cache, and the same midnights come again
def _instant(local: int, zone: tzinfo, *, later: bool) -> int:
    shown = (NAIVE_EPOCH + timedelta(seconds=local)).replace(tzinfo=zone)
    before, after = _seconds(shown.utcoffset()), _seconds(shown.replace(fold=1).utcoffset())
    if before == after:
        return local - before
    if before < after:
        return _first_change(local - after, local - before, zone)
    return local - (after if later else before)


@lru_cache(maxsize=4096)
def changes_in(year: int, zone: tzinfo) -> tuple[int, ...]:
    """Return the points in time of a (UTC) year at which the offset of the zone changes, in order."""
    at, end = _year_start(year), _year_start(year + 1)
    found: list[int] = []
    while at < end:
        step = min(at + 3 * DAY, end)
        if offset_at(at - 1, zone) != offset_at(step - 1, zone):
            found.append(_first_change(at - 1, step - 1, zone))
        at = step
    return tuple(found)


def repeats_between(low: int, high: int, zone: tzinfo) -> Iterator[tuple[int, int]]:
    """Yield the spans of time, as far as they touch the one given, in which a clock shows what it has shown before."""
    for year in range(year_of(low - DAY), year_of(high) + 1):
        for change in changes_in(year, zone):
            end = change + offset_at(change - 1, zone) - offset_at(change, zone)
            if low < end and change < min(end, high):
                yield change, end


def year_of(at: int) -> int:
    """Return the UTC year of a point in time."""
    return (EPOCH + timedelta(seconds=at)).year


def _year_start(year: int) -> int:
    return local_seconds(datetime(year, 1, 1))  # noqa: DTZ001 - UTC, as whole seconds


def _first_change(low: int, high: int, zone: tzinfo) -> int:
    """Return the first point in time after ``low``, up to ``high``, whose offset is not that of ``low``."""
    offset = offset_at(low, zone)
    while high - low > 1:
        middle = (low + high) // 2
        if offset_at(middle, zone) == offset:
            low = middle
        else:
            high = middle
    return high


def _seconds(offset: timedelta | None) -> int:
    assert offset is not None
    return offset.days * DAY + offset.seconds


# ---------------------------------------------------------------- what is known year by year


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
    """A table about the changes of a zone's offset that grows year by year, in both directions, as far as it is asked.

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
