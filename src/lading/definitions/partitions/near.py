"""What somebody probably meant who mistyped one of a list of keys, or the key of a window."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

# Comparing texts costs microseconds each; beyond this many nobody waits for a hint.
_ENOUGH = 20_000


def near_text(key: str, keys: Sequence[str]) -> str | None:
    """Return the key that comes closest, or None if none is close."""
    from difflib import get_close_matches

    considered = keys[:_ENOUGH]
    folded = key.strip().casefold()
    alike = next((known for known in considered if known.strip().casefold() == folded), None)
    if alike is not None:
        return alike
    return next(iter(get_close_matches(key, considered, n=1)), None)


def near_moment(text: str) -> datetime | None:
    """Return the local time that the numbers in a text come closest to, or None.

    ``2024-13-01`` is read as December, ``2024-2-31`` as the last of February.
    """
    from calendar import monthrange

    numbers = [int(number) for number in re.findall(r"[0-9]{1,4}", text)]
    if not numbers or not 1900 <= numbers[0] <= 9000:
        return None
    year, month, day, hour, minute = (numbers + [1, 1, 0, 0][len(numbers) - 1 :])[:5]
    month = _within(month, 1, 12)
    day = _within(day, 1, monthrange(year, month)[1])
    return datetime(year, month, day, _within(hour, 0, 23), _within(minute, 0, 59))  # noqa: DTZ001 - local time


def _within(number: int, low: int, high: int) -> int:
    return min(max(number, low), high)
