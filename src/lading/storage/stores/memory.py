"""Objects in the memory of this process."""

from __future__ import annotations

import io
import time
from collections.abc import Iterator
from itertools import count
from types import MappingProxyType, TracebackType
from typing import BinaryIO, cast

from lading.abc.store import Attributes, Source, Stat, Store
from lading.errors import StoreMissing
from lading.storage.layout import split_name
from lading.storage.sources import BytesSource

_versions = count()


class MemoryStore(Store):
    """Objects in a dict.

    Args:
        place: The name of the store, as it stands in URLs.
    """

    def __init__(self, place: str = "") -> None:
        self.place = place
        self._objects: dict[str, BytesSource] = {}

    def __repr__(self) -> str:
        return f"MemoryStore({self.place!r})"

    def create(self, name: str, attributes: Attributes) -> _MemoryPublication:
        split_name(name)
        return _MemoryPublication(self._objects, name, attributes)

    def open(self, name: str) -> Source:
        try:
            return self._objects[name]
        except KeyError:
            raise StoreMissing(f"nothing is stored as {name!r}", where=self.url(name)) from None

    def list(self, prefix: str) -> Iterator[str]:
        hidden = prefix.startswith(".")
        for name in sorted(self._objects):
            if name.startswith(prefix) and (hidden or not name.startswith(".")):
                yield name

    def stat(self, name: str) -> Stat:
        return self.open(name).stat

    def attributes(self, name: str) -> Attributes:
        found = self._objects.get(name)
        return found.stat.attributes if found else {}

    def link(self, name: str, other: str) -> None:
        found = self.open(name)
        split_name(other)
        self._objects[other] = cast("BytesSource", found)

    def delete(self, name: str) -> None:
        self._objects.pop(name, None)

    def url(self, name: str) -> str:
        return f"memory://{self.place}/{name}"

    def keeps_attributes(self) -> bool:
        return True


class _MemoryPublication:
    __slots__ = ("_attributes", "_name", "_objects", "_sink")

    def __init__(self, objects: dict[str, BytesSource], name: str, attributes: Attributes) -> None:
        self._objects = objects
        self._name = name
        self._attributes = attributes

    def __enter__(self) -> BinaryIO:
        self._sink = io.BytesIO()
        return cast("BinaryIO", self._sink)

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        if kind is None:
            data = self._sink.getvalue()
            attributes = MappingProxyType(dict(self._attributes))
            self._objects[self._name] = BytesSource(
                data, Stat(len(data), time.time(), attributes, (id(self._objects), next(_versions), 0))
            )
