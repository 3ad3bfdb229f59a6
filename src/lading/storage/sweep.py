"""What dead writers left: staged files and folders that nobody will publish."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator

from lading.storage.folders import STAGED, staged_by

LONGEST_WRITE = 24 * 3600.0
"""After so many seconds without a change even a writer that cannot be asked counts as dead."""


def leftovers(base: str | os.PathLike[str], *, now: float | None = None) -> Iterator[str]:
    """The staged files and folders below a base whose writer is dead.

    A writer of this machine is dead when its process is gone; one of another machine when nothing changed for a day.

    Args:
        base: The folder to look through.
        now: The time to go by, in seconds since the epoch.
    """
    now = time.time() if now is None else now
    for folder, folders, files in os.walk(base):
        staged = [name for name in (*folders, *files) if name.startswith(STAGED)]
        folders[:] = [name for name in folders if not name.startswith(STAGED)]
        for name in staged:
            path = os.path.join(folder, name)
            if _is_dead(path, name, now):
                yield path


def sweep(base: str | os.PathLike[str]) -> list[str]:
    """Remove the leftovers below a base and return their paths."""
    removed = list(leftovers(base))
    for path in removed:
        if os.path.isdir(path) and not os.path.islink(path):
            shutil.rmtree(path, ignore_errors=True)
        else:
            os.unlink(path)
    return removed


def _is_dead(path: str, name: str, now: float) -> bool:
    process = staged_by(name)
    if process is not None and not _is_alive(process):
        return True
    try:
        return now - os.lstat(path).st_mtime > LONGEST_WRITE
    except FileNotFoundError:  # published meanwhile
        return False


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # someone else's
        return True
    return True
