"""Which type is stored in which format, and as what else it is loaded: the one list that code, tests and docs go by.

A row counts when ``tests/suites/test_every_type.py`` finds a sample for it: stored, loaded again by another process,
as itself and as each type that the row names, and opened by the usual tool of its format.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from lading.abc.format import Format
from lading.storage.formats.csv import CSV
from lading.storage.formats.json import JSON
from lading.storage.formats.numpy import NUMPY
from lading.storage.formats.parquet import PARQUET
from lading.storage.formats.pickle import PICKLE
from lading.storage.formats.registry import Formats
from lading.storage.formats.text import BYTES, TEXT
from lading.storage.frames import ARROW, LAZY, PANDAS, POLARS, RELATION
from lading.values.dataclass import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """A type that is stored.

    Args:
        type: The type as :func:`lading.storage.types.library_name` names it; ``builtins.`` may be left out. What is no
            class (``Iterator[…]``, "a dataclass") is named in words, and its format finds it by ``accepts``.
        format: The format that writes it when nobody asks for another.
        loads: What else it is loaded as, by the same names.
        also: The formats it is written in where ``metadata={"format": …}`` asks for one.
        needs: What must be installed, as pip takes it.
    """

    type: str
    format: Format
    loads: tuple[str, ...] = ()
    also: tuple[Format, ...] = ()
    needs: str = ""

    @property
    def is_class(self) -> bool:
        """Whether ``type`` names a class."""
        return self.type.replace(".", "").replace("_", "").isalnum()


TABLES: Sequence[Row] = (
    Row(PANDAS, PARQUET, (POLARS, LAZY, ARROW, RELATION, "list"), (CSV,), "pandas lading[tables]"),
    Row(POLARS, PARQUET, (LAZY, PANDAS, ARROW, RELATION, "list"), (CSV,), "polars lading[tables]"),
    Row(LAZY, PARQUET, (POLARS, PANDAS, ARROW, RELATION, "list"), (), "polars lading[tables]"),
    Row(ARROW, PARQUET, (PANDAS, POLARS, LAZY, RELATION, "list"), (), "lading[tables]"),
    Row(RELATION, PARQUET, (PANDAS, POLARS, LAZY, ARROW, "list"), (), "lading[duckdb]"),
)

ARRAYS: Sequence[Row] = (
    Row("numpy.ndarray", NUMPY, needs="numpy"),
    Row("numpy.generic", NUMPY, needs="numpy"),
)

PLAIN: Sequence[Row] = (
    Row("str", TEXT, ("bytes",)),
    Row("bytes", BYTES, ("bytearray", "memoryview")),
    Row("bytearray", BYTES, ("bytes", "memoryview")),
    Row("memoryview", BYTES, ("bytes", "bytearray")),
    Row("bool", JSON),
    Row("int", JSON),
    Row("float", JSON),
    Row("list", JSON, also=(CSV,)),
    Row("dict", JSON),
    Row("tuple", JSON),
    Row("NoneType", JSON),
)

GROUPS: Mapping[str, Sequence[Row]] = {"Plain data": PLAIN, "Tables": TABLES, "Arrays": ARRAYS}
CATALOG: Sequence[Row] = [row for rows in GROUPS.values() for row in rows]


def default_formats(*, pickle: bool = False) -> Formats:
    """The formats that come with lading.

    Args:
        pickle: Whether values that no other format takes are pickled, and pickles are loaded.
    """
    formats = Formats()
    for row in CATALOG:
        formats.register(
            row.format, *([row.type if "." in row.type else f"builtins.{row.type}"] if row.is_class else [])
        )
    first = {row.format.name for row in CATALOG}
    for row in CATALOG:
        for other in row.also:
            if other.name not in first:
                formats.register(other)
    return formats.register(PICKLE) if pickle else formats
