"""How the start of a window is written as a key, and read back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import cache

from lading.definitions.partitions.zones import DAY, NAIVE_EPOCH, aware, instant, local_seconds
from lading.errors import CheckError

DAILY_FORMAT = "%Y-%m-%d"
HOURLY_FORMAT = "%Y-%m-%d-%H:%M"
_EPOCH_DAY = NAIVE_EPOCH.toordinal()


def show(at: int, fmt: str, zone: tzinfo, *, tells_repeats: bool) -> str:
    """Return the key of a window that starts at a point in time.

    Args:
        at: The start.
        fmt: The format of keys.
        zone: Local times are shown.
        tells_repeats: Mark the second occurrence of a repeated local time by its offset from UTC.
    """
    when = NAIVE_EPOCH + timedelta(seconds=at) if zone is UTC else aware(at, zone)
    if fmt == DAILY_FORMAT:
        text = when.isoformat()[:10]
    elif fmt == HOURLY_FORMAT:
        iso = when.isoformat()
        text = f"{iso[:10]}-{iso[11:16]}"
    else:
        text = when.strftime(fmt)
    # A format may tell the offset by itself.
    return text + when.strftime("%z") if tells_repeats and when.fold and "%z" not in fmt else text


def show_all(times: Sequence[int], fmt: str) -> list[str] | None:
    """Return the keys of windows that start at sorted local times, or None if that takes a look at each.

    Args:
        times: What a clock shows when they start.
        fmt: The format of keys.
    """
    if fmt == DAILY_FORMAT:
        return [date.fromordinal(local // DAY + _EPOCH_DAY).isoformat() for local in times]
    if fmt != HOURLY_FORMAT:
        return None
    minutes = _minutes()
    keys: list[str] = []
    last, day = None, ""
    for local in times:
        number, second = divmod(local, DAY)
        if number != last:
            last, day = number, date.fromordinal(number + _EPOCH_DAY).isoformat()
        keys.append(day + minutes[second // 60])
    return keys


@cache
def _minutes() -> tuple[str, ...]:
    return tuple(f"-{hour:02d}:{minute:02d}" for hour in range(24) for minute in range(60))


def read(text: str, fmt: str, zone: tzinfo) -> int:
    """Return the point in time that a key, or a date in its format, names.

    Raises:
        CheckError: The text is not in the format; it is a ValueError too.
        OverflowError: The point in time is out of the calendar.
    """
    local = _plain(text, fmt)
    if local is not None:
        return instant(local, zone)
    try:
        when = datetime.strptime(text, fmt)  # noqa: DTZ007 - the zone is the definition's
    except ValueError:
        when = _with_offset(text, fmt)
    if when.tzinfo is not None:
        return int(when.timestamp())
    return instant(local_seconds(when), zone)


def _plain(text: str, fmt: str) -> int | None:
    """Read the two usual formats without strptime, which takes longer than all the rest."""
    try:
        if fmt == DAILY_FORMAT:
            day = date.fromisoformat(text)
            return (day.toordinal() - _EPOCH_DAY) * DAY if day.isoformat() == text else None
        if fmt == HOURLY_FORMAT and len(text) == 16 and text[10] == "-":
            day = date.fromisoformat(text[:10])
            hour, minute = int(text[11:13]), int(text[14:])
            if text == f"{day.isoformat()}-{hour:02d}:{minute:02d}" and hour < 24 and minute < 60:
                return (day.toordinal() - _EPOCH_DAY) * DAY + hour * 3600 + minute * 60
    except ValueError:
        pass
    return None


def _with_offset(text: str, fmt: str) -> datetime:
    """Read a key that says which occurrence of a repeated hour it means."""
    try:
        return datetime.strptime(text, f"{fmt}%z")
    except ValueError as error:
        raise CheckError(
            f'"{text}" is not in the format {fmt}',
            where=f'"{text}"',
            fix=f'write it like "{NAIVE_EPOCH.replace(year=2024, day=31).strftime(fmt)}"',
        ) from error
