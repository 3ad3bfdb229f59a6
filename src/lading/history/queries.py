"""The named statements of ``sql/*.sql``, read once."""

from __future__ import annotations

import os
import re
from typing import Final

_FOLDER: Final = os.path.join(os.path.dirname(__file__), "sql")


def read_sql(name: str) -> str:
    """The text of one file."""
    with open(os.path.join(_FOLDER, name), encoding="utf-8") as file:
        return file.read()


def _named(text: str) -> dict[str, str]:
    pieces = re.split(r"^-- name: (\w+)\n", text, flags=re.MULTILINE)[1:]
    return {name: " ".join(sql.split()) for name, sql in zip(pieces[::2], pieces[1::2], strict=True)}


SQL: Final = _named(read_sql("queries.sql"))
"""Every statement by its name."""
