"""Partitions that are windows of time, from one tick of a schedule to the next."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime, tzinfo

from lading.definitions.partitions.cron import normal_cron
from lading.definitions.partitions.exclusions import exclusion_rules
from lading.definitions.partitions.key_text import read
from lading.definitions.partitions.schedule import Schedule
from lading.definitions.partitions.schedule_type import ScheduleType, cron_text, offsets_of, schedule_type_of
from lading.definitions.partitions.windows import ScheduledPartitions
from lading.definitions.partitions.zones import aware, load_zone, moment
from lading.errors import CheckError


class TimeWindowPartitionsDefinition(ScheduledPartitions):
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
        self.last_moment = None if end is None else math.floor(_point(end, "end", fmt, zone))
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
        return None if self.last_moment is None else aware(self.last_moment, self.schedule.zone)

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

    # ------------------------------------------------------------ content

    @property
    def _content(self) -> tuple[Schedule, int | None, int]:
        return self.schedule, self.last_moment, self.end_offset

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
