"""What a sample of a stored type must tell."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from pkgutil import resolve_name
from typing import Any


@dataclass(frozen=True)
class Sample:
    """A value of a type, and how to look at it.

    Attributes:
        make: Makes the value.
        plain: What there is to compare of a value, the same for all types that it is loaded as.
        opened: The same of a file, read by the usual tool of its format, without lading.
        kind: The annotation of a consumer, where the name of the row is no class.
        stored: What ``plain`` gives after another format on request, by format, where that holds less.
        heavy: Whether it needs libraries that the quick run does not have.
    """

    make: Callable[[], Any]
    plain: Callable[[Any], Any]
    opened: Callable[[Path], Any]
    kind: Any = None
    stored: dict[str, Any] = field(default_factory=dict)
    heavy: bool = False


def annotation_of(name: str, samples: dict[str, Sample]) -> Any:
    """The annotation that asks for a type of the catalog."""
    sample = samples.get(name)
    if sample is not None and sample.kind is not None:
        return sample.kind
    if name == "NoneType":
        return type(None)
    return resolve_name(name if "." in name else f"builtins.{name}")
