"""One write below a local folder: staged under a hidden name, published by one rename, or gone without trace."""

from __future__ import annotations

import contextlib
import errno
import io
import os
from types import TracebackType
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from lading.abc.store import Attributes
from lading.errors import StorageError, StoreUnreachableError
from lading.storage.folders import new_staged, open_folder, staged_name, sync_folder
from lading.storage.layout import as_value, split_name

if TYPE_CHECKING:  # it would load urllib and ipaddress
    from pathlib import Path

_XATTR = "user."
_REFUSED = {errno.EACCES, errno.EPERM, errno.EROFS}
_UNCHANGED = "the earlier value is unchanged"
_REMEDIES = {
    errno.ENOSPC: f"free space on the disk and run it again; {_UNCHANGED}",
    errno.EDQUOT: f"free space within the quota and run it again; {_UNCHANGED}",
    errno.EFBIG: f"raise the limit of file sizes (`ulimit -f`), or store less at once; {_UNCHANGED}",
    errno.ENAMETOOLONG: "shorten the path of the folder that holds the values",
}


class FilePublication:
    """A sink for the bytes of one file.

    Args:
        base: The absolute path of the folder that must not be left.
        name: The relative name of the file.
        attributes: Read when the block has ended well, and published with the bytes.
        sync: Survive a power cut.
    """

    __slots__ = ("_attributes", "_base", "_folder", "_last", "_name", "_segments", "_sink", "_staged", "_sync")

    def __init__(self, base: str, name: str, attributes: Attributes, *, sync: bool) -> None:
        *self._segments, self._last = split_name(name)
        self._base = base
        self._name = name
        self._attributes = attributes
        self._sync = sync

    def __enter__(self) -> BinaryIO:
        try:
            self._folder, path = open_folder(self._base, self._segments, create=True, sync=self._sync)
        except OSError as error:
            raise write_error(error, self._base, self._name) from error
        try:
            self._staged, descriptor = new_staged(self._folder)
        except OSError as error:
            os.close(self._folder)
            raise write_error(error, self._base, self._name) from error
        self._sink = _Sink(descriptor, "wb")
        self._sink.staged_path = f"{path}/{self._staged}"
        return cast("BinaryIO", self._sink)

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        published = False
        try:
            if kind is None:
                descriptor = self._sink.fileno()
                set_attributes(descriptor, self._attributes)
                if self._sync:
                    os.fsync(descriptor)
                last = move_in(self._folder, self._staged, self._folder, self._last)
                published = True
                self._sink.url = f"{self._sink.staged_path.rpartition('/')[0]}/{last}"
                if self._sync:
                    sync_folder(self._folder)
        except OSError as failure:
            raise write_error(failure, self._base, self._name) from failure
        finally:
            if not published:
                with contextlib.suppress(FileNotFoundError):
                    os.unlink(self._staged, dir_fd=self._folder)
            # The bytes are flushed or unwanted: what closing could still complain about was asked by fsync.
            with contextlib.suppress(OSError):
                self._sink.close()
            os.close(self._folder)
        if isinstance(error, OSError) and error is self._sink.failure:
            raise write_error(error, self._base, self._name) from error


class PathPublication:
    """A hidden path with the final last part, for writers that want a path and perhaps write more files beside it.

    What lies there when the block ends well is published, the file of that name last. A folder can replace another
    only in two renames, so that its readers may find nothing for a moment; values should be single files.
    """

    __slots__ = (
        "_attributes",
        "_base",
        "_folder",
        "_last",
        "_name",
        "_path",
        "_room",
        "_room_name",
        "_segments",
        "_sync",
    )

    def __init__(self, base: str, name: str, attributes: Attributes, *, sync: bool) -> None:
        *self._segments, self._last = split_name(name)
        self._base = base
        self._name = name
        self._attributes = attributes
        self._sync = sync

    def __enter__(self) -> Path:
        try:
            self._folder, path = open_folder(self._base, self._segments, create=True, sync=self._sync)
        except OSError as error:
            raise write_error(error, self._base, self._name) from error
        try:
            self._room_name = staged_name()
            os.mkdir(self._room_name, dir_fd=self._folder)
            self._room = os.open(self._room_name, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC, dir_fd=self._folder)
        except OSError as error:
            os.close(self._folder)
            raise write_error(error, self._base, self._name) from error
        self._path = f"{path}/{self._room_name}"
        from pathlib import Path

        return Path(self._path, self._last)

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        try:
            if kind is None:
                self._publish()
        except OSError as failure:
            raise write_error(failure, self._base, self._name) from failure
        finally:
            _remove_folder(self._path)
            os.close(self._room)
            os.close(self._folder)

    def _publish(self) -> None:
        names = sorted(os.listdir(self._room), key=lambda name: name == self._last)
        for name in names:
            path = f"{self._path}/{name}"
            if os.path.isdir(path):
                self._publish_folder(name)
                continue
            descriptor = os.open(name, os.O_RDONLY | os.O_CLOEXEC, dir_fd=self._room)
            try:
                if name == self._last:
                    set_attributes(descriptor, self._attributes)
                if self._sync:
                    os.fsync(descriptor)
            finally:
                os.close(descriptor)
            move_in(self._room, name, self._folder, name)
        if self._sync:
            sync_folder(self._folder)

    def _publish_folder(self, name: str) -> None:
        earlier = staged_name()
        with contextlib.suppress(FileNotFoundError):
            os.rename(name, earlier, src_dir_fd=self._folder, dst_dir_fd=self._room)
        os.rename(name, name, src_dir_fd=self._room, dst_dir_fd=self._folder)


class _Sink(io.FileIO):
    """Writes all it is given to the staged file, and remembers a failure to tell it from one of the caller's."""

    staged_path: str = ""
    url: str | None = None
    failure: OSError | None = None

    def write(self, data: Any, /) -> int:
        try:
            written = super().write(data)
            size = len(data) if type(data) is bytes else memoryview(data).nbytes
            if written == size:
                return size
            # Signals and very large pieces end a call early.
            rest = memoryview(data).cast("B")
            while written < size:
                written += super().write(rest[written:])
        except OSError as error:
            self.failure = error
            raise
        return size


def _remove_folder(path: str) -> None:
    from shutil import rmtree  # brings three compression libraries along, which most writes need not

    rmtree(path, ignore_errors=True)


def set_attributes(descriptor: int, attributes: Attributes) -> None:
    """Keep attributes with a file that is not published yet."""
    for key, text in attributes.items():
        os.setxattr(descriptor, _XATTR + key, text.encode("ascii"))


def move_in(source: int, staged: str, folder: int, name: str) -> str:
    """Publish a staged file under its name, or under its second spelling where a folder has the name.

    Returns:
        The name under which it was published.
    """
    try:
        os.rename(staged, name, src_dir_fd=source, dst_dir_fd=folder)
    except IsADirectoryError:
        name = as_value(name)
        os.rename(staged, name, src_dir_fd=source, dst_dir_fd=folder)
    return name


def link_in(path: str, base: str, name: str, *, sync: bool) -> None:
    """Give a file below a folder a second name there, in one step.

    Args:
        path: The file.
        base: The absolute path of the folder that must not be left.
        name: The relative name; what has it now is replaced.
        sync: Survive a power cut.
    """
    *segments, last = split_name(name)
    try:
        folder, _ = open_folder(base, segments, create=True, sync=sync)
        try:
            staged = staged_name()
            os.link(path, staged, dst_dir_fd=folder, follow_symlinks=False)
            try:
                move_in(folder, staged, folder, last)
            finally:
                # Two names of one file are not moved over each other: then the staged one is still there.
                with contextlib.suppress(FileNotFoundError):
                    os.unlink(staged, dir_fd=folder)
            if sync:
                sync_folder(folder)
        finally:
            os.close(folder)
    except OSError as error:
        raise write_error(error, base, name) from error


def write_error(error: OSError, base: str, name: str) -> StorageError:
    """What an error of the system means to someone who stores a value."""
    where = f"{base}/{name}"
    what = f"the value cannot be written: {error.strerror or error}"
    if error.errno in _REFUSED:
        return StoreUnreachableError(
            what, where=where, fix=f"check who owns the folder and its permissions; {_UNCHANGED}"
        )
    return StorageError(what, where=where, fix=_REMEDIES.get(error.errno or 0, f"look at the disk; {_UNCHANGED}"))
