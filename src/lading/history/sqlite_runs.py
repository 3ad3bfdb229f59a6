"""Keeps and finds the runs of a SQLite history."""

from __future__ import annotations

import time
from collections.abc import Mapping

from lading.history.connection import Connection
from lading.history.effects import count_planned, unknown_run
from lading.history.queries import SQL
from lading.history.rows import run_record, status_number
from lading.history.sqlite_log import Where
from lading.values.event_log import Page
from lading.values.records import FINISHED_STATUSES, Run, RunQuery, RunRecord, RunsFilter
from lading.values.serial import from_text, plan_to_json, request_to_json, to_text


def add_run(connection: Connection, run: Run) -> None:
    """Keep a run, unless it is known."""
    now = time.time()
    planned_events = sum(len(step.assets) for step in run.plan)
    tags = {str(name): str(value) for name, value in run.tags.items()}
    texts = (to_text(tags), to_text(request_to_json(run)), to_text(plan_to_json(run.plan)))
    with connection as cursor:
        place, known = cursor.execute(SQL["next_place"], (run.run_id,)).fetchall()[0]
        if known is not None:
            return
        if planned_events:
            cursor.execute(SQL["keep_places"], (place + planned_events,))
        status = status_number(run.status)
        counts = (len(run.plan), count_planned(run.plan), place, planned_events)
        cursor.execute(SQL["add_run"], (run.run_id, run.job_name, status, now, now, *counts, *texts))
        number = cursor.connection.last_insert_rowid()
        cursor.executemany(SQL["add_run_tag"], [(name, value, number) for name, value in tags.items()])


def set_tags(connection: Connection, run_id: str, tags: Mapping[str, str]) -> None:
    """Add tags to a run."""
    with connection as cursor:
        found = cursor.execute(SQL["run_number"], (run_id,)).fetchall()
        if not found:
            raise unknown_run(run_id)
        number = found[0][0]
        known: dict[str, str] = from_text(cursor.execute(SQL["run_tags"], (number,)).fetchall()[0][0])
        for name, value in tags.items():
            if name in known:
                cursor.execute(SQL["drop_run_tag"], (name, known[name], number))
            cursor.execute(SQL["add_run_tag"], (name, value, number))
        cursor.execute(SQL["set_run_tags"], (to_text({**known, **tags}), number))


def find_runs(connection: Connection, query: RunQuery) -> Page[RunRecord]:
    """The runs asked for."""
    where = _where(query.filters)
    if query.cursor is not None:
        found = connection.rows(SQL["run_number"], (query.cursor,))
        if found:
            where.add("id > ?" if query.ascending else "id < ?", found[0][0])
    order = " ORDER BY id" if query.ascending else " ORDER BY id DESC"
    limit = "" if query.limit is None else f" LIMIT {query.limit + 1}"
    statement = SQL["runs_with_plans" if query.plans else "runs"]
    rows = connection.rows(statement + where.text + order + limit, where.values)
    page = [run_record(row) for row in rows[: query.limit]]
    return Page(page, page[-1].run.run_id if page else "", len(rows) > len(page))


def count_runs(connection: Connection, filters: RunsFilter) -> int:
    """How many runs there are."""
    where = _where(filters)
    return connection.rows(SQL["count_runs"] + where.text, where.values)[0][0]


def find_run(connection: Connection, run_id: str) -> RunRecord | None:
    """One run with its plan."""
    row = connection.row(f"{SQL['runs_with_plans']} WHERE run_id = ?", (run_id,))
    return None if row is None else run_record(row)


def _where(want: RunsFilter) -> Where:
    where = Where()
    if want.snapshot_id is not None:
        where.add("0")
    if want.run_ids is not None:
        where.one_of("run_id", want.run_ids)
    if want.job_name is not None:
        where.add("job = ?", want.job_name)
    if want.statuses:
        where.one_of("status", [status_number(status) for status in want.statuses])
        if FINISHED_STATUSES.isdisjoint(want.statuses):
            # Lets SQLite see that its small index of open runs holds all of them.
            where.add("ended IS NULL")
    for name, value in (want.tags or {}).items():
        choices = [value] if isinstance(value, str) else list(value)
        where.add(
            "id IN (SELECT t.run FROM run_tags t, json_each(?) j WHERE t.name = ? AND t.value = j.value)",
            to_text(choices),
            name,
        )
    for term, moment in (
        ("updated > ?", want.updated_after),
        ("updated < ?", want.updated_before),
        ("created > ?", want.created_after),
        ("created < ?", want.created_before),
    ):
        if moment is not None:
            where.add(term, moment.timestamp())
    return where
