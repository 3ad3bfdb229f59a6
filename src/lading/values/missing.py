"""What an input is given for a value that was never stored."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, TypeAlias

from lading.errors import InvalidDefinitionError, PartitionsMissing
from lading.values.dataclass import dataclass

ALLOW_MISSING = "allow_missing_partitions"
"""The metadata entry of an input that means the same as ``missing="skip"``."""

_NAMED = 20  # so many missing partitions are named in a message


@dataclass(frozen=True, slots=True)
class DefaultValue:
    """A value that stands in for one that was never stored: ``AssetIn(missing=DefaultValue(0.0))``.

    Args:
        value: The value; each missing partition gets this very object.
    """

    value: Any


Missing: TypeAlias = Literal["raise", "skip"] | DefaultValue
"""What to do about a value that was never stored: refuse the input, go without it, or take a default."""


def check_missing(given: Any, where: str) -> Missing:
    """The policy, if it is one.

    Raises:
        InvalidDefinitionError: It is none.
    """
    if isinstance(given, DefaultValue) or given in ("raise", "skip"):
        return given
    raise InvalidDefinitionError(
        f"missing={given!r:.60} means nothing", where=where, fix='"raise", "skip", or DefaultValue(…)'
    )


def missing_error(asset: str, keys: Sequence[str], asked: int, where: str | None = None) -> PartitionsMissing:
    """The one error for partitions that were never stored: it names them, and the command that makes them.

    Args:
        asset: Whose they are.
        keys: The missing ones, in order.
        asked: How many were asked for.
        where: Where they would lie.
    """
    first, last = keys[0], keys[-1]
    named = ", ".join(keys[:_NAMED]) + (f" and {len(keys) - _NAMED} more" if len(keys) > _NAMED else "")
    if asked == 1:
        what = f"asset {asset}, partition {first} has never been stored"
        fix = f"`lading materialize {asset} --partition {first}`"
    else:
        what = f"{len(keys)} of {asked} partitions of {asset} have never been stored"
        # A backfill makes what is missing between two ends and leaves the rest alone.
        command = (
            f"materialize {asset} --partition {first}"
            if len(keys) == 1
            else f"backfill {asset} --range {first}..{last}"
        )
        fix = f'`lading {command}`, or AssetIn(missing="skip") to go without'
        where = f"missing: {named}"
    error = PartitionsMissing(what, where=where, fix=fix)
    error.partitions = tuple(map(str, keys))
    return error
