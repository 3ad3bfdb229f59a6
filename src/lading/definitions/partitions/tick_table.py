"""Ticks that plain arithmetic does not cover: of odd cron texts, and so close that a gap makes several of them one."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from datetime import tzinfo
from threading import Lock
from typing import NamedTuple

from lading.definitions.partitions.ticks import DayTicks, moved_out_of_gaps, settled, year_begin
from lading.definitions.partitions.zones import (
    DAY,
    NAIVE_EPOCH,
    Years,
    aware,
    boundary,
    changes_in,
    local_seconds,
    offset_at,
    year_of,
)
from lading.errors import InvalidDefinitionError


def check_cron(cron: str, shown: str) -> None:
    """See that a cron text can be read and comes true some day.

    Raises:
        InvalidDefinitionError: It cannot, or never does.
    """
    from cronsim import CronSim, CronSimError

    trouble = "it needs five fields" if len(cron.split(" ")) != 5 else None
    if trouble is None:
        try:
            next(CronSim(cron, NAIVE_EPOCH))
        except (CronSimError, StopIteration) as error:
            trouble = str(error) or "it never comes true"
    if trouble is not None:
        raise InvalidDefinitionError(
            f'"{shown}" is no cron text: {trouble}',
            where="cron_schedule=",
            fix='write minute, hour, day, month and weekday: "0 6 * * 1-5" is 06:00 on weekdays',
        )


class TableTicks:
    """Ticks found one after the other and kept.

    Args:
        cron: A cron text that was checked.
        zone: The zone in which it is read. Where the hour is ``*``, a repeated hour in autumn ticks twice; else local
            times count, each once (see ``boundary``).
        anchor: The point in time at which the table begins; it grows in both directions.
    """

    def __init__(self, cron: str, zone: tzinfo, anchor: int) -> None:
        self.tells_repeats = cron.split(" ")[1] == "*"
        self._cron = cron
        self._zone = zone
        self._anchor = anchor
        self._growing = Lock()
        self._later = array("q")
        self._earlier = array("q")
        self._onward = self._walk(reverse=False)
        self._backward = self._walk(reverse=True)

    def at(self, index: int) -> int:
        if index >= 0:
            if index >= len(self._later):
                self._grow(self._later, self._onward, lambda: index >= len(self._later))
            return self._later[index]
        if -index > len(self._earlier):
            self._grow(self._earlier, self._backward, lambda: -index > len(self._earlier))
        return self._earlier[-index - 1]

    def index(self, moment: int) -> int:
        if moment >= self._anchor:
            self._grow(self._later, self._onward, lambda: not self._later or self._later[-1] < moment)
            return bisect_left(self._later, moment)
        self._grow(self._earlier, self._backward, lambda: not self._earlier or self._earlier[-1] >= moment)
        # The earlier ticks run backwards: the first one that is not before the moment.
        return -bisect_left(self._earlier, -moment + 1, key=lambda at: -at)

    def shown(self, start: int, stop: int) -> Sequence[int]:
        moments = [self.at(index) for index in range(start, stop)]
        return [moment + offset_at(moment, self._zone) for moment in moments]

    def _grow(self, table: array[int], walk: Iterator[int], wanting: Callable[[], bool]) -> None:
        # Definitions are shared by threads, and a generator cannot be advanced by two at once.
        with self._growing:
            while wanting():
                found = next(walk, None)
                if found is None:
                    raise OverflowError(f'"{self._cron}" does not come true that far from now')
                table.append(found)

    def _walk(self, *, reverse: bool) -> Iterator[int]:
        """Yield the ticks from the anchor on, or those before it, newest first."""
        from cronsim import CronSim

        last: int | None = None
        # Begin a little on the wrong side: a tick may have moved across the anchor.
        start = aware(self._anchor + (2 * 86_400 if reverse else -2 * 86_400), self._zone)
        if not self.tells_repeats:
            start = start.replace(tzinfo=None)
        for found in CronSim(self._cron, start, reverse=reverse):
            at = int(found.timestamp()) if self.tells_repeats else boundary(local_seconds(found), self._zone)
            if at == last or (at < self._anchor) is not reverse:
                continue
            last = at
            yield at

    def __reduce__(self) -> tuple[type[TableTicks], tuple[str, tzinfo, int]]:
        return TableTicks, (self._cron, self._zone, self._anchor)


# ---------------------------------------------------------------- ticks that fall on each other


class _Merged(NamedTuple):
    """Where local times of the pattern fell on one moment, over some years.

    Attributes:
        years: The first and the last year covered.
        span: From when until when that is.
        numbers: Of the times of each gap the last one, by its number; it stands for them all.
        totals: How many times were lost up to there; the first is for the beginning.
        firsts: The index of the tick that each of ``numbers`` became.
    """

    years: tuple[int, int]
    span: tuple[int, int]
    numbers: tuple[int, ...]
    totals: tuple[int, ...]
    firsts: tuple[int, ...]


class MergingTicks(DayTicks):
    """The same local times of every day, or of every week, so close that several can fall into one gap of spring.

    Args:
        days: 1 for every day, 7 for every week (from Sunday).
        minutes: Minutes since the start of the day or week, sorted.
        zone: Whose clock shows these times.
        anchor: A point in time; gaps are looked for from here in both directions, as far as asked.
    """

    def __init__(self, days: int, minutes: tuple[int, ...], zone: tzinfo, anchor: int) -> None:
        super().__init__(days, minutes, zone)
        year = year_of(anchor)
        known = _Merged((year, year - 1), (year_begin(year), year_begin(year)), (), (0,), ())
        self._years = Years(known, self._with_next_year, self._with_year_before)

    def at(self, index: int) -> int:
        return boundary(self._local(self._number(index)), self._zone)

    def index(self, moment: int) -> int:
        known = self._years.covering(moment - DAY, moment + DAY)
        number = self._before(moment + offset_at(moment, self._zone))
        return settled(self, number - known.totals[bisect_right(known.numbers, number)], moment)

    def shown(self, start: int, stop: int) -> Sequence[int]:
        known = self._near(start, stop)
        numbers: list[int] = []
        for place in range(bisect_right(known.firsts, start), len(known.totals)):
            if start >= stop:
                break
            end = min(stop, known.firsts[place]) if place < len(known.firsts) else stop
            numbers.extend(range(start + known.totals[place], end + known.totals[place]))
            start = end
        return moved_out_of_gaps(list(map(self._local, numbers)), self._zone)

    def _number(self, index: int) -> int:
        known = self._near(index, index)
        return index + known.totals[bisect_right(known.firsts, index)]

    def _near(self, first: int, last: int) -> _Merged:
        # An index says roughly when: what is lost only ever amounts to a few days.
        count, period = len(self._times), self._period
        return self._years.covering(first // count * period - 30 * DAY, last // count * period + 30 * DAY)

    def _lost(self, year: int) -> list[tuple[int, int]]:
        """Return the number of the time that stands for those of each gap, and how many were lost."""
        found: list[tuple[int, int]] = []
        for change in changes_in(year, self._zone):
            behind, ahead = offset_at(change - 1, self._zone), offset_at(change, self._zone)
            # The end of the gap itself is the moment on which those within it fall.
            last = self._before(change + ahead + 1) - 1
            lost = last - self._before(change + behind)
            if behind < ahead and lost > 0:
                found.append((last, lost))
        return found

    def _with_next_year(self, known: _Merged) -> _Merged:
        year = known.years[1] + 1
        numbers, totals = list(known.numbers), list(known.totals)
        for number, lost in self._lost(year):
            numbers.append(number)
            totals.append(totals[-1] + lost)
        return _numbered((known.years[0], year), (known.span[0], year_begin(year + 1)), numbers, totals)

    def _with_year_before(self, known: _Merged) -> _Merged:
        year = known.years[0] - 1
        numbers, totals = list(known.numbers), list(known.totals)
        for number, lost in reversed(self._lost(year)):
            numbers.insert(0, number)
            totals.insert(0, totals[0] - lost)
        return _numbered((year, known.years[1]), (year_begin(year), known.span[1]), numbers, totals)


def _numbered(years: tuple[int, int], span: tuple[int, int], numbers: list[int], totals: list[int]) -> _Merged:
    firsts = tuple(number - total for number, total in zip(numbers, totals[1:], strict=True))
    return _Merged(years, span, tuple(numbers), tuple(totals), firsts)
