"""Numbered migrations: ``sql/schema_0001.sql``, then one file for each later version of the schema."""

from __future__ import annotations

from typing import Final

from lading.errors import HistoryError
from lading.history.cursor import Cursor
from lading.history.queries import read_sql

VERSION: Final = 2
"""The newest schema this lading knows."""

_OURS: Final = 0x4C616469


def migrate(cursor: Cursor, path: str) -> None:
    """Bring the database to the newest schema, in one transaction.

    Raises:
        HistoryError: A newer lading wrote it, or it is no history.
    """
    found = _version(cursor, path)
    if found == VERSION:
        return
    cursor.execute("BEGIN IMMEDIATE")
    try:
        # Another process may have been faster.
        for version in range(_version(cursor, path) + 1, VERSION + 1):
            cursor.execute(read_sql(f"schema_{version:04}.sql"))
        cursor.execute(f"PRAGMA user_version = {VERSION}; PRAGMA application_id = {_OURS}")
        cursor.execute("COMMIT")
    except BaseException:
        if cursor.connection.in_transaction:
            cursor.execute("ROLLBACK")
        raise


def _version(cursor: Cursor, path: str) -> int:
    version: int = cursor.execute("PRAGMA user_version").fetchall()[0][0]
    if version > VERSION:
        raise HistoryError(
            f"the history has schema {version}, this lading knows schemas up to {VERSION}",
            where=path,
            fix="upgrade lading (pip install -U lading), or name another home in LADING_HOME",
        )
    if version == 0 and cursor.execute("SELECT count(*) FROM sqlite_schema").fetchall()[0][0]:
        raise HistoryError(
            "the file is a database, but no history of lading", where=path, fix="name another home in LADING_HOME"
        )
    return version
