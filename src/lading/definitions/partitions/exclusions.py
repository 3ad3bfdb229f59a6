"""Windows that are left out of a schedule."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, tzinfo
from threading import Lock

from lading.definitions.partitions.cron import cron_fields, normal_cron, ticks_of
from lading.definitions.partitions.ticks import Ticks
from lading.definitions.partitions.zones import load_zone, moment
from lading.errors import CheckError, InvalidDefinitionError
from lading.values.axis import Run

Rule = int | str


def exclusion_rules(exclusions: Sequence[datetime | str] | None, zone: tzinfo) -> frozenset[Rule]:
    """Return the points in time and the cron texts at which a window does not exist.

    Raises:
        InvalidDefinitionError: A text is no cron text.
        CheckError: An entry is neither a datetime nor a text.
    """
    return frozenset(_rule(entry, zone) for entry in exclusions or ())


def _rule(entry: object, zone: tzinfo) -> Rule:
    if isinstance(entry, datetime):
        return int(moment(entry, zone))
    if not isinstance(entry, str):
        raise CheckError(
            f"an exclusion is a datetime or a cron text, not {entry!r}",
            where="exclusions=",
            fix='exclusions=[datetime(2024, 12, 25), "0 0 * * 6"]',
        )
    try:
        return normal_cron(entry)
    except InvalidDefinitionError as error:
        raise InvalidDefinitionError(
            f'the exclusion "{entry}" is no cron text',
            where="exclusions=",
            fix='exclude a single window with a datetime: exclusions=[datetime(2024, 12, 25), "0 0 * * 6"]',
        ) from error


class Holes:
    """The runs of ordinals that are left out, found as far as they are asked for.

    Args:
        rules: What ``exclusion_rules`` gave.
        ticks: The schedule.
        cron: When windows of the schedule begin, as ``normal_cron`` gives it.
        first: The index of the tick that has ordinal 0.
        timezone: The zone in which cron texts are read.
    """

    def __init__(self, rules: frozenset[Rule], ticks: Ticks, cron: str, first: int, timezone: str) -> None:
        self._ticks = ticks
        self._first = first
        self._moments = frozenset(rule for rule in rules if isinstance(rule, int))
        anchor = ticks.at(first)
        rows = [_row(rule, cron, timezone, anchor) for rule in rules if isinstance(rule, str)]
        self._rows = [row for row in rows if row is not None]
        self._growing = Lock()
        self._starts = array("q")
        self._stops = array("q")
        # How many ordinals lie in the runs before each.
        self._sums = array("q")
        self._stop = 0

    def holds(self, ordinal: int) -> bool:
        """Return whether the window of this ordinal is left out."""
        at = self._ticks.at(self._first + ordinal)
        return at in self._moments or any(row.at(row.index(at)) == at for row, _ in self._rows)

    def below(self, stop: int) -> list[Run]:
        """Return the runs of ordinals from 0 up to, not including, stop that are left out, in order."""
        self._reach(stop)
        last = bisect_left(self._starts, stop)
        runs = list(zip(self._starts[:last], self._stops[:last], strict=True))
        if runs and runs[-1][1] > stop:
            runs[-1] = (runs[-1][0], stop)
        return runs

    def count(self, stop: int) -> int:
        """Return how many ordinals from 0 up to, not including, stop are left out."""
        self._reach(stop)
        last = bisect_left(self._starts, stop) - 1
        return 0 if last < 0 else self._sums[last] + min(self._stops[last], stop) - self._starts[last]

    def fill(self, start: int, stop: int) -> bool:
        """Return whether every ordinal from start up to, not including, stop is left out."""
        self._reach(stop)
        place = bisect_right(self._starts, start) - 1
        return place >= 0 and self._stops[place] >= stop

    def _reach(self, stop: int) -> None:
        with self._growing:
            if stop <= self._stop:
                return
            for low, high in sorted(self._between(self._stop, stop)):
                self._add(low, min(high, stop))
            self._stop = stop

    def _add(self, start: int, stop: int) -> None:
        if self._stops and start <= self._stops[-1]:
            self._stops[-1] = max(self._stops[-1], stop)
            return
        known = self._sums[-1] + self._stops[-1] - self._starts[-1] if self._sums else 0
        self._starts.append(start)
        self._stops.append(stop)
        self._sums.append(known)

    def _between(self, start: int, stop: int) -> Iterator[Run]:
        low, high = self._ticks.at(self._first + start), self._ticks.at(self._first + stop)
        for at in self._moments:
            place = self._ticks.index(at)
            if low <= at < high and self._ticks.at(place) == at:
                yield place - self._first, place - self._first + 1
        for row, within in self._rows:
            index = row.index(low)
            if not within and row.index(high) - index > stop - start:
                # Of a rule for every minute and a schedule of months, the months are fewer to look at.
                moments = ((ordinal, self._ticks.at(self._first + ordinal)) for ordinal in range(start, stop))
                yield from ((place, place + 1) for place, at in moments if row.at(row.index(at)) == at)
                continue
            while (at := row.at(index)) < high:
                place = self._ticks.index(at)
                length = 1
                if self._ticks.at(place) == at:
                    if within:
                        length = self._length(row, index, place, stop + self._first - place)
                    yield place - self._first, place - self._first + length
                index += length

    def _length(self, row: Ticks, index: int, place: int, most: int) -> int:
        """Return for how many ticks from here on row and schedule are the same; the row lies within the schedule."""

        def same(step: int) -> bool:
            # As many ticks in the schedule as in the row: none lies between that is not in the row too.
            return self._ticks.index(row.at(index + step)) == place + step

        good, bad = 0, 1
        while bad < most and same(bad):
            good, bad = bad, 2 * bad
        bad = min(bad, most)
        while bad - good > 1:
            middle = (good + bad) // 2
            if same(middle):
                good = middle
            else:
                bad = middle
        return good + 1


def _row(rule: str, cron: str, timezone: str, anchor: int) -> tuple[Ticks, bool] | None:
    """Return the ticks of a rule, or those that the schedule has too, and whether it is these; None if there are none.

    With these alone, runs of windows that are left out are found without a look at each.
    """
    inner, outer = cron_fields(rule), cron_fields(cron)
    by_the_hour = [text.split(" ")[1] == "*" for text in (rule, cron)]
    comparable = by_the_hour[0] is by_the_hour[1] or load_zone(timezone) is UTC
    # Days of the month and days of the week are alternatives where both are told.
    if inner is None or outer is None or not comparable or any(len(each.days) < 31 for each in (inner, outer)):
        return ticks_of(rule, timezone, anchor), False
    both = [sorted(set(one) & set(other)) for one, other in zip(inner, outer, strict=True)]
    if not all(both):
        return None
    minutes, hours, _, months, weekdays = (",".join(map(str, field)) for field in both)
    fields = (minutes, "*" if all(by_the_hour) else hours, "*", months, weekdays)
    return ticks_of(normal_cron(" ".join(fields)), timezone, anchor), True
