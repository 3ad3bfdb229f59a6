"""Metadata values: what rides on a materialization, with the kind that says how to show it."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar, TypeAlias

from lading.errors import CheckError, InvalidMetadataError
from lading.values.dataclass import dataclass
from lading.values.keys import AssetKey, CoercibleToAssetKey
from lading.values.tables import TableColumnLineage, TableRecord, TableSchema, infer_schema


class MetadataValue:
    """A value with the kind that says how to show it. Make one with the constructors: ``MetadataValue.md("*hi*")``.

    Each has ``.value``, and two are equal when kind and value are.
    """

    __slots__ = ()
    kind: ClassVar[str] = ""

    @property
    def value(self) -> Any:
        """The bare Python value."""
        raise InvalidMetadataError("MetadataValue itself holds no value", fix="use MetadataValue.text(…) and the like")

    @staticmethod
    def int(value: int) -> IntMetadataValue:
        """A whole number."""
        return IntMetadataValue(value)

    @staticmethod
    def float(value: float) -> FloatMetadataValue:
        """A number."""
        return FloatMetadataValue(value)

    @staticmethod
    def text(text: str) -> TextMetadataValue:
        """Plain text."""
        return TextMetadataValue(text)

    @staticmethod
    def md(data: str) -> MarkdownMetadataValue:
        """Markdown."""
        return MarkdownMetadataValue(data)

    @staticmethod
    def url(url: str) -> UrlMetadataValue:
        """A link."""
        return UrlMetadataValue(url)

    @staticmethod
    def path(path: str | os.PathLike[str]) -> PathMetadataValue:
        """A path of a file or folder."""
        return PathMetadataValue(os.fspath(path))

    @staticmethod
    def notebook(path: str | os.PathLike[str]) -> NotebookMetadataValue:
        """A path of a notebook."""
        return NotebookMetadataValue(os.fspath(path))

    @staticmethod
    def json(data: Sequence[Any] | Mapping[str, Any] | None) -> JsonMetadataValue:
        """Anything JSON can hold."""
        return JsonMetadataValue(data)

    @staticmethod
    def bool(value: bool) -> BoolMetadataValue:
        """True or False."""
        return BoolMetadataValue(value)

    @staticmethod
    def null() -> NullMetadataValue:
        """Nothing, said explicitly."""
        return NullMetadataValue()

    @staticmethod
    def timestamp(value: float | datetime) -> TimestampMetadataValue:
        """A moment: seconds since 1970 UTC, or an aware datetime.

        Raises:
            CheckError: The datetime has no time zone.
        """
        if isinstance(value, datetime):
            if value.tzinfo is None:
                raise CheckError(
                    "a timestamp needs a time zone", where=repr(value), fix="pass datetime(…, tzinfo=timezone.utc)"
                )
            return TimestampMetadataValue(value.timestamp())
        return TimestampMetadataValue(value)

    @staticmethod
    def asset(asset_key: CoercibleToAssetKey) -> AssetMetadataValue:
        """A reference to an asset."""
        return AssetMetadataValue(AssetKey.from_coercible(asset_key))

    @staticmethod
    def dagster_run(run_id: str) -> RunMetadataValue:
        """A reference to a run."""
        return RunMetadataValue(run_id)

    run = dagster_run

    @staticmethod
    def job(job_name: str, location_name: str = "", *, repository_name: str | None = None) -> JobMetadataValue:
        """A reference to a job."""
        return JobMetadataValue(job_name, location_name, repository_name)

    @staticmethod
    def python_artifact(python_artifact: Any) -> PythonArtifactMetadataValue:
        """A class or function, by module and name."""
        return PythonArtifactMetadataValue(python_artifact.__module__, python_artifact.__name__)

    @staticmethod
    def table(
        records: Sequence[TableRecord | Mapping[str, Any]], schema: TableSchema | None = None
    ) -> TableMetadataValue:
        """Rows to be shown as a table; the schema is inferred from the first row when it is not given."""
        rows = [row if isinstance(row, TableRecord) else TableRecord(row) for row in records]
        return TableMetadataValue(rows, schema or infer_schema(rows))

    @staticmethod
    def table_schema(schema: TableSchema) -> TableSchemaMetadataValue:
        """The columns of a table."""
        return TableSchemaMetadataValue(schema)

    @staticmethod
    def column_lineage(lineage: TableColumnLineage) -> TableColumnLineageMetadataValue:
        """Which upstream columns each column is made from."""
        return TableColumnLineageMetadataValue(lineage)


class _FieldValue(MetadataValue):
    """A kind whose value is one of its fields, under the field's own name."""

    __slots__ = ()
    FIELD: ClassVar[str]

    @property
    def value(self) -> Any:
        """The bare Python value."""
        return getattr(self, self.FIELD)


@dataclass(frozen=True, slots=True)
class IntMetadataValue(MetadataValue):
    """A whole number."""

    kind: ClassVar[str] = "int"
    value: int | None  # pyright: ignore[reportIncompatibleMethodOverride] - a field instead of the property


@dataclass(frozen=True, slots=True)
class FloatMetadataValue(MetadataValue):
    """A number."""

    kind: ClassVar[str] = "float"
    value: float | None  # pyright: ignore[reportIncompatibleMethodOverride] - a field instead of the property


@dataclass(frozen=True, slots=True)
class BoolMetadataValue(MetadataValue):
    """True or False."""

    kind: ClassVar[str] = "bool"
    value: bool | None  # pyright: ignore[reportIncompatibleMethodOverride] - a field instead of the property


@dataclass(frozen=True, slots=True)
class TimestampMetadataValue(MetadataValue):
    """A moment, in seconds since 1970 UTC."""

    kind: ClassVar[str] = "timestamp"
    value: float  # pyright: ignore[reportIncompatibleMethodOverride] - a field instead of the property


@dataclass(frozen=True, slots=True)
class TextMetadataValue(_FieldValue):
    """Plain text."""

    kind: ClassVar[str] = "text"
    text: str | None  # pyright: ignore[reportIncompatibleMethodOverride] - the constructor of this name is the base's alone

    FIELD: ClassVar[str] = "text"


@dataclass(frozen=True, slots=True)
class UrlMetadataValue(_FieldValue):
    """A link."""

    kind: ClassVar[str] = "url"
    url: str | None  # pyright: ignore[reportIncompatibleMethodOverride] - the constructor of this name is the base's alone

    FIELD: ClassVar[str] = "url"


@dataclass(frozen=True, slots=True)
class PathMetadataValue(_FieldValue):
    """A path of a file or folder, as text."""

    kind: ClassVar[str] = "path"
    path: str | None  # pyright: ignore[reportIncompatibleMethodOverride] - the constructor of this name is the base's alone

    FIELD: ClassVar[str] = "path"


@dataclass(frozen=True, slots=True)
class NotebookMetadataValue(_FieldValue):
    """A path of a notebook, as text."""

    kind: ClassVar[str] = "notebook"
    path: str | None  # pyright: ignore[reportIncompatibleMethodOverride] - the constructor of this name is the base's alone

    FIELD: ClassVar[str] = "path"


@dataclass(frozen=True, slots=True)
class MarkdownMetadataValue(_FieldValue):
    """Markdown text."""

    kind: ClassVar[str] = "md"
    md_str: str | None

    FIELD: ClassVar[str] = "md_str"


@dataclass(frozen=True, slots=True)
class JsonMetadataValue(_FieldValue):
    """Anything JSON can hold.

    Raises:
        InvalidMetadataError: JSON cannot hold it.
    """

    kind: ClassVar[str] = "json"
    data: Any

    def __post_init__(self) -> None:
        try:
            json.dumps(self.data)
        except (TypeError, ValueError) as error:
            raise InvalidMetadataError(
                f"JSON cannot hold this metadata value: {error}", fix="convert it to lists, dicts, texts and numbers"
            ) from error

    FIELD: ClassVar[str] = "data"


@dataclass(frozen=True, slots=True)
class NullMetadataValue(MetadataValue):
    """Nothing, said explicitly."""

    kind: ClassVar[str] = "null"

    value: ClassVar[None] = None  # pyright: ignore[reportIncompatibleMethodOverride] - there is only one


@dataclass(frozen=True, slots=True)
class AssetMetadataValue(_FieldValue):
    """A reference to an asset."""

    kind: ClassVar[str] = "asset"
    asset_key: AssetKey

    FIELD: ClassVar[str] = "asset_key"


@dataclass(frozen=True, slots=True)
class RunMetadataValue(_FieldValue):
    """A reference to a run."""

    kind: ClassVar[str] = "run"
    run_id: str

    FIELD: ClassVar[str] = "run_id"


@dataclass(frozen=True, slots=True)
class JobMetadataValue(MetadataValue):
    """A reference to a job."""

    kind: ClassVar[str] = "job"
    job_name: str
    location_name: str
    repository_name: str | None

    @property
    def value(self) -> JobMetadataValue:
        """The reference itself."""
        return self


@dataclass(frozen=True, slots=True)
class PythonArtifactMetadataValue(MetadataValue):
    """A class or function, by module and name."""

    kind: ClassVar[str] = "python_artifact"
    module: str
    name: str

    @property
    def value(self) -> PythonArtifactMetadataValue:
        """The reference itself."""
        return self


@dataclass(frozen=True, slots=True)
class TableMetadataValue(MetadataValue):
    """Rows to be shown as a table."""

    kind: ClassVar[str] = "table"
    records: Sequence[TableRecord]
    schema: TableSchema

    @property
    def value(self) -> TableMetadataValue:
        """The table itself."""
        return self


@dataclass(frozen=True, slots=True)
class TableSchemaMetadataValue(_FieldValue):
    """The columns of a table."""

    kind: ClassVar[str] = "table_schema"
    schema: TableSchema

    FIELD: ClassVar[str] = "schema"


@dataclass(frozen=True, slots=True)
class TableColumnLineageMetadataValue(_FieldValue):
    """Which upstream columns each column is made from."""

    kind: ClassVar[str] = "column_lineage"
    column_lineage: TableColumnLineage  # pyright: ignore[reportIncompatibleMethodOverride] - the constructor of this name is the base's alone

    FIELD: ClassVar[str] = "column_lineage"


RawMetadata: TypeAlias = Mapping[str, Any]
Metadata: TypeAlias = Mapping[str, MetadataValue]
NO_METADATA: Metadata = {}


def as_metadata_value(name: str, raw: object) -> MetadataValue:
    """The metadata value for a raw Python value, by its type.

    Raises:
        InvalidMetadataError: The value has no kind.
    """
    match raw:
        case MetadataValue():
            return raw
        case str():
            return TextMetadataValue(raw)
        case bool():
            return BoolMetadataValue(raw)
        case int():
            return IntMetadataValue(raw)
        case float():
            return FloatMetadataValue(raw)
        case None:
            return NullMetadataValue()
        case list() | dict():
            return JsonMetadataValue(raw)
        case os.PathLike():
            return PathMetadataValue(str(raw))  # pyright: ignore[reportUnknownArgumentType] - any path type
        case AssetKey():
            return AssetMetadataValue(raw)
        case TableSchema():
            return TableSchemaMetadataValue(raw)
        case TableColumnLineage():
            return TableColumnLineageMetadataValue(raw)
        case _:
            raise InvalidMetadataError(
                f"metadata {name!r} is of type {type(raw).__name__}, which cannot be shown",
                where=f"metadata key {name!r}",
                fix="use text, numbers, bool, None, lists, dicts, paths, or MetadataValue.*(…)",
            )


def as_metadata(raw: RawMetadata | None) -> Metadata:
    """A mapping whose values all are MetadataValues.

    Raises:
        InvalidMetadataError: A value has no kind, or a key is no text.
    """
    if not raw:
        return NO_METADATA
    for name in raw:
        if not isinstance(name, str):  # pyright: ignore[reportUnnecessaryIsInstance] - callers are not all typed
            raise InvalidMetadataError(f"a metadata key is a text, not {type(name).__name__}", where=repr(name))
    return {name: as_metadata_value(name, value) for name, value in raw.items()}
