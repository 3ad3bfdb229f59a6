"""A bounded look at a value: as a table, CSV, JSON or text. No library is imported that the value does not bring."""

from __future__ import annotations

import csv
import datetime as dt
import io
import itertools
import json
import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Literal, TypeAlias, cast

from lading.errors import CheckError, UsageError
from lading.values.dataclass import dataclass

Form: TypeAlias = Literal["table", "csv", "json", "repr"]
TEXT_LIMIT = 10_000


@dataclass(frozen=True, slots=True)
class Table:
    """A value that has rows and columns.

    Attributes:
        columns: Name and type of each.
        count: How many rows there are.
        head: Gives the first rows; None: all.
    """

    columns: Sequence[tuple[str, str]]
    count: int
    head: Callable[[int | None], Iterable[Sequence[Any]]]


@dataclass(frozen=True, slots=True)
class Preview:
    """A value as data: its type, its size, and the beginning of it.

    Attributes:
        type: The name of its type.
        rows: How many rows or items it has, where it has some.
        columns: Name and type of each, for tables.
        body: Rows as mappings, items, text, or anything JSON can hold.
        truncated: Whether the body is less than the value.
    """

    type: str
    rows: int | None
    columns: Sequence[tuple[str, str]]
    body: Any
    truncated: bool


# ---------------------------------------------------------------- tables


def as_table(value: Any, columns: Sequence[str] = ()) -> Table | None:
    """The value as a table, or None if it is none.

    Args:
        value: A frame of pandas or Polars, an Arrow table, a list of mappings.
        columns: Only these.

    Raises:
        UsageError: It has no such column.
    """
    table = _table(value)
    if table is None or not columns:
        return table
    names = [name for name, _ in table.columns]
    unknown = [name for name in columns if name not in names]
    if unknown:
        raise UsageError(
            f"there is no column {', '.join(unknown)}", where="--columns", fix=f"columns are: {', '.join(names[:30])}"
        )
    places = [names.index(name) for name in columns]
    head = table.head
    return Table(
        [table.columns[i] for i in places], table.count, lambda limit: ([row[i] for i in places] for row in head(limit))
    )


def _table(value: Any) -> Table | None:
    library = type(value).__module__.partition(".")[0]
    name = type(value).__name__
    if library == "pandas" and name in {"DataFrame", "Series"}:
        return _of_pandas(value)
    if library == "polars" and name in {"DataFrame", "LazyFrame", "Series"}:
        frame = value.collect() if name == "LazyFrame" else value.to_frame() if name == "Series" else value
        kinds = [(str(column), str(kind)) for column, kind in zip(frame.columns, frame.dtypes, strict=True)]
        return Table(kinds, frame.height, lambda limit: (frame if limit is None else frame.head(limit)).iter_rows())
    if library == "pyarrow" and name in {"Table", "RecordBatch"}:
        kinds = [(field.name, str(field.type)) for field in value.schema]

        def rows(limit: int | None) -> Iterable[Sequence[Any]]:
            part = value if limit is None else value.slice(0, limit)
            return zip(*(column.to_pylist() for column in part.columns), strict=True) if kinds else ()

        return Table(kinds, value.num_rows, rows)
    if isinstance(value, list) and value and all(isinstance(each, dict) for each in value):  # pyright: ignore[reportUnknownVariableType] - a user's list
        return _of_mappings(cast("list[dict[Any, Any]]", value))
    return None


def _of_pandas(value: Any) -> Table:
    frame = value.to_frame() if type(value).__name__ == "Series" else value
    if type(frame.index).__name__ != "RangeIndex":
        frame = frame.reset_index()
    kinds = [(str(name), str(kind)) for name, kind in zip(frame.columns, frame.dtypes, strict=True)]

    def rows(limit: int | None) -> Iterable[Sequence[Any]]:
        part = frame if limit is None else frame.head(limit)
        return part.itertuples(index=False, name=None)

    return Table(kinds, len(frame), rows)


def _of_mappings(value: list[dict[Any, Any]]) -> Table:
    names: dict[str, str] = {}
    for row in value:
        for name, cell in row.items():
            if cell is not None:
                names[str(name)] = type(cell).__name__
            else:
                names.setdefault(str(name), "")

    def rows(limit: int | None) -> Iterable[Sequence[Any]]:
        for row in itertools.islice(value, limit):
            cells = {str(name): cell for name, cell in row.items()}
            yield [cells.get(name) for name in names]

    return Table(list(names.items()), len(value), rows)


# ---------------------------------------------------------------- cells


def cell_text(cell: Any) -> str:
    """One cell for people: an empty one is a dash, a day has no midnight."""
    if is_empty(cell):
        return "–"
    if isinstance(cell, float):
        exact = repr(cell)
        return exact if len(exact) <= 12 else f"{cell:.8g}"
    if isinstance(cell, dt.datetime):
        return str(cell).removesuffix(" 00:00:00")
    return str(cell)


def is_empty(cell: Any) -> bool:
    """Whether a cell holds nothing."""
    if cell is None:
        return True
    if isinstance(cell, float):
        return math.isnan(cell)
    return type(cell).__name__ in {"NaTType", "NAType"}


def is_number(kind: str) -> bool:
    """Whether a column of this type is set to the right."""
    return kind.lower().startswith(("int", "uint", "float", "double", "decimal", "bool"))


def csv_text(table: Table, limit: int | None = None) -> str:
    """A table as CSV."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([name for name, _ in table.columns])
    for row in table.head(limit):
        writer.writerow(["" if is_empty(cell) else _csv_cell(cell) for cell in row])
    return text.getvalue()


def _csv_cell(cell: Any) -> Any:
    return str(cell).removesuffix(" 00:00:00") if isinstance(cell, dt.datetime) else cell


# ---------------------------------------------------------------- anything


def preview(value: Any, limit: int | None, columns: Sequence[str] = ()) -> Preview:
    """The beginning of a value, as data.

    Args:
        value: Any value.
        limit: At most so many rows or items; None: all.
        columns: Only these, for tables.
    """
    kind = full_name(value)
    table = as_table(value, columns)
    if table is not None:
        names = [name for name, _ in table.columns]
        rows = [dict(zip(names, map(plain_cell, row), strict=True)) for row in table.head(limit)]
        return Preview(kind, table.count, table.columns, rows, len(rows) < table.count)
    if isinstance(value, str):
        most = None if limit is None else TEXT_LIMIT
        return Preview(kind, None, (), value[:most], most is not None and len(value) > most)
    size = sized(value)
    if isinstance(value, list | tuple) and limit is not None:
        items = cast("Sequence[Any]", value)[:limit]
        return Preview(kind, size, (), [plain_cell(item) for item in items], len(items) < (size or 0))
    if isinstance(value, dict) and limit is not None:
        pairs = itertools.islice(cast("dict[Any, Any]", value).items(), limit)
        kept = {str(name): plain_cell(item) for name, item in pairs}
        return Preview(kind, size, (), kept, len(kept) < (size or 0))
    return Preview(kind, size, (), plain_cell(value), False)


def sized(value: Any) -> int | None:
    """How many items a collection has; None for what is none."""
    return len(value) if isinstance(value, list | tuple | dict | set | frozenset) else None  # pyright: ignore[reportUnknownArgumentType] - any collection


def plain_cell(cell: Any) -> Any:
    """A value as JSON can hold it; what it cannot hold becomes text."""
    if cell is None or isinstance(cell, str | bool | int):
        return cell
    if isinstance(cell, float):
        return cell if math.isfinite(cell) else None
    if is_empty(cell):
        return None
    if isinstance(cell, dict):
        return {str(name): plain_cell(each) for name, each in cast("dict[Any, Any]", cell).items()}
    if isinstance(cell, list | tuple | set | frozenset):
        return [plain_cell(each) for each in cast("Iterable[Any]", cell)]
    if isinstance(cell, dt.datetime):
        return cell.isoformat()
    bare = getattr(cell, "item", None)
    if callable(bare) and getattr(cell, "shape", None) == ():
        return plain_cell(bare())
    return str(cell) if isinstance(cell, dt.date | dt.time) else repr(cell)


def full_name(value: object) -> str:
    """The name of a value's type, with its library: ``pandas.DataFrame``."""
    kind = type(value)
    library = kind.__module__.partition(".")[0]
    return kind.__qualname__ if library == "builtins" else f"{library}.{kind.__qualname__}"


def rendered(value: Any, form: Form | None, limit: int | None, columns: Sequence[str] = ()) -> str:
    """A value as text, for a file or a pipe.

    Args:
        value: Any value.
        form: How; None: as fits the value.
        limit: At most so many rows or items; None: all.
        columns: Only these, for tables.

    Raises:
        CheckError: The value has no rows and columns, and CSV or a table is asked for.
    """
    if form == "repr":
        return repr(value)
    table = as_table(value, columns)
    if form in {"csv", "table"} and table is None:
        raise CheckError(
            f"a value of type {full_name(value)} has no rows and columns", where=f"--as {form}",
            fix="leave --as out, or use --as json or --as repr",
        )  # fmt: skip
    if form == "csv":
        assert table is not None
        return csv_text(table, limit).rstrip("\n")
    if form == "json":
        return json.dumps(preview(value, limit, columns).body, indent=2, ensure_ascii=False)
    if isinstance(value, str):
        return value if limit is None else value[:TEXT_LIMIT]
    if isinstance(value, list | tuple | dict | int | float | bool) or value is None:
        body = preview(value, limit).body
        line = json.dumps(body, ensure_ascii=False)
        return line if len(line) <= 78 else json.dumps(body, indent=2, ensure_ascii=False)
    return repr(value)
