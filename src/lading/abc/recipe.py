"""How a worker in another process finds the definitions again: names, never functions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lading.values.dataclass import dataclass, field


@dataclass(frozen=True, slots=True)
class Recipe:
    """An importable opener, by name, and its arguments.

    Args:
        module: The module that holds the opener.
        attribute: The opener's name in it: a function, or an object that is taken as it is.
        arguments: Keyword arguments for the opener; plain data only.
    """

    module: str
    attribute: str
    arguments: Mapping[str, Any] = field(default_factory=dict[str, Any])
