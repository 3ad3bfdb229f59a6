"""What plain config is made of: mappings and lists of anything."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeGuard

STARS = "**********"
"""What stands in a record of config where a secret was given."""


def is_mapping(value: object) -> TypeGuard[Mapping[Any, Any]]:
    """Whether it is a mapping."""
    return isinstance(value, Mapping)


def is_list(value: object) -> TypeGuard[list[Any] | tuple[Any, ...]]:
    """Whether it is a list, or the tuple that stands for one in Python."""
    return isinstance(value, (list, tuple))


def is_set(value: object) -> TypeGuard[set[Any] | frozenset[Any]]:
    """Whether it is a set."""
    return isinstance(value, (set, frozenset))
