"""Puts the events of one run into the log, and what follows from them beside it, in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lading.history.connection import Connection
from lading.history.cursor import Cursor
from lading.history.effects import plan_by_step, slots_of_step, unknown_run, without_planned
from lading.history.queries import SQL
from lading.history.rows import FIRST_OF_ASSETS, KIND_NUMBER, event_body, slot_cell, status_number, to_cell
from lading.history.sqlite_fold import Fold
from lading.history.sqlite_sets import PartitionSets
from lading.values.events import Event, EventType
from lading.values.keys import AssetKey
from lading.values.records import FINISHED_STATUSES, STATUS_OF_EVENT, PlannedStep
from lading.values.serial import from_text, plan_from_json

_COUNTED = (EventType.STEP_SUCCESS, EventType.STEP_FAILURE, EventType.STEP_SKIPPED, EventType.ASSET_MATERIALIZATION)
_LASTING = {EventType.ASSET_MATERIALIZATION, *(kind for kind, to in STATUS_OF_EVENT.items() if to in FINISHED_STATUSES)}
_TELLING = {EventType.ASSET_OBSERVATION, EventType.ASSET_CHECK_EVALUATION, EventType.STEP_FAILURE, *_LASTING}


class Appender:
    """Writes events to one database.

    Args:
        connection: The database.
        sets: The sets of stored partitions that are brought along.
    """

    def __init__(self, connection: Connection, sets: PartitionSets) -> None:
        self._connection = connection
        self._sets = sets
        self._assets: dict[AssetKey, int] = {}
        self._plan_of: tuple[str, dict[str, PlannedStep]] = ("", {})

    def append(self, run_id: str, events: Sequence[Event]) -> None:
        """Put the events in."""
        kinds = {event.event_type for event in events}
        if EventType.ASSET_MATERIALIZATION_PLANNED in kinds:
            events, kinds = without_planned(events), kinds - {EventType.ASSET_MATERIALIZATION_PLANNED}
        if not events:
            return
        # What needs no lock comes before the lock.
        bodies = [event_body(event) for event in events]
        self._connection.wait_for_disk(not kinds.isdisjoint(_LASTING))
        new: dict[AssetKey, int] = {}
        with self._connection as cursor:
            place, run = cursor.execute(SQL["next_place"], (run_id,)).fetchall()[0]
            if run is None and run_id:
                raise unknown_run(run_id)
            rows = [
                self._row(cursor, place + index, run or 0, event, body, new)
                for index, (event, body) in enumerate(zip(events, bodies, strict=True))
            ]
            cursor.executemany(SQL["add_event"], rows)
            if not kinds.isdisjoint(_TELLING):
                self._follow(cursor, run or 0, run_id, events, rows, new)
            if run:
                _follow_run(cursor, run, events, kinds)
        # Not before the transaction is done: the numbers it gave could have been undone.
        self._assets.update(new)

    def _row(
        self, cursor: Cursor, place: int, run: int, event: Event, body: str | None, new: dict[AssetKey, int]
    ) -> tuple[Any, ...]:
        kind = KIND_NUMBER[event.event_type]
        if kind < FIRST_OF_ASSETS:
            return place, run, kind, event.timestamp, event.step_key, None, None, body
        key, partition = event.asset_key, event.partition
        return (
            place,
            run,
            kind,
            event.timestamp,
            event.step_key,
            None if key is None else self._number(cursor, key, new),
            None if partition is None else to_cell(partition),
            body,
        )

    def _number(self, cursor: Cursor, key: AssetKey, new: dict[AssetKey, int]) -> int:
        # Numbers are never taken back.
        number = self._assets.get(key) or new.get(key)
        if number is None:
            text = key.to_string()
            found = cursor.execute(SQL["asset_number"], (text,)).fetchall()
            number = (found or cursor.execute(SQL["add_asset"], (text,)).fetchall())[0][0]
            new[key] = number
        return number

    # ------------------------------------------------------------ what follows for assets

    def _follow(
        self,
        cursor: Cursor,
        run: int,
        run_id: str,
        events: Sequence[Event],
        rows: Sequence[tuple[Any, ...]],
        new: dict[AssetKey, int],
    ) -> None:
        fold = Fold(cursor)
        keys: dict[int, AssetKey] = {}
        for event, row in zip(events, rows, strict=True):
            match event.event_type:
                case EventType.ASSET_MATERIALIZATION:
                    item = event.materialization
                    fold.stored(row[5], slot_cell(item.partition), row[0], run, event.timestamp, item)
                    keys[row[5]] = item.asset_key
                case EventType.ASSET_OBSERVATION:
                    fold.seen(row[5])
                case EventType.ASSET_CHECK_EVALUATION:
                    check = event.asset_check_evaluation_data
                    cursor.execute(SQL["set_check"], (row[5], check.check_name, row[0]))
                case EventType.STEP_FAILURE if run:
                    for key, partition in slots_of_step(self._plan(cursor, run, run_id), event.step_key):
                        fold.failed(self._number(cursor, key, new), slot_cell(partition), run, event.timestamp)
                case _:
                    pass
        fold.write()
        for asset, found in fold.new.items():
            self._sets.bring_along(cursor, asset, keys[asset], found.before, found.cells)

    def _plan(self, cursor: Cursor, run: int, run_id: str) -> dict[str, PlannedStep]:
        # One run fails at a time, as a rule.
        if self._plan_of[0] != run_id:
            text = cursor.execute(SQL["run_plan"], (run,)).fetchall()[0][0]
            self._plan_of = (run_id, plan_by_step(plan_from_json(from_text(text))))
        return self._plan_of[1]


def _follow_run(cursor: Cursor, run: int, events: Sequence[Event], kinds: set[EventType]) -> None:
    if not kinds.isdisjoint(_COUNTED):
        told = [event.event_type for event in events]
        counts = [told.count(kind) for kind in _COUNTED]
        cursor.execute(SQL["run_counts"], (*counts, run))
    if kinds.isdisjoint(STATUS_OF_EVENT):
        return
    for event in events:
        status = STATUS_OF_EVENT.get(event.event_type)
        if status is not None:
            started = event.timestamp if event.event_type is EventType.RUN_START else None
            ended = event.timestamp if status in FINISHED_STATUSES else None
            cursor.execute(SQL["run_status"], (status_number(status), event.timestamp, started, ended, run))
