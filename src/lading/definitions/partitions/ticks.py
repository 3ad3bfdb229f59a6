"""Ticks: an endless, ordered row of points in time, each with an index, computed and never listed.

The window of a partition lasts from one tick to the next. Indices are whole numbers; where they begin does not matter.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from datetime import UTC, date, tzinfo
from typing import Protocol

from lading.definitions.partitions.zones import DAY, NAIVE_EPOCH, boundary, changes_in, offset_at, year_of

HOUR = 3600
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


class HourTicks:
    """The same minutes of every hour, also of the hour that is repeated in autumn.

    Between two changes of the zone's offset ticks are plain arithmetic on local time; for each such stretch a
    correction keeps the indices consecutive.

    Args:
        minutes: The minutes, sorted.
        zone: Whose clock shows these minutes.
        anchor: A point in time; stretches are worked out from here in both directions, as far as asked.
    """

    tells_repeats = True

    def __init__(self, minutes: tuple[int, ...], zone: tzinfo, anchor: int) -> None:
        self._seconds = tuple(minute * 60 for minute in minutes)
        self._zone = zone
        self._first_year = self._last_year = year_of(anchor)
        self._low = self._high = _year_begin(self._first_year)
        self._begins: list[int] = []
        self._firsts: list[int] = []
        self._offsets = [offset_at(self._low - 1, zone)]
        self._corrections = [0]
        if zone is UTC:
            self._low, self._high = -(1 << 62), 1 << 62
        else:
            self._append_year()

    def at(self, index: int) -> int:
        place = self._stretch_of_index(index)
        hour, minute = divmod(index - self._corrections[place], len(self._seconds))
        return hour * HOUR + self._seconds[minute] - self._offsets[place]

    def index(self, moment: int) -> int:
        self._cover(moment)
        place = bisect_right(self._begins, moment)
        return self._before(moment + self._offsets[place]) + self._corrections[place]

    def _before(self, local: int) -> int:
        """Return how many times of the pattern lie before a local time."""
        hour, second = divmod(local, HOUR)
        return hour * len(self._seconds) + bisect_left(self._seconds, second)

    def _stretch_of_index(self, index: int) -> int:
        # The index says roughly when: corrections only ever amount to a few days.
        roughly = index // len(self._seconds) * HOUR
        self._cover(roughly - 30 * DAY)
        self._cover(roughly + 30 * DAY)
        return bisect_right(self._firsts, index)

    def _cover(self, moment: int) -> None:
        while moment >= self._high:
            self._last_year += 1
            self._append_year()
        while moment < self._low:
            self._first_year -= 1
            self._prepend_year()

    def _append_year(self) -> None:
        for change in changes_in(self._last_year, self._zone):
            behind, ahead = self._offsets[-1], offset_at(change, self._zone)
            self._begins.append(change)
            self._offsets.append(ahead)
            self._corrections.append(self._corrections[-1] + self._repeated(change, behind, ahead))
        self._high = _year_begin(self._last_year + 1)
        self._number()

    def _prepend_year(self) -> None:
        for change in reversed(changes_in(self._first_year, self._zone)):
            behind, ahead = offset_at(change - 1, self._zone), self._offsets[0]
            self._begins.insert(0, change)
            self._offsets.insert(0, behind)
            self._corrections.insert(0, self._corrections[0] - self._repeated(change, behind, ahead))
        self._low = _year_begin(self._first_year)
        self._number()

    def _repeated(self, change: int, behind: int, ahead: int) -> int:
        """Return how many times of the pattern a change of the offset shows again (negative: skips)."""
        return self._before(change + behind) - self._before(change + ahead)

    def _number(self) -> None:
        """Note the index of the first tick of every stretch but the first."""
        stretches = zip(self._begins, self._offsets[1:], self._corrections[1:], strict=True)
        self._firsts = [self._before(begin + offset) + correction for begin, offset, correction in stretches]


class DayTicks:
    """The same local times of every day, or of every week.

    A time that is skipped in spring moves to the end of the gap; for repeated ones see ``boundary``.

    Args:
        days: 1 for every day, 7 for every week (from Sunday).
        minutes: Minutes since the start of the day or week, sorted, at least two hours apart.
        zone: Whose clock shows these times.
    """

    tells_repeats = False

    def __init__(self, days: int, minutes: tuple[int, ...], zone: tzinfo) -> None:
        self._period = days * DAY
        # 1970-01-04 was a Sunday.
        self._times = tuple(minute * 60 + (3 * DAY if days > 1 else 0) for minute in minutes)
        self._zone = zone

    def at(self, index: int) -> int:
        round_, place = divmod(index, len(self._times))
        return boundary(round_ * self._period + self._times[place], self._zone)

    def index(self, moment: int) -> int:
        round_, local = divmod(moment + offset_at(moment, self._zone) - self._times[0], self._period)
        guess = round_ * len(self._times) + bisect_left(self._times, local + self._times[0])
        return _settled(self, guess, moment)


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
        year, place = divmod(index, len(self._months))
        day = date(year, self._months[place], self._day).toordinal() - _EPOCH_DAY
        return boundary(day * DAY + self._second, self._zone)

    def index(self, moment: int) -> int:
        local = moment + offset_at(moment, self._zone)
        day = date.fromordinal(local // DAY + _EPOCH_DAY)
        return _settled(self, day.year * len(self._months) + bisect_left(self._months, day.month), moment)


def _settled(ticks: Ticks, guess: int, moment: int) -> int:
    """Return the index of the first tick that is not before the moment, from one that is close to it."""
    while ticks.at(guess) < moment:
        guess += 1
    while ticks.at(guess - 1) >= moment:
        guess -= 1
    return guess


def _year_begin(year: int) -> int:
    return (date(year, 1, 1).toordinal() - _EPOCH_DAY) * DAY
