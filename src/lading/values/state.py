"""What is known of assets at a moment: stored or failed, when and by which run; and what to forget."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, TypeAlias

from lading.values.dataclass import dataclass
from lading.values.keys import AssetKey


class Slot(NamedTuple):
    """Where one value of an asset belongs: the asset, and the partition or None."""

    asset_key: AssetKey
    partition: str | None = None


@dataclass(frozen=True, slots=True)
class SlotState:
    """What is known of one value: when and by which run it was last stored, and whether the last attempt failed.

    ``failed_at`` is set only while the last attempt is the one that failed. ``loaded_at`` is when the step that stored
    the value began to load what it is made from, where it loaded something; ``version`` the short version of its
    content, where its manager left a receipt.
    """

    asset_key: AssetKey
    partition: str | None = None
    storage_id: int | None = None
    run_id: str | None = None
    stored_at: float | None = None
    bytes: int | None = None
    rows: int | None = None
    failed_at: float | None = None
    failed_run_id: str | None = None
    loaded_at: float | None = None
    version: str | None = None

    @property
    def is_stored(self) -> bool:
        """Whether a value was stored."""
        return self.storage_id is not None

    @property
    def is_failed(self) -> bool:
        """Whether the last attempt to make it failed."""
        return self.failed_at is not None


class Stamp(NamedTuple):
    """What tells whether one stored value is older than another.

    Attributes:
        partition: Its partition, or None.
        run_id: The run that stored it last; empty where none did.
        stored_at: When.
        made_from: Until when it can have seen what it is made from: when its step began to load, else ``stored_at``.
        version: The short version of its content, where its manager left a receipt.
    """

    partition: str | None
    run_id: str
    stored_at: float
    made_from: float
    version: str | None

    def is_newer_than(self, other: Stamp) -> bool:
        """Whether another run stored this value after the step of the other began to load."""
        return self.stored_at > other.made_from and not (self.run_id and self.run_id == other.run_id)


class AssetState(NamedTuple):
    """What is known of an asset over all its partitions.

    Attributes:
        asset_key: The asset.
        storage_id: The place in the log of its newest materialization, or None.
        run_id: The run of that.
        stored_at: The time of that.
        format: The format of that, where its receipt says so.
        whole: Whether a value without a partition is stored.
        stored: How many partitions are stored.
        failed: For how many values the last attempt failed.
        bytes: The size of all its current values, where known.
        rows: The rows of all its current values, where known.
        failed_at: When an attempt last failed, if any of the last attempts did.
        failed_run_id: The run of that.
        loaded_at: When the step of its newest materialization began to load what that is made from, if it did.
        version: The short version of its newest materialization, where its manager left a receipt.
    """

    asset_key: AssetKey
    storage_id: int | None = None
    run_id: str | None = None
    stored_at: float | None = None
    format: str | None = None
    whole: bool = False
    stored: int = 0
    failed: int = 0
    bytes: int | None = None
    rows: int | None = None
    failed_at: float | None = None
    failed_run_id: str | None = None
    loaded_at: float | None = None
    version: str | None = None


@dataclass(frozen=True, slots=True)
class ForgetRun:
    """Forget a run, its events and what they said of assets."""

    run_id: str


@dataclass(frozen=True, slots=True)
class ForgetAssets:
    """Forget all that was said of these assets. Stored values stay where they are."""

    asset_keys: Sequence[AssetKey]


@dataclass(frozen=True, slots=True)
class ForgetPartitions:
    """Forget all that was said of these partitions of an asset. Stored values stay where they are."""

    asset_key: AssetKey
    partitions: Sequence[str]


Forget: TypeAlias = ForgetRun | ForgetAssets | ForgetPartitions
