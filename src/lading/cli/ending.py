"""The end of a run: the sum, where values lie, what to type next; or the document."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping, Sequence
from typing import Any

from lading.app.instance import Instance
from lading.cli import words
from lading.cli.document import document, error_fields, print_document
from lading.cli.failure import show
from lading.cli.interrupt import BY_KEYBOARD
from lading.cli.journey import Journey
from lading.cli.session import Session
from lading.cli.steps import StepLine
from lading.cli.tables import next_lines, wrapped
from lading.errors import LadingError
from lading.values.keys import AssetKey
from lading.values.result import RunResult
from lading.values.state import SlotState

NOT_STARTED = "not started"
ORDER = ("stored", "done", "skipped", "failed", "cancelled", NOT_STARTED)


def end_run(
    session: Session,
    journey: Journey,
    instance: Instance,
    result: RunResult | None,
    stopped: int,
    chosen: Sequence[str],
    one_line: bool = False,
) -> int:
    """Tell the end of one run.

    Args:
        session: What the command works with.
        journey: What was seen of the run.
        instance: Where it is recorded.
        result: Its result, unless it was interrupted.
        stopped: The exit code of an interruption, or 0.
        chosen: The words of the selection.
        one_line: Whether the document is one line.

    Returns:
        The exit code.
    """
    steps = journey.steps
    rest = steps.not_ended(NOT_STARTED) if steps is not None else []
    lines = [*journey.lines, *rest]
    if stopped:
        as_recorded(lines, journey, instance)
    error = None if result is None else result.error
    fatal = error if isinstance(error, LadingError) and not _counted(lines, "failed") else None
    state = "cancelled" if stopped else "done" if error is None else "failed"
    follow = _next(session, journey, lines, state, chosen)
    code = stopped or (fatal.exit_code if fatal is not None else _exit_code(lines, error))
    if session.settings.json or one_line:
        fields: dict[str, Any] = {
            "run_id": journey.ran[-1] if journey.ran else None,
            "state": state,
            "seconds": round(time.time() - journey.started, 3),
            "steps": [line.as_fields() for line in lines],
            "counts": counts_of(lines),
            "next": follow,
        }
        if code:
            fields["error"] = _error_fields(lines, fatal, code)
        content = document(session.settings.command, code == 0, **fields)
        print_document(session.screen.out, content, one_line=one_line)
        return code
    if fatal is not None:
        show(fatal, session.screen)
    tell_end(session, journey, lines, state, follow, instance)
    return code


def as_recorded(lines: Sequence[StepLine], journey: Journey, instance: Instance) -> None:
    """After an interruption history knows best: what it holds of these runs is stored, whatever was seen of it."""
    runs = set(journey.ran)
    slots: dict[str, Mapping[str | None, SlotState]] = {}
    for line in lines:
        if line.asset is None or line.state not in {"cancelled", NOT_STARTED}:
            continue
        if line.asset not in slots:
            slots[line.asset] = instance.history.slot_states(AssetKey.from_user_string(line.asset))
        found = slots[line.asset].get(line.partition)
        if found is not None and found.run_id in runs:
            line.state = "stored"


def _exit_code(lines: Sequence[StepLine], error: BaseException | None) -> int:
    if error is None:
        return 0
    missing = [line.trouble.said for line in lines if line.trouble is not None]
    if not _counted(lines, "stored") and all(said is not None and said.exit_code == 4 for said in missing):
        return 4  # a value that was to be loaded does not exist, and nothing was made
    return 1


def _error_fields(lines: Sequence[StepLine], fatal: LadingError | None, code: int) -> dict[str, Any]:
    if fatal is not None:
        return error_fields(fatal)
    failed = [line for line in lines if line.trouble is not None]
    if failed and failed[0].trouble is not None:
        return {**failed[0].trouble.as_fields(), "did_you_mean": None, "exit": code}
    return {
        "code": "cancelled", "what": "the run was cancelled", "where": None,
        "fix": "`lading resume` goes on with it; what was stored stays stored", "did_you_mean": None, "exit": code,
    }  # fmt: skip


def counts_of(lines: Sequence[StepLine]) -> dict[str, int]:
    """How many values there are of each state; those that may be none are named all the same."""
    found = {"stored": 0, "skipped": 0, "failed": 0, NOT_STARTED.replace(" ", "_"): 0}
    for line in lines:
        name = line.state.replace(" ", "_")
        found[name] = found.get(name, 0) + len(line.places)
    return found


def _counted(lines: Sequence[StepLine], state: str) -> int:
    return sum(len(line.places) for line in lines if line.state == state)


def tell_end(
    session: Session,
    journey: Journey,
    lines: Sequence[StepLine],
    state: str,
    follow: Sequence[str],
    instance: Instance,
    before: int = 0,
) -> None:
    """Write the sum line, and what to type next; ``before`` values were stored when it was taken up."""
    screen = session.screen
    if session.settings.quiet:
        return
    stored = _counted(lines, "stored")
    total = sum(len(line.places) for line in lines)
    if state == "cancelled":
        text = f"cancelled: {stored + before:,} of {total + before:,} stored, none half-written"
    else:
        parts = [f"{name} {number:,}" for name in ORDER if (number := _counted(lines, name))]
        text = f"{', '.join(parts) or 'nothing to do'} in {words.seconds(time.time() - journey.started)}"
    places = _places(session, lines, instance)
    for line in wrapped(f"{text}   ->  {places}" if stored else text, screen.width):
        screen.answer(line)
    for line in kept_before(journey, lines, instance)[:3]:
        for each in wrapped(line, screen.width):
            screen.answer(each)
    for line in next_lines(follow, screen.width):
        screen.answer(line)


def _places(session: Session, lines: Sequence[StepLine], instance: Instance) -> str:
    home = instance.root_directory
    inside = False
    folders: dict[str, None] = {}
    for line in lines:
        url = None if line.receipt is None else line.receipt.url
        if url is None:
            continue
        if url.startswith(home + os.sep):
            inside = True
            continue
        shown = session.shown_place(url)
        top = (
            shown.split("/", 1)[0] + "/" if not os.path.isabs(shown) and "://" not in shown else os.path.dirname(shown)
        )
        folders.setdefault(top)
    shown_home = session.shown_place(home).rstrip("/") + "/"
    parts = [f"{shown_home} (home{', values' if inside else ''})"]
    if folders:
        parts.append(f"{', '.join(list(folders)[:2])} (values)")
    return "  ".join(parts)


def kept_before(journey: Journey, lines: Sequence[StepLine], instance: Instance) -> list[str]:
    """What a failure left as it was: the earlier value, and the run that made it."""
    found: list[str] = []
    for line in lines:
        if line.state not in {"failed", "cancelled"} or line.asset is None:
            continue
        slots = instance.history.slot_states(AssetKey.from_user_string(line.asset), [line.partition])
        state = slots.get(line.partition)
        if state is not None and state.run_id is not None and state.run_id not in journey.ran:
            part = f" {line.partition}" if line.partition else ""
            found.append(f"The earlier value of {line.asset}{part} (run {words.short_id(state.run_id)}) is unchanged.")
    return found


def _next(
    session: Session, journey: Journey, lines: Sequence[StepLine], state: str, chosen: Sequence[str]
) -> list[str]:
    if state == "done":
        return load_suggestion(session, lines)
    if not journey.ran:
        return [session.suggest(session.settings.command, *chosen, definitions=True)]
    run = words.short_id(journey.ran[-1])
    if state == "cancelled":
        return [_way_on(session, journey, run)]
    failed = next((line for line in lines if line.state == "failed"), None)
    log = session.suggest("log", run, *(("--step", failed.step) if failed is not None else ()))
    return [log, _way_on(session, journey, run)]


def _way_on(session: Session, journey: Journey, run: str) -> str:
    """How to make what a run has not made: of several partitions those that are missing, else its other steps."""
    planned = [] if journey.steps is None else list(journey.steps.planned.values())
    ranged = next((step.partitions for step in planned if len(step.partitions) > 1), None)
    if ranged is None:
        return session.suggest("resume", run, definitions=True)
    names = list(dict.fromkeys(key.to_user_string() for step in planned for key in step.assets))
    return session.suggest("backfill", *names, "--range", f"{ranged[0]}..{ranged[-1]}", definitions=True)


def load_suggestion(session: Session, lines: Sequence[StepLine]) -> list[str]:
    """The command that shows the last value that was stored."""
    last = next((line for line in reversed(lines) if line.state == "stored" and line.asset is not None), None)
    if last is None or last.asset is None or last.receipt is None:
        return []
    part = () if last.partition is None else ("--partition", last.partition)
    return [session.suggest("load", last.asset, *part, definitions=last.receipt.format == "pickle")]


EXIT_CANCELLED = BY_KEYBOARD
