"""Backfill: make what is missing over all partitions, upstream first, in as few runs as the policies allow."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any, get_args

from lading.app.backfill_plan import BackfillPlan, Span, Which, plan_backfill
from lading.app.backfill_record import RUNNING, BackfillRecord, claim_backfill, find_backfill, runs_of
from lading.app.backfill_run import Backfill, BackfillResult, Observer
from lading.app.instance import Instance
from lading.app.jobs import Watch
from lading.app.output_places import Places
from lading.app.processes import this_process
from lading.app.recover import recover_runs
from lading.definitions.collect import Definitions
from lading.definitions.selection import as_selection
from lading.errors import CheckError, InvariantViolationError
from lading.values.events import Event, EventType
from lading.values.records import Run, RunsFilter, new_id


def backfill(
    definitions: Definitions,
    selection: Any = None,
    *,
    instance: Instance | None = None,
    which: Which = "missing",
    partition_range: Span | None = None,
    max_parallel: int = 1,
    dry_run: bool = False,
    watch: Watch | None = None,
) -> BackfillResult:
    """Make what is missing, over all partitions, upstream first.

    How the partitions of an asset are cut into runs its ``backfill_policy`` says: one run for each (the default), one
    for so many, or one for all.

    Args:
        definitions: The assets and their resources.
        selection: Only these assets.
        instance: Where it is recorded; a throw-away one when left out.
        which: ``"missing"``, ``"failed"`` (where the last attempt failed), or ``"all"``.
        partition_range: Only partitions between two, both included; None at an end leaves that end open.
        max_parallel: So many runs go on at a time, in threads of this process; it helps functions that wait. A run
            never starts before what it is made from is done.
        dry_run: Make nothing: the result holds the plan, and where values would lie.
        watch: Called with each event as it happens, one at a time.

    Returns:
        What became of it. A failure in one partition does not stop the others.

    Raises:
        LadingError: Whatever is wrong before the first run.
    """
    if which not in get_args(Which):
        raise CheckError(f"which={which!r} means nothing", fix='give "missing", "failed" or "all"')
    instance = Instance.ephemeral() if instance is None else instance
    lineage = definitions.lineage
    chosen = as_selection(selection).resolve(lineage) & set(lineage.materializable_keys)
    if not dry_run:
        recover_runs(definitions, instance, chosen)
    span = None if partition_range is None else (partition_range[0], partition_range[1])
    plan = plan_backfill(lineage, chosen, instance, which, span)
    record = BackfillRecord(new_id(), tuple(sorted(chosen)), which, span, max_parallel)
    running = Backfill(definitions, plan, instance, record)
    if dry_run:
        return _planned(definitions, plan, instance, record.backfill_id)
    running.run(_observed_by(watch))
    return running.result


def _planned(definitions: Definitions, plan: BackfillPlan, instance: Instance, backfill_id: str) -> BackfillResult:
    with Places(definitions, instance) as places:
        return BackfillResult(backfill_id, plan, places={key: places.of_asset(key) for key in plan.totals})


def _observed_by(watch: Watch | None) -> Callable[[], Observer] | None:
    return None if watch is None else lambda: _Watched(watch)


class _Watched:
    """Watches a run with one function."""

    def __init__(self, watch: Watch) -> None:
        self._watch = watch

    def watch(self, event: Event) -> None:
        """Take an event as it happens."""
        self._watch(event)

    def begun(self, run: Run, emit: Watch) -> None:
        """Nothing to do."""


def resume_backfill(
    definitions: Definitions,
    backfill_id: str,
    *,
    instance: Instance,
    max_parallel: int | None = None,
    dry_run: bool = False,
    force: bool = False,
    watch: Watch | None = None,
) -> BackfillResult:
    """Take up a backfill that was interrupted, or of which something failed: what is not stored yet is made.

    Args:
        definitions: The assets and their resources.
        backfill_id: Its id, or the beginning of it.
        instance: Where it is recorded.
        max_parallel: So many runs go on at a time; as before when left out.
        dry_run: Make nothing: the result holds the plan, and where values would lie.
        force: Take it up even where it cannot be told whether it is still going on: it was on another machine.
        watch: Called with each event as it happens, one at a time.

    Raises:
        RunNotFoundError: There is no such backfill, or there are several.
        InvariantViolationError: It is still going on.
        LadingError: Whatever else is wrong before the first run.
    """
    record = find_backfill(instance, backfill_id, instance.history.location)
    if dry_run:
        return _planned(definitions, plan_rest(definitions, record, instance), instance, record.backfill_id)
    running = resumed(definitions, record, instance, max_parallel=max_parallel, force=force)
    running.run(_observed_by(watch))
    return running.result


def plan_rest(definitions: Definitions, record: BackfillRecord, instance: Instance) -> BackfillPlan:
    """Work out what a backfill has not made yet.

    Raises:
        InvalidSubsetError: One of its assets is no longer defined.
    """
    for key in record.assets:
        definitions.lineage.require(key)
    done = runs_of(instance, record.backfill_id) if record.which == "all" else ()
    return plan_backfill(definitions.lineage, record.assets, instance, record.which, record.partition_range, done)


def resumed(
    definitions: Definitions,
    record: BackfillRecord,
    instance: Instance,
    tags: Mapping[str, str] | None = None,
    *,
    max_parallel: int | None = None,
    force: bool = False,
) -> Backfill:
    """A backfill taken up again by this process, ready to run.

    Args:
        definitions: The assets and their resources.
        record: What is kept of it.
        instance: Where it is recorded.
        tags: Further tags of its runs.
        max_parallel: So many runs go on at a time; as before when left out.
        force: Take it up even where it cannot be told whether it is still going on.

    Raises:
        InvariantViolationError: It is still going on, or may be.
        InvalidSubsetError: One of its assets is no longer defined.
    """
    going = record.current_state == RUNNING and record.process != this_process()
    short = record.backfill_id[:6]
    if going and record.is_here:
        raise InvariantViolationError(
            f"backfill {short} is still going on", where=f"process {record.process}",
            fix="wait for its end, or stop it with Ctrl-C",
        )  # fmt: skip
    if going and not force:
        raise InvariantViolationError(
            f"backfill {short} may still be going on, on another machine", where=f"process {record.process}",
            fix=f"`lading resume {short} --force` (in Python force=True), once you know that it is not",
        )  # fmt: skip
    for key in record.assets:
        definitions.lineage.require(key)
    taken = claim_backfill(instance, record, max_parallel)
    recover_runs(definitions, instance, record.assets)
    if going:
        _cancel_runs(instance, record)
    return Backfill(definitions, plan_rest(definitions, taken, instance), instance, taken, tags=tags)


def _cancel_runs(instance: Instance, record: BackfillRecord) -> None:
    """End the runs of a backfill that somebody said is not going on."""
    for run in instance.get_runs(RunsFilter(run_ids=runs_of(instance, record.backfill_id))):
        if not run.is_finished:
            cancelled = Event(EventType.RUN_CANCELED, time.time(), job_name=run.job_name)
            instance.history.append(run.run_id, [cancelled])
