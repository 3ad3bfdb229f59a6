"""The usual schedules by name, and their cron texts."""

from __future__ import annotations

from enum import StrEnum

from lading.definitions.partitions.cron import cron_fields


class ScheduleType(StrEnum):
    """How often a new window begins."""

    HOURLY = "HOURLY"
    DAILY = "DAILY"
    WEEKLY = "WEEKLY"
    MONTHLY = "MONTHLY"


def cron_text(kind: ScheduleType, minute: int, hour: int, day: int | None) -> str:
    """Return the cron text of a schedule.

    Args:
        kind: How often a new window begins.
        minute: The minute of the hour.
        hour: The hour of the day.
        day: The day of the week (0 = Sunday) or of the month; None for Sunday or the 1st.
    """
    if kind is ScheduleType.HOURLY:
        return f"{minute} * * * *"
    if kind is ScheduleType.DAILY:
        return f"{minute} {hour} * * *"
    if kind is ScheduleType.WEEKLY:
        return f"{minute} {hour} * * {day or 0}"
    return f"{minute} {hour} {day or 1} * *"


def schedule_type_of(cron: str) -> ScheduleType | None:
    """Return the schedule that a (normal) cron text describes, None if it is none of the usual ones."""
    fields = cron_fields(cron)
    if fields is None:
        return None
    single = [len(values) == 1 for values in fields]
    every = [text == "*" for text in cron.split(" ")]
    for kind, begins in (
        (ScheduleType.HOURLY, single[0] and all(every[1:])),
        (ScheduleType.DAILY, all(single[:2]) and all(every[2:])),
        (ScheduleType.WEEKLY, all(single[:2]) and all(every[2:4]) and single[4]),
        (ScheduleType.MONTHLY, all(single[:3]) and all(every[3:])),
    ):
        if begins:
            return kind
    return None


def offsets_of(cron: str) -> tuple[int, int, int]:
    """Return the first minute and hour at which windows begin, and the day of a weekly or monthly schedule (else 0)."""
    fields = cron_fields(cron)
    if fields is None:
        return 0, 0, 0
    kind = schedule_type_of(cron)
    days = {ScheduleType.WEEKLY: fields.weekdays, ScheduleType.MONTHLY: fields.days}.get(kind) if kind else None
    return fields.minutes[0], fields.hours[0], days[0] if days else 0
