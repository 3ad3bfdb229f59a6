"""Zstandard, out of the standard library or its backport."""

from __future__ import annotations

import sys
from typing import BinaryIO, cast

from lading.abc.store import Source
from lading.storage.sources import DecodedSource


class ZstdCodec:
    """Quick and small, with a checksum of its own.

    Args:
        level: From 1 (quick) to 19 (small).
    """

    name = "zstd"
    suffix = ".zst"

    def __init__(self, level: int = 3) -> None:
        self.level = level

    def write_to(self, sink: BinaryIO) -> BinaryIO:
        if sys.version_info >= (3, 14):
            from compression.zstd import CompressionParameter, ZstdFile
        else:
            from backports.zstd import CompressionParameter, ZstdFile

        options: dict[int, int] = {
            CompressionParameter.compression_level: self.level,
            CompressionParameter.checksum_flag: 1,
        }
        return cast("BinaryIO", ZstdFile(sink, "wb", options=options))

    def read_from(self, source: Source) -> Source:
        return DecodedSource(source, _decode)


def _decode(reader: BinaryIO) -> BinaryIO:
    if sys.version_info >= (3, 14):
        from compression.zstd import ZstdFile
    else:
        from backports.zstd import ZstdFile

    return cast("BinaryIO", ZstdFile(reader))
