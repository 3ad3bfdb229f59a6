"""Answers questions about the log of a SQLite history."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from lading.history.connection import Connection
from lading.history.cursor import Row
from lading.history.effects import matches
from lading.history.queries import SQL
from lading.history.rows import KIND_NUMBER, Keys, event_records, run_of_planned, to_cell
from lading.values.event_log import EventLogRecord, EventQuery, Page, planned_events
from lading.values.events import EventType
from lading.values.serial import to_text

_PLANNED = EventType.ASSET_MATERIALIZATION_PLANNED
_LAST = 1 << 62


class Where:
    """Conditions of a query and the values they stand for."""

    __slots__ = ("_terms", "values")

    def __init__(self) -> None:
        self._terms: list[str] = []
        self.values: list[Any] = []

    def add(self, term: str, *values: Any) -> None:
        """Add a condition."""
        self._terms.append(term)
        self.values.extend(values)

    def one_of(self, column: str, choices: Collection[Any]) -> None:
        """Add the condition that a column is one of some values."""
        self.add(f"{column} IN ({','.join('?' * len(choices))})", *choices)

    @property
    def text(self) -> str:
        """The conditions as SQL."""
        return f" WHERE {' AND '.join(self._terms)}" if self._terms else ""


def find_events(connection: Connection, keys: Keys, query: EventQuery) -> Page[EventLogRecord]:
    """The events asked for."""
    want = None if query.limit is None else query.limit + 1
    if _PLANNED in query.kinds if query.kinds else query.run_id is not None:
        found = _planned(connection, keys, query, want)
    else:
        found = []
    if not query.kinds or any(kind is not _PLANNED for kind in query.kinds):
        found += _kept(connection, keys, query, want)
        found.sort(key=lambda record: record.storage_id, reverse=not query.ascending)
    page = found[: query.limit]
    return Page(page, str(page[-1].storage_id) if page else "", len(found) > len(page))


def _kept(connection: Connection, keys: Keys, query: EventQuery, want: int | None) -> list[EventLogRecord]:
    where = _where(query)
    order = "ORDER BY e.id" if query.ascending else "ORDER BY e.id DESC"
    limit = "" if want is None else f" LIMIT {want}"
    return event_records(keys, connection.rows(f"{SQL['events']}{where.text} {order}{limit}", where.values))


def _where(query: EventQuery) -> Where:
    where = Where()
    if query.run_id is not None:
        if query.run_id:
            where.add("e.run = (SELECT id FROM runs WHERE run_id = ?)", query.run_id)
        else:
            where.add("e.run = 0")
    if query.asset_key is not None:
        where.add("e.asset = (SELECT id FROM assets WHERE key = ?)", query.asset_key.to_string())
        if query.partitions is not None:
            where.one_of("e.partition", [to_cell(partition) for partition in query.partitions])
    elif query.partitions is not None:
        where.one_of("e.partition", [to_cell(partition) for partition in query.partitions])
    if query.kinds:
        numbers = [KIND_NUMBER[kind] for kind in query.kinds]
        where.one_of("e.kind", numbers)
        if max(numbers) < 10:
            # Lets SQLite see that its index of such kinds holds all of them.
            where.add("e.kind < 10")
    if query.job_names is not None:
        where.one_of("r.job", query.job_names)
    if query.ids is not None:
        where.one_of("e.id", query.ids)
    for term, value in (
        ("e.step = ?", query.step_key),
        ("e.id > ?", query.after_id),
        ("e.id < ?", query.before_id),
        ("e.at > ?", query.after_time),
        ("e.at < ?", query.before_time),
    ):
        if value is not None:
            where.add(term, value)
    return where


# ---------------------------------------------------------------- derived events


def _planned(connection: Connection, keys: Keys, query: EventQuery, want: int | None) -> list[EventLogRecord]:
    forgotten = {keys.of(text): place for text, place in connection.rows(SQL["forgotten_assets"])}
    found: list[EventLogRecord] = []
    for row in _runs_with_plans(connection, query):
        run = run_of_planned(row)
        records = [
            EventLogRecord(row[3] + index, row[0], _PLANNED, row[2], event)
            for index, event in enumerate(planned_events(run, row[2]))
        ]
        for record in records if query.ascending else reversed(records):
            key = record.asset_key
            if matches(record, query) and not (key is not None and record.storage_id <= forgotten.get(key, 0)):
                found.append(record)
        if want is not None and len(found) >= want:
            return found[:want]
    return found


def _runs_with_plans(connection: Connection, query: EventQuery) -> Any:
    if query.run_id is not None:
        yield from connection.rows(SQL["planned_of_run"], (query.run_id,))
        return
    part = "" if query.asset_key is None else to_text(query.asset_key.parts[-1])
    low, high = (query.after_id or 0) + 1, _LAST if query.before_id is None else query.before_id
    while True:
        name = "planned_oldest_first" if query.ascending else "planned_newest_first"
        rows: list[Row] = connection.rows(SQL[name], (part, high, low))
        if not rows:
            return
        yield from rows
        if query.ascending:
            low = rows[-1][3] + rows[-1][5]
        else:
            high = rows[-1][3]
