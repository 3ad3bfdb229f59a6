"""Value to bytes and back, by type."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, BinaryIO, Protocol, runtime_checkable

from lading.abc.store import Source
from lading.values.dataclass import dataclass


@dataclass(frozen=True, slots=True)
class Facts:
    """What a format learnt about a value while writing it."""

    rows: int | None = None
    columns: int | None = None
    schema: tuple[tuple[str, str], ...] = ()
    """Name and type of each column, in order."""
    shape: tuple[int, ...] = ()

    def known(self) -> dict[str, Any]:
        """The facts that were learnt, by name."""
        facts: dict[str, Any] = {}
        if self.rows is not None:
            facts["rows"] = self.rows
        if self.columns is not None:
            facts["columns"] = self.columns
        if self.schema:
            facts["schema"] = dict(self.schema)
        if self.shape:
            facts["shape"] = self.shape
        return facts


NO_FACTS = Facts()


@dataclass(frozen=True, slots=True)
class Want:
    """What the reader of a value asks for.

    Args:
        kind: The type to give, usually the annotation of the consumer's parameter; ``None`` leaves it to the format.
        columns: Only these columns, where the format has columns.
        filter: A filter in the format's own language, where it has one.
        lazy: Give a lazy value (a scan, a map) instead of a loaded one, where the format can.
        stored: The name of the type that was stored, as recorded; what an unannotated consumer gets.
    """

    kind: object | None = None
    columns: tuple[str, ...] | None = None
    filter: object | None = None
    lazy: bool = False
    stored: str = ""


ANYTHING = Want()


@runtime_checkable
class Format(Protocol):
    """How values of some types become bytes.

    A format knows nothing of where the bytes lie, and never compresses: that is a codec's work.
    """

    @property
    def name(self) -> str:
        """The name under which the format is recorded with each object."""
        ...

    @property
    def suffix(self) -> str:
        """The ending of file names, with its dot; empty for none."""
        ...

    def accepts(self, kind: type) -> bool:
        """Whether values of exactly this type can be written."""
        ...

    def dump(self, value: object, sink: BinaryIO) -> Facts:
        """Write the value into the sink.

        Raises:
            CannotStoreError: The value cannot be written in this format.
        """
        ...

    def load(self, sources: Sequence[Source], want: Want) -> object:
        """Read one value out of one source, or out of several that belong together.

        Raises:
            CannotLoadError: The bytes cannot be given as the type that is wanted.
        """
        ...
