"""What became of each step, out of the events of a run."""

from __future__ import annotations

import sys
import threading
import traceback
from collections.abc import Mapping, Sequence
from typing import Any

from lading import errors
from lading.cli.document import as_json
from lading.errors import LadingError
from lading.values.dataclass import dataclass, field
from lading.values.events import ErrorInfo, Event, EventType, HandledOutputData, LogMessageData, StepFailureData
from lading.values.materialization import AssetMaterialization
from lading.values.receipt import Receipt
from lading.values.records import PlannedStep


@dataclass(slots=True)
class Trouble:
    """Why a step failed: its exception, as far as it is known here."""

    name: str
    message: str
    frames: Sequence[str] = ()
    hidden: int | None = None
    said: LadingError | None = None
    whole: str = ""

    def as_fields(self) -> dict[str, Any]:
        """The exception as data."""
        said = self.said
        if said is not None:
            return {"code": said.code, "what": said.what, "where": said.where, "fix": said.fix}
        what = f"{self.name}: {self.message}" if self.message else self.name
        where = self.frames[-1].split("\n")[0].strip() if self.frames else None
        return {"code": "step-failed", "what": what, "where": where, "fix": None}


@dataclass(slots=True)
class StepLine:
    """What became of one value that a step was to make, or of a step that makes none.

    Several partitions that a run did not come to make are one line: they are ``partitions``, and ``reason`` names them.
    """

    step: str
    state: str
    asset: str | None = None
    partition: str | None = None
    reason: str | None = None
    seconds: float | None = None
    receipt: Receipt | None = None
    rows: int | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict[str, Any])
    trouble: Trouble | None = None
    partitions: Sequence[str] = ()

    @property
    def places(self) -> Sequence[str | None]:
        """The partitions it speaks of; None is the place of a value without one."""
        return self.partitions or (self.partition,)

    @property
    def name(self) -> str:
        """What people call it."""
        return self.asset if self.asset is not None else self.step

    def as_fields(self) -> dict[str, Any]:
        """The line as data."""
        kept = self.receipt
        return {
            "step": self.step,
            "asset": self.asset,
            "partition": self.partition,
            "state": self.state,
            "reason": self.reason,
            "seconds": self.seconds,
            "version": None if kept is None else kept.digest or None,
            "url": None if kept is None else kept.url,
            "format": None if kept is None else kept.format,
            "bytes": None if kept is None else kept.bytes,
            "rows": self.rows,
            "metadata": {name: as_json(value.value) for name, value in self.metadata.items()},
            "error": None if self.trouble is None else self.trouble.as_fields(),
        }


class Steps:
    """Follows the events of one run.

    Attributes:
        lines: What became of the steps so far.
        running: The steps that run now, and since when.
    """

    def __init__(self, planned: Sequence[PlannedStep]) -> None:
        self.planned = {step.step_key: step for step in planned}
        self.lines: list[StepLine] = []
        self.running: dict[str, float] = {}
        self._made: dict[str, list[tuple[AssetMaterialization | None, Receipt | None]]] = {}
        self._ranged = {step.step_key for step in planned if len(step.partitions) > 1}
        self._since: dict[str, float] = {}
        self._threads: dict[int, str] = {}
        self._ended: set[str] = set()
        self._assets = {step.step_key for step in planned if step.assets}

    def current(self) -> str | None:
        """The step that this thread runs, or None."""
        return self._threads.get(threading.get_ident())

    def take(self, event: Event) -> list[StepLine]:
        """Note an event; gives the lines that are final with it."""
        kind, step = event.event_type, event.step_key
        if kind is EventType.RUN_CANCELED:
            return self._stored_before_the_end()
        if step is None:
            return []
        if kind is EventType.STEP_START:
            self.running[step] = self._since[step] = event.timestamp
            self._threads[threading.get_ident()] = step
        elif kind is EventType.ASSET_MATERIALIZATION:
            made = event.materialization
            if made.partition is not None and step in self._ranged:
                # One of several: stored for good, whatever becomes of the others.
                return self._ended_part(step, made, event.timestamp)
            self._made.setdefault(step, []).append((made, made.receipt))
        elif kind is EventType.HANDLED_OUTPUT:
            data = event.event_specific_data
            if isinstance(data, HandledOutputData) and step not in self._assets:
                self._made.setdefault(step, []).append((None, data.receipt))
        elif kind in {EventType.STEP_SUCCESS, EventType.STEP_FAILURE, EventType.STEP_SKIPPED}:
            return self._end(event, step)
        return []

    def _ended_part(self, step: str, made: AssetMaterialization, now: float) -> list[StepLine]:
        since = self._since.get(step, now)
        self._since[step] = now
        line = self._stored(step, made, made.receipt, max(0.0, now - since))
        self.lines.append(line)
        return [line]

    def _end(self, event: Event, step: str) -> list[StepLine]:
        started = self.running.pop(step, None)
        self._ended.add(step)
        self._threads.pop(threading.get_ident(), None)
        seconds = None if started is None else max(0.0, event.timestamp - started)
        if event.event_type is EventType.STEP_SUCCESS:
            seconds = event.step_success_data.duration_ms / 1000
            lines = [self._stored(step, made, receipt, seconds) for made, receipt in self._made.pop(step, [])]
            if not lines and not self._earlier(step):
                lines = [StepLine(step, "done", seconds=seconds)]
        elif event.event_type is EventType.STEP_FAILURE:
            stored = [self._stored(step, made, receipt, seconds) for made, receipt in self._made.pop(step, []) if made]
            there = [*self._earlier(step), *stored]
            lines = [*stored, *self._unmade(step, "failed", there, seconds, trouble_of(event))]
        else:
            lines = self._unmade(step, "skipped", [], seconds, None)
        self.lines.extend(lines)
        return lines

    def _stored_before_the_end(self) -> list[StepLine]:
        """A line for each value that an interrupted step had stored by then."""
        lines = [
            self._stored(step, made, receipt, None)
            for step, all_made in self._made.items()
            for made, receipt in all_made
        ]
        self._made.clear()
        self.lines.extend(lines)
        return lines

    def _stored(
        self, step: str, made: AssetMaterialization | None, receipt: Receipt | None, seconds: float | None
    ) -> StepLine:
        if made is None:
            return StepLine(step, "stored" if receipt is not None else "done", seconds=seconds, receipt=receipt)
        rows = made.facts.get("rows")
        return StepLine(
            step, "stored", made.asset_key.to_user_string(), made.partition, None, seconds, receipt,
            rows if isinstance(rows, int) else None, made.metadata,
        )  # fmt: skip

    def _unmade(
        self, step: str, state: str, stored: Sequence[StepLine], seconds: float | None, trouble: Trouble | None
    ) -> list[StepLine]:
        planned = self.planned.get(step)
        there = {(line.asset, line.partition) for line in stored}
        lines: list[StepLine] = []
        for key in planned.assets if planned is not None else ():
            name = key.to_user_string()
            places = [part for part in planned.partitions if (name, part) not in there] if planned is not None else []
            if not places and ((planned is not None and planned.partitions) or (name, None) in there):
                continue
            part = places[0] if len(places) == 1 else None
            reason = f"{len(places)} partitions, {places[0]}..{places[-1]}" if len(places) > 1 else None
            many = places if len(places) > 1 else ()
            lines.append(StepLine(step, state, name, part, reason, seconds, trouble=trouble, partitions=many))
        if lines or (planned is not None and planned.assets and stored):
            return lines
        return [StepLine(step, state, seconds=seconds, trouble=trouble)]

    def not_ended(self, state: str) -> list[StepLine]:
        """A line for each step that did not end: one that was not started, or was interrupted."""
        lines: list[StepLine] = []
        for key in self.planned:
            if key not in self._ended:
                began = "cancelled" if key in self.running else state
                lines.extend(self._unmade(key, began, self._earlier(key), None, None))
        return lines

    def _earlier(self, step: str) -> list[StepLine]:
        return [line for line in self.lines if line.step == step]

    def counts(self) -> dict[str, int]:
        """How many lines there are of each state."""
        found = {"stored": 0, "skipped": 0, "failed": 0}
        for line in self.lines:
            found[line.state] = found.get(line.state, 0) + len(line.places)
        return found


def log_line(event: Event, least: int = 0) -> str | None:
    """What user code logged (at ``least`` of this level) or printed, or None for any other event."""
    data = event.event_specific_data
    if not isinstance(data, LogMessageData) or data.level < least:
        return None
    return data.text


def trouble_of(event: Event) -> Trouble:
    """Why a step failed. Where it failed in this process, the exception itself is still at hand."""
    data = event.event_specific_data
    live = sys.exc_info()[1]
    live = getattr(live, "error", None) if type(live).__name__ in {"StoreFailed", "LoadFailed"} else live
    info: ErrorInfo | None = data.error if isinstance(data, StepFailureData) else None
    if info is not None and info.cause is not None and info.cls_name in _WRAPPERS:
        info = info.cause
    if info is None:
        return Trouble("Error", "")
    found = Trouble(info.cls_name or "Error", _bare(info), info.stack)
    found.said = told_again(found)
    if isinstance(live, BaseException) and type(live).__name__ == info.cls_name:
        frames = traceback.extract_tb(live.__traceback__)
        found.hidden = len(frames) - len(info.stack) if len(frames) > len(info.stack) else None
        found.said = live if isinstance(live, LadingError) else None
        found.whole = "".join(traceback.format_exception(live))
    return found


def told_again(trouble: Trouble) -> LadingError | None:
    """The error of lading that a kept message tells of, or None for an exception of someone else."""
    kind = getattr(errors, trouble.name, None)
    if not isinstance(kind, type) or not issubclass(kind, LadingError):
        return None
    what, _, rest = trouble.message.partition("\n  where: ")
    where, _, fix = rest.partition("\n  fix: ") if rest else ("", "", "")
    if not rest:
        what, _, fix = what.partition("\n  fix: ")
    return kind(what, where=where or None, fix=fix or None)


_WRAPPERS = {"ExecutionStepError", "ExecutionHandleOutputError", "ExecutionLoadInputError"}


def _bare(info: ErrorInfo) -> str:
    """The message of an exception, without the name of its class."""
    text = info.message.rstrip("\n")
    head, colon, rest = text.partition(": ")
    return rest if colon and head.rpartition(".")[2] == info.cls_name else ("" if text == info.cls_name else text)
