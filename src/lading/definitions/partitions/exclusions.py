"""Windows that are left out of a schedule."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from datetime import datetime, tzinfo
from threading import Lock

from lading.definitions.partitions.cron import normal_cron, ticks_of
from lading.definitions.partitions.ticks import Ticks
from lading.definitions.partitions.zones import moment
from lading.errors import CheckError, InvalidDefinitionError

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
    """The ordinals that are left out, found as far as they are asked for.

    Args:
        rules: What ``exclusion_rules`` gave.
        ticks: The schedule.
        first: The index of the tick that has ordinal 0.
        timezone: The zone in which cron texts are read.
    """

    def __init__(self, rules: frozenset[Rule], ticks: Ticks, first: int, timezone: str) -> None:
        self._ticks = ticks
        self._first = first
        self._moments = frozenset(rule for rule in rules if isinstance(rule, int))
        anchor = ticks.at(first)
        self._rows = [ticks_of(rule, timezone, anchor) for rule in rules if isinstance(rule, str)]
        self._growing = Lock()
        self._known = array("q")
        self._stop = 0

    def holds(self, ordinal: int) -> bool:
        """Return whether the window of this ordinal is left out."""
        at = self._ticks.at(self._first + ordinal)
        return at in self._moments or any(row.at(row.index(at)) == at for row in self._rows)

    def below(self, stop: int) -> Sequence[int]:
        """Return the ordinals from 0 up to, not including, stop that are left out, in order."""
        with self._growing:
            if stop > self._stop:
                self._known.extend(sorted(set(self._between(self._stop, stop))))
                self._stop = stop
        return self._known[: bisect_left(self._known, stop)]

    def _between(self, start: int, stop: int) -> Iterator[int]:
        low, high = self._ticks.at(self._first + start), self._ticks.at(self._first + stop)
        for at in self._moments:
            if low <= at < high:
                yield from self._ordinal_at(at)
        for row in self._rows:
            index = row.index(low)
            while (at := row.at(index)) < high:
                yield from self._ordinal_at(at)
                index += 1

    def _ordinal_at(self, at: int) -> Iterator[int]:
        index = self._ticks.index(at)
        if self._ticks.at(index) == at:
            yield index - self._first
