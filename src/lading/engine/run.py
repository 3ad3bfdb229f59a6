"""Run a plan: submit what is ready, keep what happened, until nothing is left."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic, time
from typing import Any

from lading.abc.executor import Executor
from lading.engine.desk import Desk, waits
from lading.engine.executors.threads import Threads, first_done
from lading.engine.state import State
from lading.engine.step import StepReport, run_step
from lading.planning.plan import Step
from lading.values.events import Event, EventType

BATCH = 256
SECONDS = 0.03
Append = Callable[[list[Event]], None]


class EventLog:
    """The events of a run: kept in memory, and written in batches by the one writer of the run.

    Args:
        append: Writes a batch, in one transaction.
        watch: Called with each event as it happens, or None.
    """

    __slots__ = ("_append", "_next", "_written", "emit", "events")

    def __init__(self, append: Append, watch: Callable[[Event], None] | None = None) -> None:
        self.events: list[Event] = []
        self._append = append
        self._written = 0
        self._next = monotonic() + SECONDS
        self.emit: Callable[[Event], None] = self.events.append if watch is None else self._watched(watch)

    def _watched(self, watch: Callable[[Event], None]) -> Callable[[Event], None]:
        keep = self.events.append

        def emit(event: Event) -> None:
            keep(event)
            watch(event)

        return emit

    def settle(self) -> None:
        """Write what has waited long enough."""
        waiting = len(self.events) - self._written
        if waiting >= BATCH or (waiting and monotonic() >= self._next):
            self.flush()

    def flush(self) -> None:
        """Write all that waits."""
        batch = self.events[self._written :]
        if batch:
            self._append(batch)
            self._written += len(batch)
        self._next = monotonic() + SECONDS


def run_plan(desk: Desk, log: EventLog, executor: Executor, fail_fast: bool = False) -> list[StepReport]:
    """Run every step that can run.

    Steps that await something run side by side in threads, with one event loop for all of them; others run where the
    executor puts them.

    Args:
        desk: What the steps share; it holds the plan.
        log: Where events go.
        executor: Where steps run.
        fail_fast: Whether nothing is started after the first failure.

    Returns:
        The reports of the steps that failed.
    """
    state = State(desk.plan, desk.absent, desk.mapped)
    running: dict[Any, Step] = {}
    failed: list[StepReport] = []
    threads = Threads()
    try:
        while True:
            step = None if (fail_fast and failed) else state.take()
            _note_skipped(desk, state)
            if step is not None:
                place = threads if waits(desk, step) else executor
                future: Any = place.submit(run_step, desk, step)
                if not future.done():
                    running[future] = step
                    continue
                _settle(future.result(), state, failed)
                log.settle()
            elif running:
                for each in first_done(running):
                    del running[each]
                    _settle(each.result(), state, failed)
                log.settle()
            else:
                return failed
    finally:
        threads.close()
        desk.loop.close()


def _settle(report: StepReport, state: State, failed: list[StepReport]) -> None:
    if report.error is None:
        state.done(report.key, report.produced, report.mapping_keys)
    else:
        failed.append(report)


def _note_skipped(desk: Desk, state: State) -> None:
    if state.skipped:
        for key in state.skipped:
            desk.emit(Event(EventType.STEP_SKIPPED, time(), key))
        state.skipped.clear()
