"""Tables as Parquet: pandas, Polars and Arrow in, any of them out."""

from __future__ import annotations

import mmap
from collections.abc import Sequence
from importlib import import_module
from typing import Any, BinaryIO

from lading.abc.format import Facts, Want
from lading.abc.store import Source
from lading.errors import CannotLoadError, CannotStoreError, ExtraMissingError
from lading.storage.types import library_name

_ROW_GROUP = 1 << 20
# Below this, planning a scan and waking threads costs three times the reading.
_SMALL = 1 << 20
_FRAMES = {"pandas.DataFrame", "polars.DataFrame", "polars.LazyFrame", "pyarrow.Table"}


class ParquetFormat:
    """One table; zstd inside, with a checksum on each page, so that no codec is needed around it."""

    name = "parquet"
    suffix = ".parquet"

    def accepts(self, kind: type) -> bool:
        return any(library_name(base) in _FRAMES for base in kind.__mro__)

    def dump(self, value: object, sink: BinaryIO) -> Facts:
        pyarrow = _arrow()
        table = _to_table(value, pyarrow)
        pyarrow.parquet.write_table(
            table,
            sink,
            compression="zstd",
            compression_level=1,
            row_group_size=_ROW_GROUP,
            write_page_checksum=True,
        )
        schema = tuple((field.name, str(field.type)) for field in table.schema)
        return Facts(rows=table.num_rows, columns=table.num_columns, schema=schema)

    def load(self, sources: Sequence[Source], want: Want) -> object:
        pyarrow = _arrow()
        library = _wanted(want)
        if library == "polars.LazyFrame":
            return _scan(sources)
        try:
            tables = [_read(_mapped(source, pyarrow), want, pyarrow) for source in sources]
        except pyarrow.ArrowException as error:
            raise CannotLoadError(f"the table cannot be read: {error}") from error
        table = tables[0] if len(tables) == 1 else pyarrow.concat_tables(tables, promote_options="default")
        return _from_table(table, library)


def _read(buffer: Any, want: Want, pyarrow: Any) -> Any:
    if want.columns is None and want.filter is None and buffer.size() < _SMALL:
        return pyarrow.parquet.ParquetFile(buffer).read(use_threads=False)
    columns = None if want.columns is None else list(want.columns)
    return pyarrow.parquet.read_table(buffer, columns=columns, filters=want.filter)


def _to_table(value: Any, pyarrow: Any) -> Any:
    names = {library_name(base) for base in type(value).__mro__}
    if "polars.LazyFrame" in names:
        value = value.collect()
    if "polars.LazyFrame" in names or "polars.DataFrame" in names:
        return value.to_arrow()
    if "pyarrow.Table" in names:
        return value
    try:
        return pyarrow.Table.from_pandas(value)
    except (pyarrow.ArrowException, TypeError, ValueError) as error:
        raise CannotStoreError(
            f"the frame cannot be written as Parquet: {error}",
            fix="give each column one plain type and each a name of its own, or set allow_pickle=True",
        ) from error


def _wanted(want: Want) -> str:
    if isinstance(want.kind, type):
        for base in want.kind.__mro__:
            name = library_name(base)
            if name in _FRAMES or name == "builtins.list":
                return name
    library, _, name = want.stored.rpartition(".")
    stored = f"{library.partition('.')[0]}.{name}"
    # An unannotated consumer gets what was stored; a scan becomes the frame it stood for.
    return stored.replace("LazyFrame", "DataFrame") if stored in _FRAMES else "pyarrow.Table"


def _from_table(table: Any, library: str) -> object:
    if library == "pandas.DataFrame":
        # Looking for equal texts costs five times what it saves.
        return table.to_pandas(deduplicate_objects=False)
    if library == "polars.DataFrame":
        return _polars().from_arrow(table)
    return table.to_pylist() if library == "builtins.list" else table


def _mapped(source: Source, pyarrow: Any) -> Any:
    """A file that Arrow reads without Python in between: the very inode that was verified, mapped."""
    with source.open() as reader:
        if source.path is None or not source.stat.size:
            return pyarrow.BufferReader(reader.read())
        try:
            descriptor = reader.fileno()
        except OSError:  # a file behind it, but the bytes are in memory or decoded
            return pyarrow.BufferReader(reader.read())
        return pyarrow.BufferReader(mmap.mmap(descriptor, 0, access=mmap.ACCESS_READ))


def _scan(sources: Sequence[Source]) -> object:
    paths = [source.path for source in sources]
    if None in paths:
        raise CannotLoadError(
            "only files on a local disk can be scanned lazily", fix="annotate the parameter with polars.DataFrame"
        )
    return _polars().scan_parquet(paths)


def _arrow() -> Any:
    try:
        pyarrow = import_module("pyarrow")
        import_module("pyarrow.parquet")
    except ImportError as error:
        raise ExtraMissingError(
            "Parquet needs pyarrow, which is not installed", fix="pip install 'lading[tables]'"
        ) from error
    return pyarrow


def _polars() -> Any:
    try:
        return import_module("polars")
    except ImportError as error:
        raise ExtraMissingError(
            "a Polars frame is wanted, and polars is not installed", fix="pip install polars"
        ) from error


PARQUET = ParquetFormat()
