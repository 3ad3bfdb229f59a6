"""The named statements of ``sql/*.sql``, read once."""

from __future__ import annotations

import os
import re
from typing import Final

from lading.errors import InternalError

_FOLDER: Final = os.path.join(os.path.dirname(__file__), "sql")


def read_sql(name: str) -> str:
    """The text of one file."""
    with open(os.path.join(_FOLDER, name), encoding="utf-8") as file:
        return file.read()


def _named(text: str) -> dict[str, str]:
    pieces = re.split(r"^-- name: (\w+)\n", text, flags=re.MULTILINE)[1:]
    return {name: " ".join(sql.split()) for name, sql in zip(pieces[::2], pieces[1::2], strict=True)}


class _Statements(dict[str, str]):
    """Every statement by its name; the file is read when the first is asked for."""

    def __missing__(self, name: str) -> str:
        self.update(_named(read_sql("queries.sql")))
        return self[name] if name in self else self._refuse(name)

    @staticmethod
    def _refuse(name: str) -> str:
        raise InternalError(f"no statement bears the name {name}", where="history/sql/queries.sql")


SQL: Final = _Statements()
"""Every statement by its name."""
