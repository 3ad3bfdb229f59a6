"""Rows to values and back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any, Final

from lading.values.event_log import EventLogRecord
from lading.values.events import Event, EventType
from lading.values.keys import AssetKey
from lading.values.records import Run, RunCounts, RunRecord, RunStatus
from lading.values.serial import from_text, plan_from_json, run_of, to_text
from lading.values.serial_events import body_from_json, body_to_json, unknown_event
from lading.values.state import AssetState, SlotState, Stamp

FIRST_OF_ASSETS: Final = 40

# Numbers are never given to another kind. Below 10 stand the kinds that tell of a run's status, from 40 to 49 those
# that tell of assets.
KIND_NUMBER: Final[dict[EventType, int]] = {
    EventType.RUN_ENQUEUED: 1,
    EventType.RUN_STARTING: 2,
    EventType.RUN_START: 3,
    EventType.RUN_SUCCESS: 4,
    EventType.RUN_FAILURE: 5,
    EventType.RUN_CANCELING: 6,
    EventType.RUN_CANCELED: 7,
    EventType.ENGINE_EVENT: 10,
    EventType.LOGS_CAPTURED: 11,
    EventType.LOG_MESSAGE: 12,
    EventType.RESOURCE_INIT_STARTED: 13,
    EventType.RESOURCE_INIT_SUCCESS: 14,
    EventType.RESOURCE_INIT_FAILURE: 15,
    EventType.STEP_START: 20,
    EventType.STEP_INPUT: 21,
    EventType.STEP_OUTPUT: 22,
    EventType.STEP_SUCCESS: 23,
    EventType.STEP_FAILURE: 24,
    EventType.STEP_SKIPPED: 25,
    EventType.STEP_UP_FOR_RETRY: 26,
    EventType.STEP_RESTARTED: 27,
    EventType.LOADED_INPUT: 28,
    EventType.HANDLED_OUTPUT: 29,
    EventType.ASSET_MATERIALIZATION_PLANNED: 40,
    EventType.ASSET_MATERIALIZATION: 41,
    EventType.ASSET_OBSERVATION: 42,
    EventType.ASSET_CHECK_EVALUATION_PLANNED: 43,
    EventType.ASSET_CHECK_EVALUATION: 44,
    EventType.HOOK_COMPLETED: 50,
    EventType.HOOK_ERRORED: 51,
    EventType.HOOK_SKIPPED: 52,
}
KIND: Final = {number: kind for kind, number in KIND_NUMBER.items()}

_STATUS_NUMBER: Final[dict[RunStatus, int]] = {
    RunStatus.QUEUED: 1,
    RunStatus.NOT_STARTED: 2,
    RunStatus.STARTING: 3,
    RunStatus.STARTED: 4,
    RunStatus.SUCCESS: 5,
    RunStatus.FAILURE: 6,
    RunStatus.CANCELING: 7,
    RunStatus.CANCELED: 8,
}
_STATUS: Final = {number: status for status, number in _STATUS_NUMBER.items()}

WHOLE: Final = 0
"""Stands in the place of a partition for the whole asset: a number, as no partition is."""

Row = Sequence[Any]


def status_number(status: RunStatus) -> int:
    """The number of a status."""
    return _STATUS_NUMBER[status]


def to_cell(key: str) -> str | bytes:
    """A partition as it is kept: text, or bytes where it is no valid Unicode (as file names can be)."""
    if key.isascii():
        # A subclass of str could not be bound.
        return str(key) if type(key) is not str else key
    try:
        key.encode()
    except UnicodeEncodeError:
        return key.encode("utf-8", "surrogatepass")
    return str(key)


def from_cell(cell: str | bytes) -> str:
    """The inverse of ``to_cell``."""
    return cell if isinstance(cell, str) else cell.decode("utf-8", "surrogatepass")


def slot_cell(partition: str | None) -> str | bytes | int:
    """A partition or the whole asset, as slots keep it."""
    return WHOLE if partition is None else to_cell(partition)


def slot_name(cell: str | bytes | int) -> str | None:
    """The inverse of ``slot_cell``."""
    return None if isinstance(cell, int) else from_cell(cell)


# ---------------------------------------------------------------- events


def event_body(event: Event) -> str | None:
    """What an event says beside the columns, as JSON."""
    raw = body_to_json(event, keyed=False)
    return None if raw is None else to_text(raw)


class Keys:
    """Keys of assets and the texts they are stored as, each worked out once."""

    __slots__ = ("_keys", "_texts")

    def __init__(self) -> None:
        self._keys: dict[str, AssetKey] = {}
        self._texts: dict[AssetKey, str] = {}

    def of(self, text: str) -> AssetKey:
        """The key of a text."""
        key = self._keys.get(text)
        if key is None:
            key = self._keys[text] = AssetKey.from_string(text)
        return key

    def text(self, key: AssetKey) -> str:
        """The text of a key."""
        text = self._texts.get(key)
        if text is None:
            text = self._texts[key] = key.to_string()
        return text


def event_record(keys: Keys, row: Row) -> EventLogRecord:
    """A record of a row ``id, run_id, kind, at, step, key, partition, body, job``, read when it is asked for."""
    kind = KIND.get(row[2], EventType.ENGINE_EVENT)
    return EventLogRecord(row[0], row[1] or "", kind, row[3], partial(_event, keys, row))


def event_records(keys: Keys, rows: Iterable[Row]) -> list[EventLogRecord]:
    """Records of rows."""
    return [event_record(keys, row) for row in rows]


def _event(keys: Keys, row: Row) -> Event:
    _, _, number, timestamp, step, key, partition, body, job = row
    raw: dict[str, Any] | None = None if body is None else from_text(body)
    if key is not None:
        raw = {} if raw is None else raw
        raw["a"] = keys.of(key)
        if partition is not None:
            raw["p"] = from_cell(partition)
    kind = KIND.get(number)
    if kind is None:
        return unknown_event(f"kind {number}", raw, timestamp, step, job)
    return body_from_json(kind, raw, timestamp, step, job)


# ---------------------------------------------------------------- runs


def run_record(row: Row) -> RunRecord:
    """A record of a row of the ``runs`` query."""
    (number, run_id, job, status, created, updated, started, ended, *counts, tags, request, plan) = row
    run = run_of(
        run_id,
        job,
        _STATUS[status],
        from_text(tags),
        from_text(request),
        () if plan is None else plan_from_json(from_text(plan)),
    )
    return RunRecord(number, run, created, updated, started, ended, RunCounts(*counts))


def run_of_planned(row: Row) -> Run:
    """The run, as far as its planned events need it, of a row ``run_id, job, created, planned_from, plan``."""
    return Run(row[0], row[1], plan=plan_from_json(from_text(row[4])))


# ---------------------------------------------------------------- state


def asset_state(keys: Keys, row: Row) -> AssetState:
    """What is known of an asset."""
    key, event, run_id, at, form, whole, *rest = row
    return AssetState(keys.of(key), event, _run(event, run_id), at, form, bool(whole), *rest)


def slot_state(key: AssetKey, row: Row) -> SlotState:
    """What is known of one value."""
    cell, event, run_id, *rest = row
    return SlotState(key, slot_name(cell), event, _run(event, run_id), *rest)


def stamp(row: Row) -> Stamp:
    """When a value was stored and made."""
    cell, *rest = row
    return Stamp(slot_name(cell), *rest)


def _run(event: int | None, run_id: str | None) -> str | None:
    return None if event is None else run_id or ""
