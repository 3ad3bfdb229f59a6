"""The JSON form of metadata: plain values as themselves, every other kind as ``{"k": kind, …}``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import isfinite
from typing import Any

from lading.values.dataclass import dataclass
from lading.values.keys import AssetKey
from lading.values.metadata import (
    AssetMetadataValue,
    BoolMetadataValue,
    FloatMetadataValue,
    IntMetadataValue,
    JobMetadataValue,
    JsonMetadataValue,
    MarkdownMetadataValue,
    Metadata,
    MetadataValue,
    NotebookMetadataValue,
    NullMetadataValue,
    PathMetadataValue,
    PythonArtifactMetadataValue,
    RunMetadataValue,
    TableColumnLineageMetadataValue,
    TableMetadataValue,
    TableSchemaMetadataValue,
    TextMetadataValue,
    TimestampMetadataValue,
    UrlMetadataValue,
)
from lading.values.tables import (
    TableColumn,
    TableColumnConstraints,
    TableColumnDep,
    TableColumnLineage,
    TableConstraints,
    TableRecord,
    TableSchema,
)


@dataclass(frozen=True, slots=True)
class UnknownMetadataValue(MetadataValue):
    """A kind that only a later version of lading knows: kept as it was read."""

    raw: Any

    @property
    def value(self) -> Any:
        """What was read."""
        return self.raw


def metadata_to_json(metadata: Metadata) -> dict[str, Any]:
    """Metadata as plain data for JSON."""
    return {name: value_to_json(value) for name, value in metadata.items()}


def metadata_from_json(raw: Mapping[str, Any]) -> dict[str, MetadataValue]:
    """The inverse of ``metadata_to_json``."""
    return {name: value_from_json(value) for name, value in raw.items()}


def value_to_json(value: MetadataValue) -> Any:
    """One metadata value as plain data for JSON."""
    return _TO[type(value)](value)


def value_from_json(raw: Any) -> MetadataValue:
    """The inverse of ``value_to_json``; a kind that is not known here is kept as it is."""
    match raw:
        case None:
            return NullMetadataValue()
        case str():
            return TextMetadataValue(raw)
        case bool():
            return BoolMetadataValue(raw)
        case int():
            return IntMetadataValue(raw)
        case float():
            return FloatMetadataValue(raw)
        case {"k": str(kind)} if kind in _FROM:
            return _FROM[kind](raw)
        case _:
            return UnknownMetadataValue(raw)


# ---------------------------------------------------------------- tables


def schema_to_json(schema: TableSchema) -> dict[str, Any]:
    """The columns of a table as plain data."""
    raw: dict[str, Any] = {"c": [_column_to_json(column) for column in schema.columns]}
    if schema.constraints.other:
        raw["x"] = list(schema.constraints.other)
    return raw


def _column_to_json(column: TableColumn) -> dict[str, Any]:
    raw: dict[str, Any] = {"n": column.name, "t": column.type}
    if column.description is not None:
        raw["d"] = column.description
    if column.constraints != _FREE:
        raw["x"] = [column.constraints.nullable, column.constraints.unique, list(column.constraints.other)]
    if column.tags:
        raw["g"] = dict(column.tags)
    return raw


_FREE = TableColumnConstraints()


def schema_from_json(raw: Mapping[str, Any]) -> TableSchema:
    """The inverse of ``schema_to_json``."""
    columns = [
        TableColumn(
            item["n"],
            item["t"],
            item.get("d"),
            TableColumnConstraints(*item["x"]) if "x" in item else _FREE,
            item.get("g", {}),
        )
        for item in raw["c"]
    ]
    return TableSchema(columns, TableConstraints(raw.get("x", ())))


def _lineage_to_json(value: TableColumnLineageMetadataValue) -> dict[str, Any]:
    deps = value.column_lineage.deps_by_column
    return {
        "k": value.kind,
        "v": {name: [[list(dep.asset_key.parts), dep.column_name] for dep in found] for name, found in deps.items()},
    }


def _lineage_from_json(raw: Mapping[str, Any]) -> TableColumnLineageMetadataValue:
    deps = {name: [TableColumnDep(AssetKey(key), column) for key, column in found] for name, found in raw["v"].items()}
    return TableColumnLineageMetadataValue(TableColumnLineage(deps))


# ---------------------------------------------------------------- kinds


def _tagged(value: MetadataValue) -> dict[str, Any]:
    return {"k": value.kind, "v": value.value}


def _plain_or_tagged(value: MetadataValue) -> Any:
    plain = value.value
    return _tagged(value) if plain is None else plain


def _float(value: FloatMetadataValue) -> Any:
    number = value.value
    if number is None:
        return _tagged(value)
    # JSON has no word for infinity and the like.
    return float(number) if isfinite(number) else {"k": "float", "v": repr(float(number))}


_TO: dict[type, Callable[[Any], Any]] = {
    TextMetadataValue: _plain_or_tagged,
    IntMetadataValue: _plain_or_tagged,
    BoolMetadataValue: _plain_or_tagged,
    FloatMetadataValue: _float,
    NullMetadataValue: lambda _: None,
    UrlMetadataValue: _tagged,
    PathMetadataValue: _tagged,
    NotebookMetadataValue: _tagged,
    MarkdownMetadataValue: _tagged,
    JsonMetadataValue: _tagged,
    TimestampMetadataValue: _tagged,
    RunMetadataValue: _tagged,
    AssetMetadataValue: lambda value: {"k": "asset", "v": list(value.asset_key.parts)},
    JobMetadataValue: lambda value: {"k": "job", "v": [value.job_name, value.location_name, value.repository_name]},
    PythonArtifactMetadataValue: lambda value: {"k": "python_artifact", "v": [value.module, value.name]},
    TableSchemaMetadataValue: lambda value: {"k": "table_schema", "v": schema_to_json(value.schema)},
    TableMetadataValue: lambda value: {
        "k": "table",
        "v": [record.data for record in value.records],
        "s": schema_to_json(value.schema),
    },
    TableColumnLineageMetadataValue: _lineage_to_json,
    UnknownMetadataValue: lambda value: value.raw,
}

_FROM: dict[str, Callable[[Any], MetadataValue]] = {
    "text": lambda raw: TextMetadataValue(raw["v"]),
    "int": lambda raw: IntMetadataValue(raw["v"]),
    "bool": lambda raw: BoolMetadataValue(raw["v"]),
    "float": lambda raw: FloatMetadataValue(None if raw["v"] is None else float(raw["v"])),
    "url": lambda raw: UrlMetadataValue(raw["v"]),
    "path": lambda raw: PathMetadataValue(raw["v"]),
    "notebook": lambda raw: NotebookMetadataValue(raw["v"]),
    "md": lambda raw: MarkdownMetadataValue(raw["v"]),
    "json": lambda raw: JsonMetadataValue(raw["v"]),
    "timestamp": lambda raw: TimestampMetadataValue(raw["v"]),
    "run": lambda raw: RunMetadataValue(raw["v"]),
    "asset": lambda raw: AssetMetadataValue(AssetKey(raw["v"])),
    "job": lambda raw: JobMetadataValue(*raw["v"]),
    "python_artifact": lambda raw: PythonArtifactMetadataValue(*raw["v"]),
    "table_schema": lambda raw: TableSchemaMetadataValue(schema_from_json(raw["v"])),
    "table": lambda raw: TableMetadataValue([TableRecord(row) for row in raw["v"]], schema_from_json(raw["s"])),
    "column_lineage": _lineage_from_json,
}
