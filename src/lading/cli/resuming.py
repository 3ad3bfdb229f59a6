"""``lading resume``: take up a backfill, or a run, where it stopped."""

from __future__ import annotations

import os
from typing import Any

import click

from lading.app.backfill import plan_rest, resumed
from lading.app.backfill_record import BackfillRecord, find_backfill
from lading.app.choose import read_config
from lading.app.finding_runs import BACKFILL_TAG, LAST, find_run
from lading.app.instance import Instance
from lading.app.jobs import prepare, run_job
from lading.app.load import load_project
from lading.app.resume_run import resumption
from lading.app.run_rows import COMMAND_TAG
from lading.app.status import keep_facts
from lading.cli import words
from lading.cli.ending import end_run
from lading.cli.fill import Filling
from lading.cli.interrupt import Interrupted
from lading.cli.journey import Journey
from lading.cli.make import EventLines
from lading.cli.make import show_plan as show_run
from lading.cli.options import Settings, command
from lading.cli.plans import show_plan
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
@click.option(
    "--max-parallel", type=click.IntRange(1), metavar="N", help="Runs of a backfill at a time. Default: as before."
)
@click.option("--config", metavar="FILE", help="Run config, where the run was given one: a JSON or TOML file.")
@click.option("--force", is_flag=True, help="Although it cannot be told whether it still goes on elsewhere.")
@click.option("--jsonl", is_flag=True, help="One event a line on stdout, the JSON document last.")
@click.option("-n", "--dry-run", is_flag=True, help="Show what is left, make nothing.")
@click.pass_obj
def resume_command(settings: Settings, run: str, **asked: Any) -> int:
    """Take up a backfill, or a run, where it stopped: what it stored is not made again."""
    session = Session(settings)
    config = None if asked["config"] is None else read_config(os.path.join(settings.folder, asked["config"]))
    home = session.home(session.find_place_if_any())
    with Instance.open(home) as instance:
        found = _find(instance, run, f"home {session.shown_place(home)}")
        if isinstance(found, BackfillRecord):
            session.adopt(found.named)
        place = session.find_place()
        session.enter(place)
        definitions = load_project(place).definitions
        if isinstance(found, BackfillRecord):
            return _resume_backfill(session, definitions, instance, found, asked)
        return _resume_run(session, definitions, instance, found, config, asked)


def _find(instance: Instance, text: str, home: str) -> BackfillRecord | Run:
    """The backfill or the run that is meant; a run of a backfill stands for the backfill.

    Raises:
        RunNotFoundError: There is none, or there are several.
    """
    if text != LAST:
        try:
            return find_backfill(instance, text, home)
        except RunNotFoundError as error:
            if not error.what.startswith("no "):
                raise
            near = error.did_you_mean
    else:
        near = None
    try:
        run = find_run(instance, text, home).run
    except RunNotFoundError as error:
        if near is not None:
            error.did_you_mean, error.fix = near, f"did you mean {near}?"
        raise
    backfill_id = run.tags.get(BACKFILL_TAG)
    return run if backfill_id is None else find_backfill(instance, backfill_id, home)


def _resume_backfill(
    session: Session, definitions: Definitions, instance: Instance, record: BackfillRecord, asked: dict[str, Any]
) -> int:
    if asked["dry_run"]:
        plan = plan_rest(definitions, record, instance)
        return show_plan(session, plan, definitions, instance, record.backfill_id)
    tidy(session, definitions, instance, record.assets)
    running = resumed(
        definitions, record, instance, {COMMAND_TAG: "backfill"}, max_parallel=asked["max_parallel"],
        force=asked["force"],
    )  # fmt: skip
    if running.plan.groups:
        keep_facts(definitions.lineage, instance, running.plan.totals, session.shown_place)
    filling = Filling(session, running, instance, definitions.lineage, asked["jsonl"])
    return filling.run(len(record.assets), record.which)


def _resume_run(
    session: Session, definitions: Definitions, instance: Instance, run: Run, config: Any, asked: dict[str, Any]
) -> int:
    if not asked["dry_run"]:
        tidy(session, definitions, instance, run.asset_selection)
    run = instance.get_run_by_id(run.run_id) or run
    short = words.short_id(run.run_id)
    if not run.is_finished and not asked["dry_run"]:
        raise InvariantViolationError(
            f"run {short} is still going on", where=f"process {run.process}", fix="wait for its end"
        )
    ranged = next((step for step in run.plan if len(step.partitions) > 1), None)
    if ranged is not None and not run.is_success:
        names = [key.to_user_string() for key in sorted(run.asset_selection)]
        span = f"{ranged.partitions[0]}..{ranged.partitions[-1]}"
        again = session.suggest("backfill", *names, "--range", span, definitions=True)
        raise InvariantViolationError(
            f"run {short} was of several partitions, of which some are stored", where="`lading resume`",
            fix=f"`{again}` makes those that are missing",
        )  # fmt: skip
    rest = resumption(definitions, instance, run, config)
    if rest is None:
        if session.settings.json:
            session.publish(run_id=run.run_id, state="done", seconds=0.0, steps=[], counts={}, next=[])
        elif not session.settings.quiet:
            session.screen.answer(f"nothing is left to do: every step of run {short} was done")
        return 0
    if asked["dry_run"]:
        return show_run(session, prepare(rest.job, instance, **rest.how).run.plan)
    journey = Journey(session)
    seen = journey.observe()
    events = EventLines(session) if asked["jsonl"] else None
    stopped, result = 0, None
    with journey:
        try:
            result = run_job(
                rest.job, instance=instance, raise_on_error=False, capture=False, log_shown=False, begun=seen.begun,
                watch=seen.watch if events is None else events.beside(seen.watch), **rest.how,
            )  # fmt: skip
        except Interrupted as interrupted:
            stopped = interrupted.exit_code
    return end_run(session, journey, instance, result, stopped, [], one_line=asked["jsonl"])
