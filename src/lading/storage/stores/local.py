"""Files below a folder of a local disk.

A write is staged as a hidden file beside its target, and one rename publishes bytes and attributes together: readers
see the earlier object or the new one, whenever the writer dies. ``durability="strict"`` also survives a power cut;
``"fast"`` leaves the syncing to the system.
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, BinaryIO, Literal, TypeAlias

from lading.abc.store import NO_ATTRIBUTES, Attributes, Source, Stat, Store
from lading.errors import CheckError, StoreMissing, StoreUnreachableError
from lading.storage.folders import new_staged, open_folder
from lading.storage.layout import as_folder, as_value, first_spelling, split_name
from lading.storage.publish import FilePublication, PathPublication, link_in

if TYPE_CHECKING:  # it would load urllib and ipaddress
    from pathlib import Path

Durability: TypeAlias = Literal["strict", "fast"]

_RECORD = "user.lading"
_OTHERS = "user.lading."
_READ = os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK  # never waits on a pipe that lies where a value should
_NOT_A_FILE = (FileNotFoundError, NotADirectoryError, IsADirectoryError)

# Whether a disk keeps extended attributes, by its device number.
_keeping: dict[int, bool] = {}


class LocalStore(Store):
    """Objects as files below a folder.

    Attributes are kept as extended attributes; their names begin with ``lading``.

    Args:
        base: The folder; made on the first write.
        durability: ``"strict"`` syncs file and folder before a write is done, ``"fast"`` does not.

    Raises:
        CheckError: ``durability`` is neither of the two.
    """

    def __init__(self, base: str | os.PathLike[str], *, durability: Durability = "strict") -> None:
        if durability not in {"strict", "fast"}:
            raise CheckError(f'durability={durability!r} means nothing; it is "strict" or "fast"')
        self.base: str = os.path.abspath(os.fspath(base))
        self.durability: Durability = durability
        self._sync = durability == "strict"
        self._keeps: bool | None = None

    def __repr__(self) -> str:
        return f"LocalStore({self.base!r}, durability={self.durability!r})"

    def create(self, name: str, attributes: Attributes) -> contextlib.AbstractContextManager[BinaryIO]:
        return FilePublication(self.base, name, attributes, sync=self._sync)

    def create_path(self, name: str, attributes: Attributes) -> contextlib.AbstractContextManager[Path]:
        """A hidden path with the same last part; what lies there when the block ends well is published."""
        return PathPublication(self.base, name, attributes, sync=self._sync)

    def open(self, name: str) -> Source:
        segments = split_name(name)
        try:
            return LocalSource(f"{self.base}/{name}")
        except _NOT_A_FILE as error:
            for path in _spellings(self.base, segments):
                with contextlib.suppress(*_NOT_A_FILE):
                    return LocalSource(path)
            raise StoreMissing(f"nothing is stored as {name!r}", where=self.url(name)) from error
        except PermissionError as error:
            raise StoreUnreachableError(
                "a stored value may not be read", where=self.url(name), fix="check the permissions of the file"
            ) from error

    def list(self, prefix: str) -> Iterator[str]:
        folder = prefix.rpartition("/")[0]
        hidden = prefix.startswith(".") or "/." in prefix
        for name in _walk(f"{self.base}/{folder}", f"{folder}/") if folder else _walk(self.base, ""):
            plain = name if hidden else first_spelling(name)
            if plain.startswith(prefix):
                yield plain

    def stat(self, name: str) -> Stat:
        with self.open(name) as source:
            return source.stat

    def exists(self, name: str) -> bool:
        # Mostly the name is free of second spellings, and one look is enough.
        if os.path.isfile(f"{self.base}/{name}"):
            return True
        return any(os.path.isfile(path) for path in _spellings(self.base, split_name(name)))

    def attributes(self, name: str) -> Attributes:
        try:
            text = os.getxattr(f"{self.base}/{name}", _RECORD, follow_symlinks=False)
        except (AttributeError, OSError) as error:
            # Without attributes, without the file, or on a system whose Python knows no extended attributes.
            if isinstance(error, OSError) and error.errno in {errno.EIO, errno.EACCES}:
                raise
            return NO_ATTRIBUTES
        return {"lading": text.decode("ascii", "replace")}

    def delete(self, name: str) -> None:
        for path in _spellings(self.base, split_name(name)):
            with contextlib.suppress(*_NOT_A_FILE):
                os.unlink(path)

    def link(self, name: str, other: str) -> None:
        with self.open(name) as source:
            path = str(source.path)
        link_in(path, self.base, other, sync=self._sync)

    def url(self, name: str) -> str:
        return f"{self.base}/{name}"

    def path(self, name: str) -> Path:
        """Where the object of this name lies, or would lie."""
        found = (path for path in _spellings(self.base, split_name(name)) if os.path.isfile(path))
        from pathlib import Path

        return Path(next(found, f"{self.base}/{name}"))

    def keeps_attributes(self) -> bool:
        if self._keeps is None:
            folder, _ = open_folder(self.base, (), create=True, sync=self._sync)
            try:
                self._keeps = _probe(folder)
            finally:
                os.close(folder)
        return self._keeps


class LocalSource(Source):
    """One file, opened once. One reader at a time."""

    __slots__ = ("_descriptor", "_path", "_stat")

    def __init__(self, path: str) -> None:
        descriptor = os.open(path, _READ)
        try:
            found = os.fstat(descriptor)
            if not stat.S_ISREG(found.st_mode):
                raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), path)
            attributes = _attributes(descriptor)
        except BaseException:
            os.close(descriptor)
            raise
        self._path = path
        self._descriptor = descriptor
        self._stat = Stat(
            found.st_size,
            found.st_mtime,
            attributes,
            (found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns),
        )

    @property
    def stat(self) -> Stat:
        return self._stat

    @property
    def path(self) -> Path:
        from pathlib import Path

        return Path(self._path)

    def open(self) -> BinaryIO:
        os.lseek(self._descriptor, 0, os.SEEK_SET)
        return open(self._descriptor, "rb", closefd=False)

    def read(self) -> bytes:
        size = self._stat.size
        data = os.pread(self._descriptor, size + 1, 0)
        if len(data) == size:
            return data
        # Larger than one call may give, or not of the size it had.
        with self.open() as reader:
            return reader.read()

    def close(self) -> None:
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1


def _attributes(descriptor: int) -> Attributes:
    try:
        names = os.listxattr(descriptor)
    except (AttributeError, OSError) as error:
        if isinstance(error, OSError) and error.errno == errno.EIO:
            raise
        return NO_ATTRIBUTES
    return {
        name[5:]: os.getxattr(descriptor, name).decode("ascii", "replace")
        for name in names
        if name == _RECORD or name.startswith(_OTHERS)
    }


def _probe(folder: int) -> bool:
    device = os.fstat(folder).st_dev
    known = _keeping.get(device)
    if known is None:
        staged, descriptor = new_staged(folder)
        try:
            os.setxattr(descriptor, _RECORD, b"?")
            known = True
        except (AttributeError, OSError) as error:
            if isinstance(error, OSError) and error.errno not in {errno.EOPNOTSUPP, errno.EPERM, errno.ENOSYS}:
                raise
            known = False
        finally:
            os.close(descriptor)
            os.unlink(staged, dir_fd=folder)
        _keeping[device] = known
    return known


def _spellings(folder: str, segments: Sequence[str]) -> Iterator[str]:
    """The paths where a value may lie, those that begin with folders that exist."""
    first, *rest = segments
    if not rest:
        yield f"{folder}/{first}"
        yield f"{folder}/{as_value(first)}"
        return
    for name in (first, as_folder(first)):
        below = f"{folder}/{name}"
        if os.path.isdir(below):
            yield from _spellings(below, rest)


def _walk(folder: str, prefix: str) -> Iterator[str]:
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except (FileNotFoundError, NotADirectoryError):
        return
    for entry in entries:
        if entry.name.startswith("."):
            continue
        if entry.is_dir(follow_symlinks=False):
            yield from _walk(entry.path, f"{prefix}{entry.name}/")
        elif entry.is_file():
            yield prefix + entry.name
