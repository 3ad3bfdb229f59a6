"""Ticks of cron texts that no arithmetic covers: a table that grows as far as it is asked."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from datetime import tzinfo
from threading import Lock

from lading.definitions.partitions.zones import NAIVE_EPOCH, aware, boundary, local_seconds, offset_at
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
