"""Bytes to bytes: compression and the like, between a format and a store."""

from __future__ import annotations

from typing import BinaryIO, Protocol, runtime_checkable

from lading.abc.store import Source


@runtime_checkable
class Codec(Protocol):
    """A sink around a sink, a source around a source."""

    @property
    def name(self) -> str:
        """The name under which the codec is recorded with each object."""
        ...

    @property
    def suffix(self) -> str:
        """What is added to file names, with its dot; empty for none."""
        ...

    def write_to(self, sink: BinaryIO) -> BinaryIO:
        """A sink that encodes into ``sink``. Closing it ends the encoding and leaves ``sink`` open."""
        ...

    def read_from(self, source: Source) -> Source:
        """A source that decodes ``source``."""
        ...
