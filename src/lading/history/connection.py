"""One kept connection to a SQLite file: opened on first use, shared by threads, never carried over a fork."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from threading import RLock
from typing import Any, Final, Literal, TypeAlias
from weakref import WeakSet

from lading.errors import HistoryError
from lading.history.cursor import Cursor, Row
from lading.history.migrate import migrate
from lading.history.trouble import explain, is_busy, is_trouble

Durability: TypeAlias = Literal["fast", "strict"]

PATIENCE: Final = 30.0
"""For how many seconds a locked database is tried."""

_alive: WeakSet[Connection] = WeakSet()
# Closing a connection in a child would let go of locks and files that the parent still uses.
_left_behind: list[Any] = []


class Connection:
    """A SQLite file.

    Args:
        path: The file; it and its folder are made on first use.
        durability: ``"strict"`` waits for the disk at commits that say so, ``"fast"`` leaves that to the system: after
            a power cut the last commits may be missing, the database is whole in either case.
        patience: For how many seconds a locked database is tried.
    """

    def __init__(self, path: str, durability: Durability = "fast", patience: float = PATIENCE) -> None:
        self.path = path
        self._durability = durability
        self._patience = patience
        self._lock = RLock()
        self._held: Any = None
        self._cursor: Cursor | None = None
        self._closed = False
        self._waits = False
        _alive.add(self)

    # ------------------------------------------------------------ reading

    def rows(self, sql: str, values: Sequence[Any] = ()) -> list[Row]:
        """All rows of a query."""
        with self._lock:
            try:
                return (self._cursor or self._open()).execute(sql, values).fetchall()
            except Exception as error:
                if is_trouble(error):
                    raise explain(error, self.path) from error
                raise

    def row(self, sql: str, values: Sequence[Any] = ()) -> Row | None:
        """The first row of a query, or None."""
        found = self.rows(sql, values)
        return found[0] if found else None

    # ------------------------------------------------------------ writing

    def __enter__(self) -> Cursor:
        """Begin a transaction that nobody else can write beside; leaving it with an exception undoes it."""
        self._lock.acquire()
        try:
            cursor = self._cursor or self._open()
            cursor.execute("BEGIN IMMEDIATE")
        except BaseException as error:
            self._lock.release()
            if is_trouble(error):
                raise explain(error, self.path) from error
            raise
        return cursor

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        try:
            assert self._cursor is not None
            if error is None:
                self._cursor.execute("COMMIT")
                return
            self._undo()
            if is_trouble(error):
                raise explain(error, self.path) from error
        except Exception as trouble:
            self._undo()
            if is_trouble(trouble):
                raise explain(trouble, self.path) from trouble
            raise
        finally:
            self._lock.release()

    def _undo(self) -> None:
        # A full disk, for one, has SQLite roll back by itself.
        if self._held is not None and self._held.in_transaction and self._cursor is not None:
            self._cursor.execute("ROLLBACK")

    def wait_for_disk(self, wait: bool) -> None:
        """Whether the next commits are to wait for the disk; matters for ``"strict"`` only."""
        if self._durability == "strict" and wait is not self._waits:
            with self._lock:
                (self._cursor or self._open()).execute(f"PRAGMA synchronous = {'FULL' if wait else 'NORMAL'}")
                self._waits = wait

    # ------------------------------------------------------------ the file

    def _open(self) -> Cursor:
        if self._closed:
            raise HistoryError("this history was closed", where=self.path, fix="open it again, or use it inside `with`")
        folder = os.path.dirname(self.path)
        try:
            os.makedirs(folder or ".", exist_ok=True)
        except OSError as error:
            raise HistoryError(
                f"the folder of the history cannot be made: {error}", where=folder, fix="name another folder"
            ) from error

        import apsw  # where no history is opened, SQLite is not loaded

        held: Any = apsw.Connection(self.path)
        try:
            held.set_busy_timeout(int(self._patience * 1000))
            # A plan holds whatever values are bound to it. Without this SQLite plans anew at every call, for six
            # times the cost of a look-up.
            held.config(apsw.SQLITE_DBCONFIG_ENABLE_QPSG, 1)
            cursor: Cursor = held.cursor()
            _patiently(lambda: cursor.execute("PRAGMA journal_mode = WAL").fetchall(), self._patience)
            cursor.execute(
                "PRAGMA synchronous = NORMAL; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -8000"
            ).fetchall()
            migrate(cursor, self.path)
        except BaseException:
            held.close()
            raise
        self._waits = False
        self._held, self._cursor = held, cursor
        return cursor

    def close(self) -> None:
        """Close the file. A later use raises HistoryError."""
        with self._lock:
            self._closed = True
            held, self._held, self._cursor = self._held, None, None
            if held is not None:
                try:
                    held.close()
                except Exception as error:
                    if is_trouble(error):
                        raise explain(error, self.path) from error
                    raise

    def leave_behind(self) -> None:
        """Forget the connection without closing it: the one of the parent, seen in a child."""
        self._lock = RLock()
        if self._held is not None:
            _left_behind.append(self._held)
        self._held = self._cursor = None


def _patiently(act: Callable[[], object], patience: float) -> None:
    # Changing the journal mode does not wait by itself when several processes open a new file at once.
    until = time.monotonic() + patience
    while True:
        try:
            act()
            return
        except Exception as error:
            if not is_busy(error) or time.monotonic() > until:
                raise
            time.sleep(0.005)


def _after_fork() -> None:
    for connection in list(_alive):
        connection.leave_behind()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
