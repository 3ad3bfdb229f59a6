"""Finding a run by the beginning of its id, and telling what a run was asked to do."""

from __future__ import annotations

from lading.app.instance import Instance
from lading.errors import RunNotFoundError
from lading.planning.partitions import PARTITION_TAG
from lading.values.records import Run, RunQuery, RunRecord, RunsFilter

LAST = "last"
PAGE = 500
BACKFILL_TAG = "lading/backfill"
TOTAL_TAG = "lading/backfill_values"
BACKFILL_KIND = "backfill"
FULL = 36


def find_run(instance: Instance, text: str, where: str) -> RunRecord:
    """The run whose id begins with a text; ``last`` is the newest.

    Raises:
        RunNotFoundError: There is none, or there are several.
    """
    if text == LAST:
        newest = instance.history.runs(RunQuery(limit=1)).records
        if newest:
            return _with_plan(instance, newest[0])
        raise RunNotFoundError("nothing was run yet", where=where, fix="`lading materialize`")
    if len(text) >= FULL:
        found = instance.history.run(text)
        matches = [] if found is None else [found]
    else:
        matches = _beginning_with(instance, text)
    if len(matches) == 1:
        return _with_plan(instance, matches[0])
    count = instance.history.count_runs(RunsFilter())
    if not matches:
        raise RunNotFoundError(f"no run begins with {text}", where=f"{where}, {count:,} run{'' if count == 1 else 's'}")
    shown = ", ".join(record.run.run_id[: len(text) + 6] for record in matches[:10])
    raise RunNotFoundError(f"{len(matches)} runs begin with {text}", where=where, fix=f"type more of one: {shown}")


def partition_of(run: Run) -> str | None:
    """The one partition that a run was asked to make, or None."""
    return run.tags.get(PARTITION_TAG)


def _beginning_with(instance: Instance, text: str) -> list[RunRecord]:
    found: list[RunRecord] = []
    cursor: str | None = None
    while True:
        page = instance.history.runs(RunQuery(cursor=cursor, limit=PAGE))
        found.extend(record for record in page.records if record.run.run_id.startswith(text))
        if not page.has_more or not page.records:
            return found
        cursor = page.records[-1].run.run_id


def _with_plan(instance: Instance, record: RunRecord) -> RunRecord:
    return instance.history.run(record.run.run_id) or record
