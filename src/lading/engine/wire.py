"""Messages between a supervisor and its workers: a length and that many bytes."""

from __future__ import annotations

import struct
from typing import Any

HEADER = struct.Struct("!Q")


def send(pipe: Any, payload: bytes) -> None:
    """Write one message."""
    pipe.write(HEADER.pack(len(payload)))
    pipe.write(payload)
    pipe.flush()


def receive(pipe: Any) -> bytes:
    """Read one message.

    Raises:
        EOFError: The other side is gone.
    """
    header = pipe.read(HEADER.size)
    if len(header) < HEADER.size:
        raise EOFError
    (size,) = HEADER.unpack(header)
    payload = pipe.read(size)
    if len(payload) < size:
        raise EOFError
    return payload
