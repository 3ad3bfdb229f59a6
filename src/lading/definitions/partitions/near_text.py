"""What somebody probably meant who mistyped one of a list of keys."""

from __future__ import annotations

from collections.abc import Sequence

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
