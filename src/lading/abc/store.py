"""Bytes in a place: what a store promises, and the extra powers some stores have."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from types import MappingProxyType
from typing import TYPE_CHECKING, BinaryIO, Protocol, Self, TypeAlias, runtime_checkable

from lading.errors import StoreMissing
from lading.values.dataclass import dataclass

if TYPE_CHECKING:  # it would load urllib and ipaddress
    from pathlib import Path

Attributes: TypeAlias = Mapping[str, str]
"""Small ASCII facts that are published together with the bytes of an object.

A store reads them when the block of :meth:`Store.create` has ended well, so the caller may fill a dict inside it.
"""

NO_ATTRIBUTES: Attributes = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Stat:
    """What a store knows about an object without reading it."""

    size: int
    modified: float
    """Seconds since the epoch."""
    attributes: Attributes
    identity: tuple[int, ...] | None = None
    """Equal identities mean unchanged bytes (device, inode, size, times); ``None`` where a store cannot say."""


class Source(ABC):
    """One object, opened once: its bytes, its attributes and its size belong together whatever writers do meanwhile."""

    __slots__ = ()

    @property
    @abstractmethod
    def stat(self) -> Stat:
        """Size and attributes of exactly the bytes that :meth:`open` gives."""

    @property
    def path(self) -> Path | None:
        """A plain local file with these very bytes, for mapping and scanning; ``None`` where there is none."""
        return None

    @abstractmethod
    def open(self) -> BinaryIO:
        """A reader from the first byte on. The source must stay open as long as the reader is used."""

    @abstractmethod
    def read(self) -> bytes:
        """All bytes at once."""

    def close(self) -> None:
        """Let go of what the source holds."""
        return

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class Store(ABC):
    """A place that keeps named objects.

    Names are relative, ``/``-separated paths as :mod:`lading.storage.layout` makes them.
    """

    @abstractmethod
    def create(self, name: str, attributes: Attributes) -> AbstractContextManager[BinaryIO]:
        """A sink for one object.

        Published whole, together with the attributes, when the block ends well; gone without trace when it raises.
        Until then readers see the earlier object.
        """

    @abstractmethod
    def open(self, name: str) -> Source:
        """The object of this name.

        Raises:
            StoreMissing: There is none.
        """

    @abstractmethod
    def list(self, prefix: str) -> Iterator[str]:
        """The names that begin with ``prefix``, staged leftovers and lading's own files left out."""

    @abstractmethod
    def stat(self, name: str) -> Stat:
        """What is known of an object without reading it.

        Raises:
            StoreMissing: There is none.
        """

    def exists(self, name: str) -> bool:
        """Whether there is an object of this name."""
        try:
            self.stat(name)
        except StoreMissing:
            return False
        return True

    @abstractmethod
    def delete(self, name: str) -> None:
        """Remove an object; nothing happens when there is none."""

    @abstractmethod
    def url(self, name: str) -> str:
        """Where the object lies, as people write it: a path, or ``scheme://…``."""


@runtime_checkable
class SupportsAttributes(Protocol):
    """A store that keeps attributes with the object, published in the same step as the bytes.

    Some can only say after a look at the place (a local folder on a disk without extended attributes).
    """

    def keeps_attributes(self) -> bool:
        """Whether attributes given to :meth:`Store.create` come back from :meth:`Store.stat` and :meth:`Store.open`."""
        ...


@runtime_checkable
class SupportsPaths(Protocol):
    """A store whose objects are plain local files."""

    def path(self, name: str) -> Path:
        """Where the object of this name lies, or would lie."""
        ...

    def create_path(self, name: str, attributes: Attributes) -> AbstractContextManager[Path]:
        """Like :meth:`Store.create`, for writers that need a path: yields a hidden one with the same last part."""
        ...


@runtime_checkable
class SupportsInspection(Protocol):
    """A store that shows the attributes of an object cheaply, without opening it for reading."""

    def attributes(self, name: str) -> Attributes:
        """The attributes of an object; empty when it has none or there is no object."""
        ...


@runtime_checkable
class SupportsLinks(Protocol):
    """A store in which one object can have two names at no cost of space: what versions are kept with."""

    def link(self, name: str, other: str) -> None:
        """Have the object of ``name`` be that of ``other`` as well, in one step; an earlier object there goes.

        Raises:
            StoreMissing: There is no object of ``name``.
        """
        ...
