"""Text as UTF-8, and bytes as they are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import BinaryIO, cast

from lading.abc.format import NO_FACTS, Facts, Want
from lading.abc.store import Source
from lading.errors import CannotLoadError, CannotStoreError


class TextFormat:
    """A str as a text file, newlines untouched."""

    name = "text"
    suffix = ".txt"

    def accepts(self, kind: type) -> bool:
        return kind is str

    def dump(self, value: object, sink: BinaryIO) -> Facts:
        if not isinstance(value, str):
            raise CannotStoreError(f"a value of type {type(value).__name__} is no text", fix="return a str")
        try:
            sink.write(value.encode())
        except UnicodeEncodeError as error:
            raise CannotStoreError(
                f"the text holds half a character at {error.start}", fix="decode it with the right encoding"
            ) from error
        return NO_FACTS

    def load(self, sources: Sequence[Source], want: Want) -> object:
        (source,) = sources
        data = source.read()
        if want.kind is bytes:
            return data
        try:
            return data.decode()
        except UnicodeDecodeError as error:
            raise CannotLoadError(
                f"the file is no UTF-8 text: {error.reason} at {error.start}", fix="annotate the parameter with bytes"
            ) from error


class BytesFormat:
    """Bytes as they are."""

    name = "bytes"
    suffix = ".bin"

    def accepts(self, kind: type) -> bool:
        return kind in {bytes, bytearray, memoryview}

    def dump(self, value: object, sink: BinaryIO) -> Facts:
        if isinstance(value, memoryview) and not value.c_contiguous:
            value = value.tobytes()
        sink.write(cast("bytes", value))
        return NO_FACTS

    def load(self, sources: Sequence[Source], want: Want) -> object:
        (source,) = sources
        data = source.read()
        kind = want.kind
        if kind is bytearray or (kind is None and want.stored == "bytearray"):
            return bytearray(data)
        return memoryview(data) if kind is memoryview else data


TEXT = TextFormat()
BYTES = BytesFormat()
