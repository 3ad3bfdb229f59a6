"""No encoding: bytes as the format wrote them."""

from __future__ import annotations

from typing import BinaryIO

from lading.abc.store import Source


class NoCodec:
    """Passes everything through."""

    name = "none"
    suffix = ""

    def write_to(self, sink: BinaryIO) -> BinaryIO:
        return sink

    def read_from(self, source: Source) -> Source:
        return source


NONE = NoCodec()
