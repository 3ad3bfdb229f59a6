"""Run a plan: submit what is ready, keep what happened, until nothing is left."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic, time
from typing import Any

from lading.abc.executor import Executor
from lading.engine.desk import Desk, waits
from lading.engine.executors.threads import Threads, first_done
from lading.engine.failure import failure_data, wrap
from lading.engine.state import State
from lading.engine.step import StepReport, run_step
from lading.engine.worker import run_remote
from lading.errors import StepLostError
from lading.planning.plan import Step
from lading.values.events import Event, EventType, StepRetryData

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

    def settle(self, now: bool = False) -> None:
        """Write what has waited long enough, or all that waits now."""
        waiting = len(self.events) - self._written
        if waiting >= BATCH or (waiting and (now or monotonic() >= self._next)):
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
    tries: dict[str, int] = {}
    threads = Threads()
    desk.settle = log.settle
    try:
        while True:
            step = None if (fail_fast and failed) else state.take()
            _note_skipped(desk, state)
            if step is not None:
                future = _submit(desk, step, executor, threads)
                if not future.done():
                    running[future] = step
                    continue
                _settle(future.result(), state, failed)
                log.settle()
            elif running:
                for future in first_done(running):
                    step = running.pop(future)
                    report = future.result() if desk.remote is None else remote_report(desk, step, future, tries)
                    if report is None:
                        running[_submit(desk, step, executor, threads, restarted=True)] = step
                    else:
                        _settle(report, state, failed)
                log.settle()
            else:
                return failed
    finally:
        threads.close()
        desk.loop.close()


def _submit(desk: Desk, step: Step, executor: Executor, threads: Threads, restarted: bool = False) -> Any:
    if desk.remote is None:
        return (threads if waits(desk, step) else executor).submit(run_step, desk, step)
    desk.emit(Event(EventType.STEP_RESTARTED if restarted else EventType.STEP_START, time(), step.key))
    keys = {each.asset_key for each in step.inputs if each.asset_key is not None}
    versions = {key: desk.versions[key] for key in keys if key in desk.versions}
    return executor.submit(run_remote, desk.remote, step, desk.absent, desk.mapped, versions)


def remote_report(desk: Desk, step: Step, future: Any, tries: dict[str, int]) -> StepReport | None:
    """What became of a step that ran elsewhere; None where its worker was lost and the step may be tried again."""
    error = future.exception()
    if error is None:
        report, events, made = future.result()
        for event in events:
            desk.emit(event)
        desk.versions.update(made)
        return report
    policy = desk.use_of(step.key).retry_policy
    count = tries[step.key] = tries.get(step.key, 0) + 1
    if isinstance(error, StepLostError) and policy is not None and count <= policy.max_retries:
        info = wrap(error, "StepLostError", f'the worker of step "{step.key}" was lost')
        desk.emit(Event(EventType.STEP_UP_FOR_RETRY, time(), step.key, StepRetryData(info)))
        return None
    desk.emit(Event(EventType.STEP_FAILURE, time(), step.key, failure_data(error)))
    return StepReport(step.key, error=error)


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
