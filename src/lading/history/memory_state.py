"""What a history in memory knows of runs and assets, followed event by event."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from lading.history.effects import COUNTED, count_planned, plan_by_step, size_of, slots_of_step, version_of
from lading.values.event_log import EventLogRecord
from lading.values.events import Event, EventType
from lading.values.keys import AssetCheckKey, AssetKey
from lading.values.records import FINISHED_STATUSES, STATUS_OF_EVENT, PlannedStep, Run, RunCounts, RunRecord, RunsFilter
from lading.values.state import AssetState, SlotState, Stamp


class MemoryRun:
    """One run and what became of it."""

    __slots__ = ("_plan", "counts", "created", "ended", "run", "started", "storage_id", "updated")

    def __init__(self, storage_id: int, run: Run, created: float) -> None:
        self.storage_id = storage_id
        self.run = run
        self._plan: dict[str, PlannedStep] | None = None
        self.created = created
        self.updated = created
        self.started: float | None = None
        self.ended: float | None = None
        self.counts = {"steps": len(run.plan), "planned": count_planned(run.plan)}

    @property
    def plan(self) -> dict[str, PlannedStep]:
        """Its steps by key; few ask."""
        if self._plan is None:
            self._plan = plan_by_step(self.run.plan)
        return self._plan

    def follow(self, event: Event) -> None:
        """Take over what an event says of the run."""
        counted = COUNTED.get(event.event_type)
        if counted is not None:
            self.counts[counted] = self.counts.get(counted, 0) + 1
        status = STATUS_OF_EVENT.get(event.event_type)
        if status is None:
            return
        self.run = self.run.with_status(status)
        self.updated = event.timestamp
        if event.event_type is EventType.RUN_START and self.started is None:
            self.started = event.timestamp
        self.ended = event.timestamp if status in FINISHED_STATUSES else None

    def record(self, plan: bool) -> RunRecord:
        """The run as it is handed out."""
        run = self.run
        if not plan and run.plan:
            run = Run(
                run.run_id, run.job_name, run.status, run.tags, run.run_config, (),
                run.parent_run_id, run.root_run_id, run.definitions, run.selection, run.process,
            )  # fmt: skip
        return RunRecord(
            self.storage_id, run, self.created, self.updated, self.started, self.ended, RunCounts(**self.counts)
        )

    def matches(self, want: RunsFilter) -> bool:
        """Whether the filter lets the run through."""
        run = self.run
        return (
            want.snapshot_id is None
            and (want.run_ids is None or run.run_id in want.run_ids)
            and (want.job_name is None or run.job_name == want.job_name)
            and (not want.statuses or run.status in want.statuses)
            and _tagged(run.tags, want.tags or {})
            and _between(self.updated, want.updated_after, want.updated_before)
            and _between(self.created, want.created_after, want.created_before)
        )


def _tagged(tags: Mapping[str, str], want: Mapping[str, Any]) -> bool:
    return all(
        name in tags and (tags[name] == value if isinstance(value, str) else tags[name] in value)
        for name, value in want.items()
    )


def _between(moment: float, after: datetime | None, before: datetime | None) -> bool:
    return (after is None or moment > after.timestamp()) and (before is None or moment < before.timestamp())


class _Value:
    """What is known of one value of an asset."""

    __slots__ = ("failure", "record")

    def __init__(self) -> None:
        self.record: EventLogRecord | None = None
        self.failure: EventLogRecord | None = None


class MemoryState:
    """The latest of every asset, partition and check.

    Args:
        forgotten: Up to which place in the log an asset, or a partition of it, was forgotten.
    """

    def __init__(self, forgotten: dict[tuple[AssetKey, str | None], int] | None = None) -> None:
        self.forgotten = forgotten or {}
        self.checks: dict[AssetCheckKey, EventLogRecord] = {}
        self._newest: dict[AssetKey, EventLogRecord] = {}
        self._values: dict[AssetKey, dict[str | None, _Value]] = {}

    def follow(self, record: EventLogRecord, run: MemoryRun | None) -> None:
        """Take over what an event says of assets."""
        match record.event_type:
            case EventType.ASSET_MATERIALIZATION:
                item = record.event.materialization
                self._newest[item.asset_key] = record
                value = self._value(item.asset_key, item.partition)
                value.record, value.failure = record, None
            case EventType.ASSET_OBSERVATION:
                self._values.setdefault(record.event.asset_observation_data.asset_observation.asset_key, {})
            case EventType.ASSET_CHECK_EVALUATION:
                self.checks[record.event.asset_check_evaluation_data.asset_check_key] = record
            case EventType.STEP_FAILURE if run is not None:
                for key, partition in slots_of_step(run.plan, record.event.step_key):
                    self._fail(key, partition, record)
            case _:
                pass

    def _fail(self, key: AssetKey, partition: str | None, record: EventLogRecord) -> None:
        if record.storage_id <= max(self.forgotten.get((key, None), 0), self.forgotten.get((key, partition), 0)):
            return
        value = self._value(key, partition)
        # What the step stored before it failed stays stored.
        if value.record is None or value.record.run_id != record.run_id:
            value.failure = record

    def _value(self, key: AssetKey, partition: str | None) -> _Value:
        values = self._values.setdefault(key, {})
        value = values.get(partition)
        if value is None:
            value = values[partition] = _Value()
        return value

    # ------------------------------------------------------------ questions

    def asset_keys(self) -> list[AssetKey]:
        """Every asset of which something is known, sorted."""
        return sorted(self._values)

    def newest(self, key: AssetKey) -> EventLogRecord | None:
        """The newest materialization of an asset."""
        return self._newest.get(key)

    def stored(self, key: AssetKey, partitions: Iterable[str | None] | None = None) -> dict[str | None, EventLogRecord]:
        """The newest materialization by partition."""
        values = self._values.get(key, {})
        chosen = values if partitions is None else [name for name in partitions if name in values]
        return {name: record for name in chosen if (record := values[name].record) is not None}

    def slots(self, key: AssetKey, partitions: Iterable[str | None] | None) -> dict[str | None, SlotState]:
        """What is known by partition."""
        values = self._values.get(key, {})
        chosen = values if partitions is None else [name for name in partitions if name in values]
        return {name: _slot_state(key, name, values[name]) for name in chosen}

    def stamps(self, key: AssetKey, partitions: Iterable[str | None] | None) -> list[Stamp]:
        """When values were stored and made."""
        found: list[Stamp] = []
        for name, record in self.stored(key, partitions).items():
            item = record.event.materialization
            made_from = record.timestamp if item.loaded_at is None else item.loaded_at
            found.append(Stamp(name, record.run_id, record.timestamp, made_from, version_of(item)))
        return found

    def asset(self, key: AssetKey) -> AssetState | None:
        """What is known of an asset over all its partitions."""
        if key not in self._values:
            return None
        slots = list(self.slots(key, None).values())
        newest = self._newest.get(key)
        failures = [slot for slot in slots if slot.failed_at is not None]
        last = max(failures, key=lambda slot: slot.failed_at or 0.0, default=None)
        return AssetState(
            key,
            None if newest is None else newest.storage_id,
            None if newest is None else newest.run_id,
            None if newest is None else newest.timestamp,
            None if newest is None else size_of(newest.event.materialization).format,
            any(slot.partition is None and slot.is_stored for slot in slots),
            sum(slot.partition is not None and slot.is_stored for slot in slots),
            len(failures),
            _total(slot.bytes for slot in slots),
            _total(slot.rows for slot in slots),
            None if last is None else last.failed_at,
            None if last is None else last.failed_run_id,
            None if newest is None else newest.event.materialization.loaded_at,
            None if newest is None else version_of(newest.event.materialization),
        )


def _slot_state(key: AssetKey, partition: str | None, value: _Value) -> SlotState:
    record, failure = value.record, value.failure
    failed_at = None if failure is None else failure.timestamp
    failed_run = None if failure is None else failure.run_id
    if record is None:
        return SlotState(key, partition, failed_at=failed_at, failed_run_id=failed_run)
    item = record.event.materialization
    size = size_of(item)
    return SlotState(
        key, partition, record.storage_id, record.run_id, record.timestamp, size.bytes, size.rows, failed_at,
        failed_run, item.loaded_at, version_of(item),
    )  # fmt: skip


def _total(amounts: Iterable[int | None]) -> int | None:
    known = [amount for amount in amounts if amount is not None]
    return sum(known) if known else None
