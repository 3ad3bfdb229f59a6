"""JSON: plain data as text that people and other tools read.

What JSON cannot say itself stands in an object with one key that begins with ``$``: ``{"$tuple": [1, 2]}``,
``{"$datetime": "2024-01-01T00:00:00"}``, ``{"$dict": [[1, "a"]]}`` for keys that are no texts. So plain data comes back
as it went in. Dataclasses and models are written as plain objects, and become themselves again where the consumer's
annotation says so; nothing in the file decides what code runs.
"""

from __future__ import annotations

import base64
import dataclasses
import json
import math
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from typing import Any, BinaryIO, cast
from uuid import UUID
from zoneinfo import ZoneInfo

from lading.abc.format import NO_FACTS, Facts, Want
from lading.abc.store import Source
from lading.errors import CannotLoadError, CannotStoreError
from lading.storage.shapes import as_kind
from lading.storage.types import type_name

_PLAIN = {str, int, bool, type(None)}
_PRETTY = 4000  # texts up to this length are laid out for the eye


class JsonFormat:
    """Plain data, dataclasses and models as readable text."""

    name = "json"
    suffix = ".json"

    def accepts(self, kind: type) -> bool:
        return (
            kind in _PLAIN
            or kind in _WRITERS
            or kind in {list, dict, float}
            or dataclasses.is_dataclass(kind)
            or issubclass(kind, Enum)
            or hasattr(cast("Any", kind), "model_dump")
        )

    def dump(self, value: object, sink: BinaryIO) -> Facts:
        try:
            plain = _encode(value, "")
        except RecursionError as error:
            raise CannotStoreError(
                "the value is nested too deeply for JSON, or holds itself", fix="return flatter data, or allow pickle"
            ) from error
        text = json.dumps(plain, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        if len(text) <= _PRETTY:
            text = json.dumps(plain, ensure_ascii=False, allow_nan=False, indent=2)
        try:
            data = text.encode()
        except UnicodeEncodeError:  # half a character: escaped, it survives
            data = json.dumps(plain, allow_nan=False).encode()
        sink.write(data + b"\n")
        return Facts(rows=len(cast("list[object]", value))) if type(value) is list else NO_FACTS

    def load(self, sources: Sequence[Source], want: Want) -> object:
        (source,) = sources
        try:
            value = json.loads(source.read(), object_hook=_decode)
        except (ValueError, TypeError, ArithmeticError, KeyError) as error:
            raise CannotLoadError(f"this is no JSON as lading writes it: {error}") from error
        return value if want.kind is None else as_kind(value, want.kind)


def _encode(value: Any, where: str) -> Any:
    kind = cast("type[Any]", type(value))
    if kind in _PLAIN:
        return value
    if kind is float:
        return value if math.isfinite(value) else {"$float": repr(value)}
    if kind is list:
        return [_encode(item, where) for item in value]
    if kind is dict:
        return _encode_dict(value, where)
    writer = _WRITERS.get(kind)
    if writer is not None:
        tag, write = writer
        if write is not None:
            return {tag: write(value)}
        items = [_encode(item, where) for item in value]
        # Equal sets are equal bytes, whatever order this process iterates them in.
        return {tag: items if kind is tuple else sorted(items, key=json.dumps)}
    if dataclasses.is_dataclass(value):
        return {
            field.name: _encode(getattr(value, field.name), f"{where}.{field.name}")
            for field in dataclasses.fields(value)
            if field.init
        }
    if isinstance(value, Enum):
        return _encode(value.value, where)
    dump = getattr(value, "model_dump", None)
    if dump is not None:
        return _encode(dump(mode="json"), where)
    raise CannotStoreError(
        f"a value of type {type_name(kind)} cannot be written as JSON",
        where=f"in {where.lstrip('.')}" if where else None,
        fix="return plain data or a dataclass, register a Format, or set allow_pickle=True",
    )


def _encode_dict(value: dict[Any, Any], where: str) -> Any:
    for key in value:
        if type(key) is not str:
            break
    else:
        if len(value) != 1 or not next(iter(value)).startswith("$"):
            return {key: _encode(item, f"{where}.{key}") for key, item in value.items()}
    return {"$dict": [[_encode(key, where), _encode(item, f"{where}.{key}")] for key, item in value.items()]}


def _timedelta(value: timedelta) -> list[int]:
    return [value.days, value.seconds, value.microseconds]


def _complex(value: complex) -> list[Any]:
    return [_encode(value.real, ""), _encode(value.imag, "")]


def _write_moment(value: Any) -> Any:
    """Text as of ISO 8601; with the second of two equal hours, or a named zone, a list of text, fold and zone."""
    zone: str | None = getattr(value.tzinfo, "key", None)
    if zone is None and not value.fold:
        return value.isoformat()
    return [(value.replace(tzinfo=None) if zone else value).isoformat(), value.fold, zone]


def _read_moment(read: Callable[[str], Any], found: Any) -> object:
    if isinstance(found, str):
        return read(found)
    text, fold, zone = found
    value = read(text)
    return value.replace(fold=fold, tzinfo=ZoneInfo(zone) if zone else value.tzinfo)


# How each type is written, by its tag; None writes a sequence of values.
_WRITERS: dict[type, tuple[str, Callable[[Any], Any] | None]] = {
    tuple: ("$tuple", None),
    set: ("$set", None),
    frozenset: ("$frozenset", None),
    datetime: ("$datetime", _write_moment),
    date: ("$date", date.isoformat),
    time: ("$time", _write_moment),
    timedelta: ("$timedelta", _timedelta),
    Decimal: ("$decimal", str),
    UUID: ("$uuid", str),
    bytes: ("$bytes", lambda value: base64.b64encode(value).decode()),
    complex: ("$complex", _complex),
}
_READERS: Mapping[str, Callable[[Any], object]] = {
    "$tuple": tuple,
    "$set": set,
    "$frozenset": frozenset,
    "$datetime": lambda text: _read_moment(datetime.fromisoformat, text),
    "$date": date.fromisoformat,
    "$time": lambda text: _read_moment(time.fromisoformat, text),
    "$timedelta": lambda parts: timedelta(*parts),
    "$decimal": Decimal,
    "$uuid": UUID,
    "$bytes": base64.b64decode,
    "$complex": lambda parts: complex(*parts),
    "$float": float,
    "$dict": dict,
}


def _decode(found: dict[str, Any]) -> object:
    if len(found) == 1:
        ((key, value),) = found.items()
        reader = _READERS.get(key)
        if reader is not None:
            return reader(value)
    return found


JSON = JsonFormat()
