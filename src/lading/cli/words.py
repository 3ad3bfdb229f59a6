"""Numbers, times and names as people read them."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

DASH = "–"
_UNITS = ("kB", "MB", "GB", "TB", "PB")


def count(number: int | None) -> str:
    """A number with its thousands parted; a dash where there is none."""
    return DASH if number is None else f"{number:,}"


def size(number: int | None) -> str:
    """Bytes: ``18 B``, ``47.8 kB``, ``7.3 MB``."""
    if number is None:
        return DASH
    if number < 1000:
        return f"{number} B"
    power = 1
    while number >= 999.5 * 1000**power and power < len(_UNITS):
        power += 1
    return f"{_short(number / 1000**power)} {_UNITS[power - 1]}"


def _short(value: float) -> str:
    return f"{value:.0f}" if value >= 99.95 else f"{value:.1f}".removesuffix(".0")


def seconds(value: float | None) -> str:
    """A stretch of time: ``2 ms``, ``0.3 s``, ``41 s``, ``3 min 20 s``."""
    if value is None:
        return DASH
    if value < 0.0995:
        return f"{max(1, round(value * 1000))} ms" if value > 0 else "0 ms"
    if value < 9.95:
        return f"{value:.1f} s"
    if value < 119.5:
        return f"{value:.0f} s"
    minutes, rest = divmod(round(value), 60)
    if minutes < 120:
        return f"{minutes} min {rest} s" if rest else f"{minutes} min"
    return f"{minutes // 60} h {minutes % 60} min"


def moment(stamp: float | None, now: float | None = None, precise: bool = False) -> str:
    """A time in the local zone: ``today 09:14``, ``yesterday 18:02``, ``3 Nov 10:40``, ``3 Nov 2024``."""
    if stamp is None:
        return DASH
    then = datetime.fromtimestamp(stamp).astimezone()
    today = datetime.fromtimestamp(time.time() if now is None else now).astimezone().date()
    clock = then.strftime("%H:%M:%S" if precise else "%H:%M")
    if then.date() == today:
        return f"today {clock}"
    if then.date() == today - timedelta(days=1):
        return f"yesterday {clock}"
    if then.year == today.year:
        return f"{then.day} {then:%b} {clock}"
    return f"{then.day} {then:%b} {then.year}"


def iso(stamp: float | None) -> str | None:
    """A time for machines: UTC, ending in ``Z``."""
    if stamp is None:
        return None
    return datetime.fromtimestamp(stamp, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def short_id(identifier: str) -> str:
    """The beginning of a run's id, as people type it."""
    return identifier[:6]


def digest(text: str | None) -> str:
    """The beginning of a digest, without its kind."""
    return "" if not text else text.rpartition(":")[2][:8]


def short_type(name: str) -> str:
    """A type without the inner modules of its library: ``pandas.DataFrame``."""
    if "." not in name:
        return name
    return f"{name.partition('.')[0]}.{name.rpartition('.')[2]}"


def items(kind: str, rows: int | None) -> str:
    """A type and how much of it: ``list, 3 items``, ``pandas.DataFrame, 1,461 rows``."""
    name = short_type(kind)
    if rows is None or not name:
        return name
    thing = "item" if name in {"list", "tuple", "dict", "set", "frozenset"} else "row"
    return f"{name}, {rows:,} {thing}{'' if rows == 1 else 's'}"


def plural(number: int, thing: str) -> str:
    """A number of things: ``1 step``, ``3 steps``."""
    return f"{number:,} {thing}{'' if number == 1 else 's'}"


def listed(names: Iterable[str], limit: int = 20) -> str:
    """Names in one line, cut after a limit."""
    known = list(names)
    more = f" and {len(known) - limit:,} more" if len(known) > limit else ""
    return ", ".join(known[:limit]) + more


def place(path: str, root: str | None) -> str:
    """A path as people read it: from the project's root, or with ``~``; a URL as it is."""
    if "://" in path:
        return path
    if root is not None and os.path.isabs(path):
        inside = os.path.relpath(path, root)
        if not inside.startswith(".."):
            return inside
    user = os.path.expanduser("~")
    return f"~{path[len(user) :]}" if user != "/" and path.startswith(user + os.sep) else path


def quoted(text: str) -> str:
    """A word of a command line that can be pasted into a shell of this system."""
    if text and all(char.isalnum() or char in "_-./:=@%,+" for char in text):
        return text
    if os.name == "nt":
        return '"' + text.replace('"', '""') + '"'
    return "'" + text.replace("'", "'\\''") + "'"


def format_name(name: str) -> str:
    """The name of a format as it is written: ``JSON``, ``Parquet``, ``pickle``."""
    return _FORMATS.get(name, name)


_FORMATS = {"json": "JSON", "csv": "CSV", "parquet": "Parquet"}
