"""``lading log``: what happened in a run."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from typing import Any

import click

from lading.app.backfill_record import find_backfill
from lading.app.finding_runs import BACKFILL_TAG, find_run
from lading.app.instance import Instance
from lading.app.run_rows import row_of
from lading.cli import words
from lading.cli.document import document, print_document
from lading.cli.journey import trouble_lines
from lading.cli.options import Settings, command
from lading.cli.screen import plain, without_moves
from lading.cli.session import Session
from lading.cli.steps import trouble_of
from lading.cli.tables import wrapped
from lading.errors import InvalidSubsetError, RunNotFoundError
from lading.values.event_log import EventLogRecord, EventQuery
from lading.values.events import Event, EventType, LogMessageData
from lading.values.materialization import AssetMaterialization
from lading.values.records import RunQuery, RunRecord, RunsFilter

POLL = 0.2
# What people read; `-v` shows every event.
TOLD = {
    EventType.RUN_START: "started", EventType.RUN_SUCCESS: "done", EventType.RUN_FAILURE: "failed",
    EventType.RUN_CANCELED: "cancelled", EventType.STEP_START: "running", EventType.STEP_SUCCESS: "done",
    EventType.STEP_FAILURE: "failed", EventType.STEP_SKIPPED: "skipped", EventType.STEP_UP_FOR_RETRY: "waiting",
    EventType.STEP_RESTARTED: "running", EventType.ASSET_MATERIALIZATION: "stored",
    EventType.ASSET_OBSERVATION: "observed", EventType.ASSET_CHECK_EVALUATION: "checked",
    EventType.RESOURCE_INIT_FAILURE: "failed", EventType.LOG_MESSAGE: "",
}  # fmt: skip


@command(
    "log",
    ("lading log last", "what happened in the newest run"),
    ("lading log 7f3a19 --step ratio", "what one step said, and why it failed"),
    definitions=False,
)
@click.argument("run")
@click.option("-f", "--follow", is_flag=True, help="Go on until the run has ended.")
@click.option("--step", metavar="S", help="Only this step.")
@click.option("--jsonl", is_flag=True, help="One event a line, the JSON document last.")
@click.pass_obj
def log_command(settings: Settings, run: str, follow: bool, step: str | None, jsonl: bool) -> int:
    """What happened in a run. RUN is the beginning of its id, or `last`."""
    session = Session(settings)
    with Instance.open(session.home()) as instance:
        records = _runs(session, instance, run)
        if step is not None:
            _check_step(records, step)
        told: list[dict[str, Any]] = []
        for record in records:
            for entry in _events(instance, record, step, follow):
                fields = _fields(entry)
                if jsonl:
                    print_document(session.screen.out, document("log", event=fields), one_line=True)
                elif settings.json:
                    told.append(fields)
                elif not settings.quiet:
                    _tell(session, entry)
        last = instance.history.run(records[-1].run.run_id) or records[-1]
    if settings.json or jsonl:
        row = row_of(last)
        content = document(
            "log",
            run_id=run if len(records) > 1 else last.run.run_id,
            state=row.state,
            seconds=row.seconds,
            events=told,
        )
        print_document(session.screen.out, content, one_line=jsonl)
    return 0


def _runs(session: Session, instance: Instance, text: str) -> Sequence[RunRecord]:
    home = f"home {session.shown_place(session.home())}"
    try:
        return [find_run(instance, text, home)]
    except RunNotFoundError as unknown:
        try:
            # A backfill has an id of its own, which is a tag of its runs.
            backfill_id = find_backfill(instance, text, home).backfill_id
        except RunNotFoundError:
            raise unknown from None
    query = RunQuery(RunsFilter(tags={BACKFILL_TAG: backfill_id}), ascending=True, plans=True)
    found = instance.history.runs(query).records
    if not found:
        short = words.short_id(backfill_id)
        raise RunNotFoundError(f"no run of backfill {short} has begun", where=home, fix=f"`lading resume {short}`")
    return found


def _check_step(records: Sequence[RunRecord], step: str) -> None:
    known = list(dict.fromkeys(key for record in records for key in record.run.step_keys_to_execute))
    if step not in known:
        import difflib

        near = difflib.get_close_matches(step, known, n=1)
        raise InvalidSubsetError(
            f'the run has no step "{step}"', where=f"steps are: {words.listed(known)}",
            did_you_mean=near[0] if near else None, fix=None if near else "leave --step out",
        )  # fmt: skip


def _events(instance: Instance, record: RunRecord, step: str | None, follow: bool) -> Iterable[EventLogRecord]:
    after: int | None = None
    while True:
        ended = not follow or _has_ended(instance, record.run.run_id)
        page = instance.history.events(
            EventQuery(run_id=record.run.run_id, step_key=step, after_id=after, ascending=True)
        )
        for entry in page.records:
            if entry.event_type is not EventType.ASSET_MATERIALIZATION_PLANNED:
                after = max(after or 0, entry.storage_id)
                yield entry
        if ended:
            return
        time.sleep(POLL)


def _has_ended(instance: Instance, run_id: str) -> bool:
    record = instance.history.run(run_id)
    return record is None or record.run.is_finished


def _fields(entry: EventLogRecord) -> dict[str, Any]:
    event = entry.event
    key = event.asset_key
    data = event.event_specific_data
    return {
        "time": words.iso(event.timestamp),
        "kind": event.event_type.name,
        "step": event.step_key,
        "asset": None if key is None else key.to_user_string(),
        "partition": event.partition,
        "message": data.text if isinstance(data, LogMessageData) else event.message,
    }


def _tell(session: Session, entry: EventLogRecord) -> None:
    event = entry.event
    verbose = session.settings.verbose
    if event.event_type not in TOLD and not verbose:
        return
    screen = session.screen
    clock = words.moment(event.timestamp, precise=True).rpartition(" ")[2]
    step = "" if event.step_key is None else f"{plain(event.step_key)}  "
    data = event.event_specific_data
    if isinstance(data, LogMessageData):
        step = "run" if event.step_key is None else plain(event.step_key)
        screen.answer(f"{clock}  {step} | {without_moves(data.text, screen.out_colored)}")
        return
    word = TOLD.get(event.event_type, event.event_type.name.lower())
    text = _words_for(event) if not verbose else plain(event.message)
    step = "" if event.event_type is EventType.ASSET_MATERIALIZATION and not verbose else step
    first, *rest = wrapped(f"{step}{text}".rstrip(), None if screen.width is None else screen.width - 20)
    screen.answer(f"{clock}  {screen.paint_out(word, word.ljust(9))} {first}".rstrip())
    for line in rest:
        screen.answer(f"{'':20}{line}")
    if event.event_type is EventType.STEP_FAILURE:
        for line in trouble_lines(trouble_of(event), session):
            screen.answer(f"          {line}")


def _words_for(event: Event) -> str:
    if event.event_type is EventType.ASSET_MATERIALIZATION:
        return _stored(event.materialization)
    if event.event_type is EventType.STEP_SUCCESS:
        return words.seconds(event.step_success_data.duration_ms / 1000)
    if event.event_type is EventType.ASSET_CHECK_EVALUATION:
        return plain(event.message)
    if event.event_type in {EventType.RUN_FAILURE, EventType.RESOURCE_INIT_FAILURE} or event.text:
        return plain(event.text or "")
    return ""


def _stored(made: AssetMaterialization) -> str:
    name = made.asset_key.to_user_string() + ("" if made.partition is None else f" {made.partition}")
    kept = made.receipt
    if kept is None:
        return plain(name)
    return plain(f"{name}  {words.format_name(kept.format)}, {words.size(kept.bytes)}  {words.digest(kept.digest)}")
