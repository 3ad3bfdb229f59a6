"""A schedule counts its windows from a start: ordinal to key and back, without listing any."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, tzinfo
from functools import cached_property
from itertools import islice
from typing import Any

from lading.definitions.partitions.cron import ticks_of
from lading.definitions.partitions.exclusions import Holes, Rule
from lading.definitions.partitions.key_text import read, show, show_all
from lading.definitions.partitions.ticks import Ticks
from lading.definitions.partitions.zones import DAY, load_zone, repeats_between
from lading.errors import CheckError
from lading.values.axis import Run
from lading.values.dataclass import dataclass

# Keys this far beyond what exists have no place, so that nonsense such as the year 9999 costs nothing.
_HORIZON = 3660 * DAY
# Where everything is left out, the search for the next window ends here.
_WIDEST_HOLE = 2_500


@dataclass(frozen=True)
class Schedule:
    """The windows of a schedule, numbered from 0 at the first one that begins at or after the start.

    Attributes:
        cron: When windows begin, as ``normal_cron`` gives it.
        timezone: The zone in which that is meant.
        fmt: How keys are written.
        start: The point in time before which there is no window.
        rules: Windows that are left out; they keep their ordinals.
    """

    cron: str
    timezone: str
    fmt: str
    start: int
    rules: frozenset[Rule]

    @cached_property
    def zone(self) -> tzinfo:
        """The time zone."""
        return load_zone(self.timezone)

    @cached_property
    def ticks(self) -> Ticks:
        """When windows begin."""
        return ticks_of(self.cron, self.timezone, self.start)

    @cached_property
    def first(self) -> int:
        """The index of the tick that has ordinal 0."""
        return self.ticks.index(self.start)

    @cached_property
    def holes(self) -> Holes | None:
        """The windows that are left out."""
        return Holes(self.rules, self.ticks, self.cron, self.first, self.timezone) if self.rules else None

    @cached_property
    def told(self) -> str:
        """All that its ordinals follow from, in a text."""
        return repr((self.cron, self.timezone, self.fmt, self.start, sorted(map(repr, self.rules))))

    def at(self, ordinal: int) -> int:
        """Return the start of the window of this ordinal."""
        return self.ticks.at(self.first + ordinal)

    def ordinal_from(self, moment: int) -> int:
        """Return the ordinal of the first window that begins at or after the moment."""
        return self.ticks.index(moment) - self.first

    def ended_by(self, moment: int) -> int:
        """Return how many windows have ended by the moment; below zero before the start."""
        return self.ordinal_from(moment + 1) - 1

    # ------------------------------------------------------------ keys

    def key(self, ordinal: int) -> str:
        """Return the key of the window of this ordinal."""
        return show(self.at(ordinal), self.fmt, self.zone, tells_repeats=self.ticks.tells_repeats)

    def ordinal_of_text(self, text: str) -> int:
        """Return the ordinal of the window that a text in the key format names; it need not exist.

        Raises:
            CheckError: The text is not in the format, or out of the calendar.
        """
        try:
            return self.ordinal_from(read(text, self.fmt, self.zone))
        except CheckError:
            raise
        except (OverflowError, ValueError) as error:
            raise CheckError(
                f'"{text}" is out of the calendar', where=f'"{text}"', fix="use a year from 1900 to 9000"
            ) from error

    def horizon(self, stop: int) -> int:
        """Return the point in time up to which keys have an ordinal, some years beyond the last that exists."""
        return max(self.at(stop), self.start) + _HORIZON

    def ordinal_of_key(self, key: str, horizon: int) -> int | None:
        """Return the ordinal of a key in its one right spelling, or None."""
        try:
            at = read(key, self.fmt, self.zone)
            # A key names the day or month of its window; that may begin some time before the window itself.
            if not self.start - 400 * DAY <= at <= horizon:
                return None
            ordinal = self.ordinal_from(at)
        except (ValueError, OverflowError):
            return None
        if ordinal < 0 or self.key(ordinal) != key or (self.holes is not None and self.holes.holds(ordinal)):
            return None
        return ordinal

    def keys_between(self, start: int, stop: int) -> Sequence[str]:
        """Return the keys of the ordinals from start up to, not including, stop; left out ones too."""
        first, ticks = self.first, self.ticks
        keys = show_all(ticks.shown(first + start, first + stop), self.fmt) if start < stop else []
        if keys is None:
            return [self.key(ordinal) for ordinal in range(start, stop)]
        if ticks.tells_repeats and self.zone is not UTC and keys:
            for low, high in repeats_between(self.at(start), self.at(stop - 1) + 1, self.zone):
                places = (ticks.index(moment) - first for moment in (low, high))
                for ordinal in range(*(min(max(place, start), stop) for place in places)):
                    keys[ordinal - start] = self.key(ordinal)
        return keys

    # ------------------------------------------------------------ what exists

    def stop(self, now: int, end: int | None, end_offset: int) -> int:
        """Return the ordinal after the last window that exists.

        Args:
            now: Windows must have ended by now.
            end: And by this point in time, if there is one.
            end_offset: This many existing windows more (or less) than have ended by now.
        """
        stop = self._moved_stop(self.ended_by(now), end_offset)
        if end is not None:
            stop = min(stop, self.ended_by(end))
        return max(stop, 0)

    def _moved_stop(self, stop: int, by: int) -> int:
        if self.holes is None or stop < 0:
            return stop + by
        if by > 0:
            return self.moved(stop - 1, by) + 1
        holes = self.holes
        existing = (ordinal for ordinal in range(stop - 1, -1, -1) if not holes.holds(ordinal))
        return next(islice(existing, -by - 1, None), 0) if by else stop

    def moved(self, ordinal: int, by: int) -> int:
        """Return the window that is so many existing windows later, or earlier."""
        if self.holes is None:
            return ordinal + by
        for _ in range(abs(by)):
            ordinal = self._neighbour(ordinal, 1 if by > 0 else -1, self.holes)
        return ordinal

    def _neighbour(self, ordinal: int, step: int, holes: Holes) -> int:
        for _ in range(_WIDEST_HOLE):
            ordinal += step
            if not holes.holds(ordinal):
                break
        return ordinal

    def extents(self, stop: int) -> Sequence[Run]:
        """Return the runs of ordinals below stop that are not left out."""
        if self.holes is None:
            return [(0, stop)] if stop > 0 else []
        holes = self.holes.below(stop)
        starts, stops = [0, *(run[1] for run in holes)], [*(run[0] for run in holes), stop]
        return [run for run in zip(starts, stops, strict=True) if run[0] < run[1]]

    def count(self, stop: int) -> int:
        """Return how many windows below stop exist."""
        return stop - (0 if self.holes is None else self.holes.count(stop))

    def is_hole(self, start: int, stop: int) -> bool:
        """Return whether no window of the ordinals from start up to, not including, stop exists."""
        return start >= stop or (self.holes is not None and self.holes.fill(start, stop))

    def __reduce__(self) -> tuple[type[Schedule], tuple[Any, ...]]:
        # Without the ticks found so far: they are found again.
        return Schedule, tuple(getattr(self, name) for name in self.__match_args__)


class TimeAxis:
    """The places of the windows of a schedule: their ordinals.

    Args:
        schedule: The schedule.
        stop: The ordinal after the last window that exists.
    """

    __slots__ = ("_horizon", "_schedule", "_stop")

    def __init__(self, schedule: Schedule, stop: int) -> None:
        self._schedule = schedule
        self._stop = stop
        self._horizon: int | None = None

    def ordinal_of(self, key: str) -> int | None:
        if self._horizon is None:
            self._horizon = self._schedule.horizon(self._stop)
        return self._schedule.ordinal_of_key(key, self._horizon)

    def key_of(self, ordinal: int) -> str:
        return self._schedule.key(ordinal)

    def keys_between(self, start: int, stop: int) -> Iterable[str]:
        return self._schedule.keys_between(start, stop)

    def extents(self) -> Sequence[Run]:
        return self._schedule.extents(self._stop)

    def count(self) -> int:
        return self._schedule.count(self._stop)

    def is_hole(self, start: int, stop: int) -> bool:
        return self._schedule.is_hole(start, stop)

    def fingerprint(self) -> str:
        return self._schedule.told

    def extends(self, fingerprint: str) -> bool:
        return fingerprint == self.fingerprint()

    def __eq__(self, other: object) -> bool:
        # Time that passes adds places and moves none, so the stop is no part of it.
        return isinstance(other, TimeAxis) and self._schedule == other._schedule

    def __hash__(self) -> int:
        return hash(self._schedule)

    def __reduce__(self) -> tuple[type[TimeAxis], tuple[Schedule, int]]:
        return TimeAxis, (self._schedule, self._stop)
