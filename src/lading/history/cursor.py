"""What is used of a cursor: its own type stubs know no buffers before Python 3.12."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Protocol, TypeAlias

Row: TypeAlias = tuple[Any, ...]


class Cursor(Protocol):
    """Runs statements and hands out rows."""

    @property
    def connection(self) -> Any:
        """The connection it belongs to."""
        ...

    def execute(self, statements: str, bindings: Sequence[Any] = (), /) -> Cursor:
        """Run statements."""
        ...

    def executemany(self, statements: str, sequenceofbindings: Iterable[Sequence[Any]], /) -> Cursor:
        """Run a statement for each set of values."""
        ...

    def fetchall(self) -> list[Row]:
        """All rows that are left."""
        ...
