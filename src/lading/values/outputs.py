"""What a user's function may return or yield instead of a bare value."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final, Generic, TypeVar, final

from lading.errors import InvalidDefinitionError
from lading.values.dataclass import dataclass, field
from lading.values.keys import AssetKey, CoercibleToAssetKey
from lading.values.materialization import NO_TAGS, AssetCheckSeverity
from lading.values.metadata import Metadata, RawMetadata, as_metadata

T = TypeVar("T")

NAME: Final = re.compile(r"^[A-Za-z0-9_]+$")


@final
class NotGiven:
    """The one value that says "not given" where None is a value like any other."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "<not given>"

    def __bool__(self) -> bool:
        return False

    def __reduce__(self) -> str:
        return "NOT_GIVEN"


NOT_GIVEN: Final = NotGiven()


@dataclass(slots=True, init=False)
class Output(Generic[T]):
    """A value with the name of the output it is for, and metadata.

    Args:
        value: The value.
        output_name: The output it is for; ``"result"`` where there is only one.
        metadata: Facts to show with it.
        data_version: The user's own version of the content.
        tags: Machine-readable facts for the materialization.
        partition_key: In a run over several partitions: the one this value is of. A function then yields one Output
            for each, and each is stored and recorded before the next is computed.
    """

    value: T
    output_name: str
    metadata: Metadata
    data_version: DataVersion | None
    tags: Mapping[str, str]
    partition_key: str | None

    def __init__(
        self,
        value: T,
        output_name: str | None = "result",
        metadata: RawMetadata | None = None,
        data_version: DataVersion | None = None,
        *,
        tags: Mapping[str, str] | None = None,
        partition_key: str | None = None,
    ) -> None:
        self.value = value
        self.output_name = output_name or "result"
        self.metadata = as_metadata(metadata)
        self.data_version = data_version
        self.tags = tags or NO_TAGS
        self.partition_key = partition_key


@dataclass(slots=True, init=False)
class DynamicOutput(Generic[T]):
    """One of any number of values of a dynamic output, told apart by ``mapping_key``.

    Args:
        value: The value.
        mapping_key: Letters, digits and underscores; unique within the output.
        output_name: The output it is for.
        metadata: Facts to show with it.

    Raises:
        InvalidDefinitionError: The mapping key has other characters.
    """

    value: T
    mapping_key: str
    output_name: str
    metadata: Metadata

    def __init__(
        self,
        value: T,
        mapping_key: str,
        output_name: str | None = "result",
        metadata: RawMetadata | None = None,
    ) -> None:
        if not NAME.match(mapping_key):
            raise InvalidDefinitionError(
                f"{mapping_key!r} is no mapping key",
                where="DynamicOutput(mapping_key=…)",
                fix="use letters, digits and underscores only",
            )
        self.value = value
        self.mapping_key = mapping_key
        self.output_name = output_name or "result"
        self.metadata = as_metadata(metadata)


@dataclass(frozen=True, slots=True)
class DataVersion:
    """A text that stands for the content of an asset: equal versions mean equal content."""

    value: str


@dataclass(frozen=True, slots=True, init=False)
class AssetCheckResult:
    """The verdict of a check.

    Args:
        passed: Whether it passed.
        asset_key: The asset; may be left out where there is only one.
        check_name: The check; may be left out where there is only one.
        metadata: Facts to show with it.
        severity: How bad a failure is.
        description: For people.
    """

    passed: bool
    asset_key: AssetKey | None
    check_name: str | None
    metadata: Metadata
    severity: AssetCheckSeverity
    description: str | None

    def __init__(
        self,
        passed: bool,
        asset_key: CoercibleToAssetKey | None = None,
        check_name: str | None = None,
        metadata: RawMetadata | None = None,
        severity: AssetCheckSeverity = AssetCheckSeverity.ERROR,
        description: str | None = None,
    ) -> None:
        put = object.__setattr__
        put(self, "passed", bool(passed))
        put(self, "asset_key", None if asset_key is None else AssetKey.from_coercible(asset_key))
        put(self, "check_name", check_name)
        put(self, "metadata", as_metadata(metadata))
        put(self, "severity", severity)
        put(self, "description", description)


@dataclass(frozen=True, slots=True, init=False)
class MaterializeResult(Generic[T]):
    """An asset was materialized; without a ``value`` the function stored it itself and no IO manager is called.

    Args:
        asset_key: The asset; may be left out where there is only one.
        metadata: Facts to show with it.
        check_results: Verdicts of checks made on the way.
        data_version: The user's own version of the content.
        tags: Machine-readable facts for the materialization.
        value: The value, to be stored by the asset's IO manager.
        partition_key: In a run over several partitions: the one that was materialized; one result is yielded for each.
    """

    asset_key: AssetKey | None
    metadata: RawMetadata | None
    check_results: Sequence[AssetCheckResult]
    data_version: DataVersion | None
    tags: Mapping[str, str] | None
    value: T | NotGiven
    partition_key: str | None

    def __init__(
        self,
        asset_key: CoercibleToAssetKey | None = None,
        metadata: RawMetadata | None = None,
        check_results: Sequence[AssetCheckResult] | None = None,
        data_version: DataVersion | None = None,
        tags: Mapping[str, str] | None = None,
        value: T | NotGiven = NOT_GIVEN,
        *,
        partition_key: str | None = None,
    ) -> None:
        put = object.__setattr__
        put(self, "asset_key", None if asset_key is None else AssetKey.from_coercible(asset_key))
        put(self, "metadata", metadata)
        put(self, "check_results", tuple(check_results or ()))
        put(self, "data_version", data_version)
        put(self, "tags", tags)
        put(self, "value", value)
        put(self, "partition_key", partition_key)


@dataclass(frozen=True, slots=True, init=False)
class ObserveResult:
    """An asset was looked at.

    Args:
        asset_key: The asset; may be left out where there is only one.
        metadata: Facts to show with it.
        check_results: Verdicts of checks made on the way.
        data_version: The version that was seen.
        tags: Machine-readable facts for the observation.
    """

    asset_key: AssetKey | None
    metadata: RawMetadata | None
    check_results: Sequence[AssetCheckResult]
    data_version: DataVersion | None
    tags: Mapping[str, str] | None

    def __init__(
        self,
        asset_key: CoercibleToAssetKey | None = None,
        metadata: RawMetadata | None = None,
        check_results: Sequence[AssetCheckResult] | None = None,
        data_version: DataVersion | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> None:
        put = object.__setattr__
        put(self, "asset_key", None if asset_key is None else AssetKey.from_coercible(asset_key))
        put(self, "metadata", metadata)
        put(self, "check_results", tuple(check_results or ()))
        put(self, "data_version", data_version)
        put(self, "tags", tags)


@dataclass(frozen=True, slots=True)
class TypeCheck:
    """The verdict of a type check function.

    Args:
        success: Whether the value is of the type.
        description: Why not, for people.
        metadata: Facts to show with it.
    """

    success: bool
    description: str | None = None
    metadata: RawMetadata = field(default_factory=dict[str, Any])
