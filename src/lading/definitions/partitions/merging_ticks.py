"""Ticks so close together that several of them can fall into one gap of daylight saving, where they are one."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from datetime import tzinfo
from typing import NamedTuple

from lading.definitions.partitions.ticks import DayTicks, moved_out_of_gaps, settled, year_begin
from lading.definitions.partitions.years import Years
from lading.definitions.partitions.zones import DAY, boundary, changes_in, offset_at, year_of


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
    """The same local times of every day, or of every week, however close together.

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
