"""What happened, kept: what a history and a registry promise."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any

from lading.values.axis import Axis
from lading.values.event_log import EventLogRecord, EventQuery, Page
from lading.values.events import Event
from lading.values.keys import AssetCheckKey, AssetKey
from lading.values.records import Run, RunQuery, RunRecord, RunsFilter
from lading.values.state import AssetState, Forget, SlotState, Stamp


class History(ABC):
    """What happened, in order, and the state that follows from it.

    ``append`` is the only way in which events get in. What is known of the latest state is kept beside the log in the
    same transaction; no question about state reads the log. All methods may be called from any thread.

    Every method raises HistoryError when the place of the history cannot be read or written.
    """

    @property
    @abstractmethod
    def location(self) -> str:
        """Where it lies, for people."""

    # ------------------------------------------------------------ in

    @abstractmethod
    def add_run(self, run: Run) -> None:
        """Keep a run, before its first event. A run that is known already is left as it is."""

    @abstractmethod
    def append(self, run_id: str, events: Sequence[Event]) -> None:
        """Add events of one run, all or none.

        Events of the kinds ``RUN_…`` change the run's status and times, materializations the state of their assets,
        a failed step the state of what the plan says it was to make.

        Args:
            run_id: The run; ``""`` for events that belong to no run.
            events: The events in their order.

        Raises:
            RunNotFoundError: The run was never added.
        """

    @abstractmethod
    def know_axes(self, axes: Mapping[AssetKey, Axis]) -> None:
        """Take note of how assets are divided: which of their partitions are stored may be kept up over these axes.

        Args:
            axes: The axes; time may add places to them, nothing else.
        """

    @abstractmethod
    def set_run_tags(self, run_id: str, tags: Mapping[str, str]) -> None:
        """Add tags to a run; those of the same name are replaced.

        Raises:
            RunNotFoundError: No run has this id.
        """

    @abstractmethod
    def forget(self, what: Forget) -> None:
        """Forget a run, assets or partitions. Stored values stay where they are. What is not known is no error."""

    # ------------------------------------------------------------ the log

    @abstractmethod
    def events(self, query: EventQuery) -> Page[EventLogRecord]:
        """The events asked for. Those of kind ASSET_MATERIALIZATION_PLANNED are derived from the plans of runs."""

    # ------------------------------------------------------------ runs

    @abstractmethod
    def runs(self, query: RunQuery) -> Page[RunRecord]:
        """The runs asked for, with their plans if the query says so."""

    @abstractmethod
    def count_runs(self, filters: RunsFilter) -> int:
        """How many runs there are."""

    @abstractmethod
    def run(self, run_id: str) -> RunRecord | None:
        """One run with its plan, or None."""

    # ------------------------------------------------------------ state

    @abstractmethod
    def latest(self, keys: Iterable[AssetKey]) -> dict[AssetKey, EventLogRecord]:
        """The newest materialization of each asset, whatever its partition; assets without one are left out."""

    @abstractmethod
    def latest_slots(
        self, key: AssetKey, partitions: Iterable[str | None] | None = None
    ) -> dict[str | None, EventLogRecord]:
        """The newest materialization by partition (None: the whole asset); those without one are left out.

        Args:
            key: The asset.
            partitions: Which partitions; left out: all that are stored.
        """

    @abstractmethod
    def partitions(self, key: AssetKey, axis: Axis | None = None) -> AbstractSet[str]:
        """The partitions that are stored.

        Args:
            key: The asset.
            axis: The axis of its partitions; with it the answer is a PartitionSet over it, which leaves out keys that
                have no place on it. Without it the answer is a frozenset.
        """

    @abstractmethod
    def failed_partitions(self, key: AssetKey) -> frozenset[str]:
        """The partitions for which the last attempt failed."""

    @abstractmethod
    def asset_keys(self) -> list[AssetKey]:
        """Every asset of which something is known, sorted."""

    @abstractmethod
    def asset_states(self, keys: Iterable[AssetKey] | None = None) -> dict[AssetKey, AssetState]:
        """What is known of each asset over all its partitions; assets never heard of are left out.

        Args:
            keys: Which assets; left out: all.
        """

    @abstractmethod
    def slot_states(self, key: AssetKey, partitions: Iterable[str | None] | None = None) -> dict[str | None, SlotState]:
        """What is known of each partition of an asset (None: the whole asset), by partition.

        Args:
            key: The asset.
            partitions: Which partitions; left out: all that are known.
        """

    @abstractmethod
    def stamps(self, key: AssetKey, partitions: Iterable[str | None]) -> list[Stamp]:
        """When some values of an asset were stored and made; those that are not stored are left out."""

    @abstractmethod
    def stored_after(self, key: AssetKey, moment: float, limit: int | None = None) -> list[Stamp]:
        """The partitions of an asset that were stored after a moment, or so many of them."""

    @abstractmethod
    def made_before(self, key: AssetKey, moment: float) -> list[Stamp]:
        """The partitions of an asset whose ``made_from`` lies before a moment."""

    @abstractmethod
    def made_before_upstream(self, key: AssetKey, upstream: AssetKey) -> list[tuple[Stamp, Stamp]]:
        """The partitions of an asset than which the same partition of another asset is newer, each with that one."""

    @abstractmethod
    def latest_checks(self, keys: Iterable[AssetCheckKey]) -> dict[AssetCheckKey, EventLogRecord]:
        """The newest verdict of each check; checks never run are left out."""

    # ------------------------------------------------------------ the place

    @abstractmethod
    def last_id(self) -> int:
        """The place in the log of the newest event, 0 for none: changes when, and only when, something was added."""

    @abstractmethod
    def close(self) -> None:
        """Let go of the place. What was appended is kept."""


class Registry(ABC):
    """Small facts that change: kept by kind and name, as anything JSON can hold.

    The keys of dynamic partitions are kept here as well. All methods may be called from any thread.

    Every method raises HistoryError when the place of the registry cannot be read or written.
    """

    @abstractmethod
    def get(self, kind: str, name: str) -> Any:
        """The fact, or None."""

    @abstractmethod
    def put(self, kind: str, name: str, fact: Any) -> None:
        """Set the fact; None removes it."""

    @abstractmethod
    def compare_and_set(self, kind: str, name: str, old: Any, new: Any) -> bool:
        """Set the fact if it still is ``old`` (None: if there is none). Whether it was."""

    @abstractmethod
    def list(self, kind: str) -> dict[str, Any]:
        """All facts of a kind by name."""

    # ------------------------------------------------------------ dynamic partitions

    @abstractmethod
    def add_dynamic_partitions(self, name: str, keys: Sequence[str]) -> None:
        """Add keys in their order; those known already keep their place."""

    @abstractmethod
    def get_dynamic_partitions(self, name: str, /) -> Sequence[str]:
        """The keys in the order in which they were added."""

    @abstractmethod
    def has_dynamic_partition(self, name: str, key: str, /) -> bool:
        """Whether the key was added under this name."""

    @abstractmethod
    def delete_dynamic_partition(self, name: str, key: str) -> None:
        """Remove a key; an unknown one is no error."""
