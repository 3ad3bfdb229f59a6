"""Tables as CSV, for people and spreadsheets. Types are read anew from the text."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import Any, BinaryIO, cast

from lading.abc.format import Facts, Want
from lading.abc.store import Source
from lading.errors import CannotLoadError, CannotStoreError, ExtraMissingError
from lading.storage.types import library_name


class CsvFormat:
    """pandas and Polars frames, and lists of dicts with the same keys."""

    name = "csv"
    suffix = ".csv"

    def accepts(self, kind: type) -> bool:
        names = {library_name(base) for base in kind.__mro__}
        return kind is list or bool(names & {"pandas.DataFrame", "polars.DataFrame"})

    def dump(self, value: object, sink: BinaryIO) -> Facts:
        frame = cast("Any", value)
        names = {library_name(base) for base in type(value).__mro__}
        if "polars.DataFrame" in names:
            sink.write(frame.write_csv().encode())
            return _facts(frame.height, frame.schema.items())
        if "pandas.DataFrame" in names:
            if not _is_numbered(frame):
                raise CannotStoreError("CSV has no place for an index", fix="call .reset_index() on the frame")
            frame.to_csv(sink, index=False)
            return _facts(len(frame), frame.dtypes.items())
        return _dump_rows(value, sink)

    def load(self, sources: Sequence[Source], want: Want) -> object:
        (source,) = sources
        library = library_name(want.kind) if isinstance(want.kind, type) else _library(want.stored)
        columns = None if want.columns is None else list(want.columns)
        with source.open() as reader:
            if library == "polars.DataFrame":
                return _imported("polars").read_csv(reader.read(), columns=columns, try_parse_dates=True)
            if library == "pandas.DataFrame":
                return _imported("pandas").read_csv(reader, usecols=columns)
            text = io.TextIOWrapper(reader, encoding="utf-8", newline="")
            try:
                return list(csv.DictReader(text, strict=True))
            except (csv.Error, UnicodeDecodeError) as error:
                raise CannotLoadError(f"this is no CSV: {error}") from error


def _dump_rows(value: object, sink: BinaryIO) -> Facts:
    rows = cast("list[Any]", value)
    if type(value) is not list or not rows or not all(isinstance(row, Mapping) for row in rows):
        raise CannotStoreError(
            "only frames and lists of dicts can be written as CSV", fix="return a frame or a list of dicts"
        )
    columns = [str(column) for column in rows[0]]
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, columns, lineterminator="\n")
    writer.writeheader()
    try:
        writer.writerows(rows)
    except ValueError as error:
        raise CannotStoreError(
            f"the rows do not share their keys: {error}", fix="give each row the same keys"
        ) from error
    sink.write(text.getvalue().encode())
    return Facts(rows=len(rows), columns=len(columns))


def _facts(rows: int, schema: Any) -> Facts:
    columns = tuple((str(name), str(kind)) for name, kind in schema)
    return Facts(rows=rows, columns=len(columns), schema=columns)


def _is_numbered(frame: Any) -> bool:
    index = frame.index
    return type(index).__name__ == "RangeIndex" and index.start == 0 and index.step == 1 and index.name is None


def _library(stored: str) -> str:
    library, _, name = stored.rpartition(".")
    return f"{library.partition('.')[0]}.{name}"


def _imported(name: str) -> Any:
    try:
        return import_module(name)
    except ImportError as error:
        raise ExtraMissingError(f"{name} is wanted, and not installed", fix=f"pip install {name}") from error


CSV = CsvFormat()
