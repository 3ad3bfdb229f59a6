"""What an event means for the state of assets and runs: the rules that every history shares."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import NamedTuple

from lading.errors import RunNotFoundError
from lading.values.event_log import EventLogRecord, EventQuery
from lading.values.events import AssetMaterializationPlannedData, Event, EventType
from lading.values.materialization import AssetMaterialization
from lading.values.metadata import IntMetadataValue
from lading.values.records import PlannedStep
from lading.values.state import Slot

COUNTED = {
    EventType.STEP_SUCCESS: "done",
    EventType.STEP_FAILURE: "failed",
    EventType.STEP_SKIPPED: "skipped",
    EventType.ASSET_MATERIALIZATION: "stored",
}
"""Which count of its run an event raises."""

# What managers call it, the most deliberate name last: it wins.
_ROW_COUNTS = ("num_rows", "rows", "dagster/row_count", "lading/row_count")


class Size(NamedTuple):
    """How much a write stored, as far as its manager said so."""

    bytes: int | None
    rows: int | None
    format: str | None


def size_of(item: AssetMaterialization) -> Size:
    """How much was stored: from the receipt and the facts, the rows also from the metadata."""
    receipt = item.receipt
    rows = item.facts.get("rows")
    if not isinstance(rows, int):
        rows = None
        for name in _ROW_COUNTS if item.metadata else ():
            count = item.metadata.get(name)
            if isinstance(count, IntMetadataValue):
                rows = count.value
    return Size(None, rows, None) if receipt is None else Size(receipt.bytes, rows, receipt.format or None)


def version_of(item: AssetMaterialization) -> str | None:
    """The short version of what was stored, where its manager left a receipt with one."""
    return None if item.receipt is None else item.receipt.version or None


def plan_by_step(plan: Iterable[PlannedStep]) -> dict[str, PlannedStep]:
    """The steps that make assets, by their keys."""
    return {step.step_key: step for step in plan if step.assets}


def slots_of_step(plan: dict[str, PlannedStep], step_key: str | None) -> Iterator[Slot]:
    """The values that a step was to make, also for one copy of a mapped step."""
    if step_key is None:
        return iter(())
    step = plan.get(step_key) or plan.get(step_key.split("[", 1)[0])
    return iter(()) if step is None else step.slots()


def count_planned(plan: Iterable[PlannedStep]) -> int:
    """How many values a plan is to make."""
    return sum(len(step.assets) * (len(step.partitions) or 1) for step in plan)


def unknown_run(run_id: str) -> RunNotFoundError:
    """The error for a run that was never added."""
    return RunNotFoundError(f'no run has the id "{run_id}"')


def without_planned(events: Iterable[Event]) -> list[Event]:
    """The events without those that are derived from the plan of the run and therefore not kept."""
    return [event for event in events if event.event_type is not EventType.ASSET_MATERIALIZATION_PLANNED]


def matches(record: EventLogRecord, query: EventQuery) -> bool:
    """Whether a record is among those asked for."""
    planned = record.event_type is EventType.ASSET_MATERIALIZATION_PLANNED
    return (
        (record.event_type in query.kinds if query.kinds else query.run_id is not None or not planned)
        and _within(record.storage_id, query.after_id, query.before_id)
        and _within(record.timestamp, query.after_time, query.before_time)
        and (query.job_names is None or record.event.job_name in query.job_names)
        and (query.ids is None or record.storage_id in query.ids)
        and (query.step_key is None or record.event.step_key == query.step_key)
        and (query.asset_key is None or record.asset_key == query.asset_key)
        and (query.partitions is None or _in_partitions(record, query.partitions))
    )


def _within(value: float, after: float | None, before: float | None) -> bool:
    return (after is None or value > after) and (before is None or value < before)


def _in_partitions(record: EventLogRecord, partitions: Collection[str]) -> bool:
    data = record.event.event_specific_data
    if isinstance(data, AssetMaterializationPlannedData) and data.partitions:
        return any(partition in data.partitions for partition in partitions)
    return record.partition_key in partitions
