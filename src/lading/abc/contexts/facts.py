"""What a step knows of its run, and what its function said on the way."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lading.errors import InvalidInvocationError
from lading.values.dataclass import dataclass, field
from lading.values.keys import AssetKey
from lading.values.materialization import AssetCheckEvaluation, AssetMaterialization, AssetObservation
from lading.values.metadata import MetadataValue, RawMetadata, as_metadata_value


@dataclass(slots=True)
class RunFacts:
    """What a step knows of its run; one object for all steps."""

    run_id: str
    job_name: str
    tags: Mapping[str, str] = field(default_factory=dict[str, str])
    run_config: Mapping[str, Any] = field(default_factory=dict[str, Any])
    instance: Any = None
    record: Any = None


@dataclass(slots=True)
class BodyNotes:
    """What a function said through its context while it ran; the step reads it afterwards."""

    output_metadata: dict[tuple[str, str | None], dict[str, MetadataValue]] = field(
        default_factory=dict[tuple[str, str | None], dict[str, MetadataValue]]
    )
    asset_metadata: dict[tuple[AssetKey, str | None], dict[str, MetadataValue]] = field(
        default_factory=dict[tuple[AssetKey, str | None], dict[str, MetadataValue]]
    )
    events: list[AssetMaterialization | AssetObservation | AssetCheckEvaluation] = field(
        default_factory=list[AssetMaterialization | AssetObservation | AssetCheckEvaluation]
    )

    def say(self, output_name: str, mapping_key: str | None, metadata: RawMetadata) -> None:
        """Add metadata of an output; the last word on a key stands.

        Raises:
            InvalidMetadataError: A value has no kind.
        """
        kept = self.output_metadata.setdefault((output_name, mapping_key), {})
        for key, value in metadata.items():
            kept[key] = as_metadata_value(key, value)

    def log(self, event: Any, where: str | None) -> None:
        """Add an event.

        Raises:
            InvalidInvocationError: It is none that can be logged.
        """
        if not isinstance(event, AssetMaterialization | AssetObservation | AssetCheckEvaluation):
            raise InvalidInvocationError(
                f"log_event takes an AssetMaterialization or AssetObservation, not {type(event).__name__}",
                where=where,
                fix="pass AssetMaterialization(asset_key, …) or AssetObservation(asset_key, …)",
            )
        self.events.append(event)
