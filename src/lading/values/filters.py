"""What users fill in to say which records they want."""

from __future__ import annotations

from collections.abc import Sequence

from lading.values.dataclass import dataclass
from lading.values.events import EventType
from lading.values.keys import AssetKey


@dataclass(frozen=True, slots=True)
class AssetRecordsFilter:
    """Which records of an asset: all that is given must hold. Times are seconds since 1970; bounds are exclusive."""

    asset_key: AssetKey
    asset_partitions: Sequence[str] | None = None
    after_timestamp: float | None = None
    before_timestamp: float | None = None
    after_storage_id: int | None = None
    before_storage_id: int | None = None
    storage_ids: Sequence[int] | None = None


@dataclass(frozen=True, slots=True)
class EventRecordsFilter:
    """Which records of one kind: all that is given must hold. Times are seconds since 1970; bounds are exclusive."""

    event_type: EventType
    asset_key: AssetKey | None = None
    asset_partitions: Sequence[str] | None = None
    after_cursor: int | None = None
    before_cursor: int | None = None
    after_timestamp: float | None = None
    before_timestamp: float | None = None
    storage_ids: Sequence[int] | None = None


@dataclass(frozen=True, slots=True)
class RunStatusChangeRecordsFilter:
    """Which changes of runs' status: all that is given must hold. Bounds are exclusive."""

    event_type: EventType
    after_timestamp: float | None = None
    before_timestamp: float | None = None
    after_storage_id: int | None = None
    before_storage_id: int | None = None
    storage_ids: Sequence[int] | None = None
    job_names: Sequence[str] | None = None
