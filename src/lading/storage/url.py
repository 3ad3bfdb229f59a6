"""From a place as people write it to the store that keeps it."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import cast

from lading.abc.store import Store
from lading.errors import StoreUnreachableError
from lading.storage.plugins import find_plugin
from lading.storage.stores.local import Durability, LocalStore
from lading.storage.stores.memory import MemoryStore

ROOT = "LADING_ROOT"
"""The environment variable that says where relative folders begin, if not at the current one.

The command line sets it to the folder of the project, for itself and its workers.
"""

# Equal URLs mean the same objects for the whole process.
_memories: dict[str, MemoryStore] = {}


def open_store(url: str | os.PathLike[str], *, durability: Durability = "strict") -> Store:
    """The store behind a place.

    Packages add schemes by the entry point group ``lading.stores``: a callable that takes the URL.

    Args:
        url: A folder (absolute, relative or with ``~``), ``file://…``, or ``memory://name``.
        durability: For folders: ``"strict"`` survives a power cut, ``"fast"`` a killed process only.

    Raises:
        StoreUnreachableError: This version has no store for the scheme.
    """
    text = os.fspath(url)
    scheme, separator, rest = text.partition("://")
    if not separator:
        # Joining leaves absolute paths as they are.
        folder = os.path.join(os.environ.get(ROOT, ""), os.path.expanduser(text))
        return LocalStore(folder, durability=durability)
    if scheme == "file":
        from urllib.parse import unquote, urlsplit

        parts = urlsplit(text)
        if parts.netloc not in {"", "localhost"}:
            raise StoreUnreachableError(
                f"{text} names another machine", where=text, fix="write file:///path, with three slashes"
            )
        return LocalStore(unquote(parts.path), durability=durability)
    if scheme == "memory":
        place = rest.strip("/")
        return _memories.setdefault(place, MemoryStore(place))
    opener = find_plugin("lading.stores", scheme)
    if opener is None:
        raise StoreUnreachableError(
            f"this version of lading has no store for {scheme}://",
            where=text,
            fix="name a folder, file:///… or memory://…, or install a package that brings the store",
        )
    return cast("Callable[[str], Store]", opener)(text)
