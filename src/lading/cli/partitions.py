"""Partitions of an asset, by state: as data, in a cell of a table, and in lines."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from typing import Any, Final

from lading.app.partition_status import PartitionCounts
from lading.cli import words
from lading.cli.screen import plain
from lading.values.partition_set import PartitionSet

STATES: Final = ("stored", "failed", "missing", "stale")
SHOWN: Final = 5
"""So many ranges of each state are named in text."""
MANY: Final = 1_000
"""And so many in JSON, where it is about one asset."""


def partition_fields(counts: PartitionCounts | None, limit: int = MANY) -> dict[str, Any] | None:
    """Counts and ranges as data: of each state the first ranges, and how many more there are."""
    if counts is None:
        return None
    return {
        "total": counts.total,
        **{state: getattr(counts, state) for state in STATES},
        "ranges": {state: counts.ranges(state, limit) for state in STATES},
        "more_ranges": {state: max(0, counts.count_ranges(state) - limit) for state in STATES},
    }


def partition_cell(counts: PartitionCounts | None) -> str:
    """Counts in few words: ``1,458/1,461, 1 failed``."""
    if counts is None:
        return words.DASH
    stored = f"{counts.stored:,}" if counts.total is None else f"{counts.stored:,}/{counts.total:,}"
    troubles = [
        f"{number:,} {state}" for state, number in (("failed", counts.failed), ("stale", counts.stale)) if number
    ]
    return ", ".join([stored, *troubles])


def partition_lines(counts: PartitionCounts) -> list[str]:
    """Counts in a line, then a line for each state that asks for something, with the first ranges."""
    stored = f"{counts.stored:,}" if counts.total is None else f"{counts.stored:,} of {counts.total:,}"
    lines = [f"{stored} stored"]
    for state in STATES[1:]:
        number = getattr(counts, state)
        if number:
            ranges = counts.ranges(state, SHOWN) or []
            more = counts.count_ranges(state) - len(ranges)
            named = ", ".join(map(plain, ranges)) + (f" and {words.plural(more, 'more range')}" if more > 0 else "")
            lines.append(f"{number:,} {state}" + (f": {named}" if ranges else ""))
    if counts.stale is None and counts.stored and "stored" in counts.sets:
        lines.append("stale ones are not known")
    return lines


def first_of(stored: AbstractSet[str]) -> str | None:
    """The first of stored partitions: in their own order where that is known, else in that of texts."""
    if isinstance(stored, PartitionSet):
        return next(iter(stored.first(1)), None)
    return min(stored, default=None)


def last_of(stored: AbstractSet[str]) -> str | None:
    """The last of stored partitions; see ``first_of``."""
    return stored.last() if isinstance(stored, PartitionSet) else max(stored, default=None)
