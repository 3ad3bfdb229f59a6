"""Partitions that are windows of time, from one tick of a schedule to the next."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime, tzinfo

from lading.abc.partitions import DynamicPartitionsStore, PartitionsDefinition, effective_now
from lading.definitions.partitions.cron import normal_cron
from lading.definitions.partitions.exclusions import exclusion_rules
from lading.definitions.partitions.key_text import read
from lading.definitions.partitions.near_key import near_moment
from lading.definitions.partitions.schedule import Schedule, TimeAxis
from lading.definitions.partitions.schedule_type import ScheduleType, cron_text, offsets_of, schedule_type_of
from lading.definitions.partitions.zones import aware, load_zone, moment
from lading.errors import CheckError, InvalidInvocationError
from lading.values.partitions import PartitionKeyRange, TimeWindow


class TimeWindowPartitionsDefinition(PartitionsDefinition):
    """Partitions that are windows of time; a window lasts from one tick of a schedule to the next.

    Args:
        start: When the first window may begin: a text in ``fmt``, or a datetime (naive: in ``timezone``). Within a
            window, the next one is the first.
        fmt: How the start of a window is written as a key.
        end: Windows must have ended by then. Left out: by now.
        schedule_type: How often a window begins; instead of ``cron_schedule``.
        timezone: The time zone of the schedule, UTC if left out.
        end_offset: This many windows more (or, below zero, less) than have ended by now.
        minute_offset: With ``schedule_type``: the minute at which windows begin.
        hour_offset: With ``schedule_type``: the hour at which windows begin.
        day_offset: With ``schedule_type``: the day of the week (0 = Sunday) or of the month.
        cron_schedule: When windows begin, as a cron text.
        exclusions: Windows that do not exist: their starts as datetimes, or cron texts that match their starts.

    Raises:
        InvalidDefinitionError: The cron text or an exclusion cannot be read.
        UnknownTimeZoneError: There is no such time zone; a KeyError too.
        CheckError: A date is not in ``fmt`` (a ValueError too), or the arguments do not fit together.
    """

    def __init__(
        self,
        start: datetime | str,
        fmt: str,
        end: datetime | str | None = None,
        schedule_type: ScheduleType | str | None = None,
        timezone: str | None = None,
        end_offset: int = 0,
        minute_offset: int | None = None,
        hour_offset: int | None = None,
        day_offset: int | None = None,
        cron_schedule: str | None = None,
        exclusions: Sequence[datetime | str] | None = None,
    ) -> None:
        parts = (schedule_type, minute_offset, hour_offset, day_offset)
        if cron_schedule is not None and any(part is not None for part in parts):
            raise CheckError(
                "cron_schedule says all about when windows begin; schedule_type and offsets cannot be added",
                where="TimeWindowPartitionsDefinition",
                fix=f'put the offsets into cron_schedule="{cron_schedule}", or leave it out',
            )
        if cron_schedule is None:
            if schedule_type is None:
                raise CheckError(
                    "it is not said when windows begin",
                    where="TimeWindowPartitionsDefinition",
                    fix='give schedule_type=ScheduleType.DAILY or cron_schedule="0 0 * * *"',
                )
            cron_schedule = cron_text(ScheduleType(schedule_type), minute_offset or 0, hour_offset or 0, day_offset)
        self._define(start, end, timezone, fmt, end_offset, cron_schedule, exclusions)

    def _define(
        self,
        start: datetime | str,
        end: datetime | str | None,
        timezone: str | None,
        fmt: str,
        end_offset: int,
        cron_schedule: str,
        exclusions: Sequence[datetime | str] | None,
    ) -> None:
        self.timezone = timezone or "UTC"
        self.fmt = fmt
        self.end_offset = end_offset
        self.cron_schedule = cron_schedule
        self.exclusions = tuple(exclusions) if exclusions else None
        zone = load_zone(self.timezone)
        begin = _point(start, "start", fmt, zone)
        self._end = None if end is None else math.floor(_point(end, "end", fmt, zone))
        rules = exclusion_rules(exclusions, zone)
        self.schedule = Schedule(normal_cron(cron_schedule), self.timezone, fmt, math.ceil(begin), rules)

    # ------------------------------------------------------------ what was given

    @property
    def start(self) -> datetime:
        """Before this there is no window."""
        return aware(self.schedule.start, self.schedule.zone)

    @property
    def end(self) -> datetime | None:
        """After this there is no window."""
        return None if self._end is None else aware(self._end, self.schedule.zone)

    @property
    def schedule_type(self) -> ScheduleType | None:
        """How often a window begins, None if only the cron text says it."""
        return schedule_type_of(self.schedule.cron)

    @property
    def minute_offset(self) -> int:
        """The first minute at which windows begin."""
        return offsets_of(self.schedule.cron)[0]

    @property
    def hour_offset(self) -> int:
        """The first hour at which windows begin."""
        return offsets_of(self.schedule.cron)[1]

    @property
    def day_offset(self) -> int:
        """The day of the week (weekly) or of the month (monthly) on which windows begin, else 0."""
        return offsets_of(self.schedule.cron)[2]

    def get_cron_schedule(
        self,
        minute_of_hour: int | None = None,
        hour_of_day: int | None = None,
        day_of_week: int | None = None,
        day_of_month: int | None = None,
    ) -> str:
        """Return the cron text of a schedule that runs when a window has ended, or at other times given here.

        Raises:
            CheckError: Other times are given for a schedule that only its cron text describes.
        """
        given = (minute_of_hour, hour_of_day, day_of_week, day_of_month)
        if all(part is None for part in given):
            return self.cron_schedule
        kind = self.schedule_type
        if kind is None:
            raise CheckError(
                f'the schedule "{self.cron_schedule}" cannot be moved', where=repr(self), fix="write a cron text"
            )
        minute, hour, day = offsets_of(self.schedule.cron)
        other_day = day_of_week if kind is ScheduleType.WEEKLY else day_of_month
        return cron_text(
            kind,
            minute if minute_of_hour is None else minute_of_hour,
            hour if hour_of_day is None else hour_of_day,
            day if other_day is None else other_day,
        )

    # ------------------------------------------------------------ keys

    def axis(
        self, current_time: datetime | None = None, dynamic_partitions_store: DynamicPartitionsStore | None = None
    ) -> TimeAxis:
        return TimeAxis(self.schedule, self.stop(current_time))

    def stop(self, current_time: datetime | None = None) -> int:
        """Return the ordinal after the last window that exists; the first has ordinal 0."""
        now = math.floor(moment(current_time or effective_now(), self.schedule.zone))
        return self.schedule.stop(now, self._end, self.end_offset)

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

    # ------------------------------------------------------------ content

    @property
    def _content(self) -> tuple[Schedule, int | None, int]:
        return self.schedule, self._end, self.end_offset

    def __eq__(self, other: object) -> bool:
        return isinstance(other, TimeWindowPartitionsDefinition) and self._content == other._content

    def __hash__(self) -> int:
        return hash(self._content)

    def __repr__(self) -> str:
        given: dict[str, object] = {"start": self.start.strftime(self.fmt)}
        if self.end is not None:
            given["end"] = self.end.strftime(self.fmt)
        given |= {"fmt": self.fmt, "cron_schedule": self.cron_schedule}
        return self._shown(given)

    def _shown(self, given: dict[str, object]) -> str:
        if self.timezone != "UTC":
            given["timezone"] = self.timezone
        if self.end_offset:
            given["end_offset"] = self.end_offset
        if self.exclusions:
            given["exclusions"] = list(self.exclusions)
        return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in given.items())})"


def _point(given: datetime | str, name: str, fmt: str, zone: tzinfo) -> float:
    if isinstance(given, datetime):
        return moment(given, zone)
    if not isinstance(given, str):  # pyright: ignore[reportUnnecessaryIsInstance] - callers without types pass dates
        raise CheckError(f"{name} is a text or a datetime, not {given!r}", where=f"{name}=", fix=f"write it in {fmt}")
    return read(given, fmt, zone)
