"""The reference page of types and formats, written from the catalog of formats."""

from __future__ import annotations

from collections.abc import Sequence

from lading.storage.formats.catalog import GROUPS, Row

HEAD = """# Types and formats

What `TypedIOManager` stores in which format, and what a consumer may ask for by annotating its parameter. Each row
is held by a test that stores a value, loads it in another process, as itself and as every type that is named, and
opens the file with the usual tool of its format.

The format is chosen by the type of the value. A type that is not listed goes by its base classes; what no format
takes is refused, or pickled where the manager has `allow_pickle=True`.
"""


def types_page() -> str:
    """The text of docs/reference/types.md."""
    lines = [HEAD]
    for title, rows in GROUPS.items():
        lines += [f"## {title}", "", *_table(rows), ""]
    rows = [row for found in GROUPS.values() for row in found]
    formats = {each.name: each for row in rows for each in (row.format, *row.also)}
    types = {row.type for row in rows}
    lines += [f"{len(types)} types, {len(formats)} formats.", ""]
    return "\n".join(lines)


def _table(rows: Sequence[Row]) -> list[str]:
    lines = ["| type | format | file | on request | also loaded as | needs |", "|---|---|---|---|---|---|"]
    for row in rows:
        also = ", ".join(each.name for each in row.also)
        loads = ", ".join(f"`{name}`" for name in row.loads)
        needs = f"`{row.needs}`" if row.needs else ""
        lines.append(f"| `{row.type}` | {row.format.name} | `{row.format.suffix}` | {also} | {loads} | {needs} |")
    return lines
