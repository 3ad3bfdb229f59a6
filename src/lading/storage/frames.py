"""Tables of any library: which kinds there are, one as another, and several as one.

Arrow is what they have in common. Libraries are imported when a value of theirs is asked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from types import NoneType
from typing import TYPE_CHECKING, Any, NamedTuple, get_args

from lading.errors import CannotLoadError, CannotStoreError, ExtraMissingError
from lading.storage.types import kind_of, library_name
from lading.values.joining import joined

if TYPE_CHECKING:  # it would load urllib and ipaddress
    from pathlib import Path

PANDAS = "pandas.DataFrame"
POLARS = "polars.DataFrame"
LAZY = "polars.LazyFrame"
ARROW = "pyarrow.Table"
RELATION = "duckdb.DuckDBPyRelation"
FRAMES = frozenset({PANDAS, POLARS, LAZY, ARROW, RELATION})
LAZY_FRAMES = frozenset({LAZY, RELATION})
_READS = {"pyarrow": "Parquet", "pyarrow.parquet": "Parquet"}
_INSTALL = {"pyarrow": "pip install 'lading[tables]'", "duckdb": "pip install 'lading[duckdb]'"}


class Scan(NamedTuple):
    """A table in a file, as a part of one lazy table: nothing of it is read yet."""

    path: Path
    columns: Sequence[str] | None = None


def frame_of(kind: object) -> str | None:
    """The frame that a class is, or that an annotation asks for: ``pandas.DataFrame``; None for anything else."""
    if not isinstance(kind, type):
        inner = [each for each in get_args(kind) if each is not NoneType]
        return frame_of(inner[0]) if len(inner) == 1 and len(get_args(kind)) == 2 else None
    return next((name for base in kind.__mro__ if (name := library_name(base)) in FRAMES), None)


def to_arrow(value: Any) -> Any:
    """A table of any library as an Arrow table.

    Raises:
        CannotStoreError: Arrow has no place for it.
    """
    name = frame_of(kind_of(value))
    if name == LAZY:
        value = value.collect()
    if name in {LAZY, POLARS}:
        return value.to_arrow()
    if name == RELATION:
        return value.to_arrow_table()
    if name == ARROW:
        return value
    pyarrow = library("pyarrow")
    try:
        return pyarrow.Table.from_pandas(value)
    except (pyarrow.ArrowException, TypeError, ValueError) as error:
        raise CannotStoreError(
            f"the frame cannot be written as Parquet: {error}",
            fix="give each column one plain type and each a name of its own, or set allow_pickle=True",
        ) from error


def from_arrow(table: Any, name: str) -> Any:
    """An Arrow table as a table of another library.

    Args:
        table: The table.
        name: One of the frames, as :func:`frame_of` gives it.
    """
    if name == PANDAS:
        # Looking for equal texts costs five times what it saves.
        return table.to_pandas(deduplicate_objects=False)
    if name == RELATION:
        return library("duckdb").from_arrow(table)
    if name in {POLARS, LAZY}:
        frame = library("polars").from_arrow(table)
        return frame.lazy() if name == LAZY else frame
    return table


def scanned(paths: Sequence[Path], name: str, columns: Sequence[str] | None = None) -> Any:
    """Parquet files as one lazy table; nothing but their schema is read before the table is used.

    Args:
        paths: The files; columns that some do not have are empty there.
        name: One of the lazy frames.
        columns: Only these columns.
    """
    files = [str(path) for path in paths]
    if name == RELATION:
        relation = library("duckdb").read_parquet(files, union_by_name=True)
        return relation if columns is None else relation.project(", ".join(_quoted(each) for each in columns))
    polars = library("polars")
    # One scan of many files would go by the columns of the first.
    frame = joined([polars.scan_parquet(file, glob=False) for file in files])
    return frame if columns is None else frame.select(list(columns))


def framed(values: Sequence[Any], name: str) -> Any:
    """Several tables (of one library or several) or scans, or none, as one.

    Args:
        values: The tables and scans.
        name: One of the frames; scans are for lazy ones.

    Raises:
        CannotLoadError: A value is no table, or their columns do not fit each other.
    """
    scans = [value for value in values if isinstance(value, Scan)]
    if scans and len(scans) == len(values):
        return scanned([scan.path for scan in scans], name, scans[0].columns)
    if scans:
        values = [scanned([each.path], name, each.columns) if isinstance(each, Scan) else each for each in values]
    stranger = next((value for value in values if frame_of(kind_of(value)) is None), None)
    if stranger is not None:
        raise CannotLoadError(
            f"one {name} is wanted of several partitions, but a value is of type {type(stranger).__name__}",
            fix="annotate the parameter with dict[str, …] or lading.Partitions[…]",
        )
    if not values:
        return from_arrow(library("pyarrow").table({}), name)
    if name in {PANDAS, POLARS, LAZY} and all(frame_of(kind_of(value)) == name for value in values):
        return joined(values)
    tables = [to_arrow(value) for value in values]
    pyarrow = library("pyarrow")
    try:
        table = joined(tables)
    except pyarrow.ArrowException as error:
        raise CannotLoadError(
            f"the partitions do not fit into one table: {error}", fix="give the column the same type in all of them"
        ) from error
    return from_arrow(table, name)


def library(name: str) -> Any:
    """A library that tables need.

    Raises:
        ExtraMissingError: It is not installed.
    """
    try:
        return import_module(name)
    except ImportError as error:
        raise ExtraMissingError(
            f"{_READS.get(name, 'a table')} needs {name.partition('.')[0]}, which is not installed",
            fix=_INSTALL.get(name.partition(".")[0], f"pip install {name}"),
        ) from error


def _quoted(column: str) -> str:
    doubled = column.replace('"', '""')
    return f'"{doubled}"'
