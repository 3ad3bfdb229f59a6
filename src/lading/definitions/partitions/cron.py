"""Cron texts: read field by field, and turned into ticks. The regular ones become arithmetic, the others a table."""

from __future__ import annotations

from datetime import UTC, tzinfo
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from lading.definitions.partitions.tick_table import MergingTicks, TableTicks, check_cron
from lading.definitions.partitions.ticks import ClockTicks, DayTicks, MonthTicks, Ticks
from lading.definitions.partitions.zones import load_zone

_ALIASES = {
    "@hourly": "0 * * * *",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@weekly": "0 0 * * 0",
    "@monthly": "0 0 1 * *",
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
}
_BOUNDS = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 7))
_DAY_MINUTES = 24 * 60
_WIDEST_GAP = 120  # minutes; Troll in Antarctica skips two hours
# Zones that once skipped a whole day: there two of its midnights fall on the same moment, which only a table sees.
_SKIPPED_A_DAY = frozenset(
    f"{region}{place}"
    for region, place in (
        ("Pacific/", "Apia"),
        ("Pacific/", "Fakaofo"),
        ("Pacific/", "Kwajalein"),
        ("", "Kwajalein"),
        ("Pacific/", "Enderbury"),
        ("Pacific/", "Kanton"),
        ("Pacific/", "Kiritimati"),
    )
)


class CronFields(NamedTuple):
    """The five fields of a cron text as sorted values."""

    minutes: tuple[int, ...]
    hours: tuple[int, ...]
    days: tuple[int, ...]
    months: tuple[int, ...]
    weekdays: tuple[int, ...]


@lru_cache(maxsize=1024)
def normal_cron(cron: str) -> str:
    """Return the cron text in its five plain fields.

    Raises:
        InvalidDefinitionError: It is no cron text, or never comes true.
    """
    text = " ".join(_ALIASES.get(cron.strip().lower(), cron).split())
    fields = text.split(" ")
    if len(fields) == len(_BOUNDS):
        fields = [*fields[:2], *("*" if field == "?" else field for field in fields[2:])]
        if fields[4][:1] in "lL" and fields[4][1:].isdigit():
            fields[4] = f"{fields[4][1:]}L"
        text = " ".join(fields)
    if cron_fields(text) is None or _arithmetic(text, load_zone("UTC"), 0) is None:
        check_cron(text, cron)
    return text


@lru_cache(maxsize=1024)
def cron_fields(text: str) -> CronFields | None:
    """Return the values of each field, or None where a field says more than numbers, ranges and steps."""
    fields = text.split(" ")
    if len(fields) != len(_BOUNDS):
        return None
    values = [_values(field, *bounds) for field, bounds in zip(fields, _BOUNDS, strict=True)]
    minutes, hours, days, months, weekdays = values
    if minutes is None or hours is None or days is None or months is None or weekdays is None:
        return None
    return CronFields(minutes, hours, days, months, tuple(sorted({day % 7 for day in weekdays})))


@lru_cache(maxsize=512)
def ticks_of(cron: str, timezone: str, anchor: int) -> Ticks:
    """Return the ticks of a (normal) cron text in a time zone.

    Args:
        cron: What ``normal_cron`` gave.
        timezone: The name of the zone.
        anchor: A point in time near which ticks will be asked for.
    """
    zone = load_zone(timezone)
    found = None if timezone in _SKIPPED_A_DAY else _arithmetic(cron, zone, anchor)
    return TableTicks(cron, zone, anchor) if found is None else found


def _arithmetic(cron: str, zone: tzinfo, anchor: int) -> Ticks | None:
    fields = cron_fields(cron)
    if fields is None:
        return None
    every_day, every_month, every_weekday = len(fields.days) == 31, len(fields.months) == 12, len(fields.weekdays) == 7
    if every_day and every_month:
        by_the_hour = cron.split(" ")[1] == "*"
        if by_the_hour and every_weekday:
            return ClockTicks(fields.minutes, zone, anchor)
        minutes = _minutes(fields, every_weekday)
        if by_the_hour:
            return ClockTicks(minutes, zone, anchor, weekly=True)
        days = 1 if every_weekday else 7
        # Times that are close together may fall into one gap of daylight saving and become one tick.
        around = (*minutes, minutes[0] + days * _DAY_MINUTES)
        if zone is UTC or all(after - before > _WIDEST_GAP for before, after in pairwise(around)):
            return DayTicks(days, minutes, zone)
        return MergingTicks(days, minutes, zone, anchor)
    if every_weekday and len(fields.days) == len(fields.hours) == len(fields.minutes) == 1 and fields.days[0] <= 28:
        return MonthTicks(fields.months, fields.days[0], fields.hours[0] * 60 + fields.minutes[0], zone)
    return None


def _minutes(fields: CronFields, every_weekday: bool) -> tuple[int, ...]:
    """The times of a day, or of a week, in minutes since its start."""
    return tuple(
        weekday * _DAY_MINUTES + hour * 60 + minute
        for weekday in ((0,) if every_weekday else fields.weekdays)
        for hour in fields.hours
        for minute in fields.minutes
    )


def _values(field: str, low: int, high: int) -> tuple[int, ...] | None:
    found: set[int] = set()
    for part in field.split(","):
        span, slash, step_text = part.partition("/")
        if slash and not (step_text.isascii() and step_text.isdigit() and int(step_text) > 0):
            return None
        bounds = (low, min(high, 6) if low == 0 and high == 7 else high) if span == "*" else _span(span)
        if bounds is None:
            return None
        first, last = bounds[0], high if slash and "-" not in span and span != "*" else bounds[1]
        if not low <= first <= last <= high:
            return None
        found.update(range(first, last + 1, int(step_text) if slash else 1))
    return tuple(sorted(found))


def _span(text: str) -> tuple[int, int] | None:
    first, dash, last = text.partition("-")
    last = last if dash else first
    if all(number.isascii() and number.isdigit() for number in (first, last)):
        return int(first), int(last)
    return None
