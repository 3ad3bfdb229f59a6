"""The mapping between windows of time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from lading.abc.partitions import DynamicPartitionsStore, PartitionMapping, PartitionsDefinition, UpstreamKeys
from lading.definitions.partitions.time import TimeWindowPartitionsDefinition
from lading.errors import InvalidDefinitionError
from lading.values.axis import Run
from lading.values.dataclass import dataclass


@dataclass(frozen=True, slots=True)
class TimeWindowPartitionMapping(PartitionMapping):
    """A downstream window is made from the upstream windows that overlap it.

    Args:
        start_offset: Moves the start of the downstream window by this many downstream windows; with -2, "today" is
            made from the last three days.
        end_offset: Moves its end likewise; with both at -1, "today" is made from yesterday.
        allow_nonexistent_upstream_partitions: Leave out windows that the upstream definition does not have. Those
            before its start, or after its end, that only an offset asks for, are always left out.
    """

    start_offset: int = 0
    end_offset: int = 0
    allow_nonexistent_upstream_partitions: bool = False

    def upstream_keys(
        self,
        downstream_keys: Sequence[str],
        downstream: PartitionsDefinition | None,
        upstream: PartitionsDefinition,
        now: datetime | None = None,
        store: DynamicPartitionsStore | None = None,
    ) -> UpstreamKeys:
        below, above = self._windows(downstream, upstream)
        if below == above and self.start_offset == self.end_offset == 0:
            return UpstreamKeys(list(dict.fromkeys(downstream_keys)))
        limit = above.stop(now)
        places = sorted({below.schedule.ordinal_of_text(key) for key in downstream_keys})
        asked = [_overlapping(self._moved(run, below), below, above) for run in self._runs(places, below)]
        found = UpstreamKeys([key for low, high in _joined(asked) for key in above.keys_between(low, high, limit)])
        if not self.allow_nonexistent_upstream_partitions and any(low < 0 or high > limit for low, high in asked):
            found.nonexistent.extend(map(above.schedule.key, self._lacking(places, below, above, limit)))
        return found

    def check(self, downstream: PartitionsDefinition | None, upstream: PartitionsDefinition) -> None:
        self._windows(downstream, upstream)

    def looks_back_within(self, partitions: PartitionsDefinition) -> bool:
        return self.start_offset <= self.end_offset < 0

    def _windows(
        self, downstream: PartitionsDefinition | None, upstream: PartitionsDefinition
    ) -> tuple[TimeWindowPartitionsDefinition, TimeWindowPartitionsDefinition]:
        both = (downstream, upstream)
        below, above = both
        if not isinstance(below, TimeWindowPartitionsDefinition) or not isinstance(
            above, TimeWindowPartitionsDefinition
        ):
            raise InvalidDefinitionError(
                "a TimeWindowPartitionMapping needs windows of time on both sides",
                where=f"downstream {downstream!r}, upstream {upstream!r}",
                fix="use another mapping, such as AllPartitionMapping()",
            )
        if below.timezone != above.timezone:
            raise InvalidDefinitionError(
                f"windows in {below.timezone} and in {above.timezone} do not fit each other",
                where=f"downstream {downstream!r}, upstream {upstream!r}",
                fix="use the same timezone= on both, or IdentityPartitionMapping() to go by the keys",
            )
        return below, above

    def _runs(self, places: Iterable[int], below: TimeWindowPartitionsDefinition) -> Iterable[Run]:
        """Join neighbours, where moving them together is the same as moving each."""
        if below.schedule.holes is not None and (self.start_offset or self.end_offset):
            return [(place, place + 1) for place in places]
        return _runs(places)

    def _moved(self, run: Run, below: TimeWindowPartitionsDefinition) -> Run:
        """Return the downstream windows, moved by the offsets; windows that are left out are passed over."""
        first, last = run[0], run[1] - 1
        return below.schedule.moved(first, self.start_offset), below.schedule.moved(last, self.end_offset) + 1

    def _lacking(
        self,
        places: Iterable[int],
        below: TimeWindowPartitionsDefinition,
        above: TimeWindowPartitionsDefinition,
        limit: int,
    ) -> list[int]:
        """Return the upstream ordinals that are asked for and do not exist.

        Without those before the start that only looking back asks for, and those after the end that only looking ahead
        asks for.
        """
        lacking: set[int] = set()
        for place in places:
            start, stop = self._moved((place, place + 1), below)
            low, high = _overlapping((max(start, place), stop), below, above)
            lacking.update(range(low, min(high, 0)))
            low, high = _overlapping((start, min(stop, place + 1)), below, above)
            lacking.update(range(max(low, limit), high))
        holes = above.schedule.holes
        return sorted(place for place in lacking if holes is None or not holes.holds(place))


def _overlapping(run: Run, below: TimeWindowPartitionsDefinition, above: TimeWindowPartitionsDefinition) -> Run:
    first, last = run
    if first >= last:
        return 0, 0
    return above.schedule.ended_by(below.schedule.at(first)), above.schedule.ordinal_from(below.schedule.at(last))


def _runs(places: Iterable[int]) -> Iterator[Run]:
    """Join neighbouring places."""
    start = stop = None
    for place in places:
        if start is not None and place == stop:
            stop = place + 1
            continue
        if start is not None and stop is not None:
            yield start, stop
        start, stop = place, place + 1
    if start is not None and stop is not None:
        yield start, stop


def _joined(runs: Iterable[Run]) -> list[Run]:
    """Join runs that touch or overlap; they come sorted."""
    joined: list[Run] = []
    for start, stop in runs:
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(stop, joined[-1][1]))
        else:
            joined.append((start, stop))
    return joined
