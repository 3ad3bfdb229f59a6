"""What SQLite complains of, said once in our words."""

from __future__ import annotations

import os
import sys

from lading.errors import HistoryError


def is_trouble(error: BaseException) -> bool:
    """Whether SQLite raised it."""
    return "apsw" in sys.modules and isinstance(error, sys.modules["apsw"].Error)


def is_busy(error: BaseException) -> bool:
    """Whether SQLite raised it because another process was at work."""
    return "apsw" in sys.modules and isinstance(error, sys.modules["apsw"].BusyError)


def explain(error: BaseException, path: str) -> HistoryError:
    """The error of lading for an error of SQLite."""
    what, fix = _words(error, path)
    return HistoryError(what, where=path, fix=fix)


def _words(error: BaseException, path: str) -> tuple[str, str]:
    import apsw

    match error:
        case apsw.FullError():
            return "the disk is full, nothing was written to the history", "free some space, then run the command again"
        case apsw.BusyError() | apsw.LockedError():
            holder = lock_holder(path)
            who = f"process {holder}" if holder else "another process"
            return (
                f"the history has been locked by {who} for too long",
                f"end process {holder}, or wait for it" if holder else "end the process that holds it, or wait for it",
            )
        case apsw.CorruptError() | apsw.NotADBError():
            return (
                f"the history is damaged: {error}",
                f"set it aside (mv {path} {path}.damaged) or put a backup in its place; stored values are not touched",
            )
        case apsw.ReadOnlyError() | apsw.PermissionsError() | apsw.AuthError():
            return "the history may not be written", "give yourself the right to write the file and its folder"
        case apsw.CantOpenError():
            return "the history cannot be opened", "check that its folder exists and may be written"
        case apsw.IOError():
            return f"the disk of the history refuses: {error}", "check the disk and how much of it is free"
        case _:
            return f"the history refuses: {error}", HistoryError.remedy


def lock_holder(path: str) -> int | None:
    """The process that holds a lock on the database, where the system says so (Linux)."""
    inodes: set[str] = set()
    for name in (path, f"{path}-shm"):
        if os.path.exists(name):
            inodes.add(str(os.stat(name).st_ino))
    try:
        with open("/proc/locks", encoding="ascii") as file:
            lines = [line.split() for line in file]
    except OSError:
        return None
    own = os.getpid()
    # 1: POSIX  ADVISORY  WRITE 4711 08:01:131074 120 120
    holders = [int(words[-4]) for words in lines if len(words) >= 8 and words[-3].rsplit(":", 1)[-1] in inodes]
    writers = [pid for pid in holders if pid not in {own, -1}]
    return writers[0] if writers else None
