"""Which format writes a type, and which reads a name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Self, cast

from lading.abc.format import Format
from lading.storage.plugins import find_plugin, plugin_names
from lading.storage.types import library_name


class Formats(Mapping[str, Format]):
    """Formats by name, and by type: the exact type first, then its bases, then whichever format accepts it.

    Types may be given by name (``"pandas.DataFrame"``), so that their library need not be imported.

    Args:
        named: Formats by name.
        by_type: The first choice for types, by their names.
    """

    def __init__(self, named: Mapping[str, Format] | None = None, by_type: Mapping[str, Format] | None = None) -> None:
        self._named: dict[str, Format] = dict(named or {})
        self._by_type: dict[str, Format] = dict(by_type or {})
        self._cache: dict[type, Format | None] = {}
        self._asked = False  # whether what other packages bring was looked at

    def register(self, format: Format, *kinds: type | str) -> Self:
        """Add a format.

        Args:
            format: The format; it replaces an earlier one of the same name.
            kinds: Types, or their names, that it is the first choice for. Others are asked with ``accepts``.
        """
        self._named[format.name] = format
        for kind in kinds:
            self._by_type[kind if isinstance(kind, str) else library_name(kind)] = format
        self._cache.clear()
        return self

    def copy(self) -> Formats:
        """A registry of its own with the same formats."""
        return Formats(self._named, self._by_type)

    def for_type(self, kind: type) -> Format | None:
        """The format that writes values of a type; ``None`` when none does."""
        try:
            return self._cache[kind]
        except KeyError:
            found = self._cache[kind] = self._find(kind)
            return found

    def __getitem__(self, name: str) -> Format:
        found = self._named.get(name)
        if found is None:
            found = cast("Format | None", find_plugin("lading.formats", name))
            if found is None:
                raise KeyError(name)
            self.register(found)
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(self._named)

    def __len__(self) -> int:
        return len(self._named)

    def _find(self, kind: type) -> Format | None:
        for base in kind.__mro__:
            found = self._by_type.get(library_name(base))
            if found is not None:
                return found
        found = next((known for known in self._named.values() if known.accepts(kind)), None)
        if found is None and not self._asked:
            self._asked = True
            for name in plugin_names("lading.formats"):
                self.get(name)
            return self._find(kind)
        return found
