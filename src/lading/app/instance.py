"""The instance: a root folder and a history, and the questions users ask of them."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any, Self
from weakref import finalize

from lading.abc.history import History, Registry
from lading.abc.partitions import PartitionsDefinition
from lading.app.instance_queries import (
    OfType,
    PaginatedResults,
    about_asset,
    about_kind,
    about_status,
    keys_of,
    kinds_of,
    page_of,
    paged,
    runless_event,
    stored_between,
)
from lading.app.rules import Rules
from lading.errors import CheckError, InvariantViolationError
from lading.history.connection import Durability
from lading.history.memory import MemoryHistory
from lading.history.memory_registry import MemoryRegistry
from lading.history.sqlite import SqliteHistory
from lading.values.check_record import AssetCheckExecutionRecord
from lading.values.event_log import EventLogEntry, EventLogRecord, EventQuery, Page
from lading.values.events import EventType
from lading.values.filters import AssetRecordsFilter, EventRecordsFilter, RunStatusChangeRecordsFilter
from lading.values.keys import AssetCheckKey, AssetKey, CoercibleToAssetKey
from lading.values.materialization import AssetCheckEvaluation, AssetMaterialization, AssetObservation
from lading.values.records import Run, RunQuery, RunRecord, RunsFilter
from lading.values.state import ForgetAssets, ForgetPartitions, ForgetRun

HISTORY_FILE = "history.sqlite"
_CODE_VERSION = "dagster/code_version"


class Instance:
    """Where runs are remembered and values lie by default.

    Open one with :meth:`get`, :meth:`open`, :meth:`ephemeral` or :meth:`local_temp`, best in a ``with`` statement.
    """

    def __init__(self, root: str | None, history: History, registry: Registry, *, is_ephemeral: bool = False) -> None:
        self._root = root
        self._ephemeral = is_ephemeral
        self._remove: finalize[Any, Any] | None = None
        self.history = history
        self.registry = registry
        self.rules = Rules(history, registry)

    # ------------------------------------------------------------ opening

    @classmethod
    def get(cls) -> Self:
        """The instance of the folder that LADING_HOME names (or, for those who migrate, DAGSTER_HOME).

        Raises:
            InvariantViolationError: Neither is set.
        """
        home = os.environ.get("LADING_HOME") or os.environ.get("DAGSTER_HOME")
        if home:
            return cls.open(home)
        raise InvariantViolationError(
            "no home is named, so there is no instance to get",
            where="environment variable LADING_HOME",
            fix="export LADING_HOME=/path/to/a/folder, or use Instance.ephemeral()",
        )

    @classmethod
    def open(cls, home: str | os.PathLike[str], *, durability: Durability = "fast") -> Self:
        """The instance of a folder. Nothing is made there before something is to be kept.

        Args:
            home: The folder.
            durability: ``"fast"``, or ``"strict"`` to wait for the disk where a materialization is written.
        """
        root: str = os.path.abspath(os.path.expanduser(os.fspath(home)))
        history = SqliteHistory(os.path.join(root, HISTORY_FILE), durability)
        return cls(root, history, history.registry)

    @classmethod
    def ephemeral(cls, tempdir: str | None = None) -> Self:
        """An instance that forgets: its history lies in memory, its values in a temporary folder.

        Args:
            tempdir: The folder for values; left out, one is made when it is needed and removed at the end.
        """
        return cls(tempdir, MemoryHistory(), MemoryRegistry(), is_ephemeral=True)

    @classmethod
    def local_temp(cls, tempdir: str | None = None, overrides: Mapping[str, Any] | None = None) -> Self:
        """An instance with a SQLite history in a temporary folder.

        Args:
            tempdir: The folder, which is kept; left out, one is made and removed at the end.
            overrides: Accepted for those who migrate.
        """
        from tempfile import mkdtemp

        if tempdir:
            return cls.open(tempdir)
        folder = mkdtemp(prefix="lading-")
        made = cls.open(folder)
        made._remove_at_end(folder)  # noqa: SLF001 - its own class
        return made

    def _remove_at_end(self, folder: str) -> None:
        from shutil import rmtree

        self._remove = finalize(self, rmtree, folder, ignore_errors=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.dispose()

    def dispose(self) -> None:
        """Close the history and remove the folder if it is a temporary one."""
        self.history.close()
        if self._remove is not None:
            self._remove()

    # ------------------------------------------------------------ the place

    @property
    def is_ephemeral(self) -> bool:
        """Whether its history ends with it."""
        return self._ephemeral

    @property
    def is_persistent(self) -> bool:
        """Whether its history outlives it."""
        return not self._ephemeral

    @property
    def root_directory(self) -> str:
        """Its folder."""
        if self._root is None:
            from tempfile import mkdtemp

            self._root = mkdtemp(prefix="lading-")
            self._remove_at_end(self._root)
        return self._root

    def storage_directory(self) -> str:
        """Where values lie by default."""
        return os.path.join(self.root_directory, "storage")

    # ------------------------------------------------------------ materializations

    def get_latest_materialization_event(self, asset_key: CoercibleToAssetKey) -> EventLogEntry | None:
        """The newest materialization of an asset, whatever its partition, or None."""
        return next(iter(self.get_latest_materialization_events(keys_of([asset_key])).values()), None)

    def get_latest_materialization_events(self, asset_keys: Iterable[AssetKey]) -> dict[AssetKey, EventLogEntry]:
        """The newest materialization of each asset that has one."""
        found = self.history.latest(keys_of(asset_keys))
        return {key: record.event_log_entry for key, record in found.items()}

    def get_latest_materialization_code_versions(self, asset_keys: Iterable[AssetKey]) -> Mapping[AssetKey, str | None]:
        """The code version of the newest materialization of each asset, None where there is none."""
        keys = keys_of(asset_keys)
        items = {key: record.asset_materialization for key, record in self.history.latest(keys).items()}
        return {key: item.tags.get(_CODE_VERSION) if (item := items.get(key)) else None for key in keys}

    def fetch_materializations(
        self,
        records_filter: CoercibleToAssetKey | AssetRecordsFilter,
        limit: int,
        cursor: str | None = None,
        ascending: bool = False,
    ) -> Page[EventLogRecord]:
        """Materializations of an asset, the newest first."""
        query = about_asset(EventType.ASSET_MATERIALIZATION, records_filter)
        return self.history.events(paged(query, cursor, limit, ascending))

    def fetch_observations(
        self,
        records_filter: CoercibleToAssetKey | AssetRecordsFilter,
        limit: int,
        cursor: str | None = None,
        ascending: bool = False,
    ) -> Page[EventLogRecord]:
        """Observations of an asset, the newest first."""
        query = about_asset(EventType.ASSET_OBSERVATION, records_filter)
        return self.history.events(paged(query, cursor, limit, ascending))

    def fetch_planned_materializations(
        self,
        records_filter: CoercibleToAssetKey | AssetRecordsFilter,
        limit: int,
        cursor: str | None = None,
        ascending: bool = False,
    ) -> Page[EventLogRecord]:
        """When runs meant to materialize an asset, the newest first."""
        query = about_asset(EventType.ASSET_MATERIALIZATION_PLANNED, records_filter)
        return self.history.events(paged(query, cursor, limit, ascending))

    def get_materialized_partitions(
        self,
        asset_key: CoercibleToAssetKey,
        before_cursor: int | None = None,
        after_cursor: int | None = None,
        partitions_def: PartitionsDefinition | None = None,
    ) -> AbstractSet[str]:
        """The partitions of an asset that are stored.

        Args:
            asset_key: The asset.
            before_cursor: Only what was stored before this place in the log.
            after_cursor: Only what was stored behind this place in the log.
            partitions_def: How the asset is divided; the answer is then a PartitionSet, which also knows what is
                missing. Left out: as the last run of the asset had it, if by time; else the answer is a plain set.
        """
        key = AssetKey.from_coercible(asset_key)
        axis = None if partitions_def is None else partitions_def.axis(None, self)
        if before_cursor is not None or after_cursor is not None:
            return stored_between(self.history, key, after_cursor, before_cursor, axis)
        return self.rules.stored(key) if axis is None else self.history.partitions(key, axis)

    # ------------------------------------------------------------ the log

    def fetch_run_status_changes(
        self,
        records_filter: EventType | RunStatusChangeRecordsFilter,
        limit: int,
        cursor: str | None = None,
        ascending: bool = False,
    ) -> Page[EventLogRecord]:
        """When runs took on a status, the newest first."""
        return self.history.events(paged(about_status(records_filter), cursor, limit, ascending))

    def get_event_records(
        self, event_records_filter: EventRecordsFilter, limit: int | None = None, ascending: bool = False
    ) -> Sequence[EventLogRecord]:
        """Events of one kind, the newest first."""
        return self.history.events(paged(about_kind(event_records_filter), None, limit, ascending)).records

    def get_records_for_run(
        self,
        run_id: str,
        cursor: str | None = None,
        of_type: OfType = None,
        limit: int | None = None,
        ascending: bool = True,
    ) -> Page[EventLogRecord]:
        """Events of a run, the oldest first; none for an unknown run."""
        query = EventQuery(run_id=run_id, kinds=kinds_of(of_type))
        return self.history.events(paged(query, cursor, limit, ascending))

    def all_logs(self, run_id: str, of_type: OfType = None) -> Sequence[EventLogEntry]:
        """All events of a run, the oldest first."""
        return [record.event_log_entry for record in self.get_records_for_run(run_id, of_type=of_type).records]

    def report_runless_asset_event(
        self, asset_event: AssetMaterialization | AssetObservation | AssetCheckEvaluation
    ) -> None:
        """Add what happened to an asset outside of any run.

        Raises:
            InvariantViolationError: It is none of the three.
        """
        self.history.append("", [runless_event(asset_event)])

    def get_latest_asset_check_evaluation_record(
        self, asset_check_key: AssetCheckKey
    ) -> AssetCheckExecutionRecord | None:
        """The newest verdict of a check, or None."""
        record = self.history.latest_checks([asset_check_key]).get(asset_check_key)
        return None if record is None else AssetCheckExecutionRecord(asset_check_key, record)

    # ------------------------------------------------------------ assets

    def get_asset_keys(
        self, prefix: Sequence[str] | None = None, limit: int | None = None, cursor: str | None = None
    ) -> Sequence[AssetKey]:
        """Every asset of which something is known, sorted.

        Args:
            prefix: Only keys whose first parts are these.
            limit: At most so many.
            cursor: Only keys behind this one, as ``to_string`` gives it.
        """
        keys = [key for key in self.history.asset_keys() if key.has_prefix(prefix or ())]
        if cursor:
            last = AssetKey.from_string(cursor)
            keys = [key for key in keys if key > last]
        return keys[:limit]

    def all_asset_keys(self) -> Sequence[AssetKey]:
        """Every asset of which something is known, sorted."""
        return self.history.asset_keys()

    def has_asset_key(self, asset_key: CoercibleToAssetKey) -> bool:
        """Whether something is known of an asset."""
        return bool(self.history.asset_states(keys_of([asset_key])))

    def wipe_assets(self, asset_keys: Sequence[CoercibleToAssetKey]) -> None:
        """Forget all that is known of assets. Stored values stay where they are."""
        self.history.forget(ForgetAssets(keys_of(asset_keys)))

    def wipe_asset_partitions(self, asset_key: CoercibleToAssetKey, partition_keys: Sequence[str]) -> None:
        """Forget all that is known of partitions of an asset. Stored values stay where they are."""
        self.history.forget(ForgetPartitions(AssetKey.from_coercible(asset_key), list(partition_keys)))

    # ------------------------------------------------------------ runs

    def get_run_by_id(self, run_id: str) -> Run | None:
        """The run, or None."""
        return record.run if (record := self.history.run(run_id)) else None

    def get_run_record_by_id(self, run_id: str) -> RunRecord | None:
        """The run with its times, or None."""
        return self.history.run(run_id)

    def has_run(self, run_id: str) -> bool:
        """Whether a run has this id."""
        return self.history.count_runs(RunsFilter(run_ids=[run_id])) > 0

    def get_runs(
        self,
        filters: RunsFilter | None = None,
        cursor: str | None = None,
        limit: int | None = None,
        ascending: bool = False,
    ) -> Sequence[Run]:
        """Runs, the newest first; ``cursor`` is the id of the run to go on behind."""
        return [record.run for record in self.get_run_records(filters, limit, ascending=ascending, cursor=cursor)]

    def get_run_records(
        self,
        filters: RunsFilter | None = None,
        limit: int | None = None,
        order_by: str | None = None,
        ascending: bool = False,
        cursor: str | None = None,
    ) -> Sequence[RunRecord]:
        """Runs with their times, the newest first; ``order_by`` is accepted for those who migrate."""
        return self.history.runs(RunQuery(filters or RunsFilter(), cursor, limit, ascending, plans=True)).records

    def get_runs_count(self, filters: RunsFilter | None = None) -> int:
        """How many runs there are."""
        return self.history.count_runs(filters or RunsFilter())

    def add_run_tags(self, run_id: str, new_tags: Mapping[str, str]) -> None:
        """Add tags to a run; those of the same name are replaced.

        Raises:
            RunNotFoundError: No run has this id.
        """
        self.history.set_run_tags(run_id, new_tags)

    def delete_run(self, run_id: str) -> None:
        """Forget a run and what it said of assets. Stored values stay where they are."""
        self.history.forget(ForgetRun(run_id))

    # ------------------------------------------------------------ dynamic partitions

    def add_dynamic_partitions(self, partitions_def_name: str, partition_keys: Sequence[str]) -> None:
        """Add keys to dynamic partitions; those known already keep their place.

        Raises:
            CheckError: The keys are one text instead of a list of texts.
        """
        if isinstance(partition_keys, str):
            raise CheckError("keys are a list of texts", where=repr(partition_keys), fix=f"pass [{partition_keys!r}]")
        self.registry.add_dynamic_partitions(partitions_def_name, list(partition_keys))

    def get_dynamic_partitions(self, partitions_def_name: str, /) -> Sequence[str]:
        """The keys in the order in which they were added; none for an unknown name."""
        return self.registry.get_dynamic_partitions(partitions_def_name)

    def get_paginated_dynamic_partitions(
        self, partitions_def_name: str, limit: int, ascending: bool, cursor: str | None = None
    ) -> PaginatedResults:
        """Some of the keys in the order in which they were added, or (``ascending=False``) the last ones first."""
        return page_of(self.get_dynamic_partitions(partitions_def_name), limit, ascending, cursor)

    def has_dynamic_partition(self, partitions_def_name: str, partition_key: str, /) -> bool:
        """Whether the key was added under this name."""
        return self.registry.has_dynamic_partition(partitions_def_name, partition_key)

    def get_existing_dynamic_partitions(self, partitions_def_name: str, partition_keys: Iterable[str]) -> set[str]:
        """Those of the keys that were added under this name."""
        return set(partition_keys).intersection(self.get_dynamic_partitions(partitions_def_name))

    def delete_dynamic_partition(self, partitions_def_name: str, partition_key: str) -> None:
        """Remove a key; what was stored for it stays."""
        self.registry.delete_dynamic_partition(partitions_def_name, partition_key)
