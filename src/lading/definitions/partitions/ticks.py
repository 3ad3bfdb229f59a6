"""Ticks: an endless, ordered row of points in time, each with an index, computed and never listed.

The window of a partition lasts from one tick to the next. Indices are whole numbers; where they begin does not matter.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from datetime import UTC, date, tzinfo
from typing import NamedTuple, Protocol

from lading.definitions.partitions.zones import DAY, NAIVE_EPOCH, Years, boundary, changes_in, offset_at, year_of

HOUR = 3600
WEEK = 7 * DAY
# 1970-01-04 was a Sunday.
SUNDAY = 3 * DAY
_FOREVER = 1 << 62
_EPOCH_DAY = NAIVE_EPOCH.toordinal()


class Ticks(Protocol):
    """An ordered row of points in time."""

    tells_repeats: bool
    """Whether both occurrences of a local time that is repeated in autumn are ticks."""

    def at(self, index: int) -> int:
        """Return the tick of this index."""
        ...

    def index(self, moment: int) -> int:
        """Return the index of the first tick that is not before the moment."""
        ...

    def shown(self, start: int, stop: int) -> Sequence[int]:
        """Return the local times that a clock shows at the ticks from one index up to, not including, another."""
        ...


class _Stretches(NamedTuple):
    """The stretches between two changes of a zone's offset, over some years.

    Attributes:
        years: The first and the last year covered.
        span: From when until when that is.
        begins: When each stretch but the first begins.
        firsts: The index of the first tick of each stretch but the first.
        offsets: The offset of each stretch.
        corrections: What to add to the count of local times to get the index.
    """

    years: tuple[int, int]
    span: tuple[int, int]
    begins: tuple[int, ...]
    firsts: tuple[int, ...]
    offsets: tuple[int, ...]
    corrections: tuple[int, ...]


class ClockTicks:
    """The same local times of every hour, or of every week, whenever a clock shows them: in autumn some twice.

    Between two changes of the zone's offset ticks are plain arithmetic on local time; for each such stretch a
    correction keeps the indices consecutive.

    Args:
        times: Minutes since the start of the hour, sorted; or, if ``weekly``, of the week (from Sunday).
        zone: Whose clock shows them.
        anchor: A point in time; stretches are worked out from here in both directions, as far as asked.
        weekly: Whether the times are those of a week.
    """

    tells_repeats = True

    def __init__(self, times: tuple[int, ...], zone: tzinfo, anchor: int, *, weekly: bool = False) -> None:
        self._period, self._base = (WEEK, SUNDAY) if weekly else (HOUR, 0)
        self._seconds = tuple(minute * 60 for minute in times)
        self._zone = zone
        year = year_of(anchor)
        begin = year_begin(year)
        offset = offset_at(begin - 1, zone)
        span = (-_FOREVER, _FOREVER) if zone is UTC else (begin, begin)
        known = _Stretches((year, year - 1), span, (), (), (offset,), (0,))
        self._years = Years(known, self._with_next_year, self._with_year_before)

    def at(self, index: int) -> int:
        known = self._near(index, index)
        place = bisect_right(known.firsts, index)
        return self._local(index - known.corrections[place]) - known.offsets[place]

    def index(self, moment: int) -> int:
        known = self._years.covering(moment, moment)
        place = bisect_right(known.begins, moment)
        return self._before(moment + known.offsets[place]) + known.corrections[place]

    def shown(self, start: int, stop: int) -> Sequence[int]:
        if start >= stop:
            return ()
        known = self._near(start, stop)
        times: list[int] = []
        for place in range(bisect_right(known.firsts, start), len(known.corrections)):
            end = min(stop, known.firsts[place]) if place < len(known.firsts) else stop
            correction = known.corrections[place]
            times.extend(map(self._local, range(start - correction, end - correction)))
            start = end
            if start >= stop:
                break
        return times

    def _near(self, first: int, last: int) -> _Stretches:
        # An index says roughly when: corrections only ever amount to a few days.
        count, period = len(self._seconds), self._period
        return self._years.covering(first // count * period - 30 * DAY, last // count * period + 30 * DAY)

    def _local(self, number: int) -> int:
        """Return the local time of this number, had the zone no changes."""
        round_, place = divmod(number, len(self._seconds))
        return round_ * self._period + self._seconds[place] + self._base

    def _before(self, local: int) -> int:
        """Return how many times of the pattern lie before a local time."""
        round_, second = divmod(local - self._base, self._period)
        return round_ * len(self._seconds) + bisect_left(self._seconds, second)

    def _with_next_year(self, known: _Stretches) -> _Stretches:
        year = known.years[1] + 1
        begins, offsets, corrections = list(known.begins), list(known.offsets), list(known.corrections)
        for change in changes_in(year, self._zone):
            behind, ahead = offsets[-1], offset_at(change, self._zone)
            begins.append(change)
            offsets.append(ahead)
            corrections.append(corrections[-1] + self._repeated(change, behind, ahead))
        span = known.span[0], year_begin(year + 1)
        return self._numbered((known.years[0], year), span, begins, offsets, corrections)

    def _with_year_before(self, known: _Stretches) -> _Stretches:
        year = known.years[0] - 1
        begins, offsets, corrections = list(known.begins), list(known.offsets), list(known.corrections)
        for change in reversed(changes_in(year, self._zone)):
            behind, ahead = offset_at(change - 1, self._zone), offsets[0]
            begins.insert(0, change)
            offsets.insert(0, behind)
            corrections.insert(0, corrections[0] - self._repeated(change, behind, ahead))
        span = year_begin(year), known.span[1]
        return self._numbered((year, known.years[1]), span, begins, offsets, corrections)

    def _repeated(self, change: int, behind: int, ahead: int) -> int:
        """Return how many times of the pattern a change of the offset shows again (negative: skips)."""
        return self._before(change + behind) - self._before(change + ahead)

    def _numbered(
        self,
        years: tuple[int, int],
        span: tuple[int, int],
        begins: list[int],
        offsets: list[int],
        corrections: list[int],
    ) -> _Stretches:
        stretches = zip(begins, offsets[1:], corrections[1:], strict=True)
        firsts = tuple(self._before(begin + offset) + correction for begin, offset, correction in stretches)
        return _Stretches(years, span, tuple(begins), firsts, tuple(offsets), tuple(corrections))


class DayTicks:
    """The same local times of every day, or of every week.

    A time that is skipped in spring moves to the end of the gap; for repeated ones see ``boundary``.

    Args:
        days: 1 for every day, 7 for every week (from Sunday).
        minutes: Minutes since the start of the day or week, sorted, more than two hours apart if the zone has changes.
        zone: Whose clock shows these times.
    """

    tells_repeats = False

    def __init__(self, days: int, minutes: tuple[int, ...], zone: tzinfo) -> None:
        self._period = days * DAY
        self._times = tuple(minute * 60 + (SUNDAY if days > 1 else 0) for minute in minutes)
        self._zone = zone

    def at(self, index: int) -> int:
        return boundary(self._local(index), self._zone)

    def index(self, moment: int) -> int:
        return settled(self, self._before(moment + offset_at(moment, self._zone)), moment)

    def shown(self, start: int, stop: int) -> Sequence[int]:
        return moved_out_of_gaps([self._local(index) for index in range(start, stop)], self._zone)

    def _local(self, index: int) -> int:
        round_, place = divmod(index, len(self._times))
        return round_ * self._period + self._times[place]

    def _before(self, local: int) -> int:
        """Return how many times of the pattern lie before a local time."""
        round_, rest = divmod(local - self._times[0], self._period)
        return round_ * len(self._times) + bisect_left(self._times, rest + self._times[0])


class MonthTicks:
    """One local time on one day of every month, or of some months.

    Args:
        months: The months, sorted, 1 to 12.
        day: The day of the month, at most 28.
        minute: The minute of the day.
        zone: Whose clock shows this time.
    """

    tells_repeats = False

    def __init__(self, months: tuple[int, ...], day: int, minute: int, zone: tzinfo) -> None:
        self._months = months
        self._day = day
        self._second = minute * 60
        self._zone = zone

    def at(self, index: int) -> int:
        return boundary(self._local(index), self._zone)

    def index(self, moment: int) -> int:
        local = moment + offset_at(moment, self._zone)
        day = date.fromordinal(local // DAY + _EPOCH_DAY)
        return settled(self, day.year * len(self._months) + bisect_left(self._months, day.month), moment)

    def shown(self, start: int, stop: int) -> Sequence[int]:
        return moved_out_of_gaps([self._local(index) for index in range(start, stop)], self._zone)

    def _local(self, index: int) -> int:
        year, place = divmod(index, len(self._months))
        day = date(year, self._months[place], self._day).toordinal() - _EPOCH_DAY
        return day * DAY + self._second


def settled(ticks: Ticks, guess: int, moment: int) -> int:
    """Return the index of the first tick that is not before the moment, from one that is close to it."""
    while ticks.at(guess) < moment:
        guess += 1
    while ticks.at(guess - 1) >= moment:
        guess -= 1
    return guess


def moved_out_of_gaps(times: list[int], zone: tzinfo) -> list[int]:
    """Return sorted local times as ``boundary`` has them shown: those that are skipped in spring at the gap's end."""
    if zone is UTC or not times:
        return times
    for year in range(year_of(times[0] - DAY), year_of(times[-1] + DAY) + 1):
        for change in changes_in(year, zone):
            low, high = (change + offset_at(at, zone) for at in (change - 1, change))
            for place in range(bisect_left(times, low), bisect_left(times, high)) if low < high else ():
                times[place] = high
    return times


def year_begin(year: int) -> int:
    """Return the point in time at which a (UTC) year begins."""
    return (date(year, 1, 1).toordinal() - _EPOCH_DAY) * DAY
