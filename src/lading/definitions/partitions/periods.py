"""Hourly, daily, weekly and monthly partitions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from lading.definitions.partitions.key_text import DAILY_FORMAT, HOURLY_FORMAT
from lading.definitions.partitions.schedule_type import ScheduleType, cron_text
from lading.definitions.partitions.time import TimeWindowPartitionsDefinition


class _Period(TimeWindowPartitionsDefinition):
    """A schedule that is known by name."""

    _default_fmt = DAILY_FORMAT
    _default_day = 0

    def __repr__(self) -> str:
        given: dict[str, object] = {"start_date": self.start.strftime(self.fmt)}
        if self.end is not None:
            given["end_date"] = self.end.strftime(self.fmt)
        offsets = (self.minute_offset, self.hour_offset, self.day_offset)
        defaults = (0, 0, self._default_day)
        for name, offset, default in zip(("minute", "hour", "day"), offsets, defaults, strict=True):
            if offset != default:
                given[f"{name}_offset"] = offset
        if self.fmt != self._default_fmt:
            given["fmt"] = self.fmt
        return self._shown(given)


class HourlyPartitionsDefinition(_Period):
    """One partition per hour.

    The hour that is skipped in spring has none; the second of the two equal hours in autumn is marked by its offset
    from UTC: ``2024-10-27-02:00+0100``.

    Args:
        start_date: When the first hour may begin: a text in ``fmt``, or a datetime (naive: in ``timezone``).
        end_date: Hours must have ended by then. Left out: by now.
        minute_offset: The minute at which hours begin.
        timezone: The time zone of keys, UTC if left out.
        fmt: How keys are written, ``%Y-%m-%d-%H:%M`` if left out.
        end_offset: This many hours more (or, below zero, less) than have ended by now.
        exclusions: Hours that do not exist: their starts as datetimes, or cron texts that match their starts.

    Raises:
        InvalidDefinitionError: An offset or an exclusion cannot be read.
        UnknownTimeZoneError: There is no such time zone; a KeyError too.
        CheckError: A date is not in ``fmt``; a ValueError too.
    """

    _default_fmt = HOURLY_FORMAT

    def __init__(
        self,
        start_date: datetime | str,
        end_date: datetime | str | None = None,
        minute_offset: int = 0,
        timezone: str | None = None,
        fmt: str | None = None,
        end_offset: int = 0,
        exclusions: Sequence[datetime | str] | None = None,
    ) -> None:
        cron = cron_text(ScheduleType.HOURLY, minute_offset, 0, None)
        self._define(start_date, end_date, timezone, fmt or HOURLY_FORMAT, end_offset, cron, exclusions)


class DailyPartitionsDefinition(_Period):
    """One partition per day; with daylight saving, days of 23 and 25 hours.

    Args:
        start_date: When the first day may begin: a text in ``fmt``, or a datetime (naive: in ``timezone``).
        end_date: Days must have ended by then. Left out: by now.
        minute_offset: The minute at which days begin.
        hour_offset: The hour at which days begin.
        timezone: The time zone of days, UTC if left out.
        fmt: How keys are written, ``%Y-%m-%d`` if left out.
        end_offset: This many days more (or, below zero, less) than have ended by now; 1 includes today.
        exclusions: Days that do not exist: their starts as datetimes, or cron texts that match their starts.

    Raises:
        InvalidDefinitionError: An offset or an exclusion cannot be read.
        UnknownTimeZoneError: There is no such time zone; a KeyError too.
        CheckError: A date is not in ``fmt``; a ValueError too.
    """

    def __init__(
        self,
        start_date: datetime | str,
        end_date: datetime | str | None = None,
        minute_offset: int = 0,
        hour_offset: int = 0,
        timezone: str | None = None,
        fmt: str | None = None,
        end_offset: int = 0,
        exclusions: Sequence[datetime | str] | None = None,
    ) -> None:
        cron = cron_text(ScheduleType.DAILY, minute_offset, hour_offset, None)
        self._define(start_date, end_date, timezone, fmt or DAILY_FORMAT, end_offset, cron, exclusions)


class WeeklyPartitionsDefinition(_Period):
    """One partition per week.

    Args:
        start_date: When the first week may begin: a text in ``fmt``, or a datetime (naive: in ``timezone``).
        end_date: Weeks must have ended by then. Left out: by now.
        minute_offset: The minute at which weeks begin.
        hour_offset: The hour at which weeks begin.
        day_offset: The day on which weeks begin, 0 = Sunday.
        timezone: The time zone of weeks, UTC if left out.
        fmt: How keys are written, ``%Y-%m-%d`` if left out.
        end_offset: This many weeks more (or, below zero, less) than have ended by now.
        exclusions: Weeks that do not exist: their starts as datetimes, or cron texts that match their starts.

    Raises:
        InvalidDefinitionError: An offset or an exclusion cannot be read.
        UnknownTimeZoneError: There is no such time zone; a KeyError too.
        CheckError: A date is not in ``fmt``; a ValueError too.
    """

    def __init__(
        self,
        start_date: datetime | str,
        end_date: datetime | str | None = None,
        minute_offset: int = 0,
        hour_offset: int = 0,
        day_offset: int = 0,
        timezone: str | None = None,
        fmt: str | None = None,
        end_offset: int = 0,
        exclusions: Sequence[datetime | str] | None = None,
    ) -> None:
        cron = cron_text(ScheduleType.WEEKLY, minute_offset, hour_offset, day_offset)
        self._define(start_date, end_date, timezone, fmt or DAILY_FORMAT, end_offset, cron, exclusions)


class MonthlyPartitionsDefinition(_Period):
    """One partition per month.

    Args:
        start_date: When the first month may begin: a text in ``fmt``, or a datetime (naive: in ``timezone``).
        end_date: Months must have ended by then. Left out: by now.
        minute_offset: The minute at which months begin.
        hour_offset: The hour at which months begin.
        day_offset: The day on which months begin; after the 28th, only in months that have that day.
        timezone: The time zone of months, UTC if left out.
        fmt: How keys are written, ``%Y-%m-%d`` if left out.
        end_offset: This many months more (or, below zero, less) than have ended by now.
        exclusions: Months that do not exist: their starts as datetimes, or cron texts that match their starts.

    Raises:
        InvalidDefinitionError: An offset or an exclusion cannot be read.
        UnknownTimeZoneError: There is no such time zone; a KeyError too.
        CheckError: A date is not in ``fmt``; a ValueError too.
    """

    _default_day = 1

    def __init__(
        self,
        start_date: datetime | str,
        end_date: datetime | str | None = None,
        minute_offset: int = 0,
        hour_offset: int = 0,
        day_offset: int = 1,
        timezone: str | None = None,
        fmt: str | None = None,
        end_offset: int = 0,
        exclusions: Sequence[datetime | str] | None = None,
    ) -> None:
        cron = cron_text(ScheduleType.MONTHLY, minute_offset, hour_offset, day_offset)
        self._define(start_date, end_date, timezone, fmt or DAILY_FORMAT, end_offset, cron, exclusions)
