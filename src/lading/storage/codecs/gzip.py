"""gzip, as every tool reads it."""

from __future__ import annotations

from typing import BinaryIO, cast

from lading.abc.store import Source
from lading.storage.sources import DecodedSource


class GzipCodec:
    """The same bytes for the same value: no name and no time stand in the header.

    Args:
        level: From 1 (quick) to 9 (small).
    """

    name = "gzip"
    suffix = ".gz"

    def __init__(self, level: int = 6) -> None:
        self.level = level

    def write_to(self, sink: BinaryIO) -> BinaryIO:
        from gzip import GzipFile

        return cast("BinaryIO", GzipFile("", "wb", self.level, sink, mtime=0))

    def read_from(self, source: Source) -> Source:
        return DecodedSource(source, _decode)


def _decode(reader: BinaryIO) -> BinaryIO:
    from gzip import GzipFile

    return cast("BinaryIO", GzipFile(fileobj=reader))
