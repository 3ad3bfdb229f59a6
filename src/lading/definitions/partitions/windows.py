"""What a schedule answers about its partitions: keys, ranges of keys and windows."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime

from lading.abc.partitions import DynamicPartitionsStore, PartitionsDefinition, effective_now
from lading.definitions.partitions.near import near_moment
from lading.definitions.partitions.schedule import Schedule, TimeAxis
from lading.definitions.partitions.zones import aware, moment
from lading.errors import CheckError, InvalidInvocationError
from lading.values.partitions import PartitionKeyRange, TimeWindow


class ScheduledPartitions(PartitionsDefinition):
    """The partitions of a schedule; subclasses say how it is described.

    Attributes:
        schedule: Counts the windows.
        last_moment: Windows must have ended by this point in time; None: by now.
        end_offset: This many windows more (or less) than have ended by now.
    """

    schedule: Schedule
    last_moment: int | None
    end_offset: int

    # ------------------------------------------------------------ keys

    def axis(
        self, current_time: datetime | None = None, dynamic_partitions_store: DynamicPartitionsStore | None = None
    ) -> TimeAxis:
        return TimeAxis(self.schedule, self.stop(current_time))

    def stop(self, current_time: datetime | None = None) -> int:
        """Return the ordinal after the last window that exists; the first has ordinal 0."""
        now = math.floor(moment(current_time or effective_now(), self.schedule.zone))
        return self.schedule.stop(now, self.last_moment, self.end_offset)

    def has_partition_key(
        self,
        partition_key: str,
        current_time: datetime | None = None,
        dynamic_partitions_store: DynamicPartitionsStore | None = None,
    ) -> bool:
        stop = self.stop(current_time)
        ordinal = self.schedule.ordinal_of_key(partition_key, self.schedule.horizon(stop))
        return ordinal is not None and ordinal < stop

    def get_partition_keys_in_range(
        self,
        partition_key_range: PartitionKeyRange,
        current_time: datetime | None = None,
        dynamic_partitions_store: DynamicPartitionsStore | None = None,
    ) -> Sequence[str]:
        stop = self.stop(current_time)
        places: list[int] = []
        for key in partition_key_range:
            place = self._place(key)
            if place is None or not 0 <= place < stop:
                raise self._outside(partition_key_range, key, current_time, dynamic_partitions_store)
            places.append(place)
        return self.keys_between(places[0], places[1] + 1, stop)

    def _place(self, key: str) -> int | None:
        # Unlike for membership, an end of a range may be a window that is left out.
        try:
            place = self.schedule.ordinal_of_text(key)
        except CheckError:
            return None
        return place if self.schedule.key(place) == key else None

    def keys_between(self, start: int, stop: int, limit: int) -> list[str]:
        """Return the keys that exist of the ordinals from start up to, not including, stop and limit."""
        low, high = max(start, 0), min(stop, limit)
        return [
            key
            for first, last in self.schedule.extents(max(high, 0))
            if last > low
            for key in self.schedule.keys_between(max(first, low), last)
        ]

    def describe_keys(self) -> str:
        first, last = self.get_first_partition_key(), self.get_last_partition_key()
        if first is None or last is None:
            return f'keys look like "{self.schedule.key(0)}", and there are none yet'
        return f'keys look like "{first}"' if first == last else f'keys run from "{first}" to "{last}"'

    def nearest(
        self,
        key: str,
        current_time: datetime | None = None,
        dynamic_partitions_store: DynamicPartitionsStore | None = None,
    ) -> str | None:
        extents = self.schedule.extents(self.stop(current_time))
        when = near_moment(key)
        if not extents or when is None:
            return None
        place = self.schedule.ended_by(math.floor(moment(when, self.schedule.zone)))
        for start, stop in extents:
            if place < stop:
                return self.schedule.key(max(place, start))
        return self.schedule.key(extents[-1][1] - 1)

    # ------------------------------------------------------------ windows

    @property
    def has_time_windows(self) -> bool:
        return True

    def window(self, ordinal: int) -> TimeWindow:
        """Return the window of an ordinal, whether or not it exists.

        Raises:
            CheckError: It reaches out of the calendar.
        """
        zone = self.schedule.zone
        try:
            return TimeWindow(aware(self.schedule.at(ordinal), zone), aware(self.schedule.at(ordinal + 1), zone))
        except (OverflowError, ValueError) as error:
            shown = self.schedule.key(ordinal)
            raise CheckError(
                f'the window "{shown}" reaches out of the calendar', where=repr(self), fix=self.describe_keys()
            ) from error

    def time_window_for_partition_key(self, partition_key: str) -> TimeWindow:
        return self.window(self.schedule.ordinal_of_text(partition_key))

    def start_time_for_partition_key(self, partition_key: str) -> datetime:
        """Return when the window of a key begins."""
        return self.time_window_for_partition_key(partition_key).start

    def end_time_for_partition_key(self, partition_key: str) -> datetime:
        """Return when the window of a key ends."""
        return self.time_window_for_partition_key(partition_key).end

    def get_first_partition_window(self, current_time: datetime | None = None) -> TimeWindow | None:
        """Return the first window that exists, or None."""
        extents = self.schedule.extents(self.stop(current_time))
        return self.window(extents[0][0]) if extents else None

    def get_last_partition_window(self, current_time: datetime | None = None) -> TimeWindow | None:
        """Return the last window that exists, or None."""
        extents = self.schedule.extents(self.stop(current_time))
        return self.window(extents[-1][1] - 1) if extents else None

    def get_partition_key_for_timestamp(self, timestamp: float) -> str:
        """Return the key of the window that a point in time lies in."""
        return self.schedule.key(self.schedule.ended_by(math.floor(timestamp)))

    def get_partition_keys_in_time_window(self, time_window: TimeWindow) -> list[str]:
        """Return the existing keys whose windows begin within a span of time (naive: in ``timezone``)."""
        low, high = (self.schedule.ordinal_from(math.ceil(moment(at, self.schedule.zone))) for at in time_window)
        return self.keys_between(low, high, self.stop())

    def get_partition_key_range_for_time_window(self, time_window: TimeWindow) -> PartitionKeyRange:
        """Return the first and the last existing key whose windows begin within a span of time.

        Raises:
            InvalidInvocationError: There is none.
        """
        keys = self.get_partition_keys_in_time_window(time_window)
        if not keys:
            raise InvalidInvocationError(
                f"no partition begins between {time_window.start} and {time_window.end}",
                where=repr(self),
                fix=self.describe_keys(),
            )
        return PartitionKeyRange(keys[0], keys[-1])
