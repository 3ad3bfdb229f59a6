"""Folders below a base, walked without following links, and staged files inside them."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Sequence
from itertools import count
from zlib import crc32

from lading.errors import PathRefusedError, StoreUnreachableError
from lading.storage.layout import as_folder

STAGED = ".lading-"
"""How the names of staged files begin: hidden, and never the name of a value."""

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
_BELOW = _FOLDER | os.O_NOFOLLOW
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
# Processes are told apart by machine (a container is one of its own), number and a token of this interpreter.
_HOST = f"{crc32(os.uname().nodename.encode()):x}"
_TOKEN = os.urandom(4).hex()
_numbers = count()


def open_folder(base: str, segments: Sequence[str], *, create: bool, sync: bool = False) -> tuple[int, str]:
    """A descriptor of the folder ``base/segments…``, and its path as it is really spelled.

    The base itself may be a link: that is the user's choice. Below it links are refused, so nothing that is written
    here can leave the base, even when folders are replaced by links meanwhile.

    Args:
        base: An absolute path.
        segments: The folders below it.
        create: Make what is not there.
        sync: Make new folders survive a power cut.

    Raises:
        FileNotFoundError: A folder is not there and ``create`` is not asked for.
        PathRefusedError: Something on the way is a link.
        StoreUnreachableError: The base is no folder, or cannot be made.
    """
    folder = _open_base(base, create=create, sync=sync)
    path = base
    try:
        for segment in segments:
            below, name = _open_below(folder, segment, base, create=create, sync=sync)
            os.close(folder)
            folder = below
            path = f"{path}/{name}"
    except BaseException:
        os.close(folder)
        raise
    return folder, path


def new_staged(folder: int, mode: int = 0o666) -> tuple[str, int]:
    """A new hidden file in a folder: its name and a descriptor for writing."""
    while True:
        name = staged_name()
        try:
            return name, os.open(name, _NEW, mode, dir_fd=folder)
        except FileExistsError:  # left by a dead process that had our number
            continue


def staged_name() -> str:
    """A name that no other writer uses; it says which process of which machine stages here."""
    return f"{STAGED}{_HOST}-{os.getpid():x}-{_TOKEN}-{next(_numbers):x}"


def staged_by(name: str) -> int | None:
    """The process on this machine that staged this; ``None`` when it was another machine, or cannot be told."""
    host, _, rest = name.removeprefix(STAGED).partition("-")
    process = rest.partition("-")[0]
    try:
        return int(process, 16) if host == _HOST else None
    except ValueError:
        return None


def sync_folder(folder: int) -> None:
    """Make the names in a folder survive a power cut."""
    try:
        os.fsync(folder)
    except OSError as error:
        if error.errno not in {errno.EINVAL, errno.EBADF, errno.EOPNOTSUPP}:
            raise
        # A few file systems sync no folders, and need it not.


def _open_base(base: str, *, create: bool, sync: bool) -> int:
    try:
        return os.open(base, _FOLDER)
    except FileNotFoundError:
        if not create:
            raise
    except NotADirectoryError as error:
        raise StoreUnreachableError(f"{base} is no folder", where=base, fix="name a folder") from error
    parent, name = os.path.split(base)
    if not name:
        raise StoreUnreachableError(f"{base} cannot be made", where=base, fix="name a folder")
    above = _open_base(parent, create=True, sync=sync)
    try:
        _make(above, name, sync=sync)
        return os.open(name, _FOLDER, dir_fd=above)
    finally:
        os.close(above)


def _open_below(folder: int, segment: str, base: str, *, create: bool, sync: bool) -> tuple[int, str]:
    for name in (segment, as_folder(segment)):
        try:
            return os.open(name, _BELOW, dir_fd=folder), name
        except FileNotFoundError:
            if not create:
                raise
            _make(folder, name, sync=sync)
            return os.open(name, _BELOW, dir_fd=folder), name
        except OSError as error:
            if error.errno not in {errno.ENOTDIR, errno.ELOOP, errno.EMLINK}:
                raise
            if stat.S_ISLNK(os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode):
                raise PathRefusedError(
                    f"{name!r} is a link, and values are not written through links",
                    where=f"below {base}",
                    fix="remove the link, or name the folder it leads to as the base of the store",
                ) from error
            # A value lies here: its folder has the second spelling.
    raise PathRefusedError(
        f"{segment!r} and its second spelling are both no folders", where=f"below {base}", fix="move one of them away"
    )


def _make(folder: int, name: str, *, sync: bool) -> None:
    try:
        os.mkdir(name, dir_fd=folder)
    except FileExistsError:
        return  # another writer was quicker
    if sync:
        sync_folder(folder)
