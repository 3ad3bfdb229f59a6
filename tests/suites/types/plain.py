"""Samples of plain data."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.suites.types.sample import Sample


def _itself(value: Any) -> Any:
    return value


def _json(value: Any) -> Sample:
    return Sample(lambda: value, _itself, lambda path: json.loads(path.read_text("utf-8")))


def _bytes(value: Any) -> Sample:
    return Sample(lambda: value, bytes, Path.read_bytes)


def _encoded(value: str | bytes) -> bytes:
    return value.encode() if isinstance(value, str) else value


SAMPLES = {
    "str": Sample(lambda: "é\r\n", _encoded, Path.read_bytes),
    "bytes": _bytes(b"\0\xff"),
    "bytearray": _bytes(bytearray(b"\0\xff")),
    "memoryview": _bytes(memoryview(b"\0\xff")),
    "bool": _json(value=True),
    "int": _json(10**30),
    "float": _json(0.5),
    "list": _json([{"a": 1}]),
    "dict": _json({"a": [None, "ü"]}),
    "tuple": Sample(lambda: (1, "a"), _itself, lambda path: tuple(json.loads(path.read_text("utf-8"))["$tuple"])),
    "NoneType": _json(None),
}
