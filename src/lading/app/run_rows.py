"""Runs as screens list them: those of one backfill are one row."""

from __future__ import annotations

from collections.abc import Mapping

from lading.app.backfill_record import DONE, kept_backfill
from lading.app.finding_runs import BACKFILL_TAG, PAGE, TOTAL_TAG
from lading.app.instance import Instance
from lading.app.processes import is_dead
from lading.values.dataclass import dataclass, field, replace
from lading.values.records import RunQuery, RunRecord, RunsFilter, RunStatus

STATES: Mapping[RunStatus, str] = {
    RunStatus.QUEUED: "waiting", RunStatus.NOT_STARTED: "waiting", RunStatus.STARTING: "running",
    RunStatus.STARTED: "running", RunStatus.SUCCESS: "done", RunStatus.FAILURE: "failed",
    RunStatus.CANCELING: "running", RunStatus.CANCELED: "cancelled",
}  # fmt: skip
COMMAND_TAG = "lading/command"
# Of the runs of a backfill the state that says most is that of the row.
_RANK = ("running", "cancelled", "failed", "waiting", "done")


@dataclass(frozen=True, slots=True)
class RunRow:
    """One row: a run, or a backfill of several; ``resumable`` if it is a backfill that stopped before its end."""

    run_id: str
    state: str
    started_at: float | None
    ended_at: float | None
    seconds: float | None
    done: int
    failed: int
    total: int
    what: str
    selection: str | None
    tags: Mapping[str, str] = field(default_factory=dict[str, str])
    runs: int = 1
    resumable: bool = False


def run_rows(instance: Instance, filters: RunsFilter, limit: int) -> tuple[list[RunRow], bool]:
    """The newest runs, those of one backfill in one row.

    Args:
        instance: Where they are recorded.
        filters: Which.
        limit: At most so many rows.

    Returns:
        The rows, and whether there are more.
    """
    rows: dict[str, RunRow] = {}
    cursor: str | None = None
    while True:
        page = instance.history.runs(RunQuery(filters, cursor, PAGE if rows else max(limit + 1, 50)))
        for record in page.records:
            backfill = record.run.tags.get(BACKFILL_TAG)
            name = backfill or record.run.run_id
            if name in rows:
                rows[name] = _joined(rows[name], row_of(record))
            elif len(rows) == limit:
                return _settled(rows, instance), True
            else:
                row = row_of(record)
                rows[name] = _of_backfill(row, backfill) if backfill else row
        if not page.has_more or not page.records:
            return _settled(rows, instance), False
        cursor = page.records[-1].run.run_id


def _settled(rows: Mapping[str, RunRow], instance: Instance) -> list[RunRow]:
    """The rows; how a backfill ended is told by what it left in the registry, not by its last run."""
    return [_as_kept(row, instance) if BACKFILL_TAG in row.tags else row for row in rows.values()]


def _as_kept(row: RunRow, instance: Instance) -> RunRow:
    kept = kept_backfill(instance, row.run_id)
    if kept is None:
        return row
    state = kept.current_state
    if state == DONE:  # what failed at first was made when it was taken up
        return replace(row, state=state, done=row.total, failed=0)
    return replace(row, state=state, resumable=kept.is_resumable)


def row_of(record: RunRecord) -> RunRow:
    """A run as a row."""
    run, counts = record.run, record.counts
    state = STATES[run.status]
    if state == "running" and run.process is not None and is_dead(run.process):
        state = "cancelled"
    values = counts.planned > counts.steps
    verb = run.tags.get(COMMAND_TAG)
    what = f"{verb} {run.selection or '(all)'}" if verb is not None else run.selection or _job_words(run.job_name)
    return RunRow(
        run.run_id, state, record.start_time or record.created_at, record.end_time, record.seconds,
        counts.stored if values else counts.done, counts.failed, counts.planned if values else counts.steps, what,
        run.selection, run.tags,
    )  # fmt: skip


def _job_words(name: str) -> str:
    return "materialize()" if name.startswith("__") else f"job {name}"


def _of_backfill(row: RunRow, backfill: str) -> RunRow:
    total = row.tags.get(TOTAL_TAG, "")
    return replace(row, run_id=backfill, total=int(total) if total.isdecimal() else row.total)


def _joined(row: RunRow, other: RunRow) -> RunRow:
    started = min((each.started_at for each in (row, other) if each.started_at is not None), default=None)
    ended = max((each.ended_at for each in (row, other) if each.ended_at is not None), default=None)
    return replace(
        row, state=min(row.state, other.state, key=_RANK.index), started_at=started, ended_at=ended,
        seconds=None if started is None or ended is None else ended - started, done=row.done + other.done,
        failed=row.failed + other.failed, total=row.total, runs=row.runs + other.runs,
    )  # fmt: skip
