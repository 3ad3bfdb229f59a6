"""``lading resume``: take up a backfill, or a run, where it stopped."""

from __future__ import annotations

import click

from lading.app.backfill import resumed
from lading.app.backfill_record import find_backfill, kept_backfill
from lading.app.execute import reexecution
from lading.app.finding_runs import BACKFILL_TAG, find_run, partition_of
from lading.app.instance import Instance
from lading.app.jobs import run_job
from lading.app.load import load_project
from lading.app.run_rows import COMMAND_TAG
from lading.app.status import keep_facts
from lading.cli.ending import end_run
from lading.cli.fill import Filling
from lading.cli.interrupt import Interrupted
from lading.cli.journey import Journey
from lading.cli.options import Settings, command
from lading.cli.session import Session
from lading.cli.tidying import tidy
from lading.definitions.collect import Definitions
from lading.errors import InvariantViolationError, RunNotFoundError
from lading.values.records import Run


@command(
    "resume",
    ("lading resume 5be2c0", "make what backfill 5be2c0 has not stored"),
    ("lading resume last", "take up the newest run, or the backfill it belongs to"),
)
@click.argument("run", metavar="RUN")
@click.option("--jsonl", is_flag=True, help="One event a line on stdout, the JSON document last.")
@click.pass_obj
def resume_command(settings: Settings, run: str, jsonl: bool) -> int:
    """Take up a backfill, or a run, where it stopped: what it stored is not made again."""
    session = Session(settings)
    place = session.find_place()
    session.enter(place)
    definitions = load_project(place).definitions
    with Instance.open(session.home(place)) as instance:
        backfill_id = _backfill_id(instance, run)
        if backfill_id is None:
            return _resume_run(session, definitions, instance, find_run(instance, run, instance.history.location).run)
        record = find_backfill(instance, backfill_id, instance.history.location)
        tidy(session, definitions, instance, record.assets)
        running = resumed(definitions, record, instance, {COMMAND_TAG: "backfill"})
        if running.plan.groups:
            keep_facts(definitions.lineage, instance, running.plan.totals, session.shown_place)
        return Filling(session, running, instance, definitions.lineage, jsonl).run(len(record.assets), record.which)


def _backfill_id(instance: Instance, text: str) -> str | None:
    """The id of the backfill that is meant: by its own id, or by one of its runs."""
    try:
        return find_backfill(instance, text, instance.history.location).backfill_id
    except RunNotFoundError as error:
        if error.what.startswith("no ") and (found := find_run(instance, text, instance.history.location)):
            tag = found.run.tags.get(BACKFILL_TAG)
            return tag if tag is not None and kept_backfill(instance, tag) is not None else None
        raise


def _resume_run(session: Session, definitions: Definitions, instance: Instance, run: Run) -> int:
    tidy(session, definitions, instance, run.asset_selection)
    run = instance.get_run_by_id(run.run_id) or run
    if run.is_success:
        raise InvariantViolationError(
            f"run {run.run_id[:6]} has done all it was to do", where="`lading resume`",
            fix="`lading materialize` makes assets again",
        )  # fmt: skip
    if not run.is_finished:
        raise InvariantViolationError(
            f"run {run.run_id[:6]} is still going on", where=f"process {run.process}", fix="wait for its end"
        )
    ranged = next((step for step in run.plan if len(step.partitions) > 1), None)
    if ranged is not None:
        names = [key.to_user_string() for key in sorted(run.asset_selection)]
        again = session.suggest(
            "backfill", *names, "--range", f"{ranged.partitions[0]}..{ranged.partitions[-1]}", definitions=True
        )
        raise InvariantViolationError(
            f"run {run.run_id[:6]} was of several partitions, of which some are stored", where="`lading resume`",
            fix=f"`{again}` makes those that are missing",
        )  # fmt: skip
    job = definitions.get_job_def(run.job_name)
    journey = Journey(session)
    seen = journey.observe()
    stopped, result = 0, None
    with journey:
        try:
            result = run_job(
                job, instance=instance, raise_on_error=False, capture=False, log_shown=False, watch=seen.watch,
                begun=seen.begun, partition_key=partition_of(run), run_config=dict(run.run_config) or None,
                selected=set(run.asset_selection) or None, tags=dict(run.tags), definitions=run.definitions,
                selection_text=run.selection, **reexecution(instance, run.run_id),
            )  # fmt: skip
        except Interrupted as interrupted:
            stopped = interrupted.exit_code
    return end_run(session, journey, instance, result, stopped, [])
