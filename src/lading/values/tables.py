"""What metadata can say of a table: its columns, its records, where its columns come from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from lading.errors import CheckError, InvalidMetadataError
from lading.values.dataclass import dataclass, field
from lading.values.keys import AssetKey


@dataclass(frozen=True, slots=True)
class TableColumnConstraints:
    """What holds for every value of a column."""

    nullable: bool = True
    unique: bool = False
    other: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class TableConstraints:
    """What holds for a table as a whole."""

    other: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class TableColumn:
    """A column: its name, its type as text, and what is known of it."""

    name: str
    type: str = "string"
    description: str | None = None
    constraints: TableColumnConstraints = field(default_factory=TableColumnConstraints)
    tags: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True)
class TableSchema:
    """The columns of a table, in order."""

    columns: Sequence[TableColumn]
    constraints: TableConstraints = field(default_factory=TableConstraints)

    @staticmethod
    def from_name_type_dict(columns: Mapping[str, str]) -> TableSchema:
        """A schema from a mapping of column name to type."""
        return TableSchema([TableColumn(name, kind) for name, kind in columns.items()])


class TableRecord:
    """One row: column name to value (text, number, bool or None)."""

    __slots__ = ("data",)

    def __init__(self, data: Mapping[str, str | float | int | bool | None]) -> None:
        for name, value in data.items():
            if value is not None and not isinstance(value, str | float | int | bool):  # pyright: ignore[reportUnnecessaryIsInstance] - callers are not all typed
                raise InvalidMetadataError(
                    f"a table record holds texts, numbers, bools and None, not {type(value).__name__}",
                    where=f"column {name!r}",
                    fix="convert the value with str(…), int(…) or float(…)",
                )
        self.data = dict(data)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, TableRecord) and self.data == other.data

    def __hash__(self) -> int:
        return hash(tuple(self.data.items()))

    def __repr__(self) -> str:
        return f"TableRecord({self.data!r})"

    def __iter__(self) -> Iterator[str]:
        return iter(self.data)

    def __getitem__(self, name: str) -> Any:
        return self.data[name]


@dataclass(frozen=True, slots=True)
class TableColumnDep:
    """A column of an upstream asset that a column is made from."""

    asset_key: AssetKey
    column_name: str


@dataclass(frozen=True, slots=True)
class TableColumnLineage:
    """For each column of an asset, the upstream columns it is made from."""

    deps_by_column: Mapping[str, Sequence[TableColumnDep]]


_KINDS: tuple[tuple[type, str], ...] = ((bool, "bool"), (int, "int"), (float, "float"))


def infer_schema(records: Sequence[TableRecord]) -> TableSchema:
    """The schema of records without one: int, float, bool or string, from the first record.

    Raises:
        CheckError: There is no record to infer from.
    """
    if not records:
        raise CheckError("a table without records needs a schema", fix="pass schema=TableSchema([…])")
    columns: list[TableColumn] = []
    for name, value in records[0].data.items():
        kind = next((text for py, text in _KINDS if isinstance(value, py)), "string")
        columns.append(TableColumn(name, kind))
    return TableSchema(columns)
