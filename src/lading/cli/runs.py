"""``lading runs``: what was run."""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import click

from lading.app.instance import Instance
from lading.app.run_rows import RunRow, run_rows
from lading.cli import words
from lading.cli.options import Settings, command
from lading.cli.session import Session
from lading.cli.tables import Column, next_lines, render, wrapped
from lading.errors import CheckError
from lading.values.records import RunsFilter, RunStatus

COLUMNS = (
    Column("run", 9), Column("started", 6), Column("took", 3, right=True), Column("state", 9),
    Column("steps", 4), Column("what", 7, least=12),
)  # fmt: skip
_ON = Column("", 5)
"""How to go on with what stopped; a column only where something did."""
_AGE = re.compile(r"(\d+)\s*(s|min|m|h|d|w)")
_UNITS = {"s": 1, "m": 60, "min": 60, "h": 3600, "d": 86400, "w": 604800}


@command(
    "runs",
    ("lading runs", "the last 20 runs"),
    ("lading runs --failed --since 7d", "those of the last week that failed"),
    definitions=False,
)
@click.option("--failed", is_flag=True, help="Only those that failed.")
@click.option("--since", metavar="T", help="Not older: 2h, 7d, or 2024-01-31.")
@click.option("--limit", type=click.IntRange(1), default=20, metavar="N", help="At most so many. Default: 20.")
@click.pass_obj
def runs_command(settings: Settings, failed: bool, since: str | None, limit: int) -> int:
    """What was run, the newest first. The runs of one backfill are one line."""
    session = Session(settings)
    filters = RunsFilter(
        statuses=[RunStatus.FAILURE] if failed else None, created_after=None if since is None else moment_of(since)
    )
    with Instance.open(session.home()) as instance:
        rows, more = run_rows(instance, filters, limit)
    if settings.json:
        session.publish(runs=[as_fields(row) for row in rows], truncated=more)
        return 0
    if settings.quiet:
        return 0
    if not rows:
        session.screen.answer("no runs" if failed or since else "nothing was run yet")
        return 0
    _show(session, rows)
    if more:
        for line in wrapped(f"(the last {limit}; more with --limit)", session.screen.width):
            session.screen.answer(line)
    broken = next((row for row in rows if row.state == "failed" or row.resumable), None)
    if broken is not None:
        short = words.short_id(broken.run_id)
        ways = [session.suggest("log", short)] if broken.state == "failed" else []
        ways += [session.suggest("resume", short)] if broken.resumable else []
        for line in next_lines(ways, session.screen.width):
            session.screen.answer(line)
    return 0


def moment_of(text: str, now: float | None = None) -> datetime:
    """A moment in the past: an age such as ``7d``, or a date.

    Raises:
        CheckError: It is neither.
    """
    found = _AGE.fullmatch(text)
    if found is not None:
        age = timedelta(seconds=int(found[1]) * _UNITS[found[2]])
        return datetime.fromtimestamp(time.time() if now is None else now, UTC) - age
    try:
        then = datetime.fromisoformat(text)
    except ValueError as error:
        raise CheckError(f"{text!r} is no time", where="--since", fix="write 2h, 7d or 2024-01-31") from error
    return then.astimezone(UTC)


def as_fields(row: RunRow) -> dict[str, Any]:
    """A run as data."""
    return {
        "run_id": row.run_id,
        "state": row.state,
        "started_at": words.iso(row.started_at),
        "seconds": None if row.seconds is None else round(row.seconds, 3),
        "counts": {"done": row.done, "total": row.total, "failed": row.failed},
        "selection": row.selection,
        "tags": dict(row.tags),
        "resumable": row.resumable,
    }


def _show(session: Session, rows: Sequence[RunRow]) -> None:
    cells = [
        [
            words.short_id(row.run_id),
            words.moment(row.started_at),
            words.seconds(row.seconds),
            row.state,
            f"{row.done:,} of {row.total:,}",
            row.what,
            f"resume {words.short_id(row.run_id)}" if row.resumable else "",
        ]
        for row in rows
    ]
    columns = (*COLUMNS, _ON)
    if not any(row.resumable for row in rows):
        columns, cells = COLUMNS, [each[:-1] for each in cells]
    for line in render(columns, cells, session.screen.width, session.screen.painter):
        session.screen.answer(line)
