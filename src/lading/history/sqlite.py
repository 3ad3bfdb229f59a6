"""A history in one SQLite file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet

from lading.abc.history import History
from lading.history.connection import PATIENCE, Connection, Durability
from lading.history.queries import SQL
from lading.history.rows import (
    Keys,
    asset_state,
    event_record,
    event_records,
    from_cell,
    slot_cell,
    slot_name,
    slot_state,
    stamp,
)
from lading.history.sqlite_append import Appender
from lading.history.sqlite_forget import forget
from lading.history.sqlite_log import find_events
from lading.history.sqlite_registry import SqliteRegistry
from lading.history.sqlite_runs import add_run, count_runs, find_run, find_runs, set_tags
from lading.history.sqlite_sets import PartitionSets
from lading.values.axis import Axis
from lading.values.event_log import EventLogRecord, EventQuery, Page
from lading.values.events import Event
from lading.values.keys import AssetCheckKey, AssetKey
from lading.values.records import Run, RunQuery, RunRecord, RunsFilter
from lading.values.serial import to_text
from lading.values.state import AssetState, Forget, SlotState, Stamp

# The values of so many keys are asked for one by one, of more in one query.
_FEW = 3


class SqliteHistory(History):
    """What happened, kept in a SQLite file that several processes may use at once.

    Args:
        path: The file; it and its folder are made on first use.
        durability: ``"strict"`` waits for the disk where a materialization or the end of a run is written; ``"fast"``
            may lose the last transactions in a power cut, never in a crash of the process.
        patience: For how many seconds a locked database is tried.
    """

    def __init__(self, path: str, durability: Durability = "fast", patience: float = PATIENCE) -> None:
        self._connection = Connection(path, durability, patience)
        self._sets = PartitionSets(self._connection)
        self._appender = Appender(self._connection, self._sets)
        self._keys = Keys()
        self.registry = SqliteRegistry(self._connection)

    @property
    def location(self) -> str:
        return self._connection.path

    # ------------------------------------------------------------ in

    def add_run(self, run: Run) -> None:
        add_run(self._connection, run)

    def append(self, run_id: str, events: Sequence[Event]) -> None:
        self._appender.append(run_id, events)

    def know_axes(self, axes: Mapping[AssetKey, Axis]) -> None:
        self._sets.know(axes)

    def set_run_tags(self, run_id: str, tags: Mapping[str, str]) -> None:
        set_tags(self._connection, run_id, tags)

    def forget(self, what: Forget) -> None:
        with self._connection as cursor:
            forget(cursor, what)

    # ------------------------------------------------------------ log and runs

    def events(self, query: EventQuery) -> Page[EventLogRecord]:
        return find_events(self._connection, self._keys, query)

    def runs(self, query: RunQuery) -> Page[RunRecord]:
        return find_runs(self._connection, query)

    def count_runs(self, filters: RunsFilter) -> int:
        return count_runs(self._connection, filters)

    def run(self, run_id: str) -> RunRecord | None:
        return find_run(self._connection, run_id)

    # ------------------------------------------------------------ state

    def latest(self, keys: Iterable[AssetKey]) -> dict[AssetKey, EventLogRecord]:
        wanted = list(keys)
        if len(wanted) <= _FEW:
            rows = [
                row for key in wanted for row in self._connection.rows(SQL["latest_of_asset"], (self._keys.text(key),))
            ]
        else:
            texts = to_text([self._keys.text(key) for key in wanted])
            rows = self._connection.rows(SQL["latest_of_assets"], (texts,))
        return {self._keys.of(row[5]): event_record(self._keys, row) for row in rows}

    def latest_slots(
        self, key: AssetKey, partitions: Iterable[str | None] | None = None
    ) -> dict[str | None, EventLogRecord]:
        text = self._keys.text(key)
        if partitions is None:
            rows = self._connection.rows(SQL["latest_of_slots"], (text,))
        else:
            statement, ask = SQL["latest_of_slot"], self._connection.rows
            rows = [row for name in partitions for row in ask(statement, (text, slot_cell(name)))]
        names = [None if row[6] is None else from_cell(row[6]) for row in rows]
        return dict(zip(names, event_records(self._keys, rows), strict=True))

    def partitions(self, key: AssetKey, axis: Axis | None = None) -> AbstractSet[str]:
        text = self._keys.text(key)
        if axis is None:
            return frozenset(from_cell(cell) for (cell,) in self._connection.rows(SQL["stored_partitions"], (text,)))
        return self._sets.of(text, axis)

    def failed_partitions(self, key: AssetKey) -> frozenset[str]:
        rows = self._connection.rows(SQL["failed_partitions"], (self._keys.text(key),))
        return frozenset(from_cell(cell) for (cell,) in rows)

    def asset_keys(self) -> list[AssetKey]:
        return sorted(self._keys.of(text) for (text,) in self._connection.rows(SQL["asset_keys"]))

    def asset_states(self, keys: Iterable[AssetKey] | None = None) -> dict[AssetKey, AssetState]:
        ask = self._connection.rows
        if keys is None:
            rows = ask(SQL["asset_states"])
        else:
            rows = [row for key in keys for row in ask(SQL["asset_state"], (self._keys.text(key),))]
        states = [asset_state(self._keys, row) for row in rows]
        return {state.asset_key: state for state in states}

    def slot_states(self, key: AssetKey, partitions: Iterable[str | None] | None = None) -> dict[str | None, SlotState]:
        ask, text = self._connection.rows, self._keys.text(key)
        if partitions is None:
            rows = ask(SQL["slot_states"], (text,))
        else:
            rows = [row for name in partitions for row in ask(SQL["slot_state"], (text, slot_cell(name)))]
        return {slot_name(row[0]): slot_state(key, row) for row in rows}

    def stamps(self, key: AssetKey, partitions: Iterable[str | None]) -> list[Stamp]:
        ask, text = self._connection.rows, self._keys.text(key)
        return [stamp(row) for name in partitions for row in ask(SQL["stamp"], (text, slot_cell(name)))]

    def stored_after(self, key: AssetKey, moment: float, limit: int | None = None) -> list[Stamp]:
        values = (self._keys.text(key), moment, -1 if limit is None else limit)
        return [stamp(row) for row in self._connection.rows(SQL["stored_after"], values)]

    def made_before(self, key: AssetKey, moment: float) -> list[Stamp]:
        return [stamp(row) for row in self._connection.rows(SQL["made_before"], (self._keys.text(key), moment))]

    def made_before_upstream(self, key: AssetKey, upstream: AssetKey) -> list[tuple[Stamp, Stamp]]:
        texts = (self._keys.text(upstream), self._keys.text(key))
        rows = self._connection.rows(SQL["made_before_upstream"], texts)
        return [(stamp(row[:5]), stamp((row[0], *row[5:]))) for row in rows]

    def latest_checks(self, keys: Iterable[AssetCheckKey]) -> dict[AssetCheckKey, EventLogRecord]:
        found: dict[AssetCheckKey, EventLogRecord] = {}
        for key in keys:
            row = self._connection.row(SQL["latest_check"], (self._keys.text(key.asset_key), key.name))
            if row is not None:
                found[key] = event_record(self._keys, row)
        return found

    # ------------------------------------------------------------ the place

    def last_id(self) -> int:
        return self._connection.rows(SQL["last_place"])[0][0]

    def close(self) -> None:
        self._connection.close()
