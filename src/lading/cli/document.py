"""The one JSON document of a command, for machines."""

from __future__ import annotations

import math
from typing import Any, TextIO

from lading import __version__
from lading.cli.screen import write
from lading.errors import LadingError

FORMAT = 1


def document(command: str, ok: bool = True, **fields: Any) -> dict[str, Any]:
    """A document of a command."""
    return {"format": FORMAT, "command": command, "ok": ok, "lading": __version__, **fields}


def failure(command: str, error: LadingError) -> dict[str, Any]:
    """What a document says of an error."""
    return document(command, ok=False, error=error_fields(error))


def error_fields(error: LadingError) -> dict[str, Any]:
    """An error as data."""
    return {
        "code": error.code,
        "what": error.what,
        "where": error.where,
        "fix": error.fix,
        "did_you_mean": error.did_you_mean,
        "exit": error.exit_code,
    }


def print_document(stream: TextIO, content: dict[str, Any], one_line: bool = False) -> None:
    """Write a document, and nothing else, to a stream."""
    import json

    indent = None if one_line else 2
    write(stream, json.dumps(as_json(content), indent=indent, allow_nan=False) + "\n")


def as_json(value: Any) -> Any:
    """A value as JSON can hold it; what it cannot hold becomes text."""
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    if isinstance(value, dict):
        return {str(key): as_json(each) for key, each in value.items()}  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType] - values of any type
    if isinstance(value, list | tuple | set | frozenset):
        return [as_json(each) for each in value]  # pyright: ignore[reportUnknownVariableType] - values of any type
    bare = getattr(value, "item", None)
    if callable(bare) and getattr(value, "shape", None) == ():
        return as_json(bare())
    return str(value)
