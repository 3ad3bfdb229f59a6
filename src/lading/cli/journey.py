"""What one sees while runs go on: a line per step, or where there are many, a line per tenth; and the moving line."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from logging import DEBUG, INFO
from types import TracebackType
from typing import Self

from lading.cli import words
from lading.cli.interrupt import Interruptions, interruptions
from lading.cli.moving import Moving, bar
from lading.cli.prints import Emit, Prints
from lading.cli.screen import columns_of, cut, is_terminal, padded, plain, terminal_width, without_moves
from lading.cli.session import Session
from lading.cli.steps import StepLine, Steps, Trouble, log_line
from lading.cli.tables import wrapped
from lading.errors import PartitionsMissing, ValueMissing
from lading.values.events import Event, EventType
from lading.values.records import PlannedStep, Run

FEW = 50
NAME_WIDTH = 18
_FRAME = re.compile(r'\s*File "(?P<file>[^"]*)", line (?P<line>\d+), in (?P<function>.*)')


class RunSeen:
    """One run, as far as it was seen.

    Args:
        journey: Shows it.
    """

    __slots__ = ("_journey", "emit", "run_id", "steps")

    def __init__(self, journey: Journey) -> None:
        self._journey = journey
        self.steps: Steps | None = None
        self.emit: Emit | None = None
        self.run_id: str | None = None

    def begun(self, run: Run, emit: Emit) -> None:
        """The run begins."""
        self.steps = Steps(run.plan)
        self.emit = emit
        self.run_id = run.run_id
        self._journey.begins(run, self)

    def watch(self, event: Event) -> None:
        """Take an event of the run."""
        self._journey.takes(event, self)


class Journey:
    """Shows the runs of one command, and gathers what became of their steps.

    Args:
        session: What the command works with.
        totals: How many values each asset is to get, where the runs are many; None for a single run.
    """

    def __init__(self, session: Session, totals: Mapping[str, int] | None = None) -> None:
        self.session = session
        self.totals = dict(totals or {})
        self.lines: list[StepLine] = []
        self.ran: list[str] = []
        self.run_of: dict[int, str] = {}
        self._runs: list[RunSeen] = []
        self.started = time.time()
        self.total = sum(self.totals.values())
        self._many = totals is not None
        self._names = NAME_WIDTH
        self._next_tenth = 1
        self._next_time = self.started + 10
        self._done: dict[str, int] = dict.fromkeys(self.totals, 0)
        self._last: dict[str, str] = {}
        self._newest: dict[str, StepLine] = {}
        self._shown: set[int] = set()
        screen = session.screen
        self._quiet = session.settings.quiet
        moving = screen.moves and not session.settings.no_progress and not self._quiet
        self._moving = Moving(screen, self._moving_lines, moving)
        self._prints = Prints(self._current, self._bare)
        self._stack = ExitStack()
        self.interruptions = Interruptions()

    def __enter__(self) -> Self:
        self.interruptions = self._stack.enter_context(interruptions())
        self._stack.enter_context(self._moving)
        self._stack.enter_context(self._prints)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.__exit__(kind, error, trace)

    # ------------------------------------------------------------ what runs tell

    def observe(self) -> RunSeen:
        """What is to watch the next run."""
        return RunSeen(self)

    @property
    def steps(self) -> Steps | None:
        """What became of the steps of the newest run."""
        return self._runs[-1].steps if self._runs else None

    def begins(self, run: Run, seen: RunSeen) -> None:
        """A run begins."""
        self._runs.append(seen)
        self.ran.append(run.run_id)
        if not self._many:
            self.total = sum(max(1, len(step.assets)) * max(1, len(step.partitions)) for step in run.plan)
            ranged = (step for step in run.plan if len(step.partitions) > 1)
            self.totals = {key.to_user_string(): len(step.partitions) for step in ranged for key in step.assets}
            self._done = dict.fromkeys(self.totals, 0)
            self._widen(run.plan)
            self._header(run)

    def takes(self, event: Event, seen: RunSeen) -> None:
        """Take an event of a run that goes on."""
        kind = event.event_type
        if kind not in _STORED:
            # Not between a value and the event that tells of it.
            self.interruptions.check()
        if kind in _ENDS:
            self._prints.finish()
        text = log_line(event, DEBUG if self.session.settings.verbose else INFO)
        if text is not None:
            self._say(f"  {plain(event.step_key or 'run')} | {self._printed(text)}")
            return
        if self.session.settings.verbose:
            self._say(self.session.screen.paint_err("dim", f"    {event.event_type.name}  {plain(event.message)}"))
        if seen.steps is not None:
            self.note(seen.steps.take(event), seen.run_id)
        if kind in _LAST:
            self._runs = [each for each in self._runs if each is not seen] or [seen]

    def note(self, lines: Sequence[StepLine], run_id: str | None = None) -> None:
        """Take what became of some values."""
        for line in lines:
            self._note(line, run_id)

    def _note(self, line: StepLine, run_id: str | None) -> None:
        self.lines.append(line)
        if run_id is not None and line.state == "failed":
            self.run_of[id(line)] = run_id
            self._point_upstream(line)
        name = line.name
        if line.state in {"stored", "done"}:
            self._done[name] = self._done.get(name, 0) + 1
            if self._many and self.total > FEW:
                self._lighten(line)
        if line.partition is not None:
            self._last[name] = line.partition
        counted = self._many or name in self.totals
        if self.total <= FEW or line.state == "failed" or not counted:
            self._say_line(line)
        elif not self._moving_shown:
            self._say_tenth(name)

    def _lighten(self, line: StepLine) -> None:
        """Of many values, what the end needs of one alone is kept of one alone."""
        line.metadata = {}
        before = self._newest.get(line.name)
        if before is not None:
            before.receipt = None
        self._newest[line.name] = line

    @property
    def _moving_shown(self) -> bool:
        return self.session.screen.moves and not self.session.settings.no_progress

    def _point_upstream(self, line: StepLine) -> None:
        said = None if line.trouble is None else line.trouble.said
        if isinstance(said, ValueMissing) and not isinstance(said, PartitionsMissing) and line.asset is not None:
            part = () if line.partition is None else ("--partition", line.partition)
            again = self.session.suggest("materialize", line.asset, *part, "--upstream", definitions=True)
            said.what = f"{said.what.removeprefix('asset ')}, and {line.asset} needs it"
            said.fix = f"`{again}`"

    # ------------------------------------------------------------ lines that stay

    def _header(self, run: Run) -> None:
        parts = [f"run {words.short_id(run.run_id)}", words.plural(len(run.plan), "step")]
        partitions = {part for step in run.plan for part in step.partitions}
        if len(partitions) == 1:
            parts.append(next(iter(partitions)))
        elif partitions:
            parts.append(words.plural(len(partitions), "partition"))
        if run.definitions:
            parts.append(run.definitions)
        self.head(*parts)

    def head(self, name: str, *facts: str) -> None:
        """Write the first line: what goes on, and its extent."""
        whole = name + "".join(f"  ·  {plain(fact)}" for fact in facts)
        first, *rest = wrapped(whole, terminal_width() if is_terminal(self.session.screen.err) else None, "  ")
        self._say(self.session.screen.paint_err("bold", name) + first.removeprefix(name))
        for line in rest:
            self._say(line)

    def _widen(self, plan: Sequence[PlannedStep]) -> None:
        for step in plan:
            names = [key.to_user_string() for key in step.assets] or [step.step_key]
            part = f" {step.partitions[0]}" if len(step.partitions) == 1 else ""
            self._names = max(self._names, *(columns_of(plain(name + part)) for name in names))
        self._names = min(self._names, 48)

    def _say_line(self, line: StepLine) -> None:
        name = plain(line.name if line.partition is None else f"{line.name} {line.partition}")
        self._names = min(48, max(self._names, columns_of(name)))
        err = self.session.screen
        head = f"  {err.paint_err(line.state, padded(line.state, 8))} {padded(name, self._names)}"
        self._say((head + self._facts(line, columns_of(name))).rstrip())
        if line.trouble is not None and id(line.trouble) not in self._shown:
            self._shown.add(id(line.trouble))
            for each in trouble_lines(line.trouble, self.session):
                self._say("           " + each, always=True)

    def _facts(self, line: StepLine, used: int) -> str:
        kept = line.receipt
        took = words.seconds(line.seconds) if line.seconds is not None and line.state != "skipped" else ""
        if kept is None and line.reason:
            return f"  {plain(line.reason)}"
        cells = [
            (2, padded("" if kept is None else plain(words.items(kept.type, line.rows)), 16)),
            (1, padded("" if kept is None else words.format_name(kept.format), 7)),
            (3, padded("" if kept is None else words.size(kept.bytes), 9, right=True)),
            (4, padded(took, 7, right=True)),
        ]
        room = self._room() - 11 - max(self._names, used)
        while cells and sum(columns_of(text) + 2 for _, text in cells) > room:
            cells.remove(min(cells))
        return "".join(f"  {text}" for _, text in cells)

    def _room(self) -> int:
        return terminal_width() if is_terminal(self.session.screen.err) else 10_000

    def _say_tenth(self, name: str) -> None:
        done = len(self.lines)
        now = time.time()
        if done * 10 < self.total * self._next_tenth or now < self._next_time:
            return
        while done * 10 >= self.total * self._next_tenth:
            self._next_tenth += 1
        self._next_time = now + 10
        self._say("  " + self._counting(name))

    def _say(self, text: str, always: bool = False) -> None:
        if not self._quiet or always:
            self._moving.write(text)

    def _bare(self, text: str) -> None:
        self._say(f"  run | {self._printed(text)}")

    def _printed(self, text: str) -> str:
        return without_moves(text, self.session.screen.err_colored)

    def _current(self) -> tuple[str, Emit] | None:
        for seen in self._runs:
            step = None if seen.steps is None else seen.steps.current()
            if step is not None and seen.emit is not None:
                return step, seen.emit
        return None

    # ------------------------------------------------------------ the moving line

    def _moving_lines(self) -> Sequence[str]:
        if self.totals and self.total > FEW:
            return [self._counting(name) for name in list(self._done) if self._goes_on(name)][:6]
        now = time.time()
        running = [
            f"{plain(self._running_name(seen.steps, key))} {words.seconds(now - since)}"
            for seen in list(self._runs)
            if seen.steps is not None
            for key, since in list(seen.steps.running.items())
        ]
        if not running:
            return []
        more = f"  ·  {len(running) - 2} more" if len(running) > 2 else ""
        first = f"running  {'  ·  '.join(running[:2])}{more}"
        if self.total <= 1:
            return [first]
        done = len(self.lines)
        failed = sum(line.state == "failed" for line in self.lines)
        parts = [bar(done, self.total), f"{done:,}/{self.total:,}"]
        parts.extend([f"{failed} failed"] if failed else [])
        parts.extend(self._estimate(done, self.total))
        return [first, "  ".join(parts)]

    def _running_name(self, steps: Steps, key: str) -> str:
        planned = steps.planned.get(key)
        # Of several runs the name of the step alone would not tell which.
        return f"{key} {planned.partitions[0]}" if self._many and planned and len(planned.partitions) == 1 else key

    def _goes_on(self, name: str) -> bool:
        done = self._done.get(name, 0)
        return 0 < done < self.totals.get(name, 0) or (not done and name in self._last)

    def _counting(self, name: str) -> str:
        done, total = self._done.get(name, 0), self.totals.get(name, 0)
        elapsed = max(0.001, time.time() - self.started)
        parts = [padded(plain(cut(name, 24)), 15), bar(done, total), f"{done:,}/{total:,}"]
        if name in self._last:
            parts.append(f"to {plain(self._last[name])}")
        parts.append(f"{len(self.lines) / elapsed:,.0f}/s")
        parts.extend(self._estimate(len(self.lines), self.total))
        return "   ".join(parts)

    def _estimate(self, done: int, total: int) -> list[str]:
        elapsed = time.time() - self.started
        if elapsed < 2 or done * 10 < total or done >= total:
            return []
        return [f"about {words.seconds(elapsed / done * (total - done))} left"]


_STORED = {EventType.ASSET_MATERIALIZATION, EventType.HANDLED_OUTPUT}
_LAST = {EventType.RUN_SUCCESS, EventType.RUN_FAILURE, EventType.RUN_CANCELED}
_ENDS = {EventType.STEP_SUCCESS, EventType.STEP_FAILURE, EventType.STEP_UP_FOR_RETRY}


def trouble_lines(trouble: Trouble, session: Session) -> list[str]:
    """Why a step failed: the user's own frames, then the exception; ours where nothing else is known."""
    if session.settings.verbose and trouble.whole:
        return [plain(line) for line in trouble.whole.rstrip("\n").split("\n")]
    if trouble.said is not None:
        said = trouble.said
        lines = [f"{session.screen.paint_err('error', f'error[{said.code}]:')} {plain(said.what)}"]
        where = (said.where or "").replace(session.root + os.sep, "")
        lines.extend([f"  where: {plain(where)}"] if where else [])
        lines.extend([f"  fix: {plain(said.fix)}"] if said.fix else [])
        return lines
    lines: list[str] = []
    for frame in trouble.frames:
        place, *code = frame.rstrip("\n").split("\n")
        found = _FRAME.match(place)
        if found is None:
            lines.append(plain(place.strip()))
        else:
            path = session.shown_place(os.path.abspath(found["file"]))
            lines.append(plain(f"{path}:{found['line']} in {found['function']}"))
        lines.extend("    " + plain(line.strip()) for line in code if line.strip(" ~^"))
    first, *rest = (f"{trouble.name}: {trouble.message}" if trouble.message else trouble.name).split("\n")
    hidden = f"           ({words.plural(trouble.hidden, 'frame')} of lading hidden: -v)" if trouble.hidden else ""
    return [*lines, plain(first) + hidden, *(plain(line) for line in rest)]
