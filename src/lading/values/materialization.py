"""What is known of an asset at a moment: it was written, it was seen, it was checked."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Any

from lading.values.dataclass import dataclass, field
from lading.values.keys import AssetCheckKey, AssetKey, CoercibleToAssetKey
from lading.values.metadata import NO_METADATA, Metadata, RawMetadata, as_metadata
from lading.values.receipt import Receipt

NO_TAGS: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True, init=False)
class AssetMaterialization:
    """An asset (or one partition of it) was written.

    Args:
        asset_key: The asset; a text is one part.
        description: For people.
        metadata: Facts to show with it.
        partition: The partition's key, or None.
        tags: Machine-readable facts.
        receipt: What the write left behind, where the IO manager said so.
        facts: What was learnt of the value while writing it (rows, columns …); never compared.
        loaded_at: When the step that made it began to load what it is made from, in seconds since 1970 UTC; None where
            it loaded nothing.
    """

    asset_key: AssetKey
    description: str | None
    metadata: Metadata
    partition: str | None
    tags: Mapping[str, str]
    receipt: Receipt | None = field(compare=False)
    facts: Mapping[str, Any] = field(compare=False)
    loaded_at: float | None = field(compare=False)

    def __init__(
        self,
        asset_key: CoercibleToAssetKey,
        description: str | None = None,
        metadata: RawMetadata | None = None,
        partition: str | None = None,
        tags: Mapping[str, str] | None = None,
        *,
        receipt: Receipt | None = None,
        facts: Mapping[str, Any] | None = None,
        loaded_at: float | None = None,
    ) -> None:
        put = object.__setattr__
        put(self, "asset_key", asset_key if isinstance(asset_key, AssetKey) else AssetKey(asset_key))
        put(self, "description", description)
        put(self, "metadata", as_metadata(metadata) if metadata else NO_METADATA)
        put(self, "partition", partition)
        put(self, "tags", tags or NO_TAGS)
        put(self, "receipt", receipt)
        put(self, "facts", facts or NO_METADATA)
        put(self, "loaded_at", loaded_at)

    @property
    def label(self) -> str:
        """The key's parts joined by blanks."""
        return " ".join(self.asset_key.parts)


@dataclass(frozen=True, slots=True, init=False)
class AssetObservation:
    """An asset (or one partition of it) was looked at.

    Args:
        asset_key: The asset; a text is one part.
        description: For people.
        metadata: Facts to show with it.
        partition: The partition's key, or None.
        tags: Machine-readable facts.
    """

    asset_key: AssetKey
    description: str | None
    metadata: Metadata
    partition: str | None
    tags: Mapping[str, str]

    def __init__(
        self,
        asset_key: CoercibleToAssetKey,
        description: str | None = None,
        metadata: RawMetadata | None = None,
        partition: str | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> None:
        put = object.__setattr__
        put(self, "asset_key", asset_key if isinstance(asset_key, AssetKey) else AssetKey(asset_key))
        put(self, "description", description)
        put(self, "metadata", as_metadata(metadata) if metadata else NO_METADATA)
        put(self, "partition", partition)
        put(self, "tags", tags or NO_TAGS)


class AssetCheckSeverity(Enum):
    """How bad a failed check is."""

    WARN = "WARN"
    ERROR = "ERROR"


@dataclass(frozen=True, slots=True, init=False)
class AssetCheckEvaluation:
    """A check was run: its verdict, as history keeps it.

    Args:
        asset_key: The asset; a text is one part.
        check_name: The check.
        passed: The verdict.
        metadata: Facts to show with it.
        severity: How bad a failure is.
        description: For people.
        blocking: Whether a failure keeps back what is made from the asset.
        partition: The partition's key, or None.
    """

    asset_key: AssetKey
    check_name: str
    passed: bool
    metadata: Metadata
    severity: AssetCheckSeverity
    description: str | None
    blocking: bool
    partition: str | None

    def __init__(
        self,
        asset_key: CoercibleToAssetKey,
        check_name: str,
        passed: bool,
        metadata: RawMetadata | None = None,
        severity: AssetCheckSeverity = AssetCheckSeverity.ERROR,
        description: str | None = None,
        blocking: bool = False,
        partition: str | None = None,
    ) -> None:
        put = object.__setattr__
        put(self, "asset_key", asset_key if isinstance(asset_key, AssetKey) else AssetKey(asset_key))
        put(self, "check_name", check_name)
        put(self, "passed", passed)
        put(self, "metadata", as_metadata(metadata) if metadata else NO_METADATA)
        put(self, "severity", severity)
        put(self, "description", description)
        put(self, "blocking", blocking)
        put(self, "partition", partition)

    @property
    def asset_check_key(self) -> AssetCheckKey:
        """The key of the check."""
        return AssetCheckKey(self.asset_key, self.check_name)
