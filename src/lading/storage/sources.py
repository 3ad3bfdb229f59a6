"""Sources around bytes and around other sources."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import TYPE_CHECKING, BinaryIO

from lading.abc.store import Source, Stat

if TYPE_CHECKING:  # it would load urllib and ipaddress
    from pathlib import Path


class BytesSource(Source):
    """Bytes that are already in memory.

    Args:
        data: The bytes.
        stat: What the store knows of them.
        origin: Where they come from.
    """

    __slots__ = ("_data", "_origin", "_stat")

    def __init__(self, data: bytes, stat: Stat, origin: Source | None = None) -> None:
        self._data = data
        self._stat = stat
        self._origin = origin

    @property
    def stat(self) -> Stat:
        return self._stat

    @property
    def path(self) -> Path | None:
        return None if self._origin is None else self._origin.path

    def open(self) -> BinaryIO:
        return io.BytesIO(self._data)

    def read(self) -> bytes:
        return self._data


class DecodedSource(Source):
    """Another source, decoded while it is read.

    Args:
        source: The encoded bytes.
        decode: Makes a reader of decoded bytes around a reader of encoded ones.
    """

    __slots__ = ("_decode", "_source")

    def __init__(self, source: Source, decode: Callable[[BinaryIO], BinaryIO]) -> None:
        self._source = source
        self._decode = decode

    @property
    def stat(self) -> Stat:
        return self._source.stat

    def open(self) -> BinaryIO:
        if not self._source.stat.size:  # nothing encoded is nothing, whatever a decoder makes of it
            return io.BytesIO()
        return self._decode(self._source.open())

    def read(self) -> bytes:
        with self.open() as reader:
            return reader.read()

    def close(self) -> None:
        self._source.close()
