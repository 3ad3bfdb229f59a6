"""blake3 of stored bytes: computed while they are written, compared before they are used."""

from __future__ import annotations

import io
import os
import time
from threading import Thread
from typing import Any, BinaryIO, Literal, TypeAlias, cast

from blake3 import blake3

from lading.abc.store import Source, Stat
from lading.errors import CheckError, ValueDamaged

Verify: TypeAlias = Literal["once", "always", "never"]

_NAME = "blake3:"
_GATHER = 1 << 18  # small pieces are joined up to this size
_LARGE = 1 << 16  # pieces from this size on are passed through without a copy
_THREAD = 1 << 20  # pieces from this size on are hashed beside the write
_CHUNK = 1 << 20
_REMEMBER = 100_000
# Two changes within one tick of the file system's clock bear the same time: younger files are not remembered.
_SETTLED_NS = 50_000_000

# Files that this process has read and found good, by their identity. Plain dict operations are atomic enough here.
_verified: dict[tuple[int, ...], str] = {}


def digest_of(data: bytes) -> str:
    """The digest of bytes, as records and receipts hold it."""
    return _NAME + blake3(data).hexdigest()


def digest_of_source(source: Source) -> str:
    """The digest of a whole object, read in pieces."""
    hasher = blake3()
    buffer = memoryview(bytearray(_CHUNK))
    with cast("io.BufferedIOBase", source.open()) as reader:
        while count := reader.readinto(buffer):
            hasher.update(buffer[:count])
    return _NAME + hasher.hexdigest()


def digest_of_file(path: str | os.PathLike[str]) -> tuple[str, int]:
    """The digest and the size of a file."""
    hasher = blake3()
    size = 0
    buffer = memoryview(bytearray(_CHUNK))
    with open(path, "rb", buffering=0) as reader:
        while count := reader.readinto(buffer):
            hasher.update(buffer[:count])
            size += count
    return _NAME + hasher.hexdigest(), size


class DigestSink(io.RawIOBase):
    """Passes bytes on to a sink, in large pieces, and keeps their digest and number.

    Formats write as it suits them, often a few bytes at a time; what fits into one piece reaches the sink in one call.
    """

    def __init__(self, sink: BinaryIO) -> None:
        self._sink = sink
        self._hasher = blake3()
        self._pieces: list[bytes] = []
        self._gathered = 0
        self.size = 0

    def writable(self) -> bool:
        return True

    def tell(self) -> int:
        return self.size

    @property
    def staged_path(self) -> str | None:
        """Where the bytes gather, for a writer that needs a path; ``None`` where the store has no files."""
        return getattr(self._sink, "staged_path", None)

    def write(self, data: Any, /) -> int:
        if type(data) is bytes:
            size = len(data)
        else:
            data = memoryview(data)
            size = data.nbytes
            if size:  # an empty view cannot be cast
                data = data.cast("B")
        self.size += size
        if size >= _LARGE:
            self._send()
            self._pass(data)
            return size
        # The caller may reuse a buffer that is not bytes.
        self._pieces.append(data if type(data) is bytes else bytes(data))
        self._gathered += size
        if self._gathered >= _GATHER:
            self._send()
        return size

    def finish(self) -> str:
        """Send what is still here and give the digest of everything."""
        self._send()
        return _NAME + self._hasher.hexdigest()

    def _send(self) -> None:
        pieces = self._pieces
        if pieces:
            self._pass(pieces[0] if len(pieces) == 1 else b"".join(pieces))
            self._pieces = []
            self._gathered = 0

    def _pass(self, piece: Any) -> None:
        if len(piece) < _THREAD:
            self._hasher.update(piece)
            self._sink.write(piece)
            return
        # Both let go of the interpreter lock: hashing costs no time of its own where a second core is free.
        beside = Thread(target=self._hasher.update, args=(piece,), name="lading-digest")
        beside.start()
        try:
            self._sink.write(piece)
        finally:
            beside.join()


def is_verified(stat: Stat, digest: str, verify: Verify) -> bool:
    """Whether an object needs no further look at its bytes.

    Raises:
        CheckError: ``verify`` is none of the three words.
    """
    if verify == "once":
        return stat.identity is not None and _verified.get(stat.identity) == digest
    if verify == "never":
        return True
    if verify == "always":
        return False
    raise CheckError(f'verify={verify!r} means nothing; it is "once", "always" or "never"')


def remember(stat: Stat, digest: str) -> None:
    """This process has found the object good."""
    identity = stat.identity
    if identity is None or time.time_ns() - identity[-1] < _SETTLED_NS:
        return
    if len(_verified) >= _REMEMBER:
        _verified.clear()
    _verified[identity] = digest


def forget_verified() -> None:
    """Forget which files were found good: every next read looks again."""
    _verified.clear()


def refuse_damaged(where: str, wanted: str, found: str, size: int, found_size: int) -> None:
    """Raise for bytes that are not those of the record.

    Raises:
        ValueDamaged: Always.
    """
    detail = f"{found_size:,} bytes instead of {size:,}" if size != found_size else f"wanted {wanted}, found {found}"
    raise ValueDamaged(
        "the stored bytes are not those that were written",
        where=f"{where} ({detail})",
        fix="materialize it again; the damaged file stays until then",
    )
