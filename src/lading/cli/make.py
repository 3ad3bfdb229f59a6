"""``lading materialize``: make assets, or run a job."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import Any

import click

from lading.app.backfill_run import Observer
from lading.app.choose import choose_assets, choose_job, choose_partitions, read_config
from lading.app.instance import Instance
from lading.app.jobs import prepare, run_job
from lading.app.load import load_project
from lading.app.run_rows import COMMAND_TAG
from lading.app.status import keep_facts
from lading.cli import words
from lading.cli.document import document, print_document
from lading.cli.ending import end_run
from lading.cli.interrupt import Interrupted
from lading.cli.journey import Journey, RunSeen
from lading.cli.options import Settings, command
from lading.cli.selecting import selection_words
from lading.cli.session import Session
from lading.cli.steps import StepLine, Steps
from lading.cli.tidying import tidy
from lading.definitions.job import JobDefinition
from lading.errors import CheckError, PartitionNeededError
from lading.values.events import Event
from lading.values.keys import AssetKey


@command(
    "materialize",
    ("lading materialize", "make every asset"),
    ("lading materialize total --upstream", "make total and all it is made from"),
)
@click.argument("selection", nargs=-1, metavar="[SEL]...")
@click.option("--select", metavar="SEL", help="The same as the words: assets to make, parted by commas.")
@click.option("--partition", metavar="K", help="One partition; `latest` is the last one.")
@click.option("--range", "key_range", metavar="A..B", help="Partitions from A to B, both included, in one run.")
@click.option("--upstream", is_flag=True, help="Also all that the selected assets are made from.")
@click.option("--downstream", is_flag=True, help="Also all that is made from the selected assets.")
@click.option("--job", "job_name", metavar="NAME", help="Run a job instead.")
@click.option("--config", metavar="FILE", help="Run config: a JSON or TOML file.")
@click.option("--allow-empty", is_flag=True, help="An empty selection is no error.")
@click.option("--jsonl", is_flag=True, help="One event a line on stdout, the JSON document last.")
@click.option("-n", "--dry-run", is_flag=True, help="Show what would be made, make nothing.")
@click.pass_obj
def materialize_command(settings: Settings, selection: Sequence[str], select: str | None, **asked: Any) -> int:
    """Make assets, in the order in which they depend on each other. No words: all of them."""
    session = Session(settings)
    config = None if asked["config"] is None else read_config(os.path.join(settings.folder, asked["config"]))
    place = session.find_place()
    session.enter(place)
    project = load_project(place)
    chosen = selection_words(selection, select)
    with Instance.open(session.home(place)) as instance:
        job, keys = _job(project.definitions, chosen, asked)
        if not keys and job.lineage is not None:
            return _nothing(session)
        if not asked["dry_run"]:
            tidy(session, project.definitions, instance, keys)
        parts = choose_partitions(
            job.lineage, keys, asked["partition"], asked["key_range"], instance, job.partitions_def
        )
        tags = {COMMAND_TAG: "materialize", **parts.tags}
        selected = keys if job.lineage is not None else None
        if asked["dry_run"]:
            prepared = prepare(job, instance, run_config=config, partition_key=parts.key, selected=selected, tags=tags)
            return show_plan(session, prepared.run.plan)
        if job.lineage is not None:
            keep_facts(job.lineage, instance, keys, session.shown_place)
        journey = Journey(session)
        seen = journey.observe()
        events = EventLines(session) if asked["jsonl"] else None
        result = None
        stopped = 0
        with journey:
            try:
                result = run_job(
                    job, instance=instance, partition_key=parts.key, raise_on_error=False, selected=selected,
                    tags=tags, capture=False, log_shown=False, definitions=place.label, selection_text=" ".join(chosen),
                    watch=seen.watch if events is None else events.beside(seen.watch), begun=seen.begun,
                    run_config=config,
                )  # fmt: skip
            except Interrupted as interrupted:
                stopped = interrupted.exit_code
            except PartitionNeededError as error:
                error.fix = _which_partition(session, job, keys)
                raise
        return end_run(session, journey, instance, result, stopped, chosen, one_line=asked["jsonl"])


def _job(definitions: Any, chosen: Sequence[str], asked: dict[str, Any]) -> tuple[JobDefinition, set[AssetKey]]:
    if asked["job_name"] is not None:
        if chosen:
            raise CheckError(
                "--job and a selection are both given", where="the command line", fix="leave one of them out"
            )
        job = choose_job(definitions, asked["job_name"])
        return job, set(job.selected or ())
    keys = choose_assets(
        definitions, chosen, upstream=asked["upstream"], downstream=asked["downstream"],
        allow_empty=asked["allow_empty"],
    )  # fmt: skip
    return definitions.get_implicit_global_asset_job_def(), set(keys)


def _which_partition(session: Session, job: JobDefinition, keys: set[AssetKey]) -> str:
    ways = "`--partition latest`, `--range A..B`"
    divided = [key for key in sorted(keys) if job.lineage.by_key[key].partitions_def is not None] if job.lineage else []
    if not divided:
        return ways
    names = [key.to_user_string() for key in divided] if len(divided) < len(keys) or len(divided) < 4 else []
    return f"{ways}, or `{session.suggest('backfill', *names, definitions=True)}`"


def _nothing(session: Session) -> int:
    if session.settings.json:
        session.publish(run_id=None, state="done", seconds=0.0, steps=[], counts={}, next=[])
    elif not session.settings.quiet:
        session.screen.answer("nothing selected")
    return 0


def show_plan(session: Session, plan: Sequence[Any]) -> int:
    """Show what one run would do; gives the exit code."""
    lines: list[StepLine] = Steps(plan).not_ended("waiting")
    if session.settings.json:
        session.publish(
            run_id=None, state="waiting", seconds=None, steps=[line.as_fields() for line in lines],
            counts={"waiting": len(lines)}, next=[], dry_run=True,
        )  # fmt: skip
        return 0
    for line in lines:
        part = f"  {line.partition or line.reason}" if line.partition or line.reason else ""
        session.screen.answer(f"  {line.name}{part}")
    made = sum(max(1, len(step.partitions)) * max(1, len(step.assets)) for step in plan)
    session.screen.answer(f"would make {words.plural(made, 'value')} in 1 run of {words.plural(len(plan), 'step')}")
    return 0


class EventLines:
    """Writes each event as one line of JSON while it happens."""

    def __init__(self, session: Session) -> None:
        self._out = session.screen.out
        self._command = session.settings.command

    def beside_run(self, seen: RunSeen) -> Observer:
        """Have the events of a run written as well as seen."""
        return _Written(seen, self.beside(seen.watch))

    def beside(self, watch: Any) -> Any:
        """Call another watcher as well."""

        def both(event: Any) -> None:
            watch(event)
            key = event.asset_key
            line = document(
                self._command, event=event.event_type.name, time=words.iso(event.timestamp), step=event.step_key,
                asset=None if key is None else key.to_user_string(), partition=event.partition, message=event.message,
            )  # fmt: skip
            print_document(self._out, line, one_line=True)

        return both


class _Written:
    """A run that is seen, and whose events are written."""

    def __init__(self, seen: RunSeen, watch: Callable[[Event], None]) -> None:
        self.begun = seen.begun
        self.watch = watch
