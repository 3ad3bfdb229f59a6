"""Tables as Parquet: pandas, Polars, Arrow and DuckDB in, any of them out."""

from __future__ import annotations

import mmap
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, BinaryIO

from lading.abc.format import Facts, Want
from lading.abc.store import Source
from lading.errors import CannotLoadError
from lading.storage.frames import ARROW, FRAMES, LAZY_FRAMES, Scan, frame_of, from_arrow, library, scanned, to_arrow
from lading.storage.types import library_name
from lading.values.joining import joined

if TYPE_CHECKING:  # it would load urllib and ipaddress
    from pathlib import Path

_ROW_GROUP = 1 << 20
# Below this, planning a scan and waking threads costs three times the reading.
_SMALL = 1 << 20
_ROWS = "builtins.list"


class ParquetFormat:
    """One table; zstd inside, with a checksum on each page, so that no codec is needed around it."""

    name = "parquet"
    suffix = ".parquet"

    def accepts(self, kind: type) -> bool:
        return frame_of(kind) is not None

    def dump(self, value: object, sink: BinaryIO) -> Facts:
        pyarrow = _arrow()
        table = to_arrow(value)
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
        name = _wanted(want)
        if want.kind is Scan:
            (path,) = _paths(sources)
            return Scan(path, want.columns)
        if name in LAZY_FRAMES:
            return scanned(_paths(sources), name, want.columns)
        try:
            tables = [_read(_mapped(source, pyarrow), want, pyarrow) for source in sources]
        except pyarrow.ArrowException as error:
            raise CannotLoadError(f"the table cannot be read: {error}") from error
        table = tables[0] if len(tables) == 1 else joined(tables)
        return table.to_pylist() if name == _ROWS else from_arrow(table, name)


def _read(buffer: Any, want: Want, pyarrow: Any) -> Any:
    if want.columns is None and want.filter is None and buffer.size() < _SMALL:
        return pyarrow.parquet.ParquetFile(buffer).read(use_threads=False)
    columns = None if want.columns is None else _known(list(want.columns), pyarrow.parquet.read_schema(buffer).names)
    return pyarrow.parquet.read_table(buffer, columns=columns, filters=want.filter)


def _known(columns: list[str], names: Sequence[str]) -> list[str]:
    unknown = [column for column in columns if column not in names]
    if unknown:
        raise CannotLoadError(
            f"the table has no column {', '.join(map(repr, unknown))}", fix=f"its columns are {', '.join(names)}"
        )
    return columns


def _wanted(want: Want) -> str:
    if isinstance(want.kind, type):
        if library_name(want.kind) == _ROWS:
            return _ROWS
        found = frame_of(want.kind)
        if found is not None:
            return found
    package, _, name = want.stored.rpartition(".")
    stored = f"{package.partition('.')[0]}.{name}"
    # An unannotated consumer gets what was stored; a scan becomes the frame it stood for.
    return stored.replace("LazyFrame", "DataFrame") if stored in FRAMES else ARROW


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


def _paths(sources: Sequence[Source]) -> list[Path]:
    paths = [path for source in sources if (path := source.path) is not None]
    if len(paths) < len(sources):
        raise CannotLoadError(
            "only files on a local disk can be scanned lazily", fix="annotate the parameter with polars.DataFrame"
        )
    return paths


def _arrow() -> Any:
    pyarrow = library("pyarrow")
    library("pyarrow.parquet")
    return pyarrow


PARQUET = ParquetFormat()
