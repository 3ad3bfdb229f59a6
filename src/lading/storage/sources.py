"""Sources around bytes and around other sources."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from lading.abc.store import Source, Stat


class BytesSource(Source):
    """Bytes that are already in memory.

    Args:
        data: The bytes.
        stat: What the store knows of them.
        path: The file they come from, if any.
    """

    __slots__ = ("_data", "_path", "_stat")

    def __init__(self, data: bytes, stat: Stat, path: Path | None = None) -> None:
        self._data = data
        self._stat = stat
        self._path = path

    @property
    def stat(self) -> Stat:
        return self._stat

    @property
    def path(self) -> Path | None:
        return self._path

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
        return self._decode(self._source.open())

    def read(self) -> bytes:
        with self.open() as reader:
            return reader.read()

    def close(self) -> None:
        self._source.close()
