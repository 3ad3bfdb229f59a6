"""Small facts in the SQLite file of a history."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lading.abc.history import Registry
from lading.history.connection import Connection
from lading.history.cursor import Cursor
from lading.history.queries import SQL
from lading.history.rows import from_cell, to_cell
from lading.values.serial import from_text, to_text


class SqliteRegistry(Registry):
    """Small facts that every process with the same file sees.

    Args:
        connection: The file, shared with the history.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, kind: str, name: str) -> Any:
        row = self._connection.row(SQL["fact"], (kind, name))
        return None if row is None else from_text(row[0])

    def put(self, kind: str, name: str, fact: Any) -> None:
        with self._connection as cursor:
            _put(cursor, kind, name, fact)

    def compare_and_set(self, kind: str, name: str, old: Any, new: Any) -> bool:
        with self._connection as cursor:
            found = cursor.execute(SQL["fact"], (kind, name)).fetchall()
            if (from_text(found[0][0]) if found else None) != old:
                return False
            _put(cursor, kind, name, new)
            return True

    def list(self, kind: str) -> dict[str, Any]:
        return {name: from_text(fact) for name, fact in self._connection.rows(SQL["facts"], (kind,))}

    # ------------------------------------------------------------ dynamic partitions

    def add_dynamic_partitions(self, name: str, keys: Sequence[str]) -> None:
        with self._connection as cursor:
            cursor.executemany(SQL["add_dynamic_partition"], [(name, to_cell(key)) for key in keys])

    def get_dynamic_partitions(self, name: str, /) -> Sequence[str]:
        return [from_cell(cell) for (cell,) in self._connection.rows(SQL["dynamic_partitions"], (name,))]

    def has_dynamic_partition(self, name: str, key: str, /) -> bool:
        return bool(self._connection.rows(SQL["has_dynamic_partition"], (name, to_cell(key))))

    def delete_dynamic_partition(self, name: str, key: str) -> None:
        with self._connection as cursor:
            cursor.execute(SQL["drop_dynamic_partition"], (name, to_cell(key)))


def _put(cursor: Cursor, kind: str, name: str, fact: Any) -> None:
    if fact is None:
        cursor.execute(SQL["drop_fact"], (kind, name))
    else:
        cursor.execute(SQL["put_fact"], (kind, name, to_text(fact)))
