"""Runs side by side in threads of this process, and how they are stopped in the middle."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextvars import copy_context
from queue import Empty, SimpleQueue
from threading import RLock, Thread, get_ident
from typing import Any

from lading.values.dataclass import dataclass
from lading.values.events import Event, EventType
from lading.values.records import Run

GRACE = 4.0
"""So many seconds steps have to end after someone asked to stop; the command line ends the process after five."""
_POLL = 0.1

# From here on the function of a step runs, and what it does may be broken off ...
_OPENS = {EventType.STEP_START, EventType.HANDLED_OUTPUT}
# ... up to here: a value is stored, and what happened is written down.
_CLOSES = {
    EventType.STEP_OUTPUT, EventType.STEP_SUCCESS, EventType.STEP_FAILURE, EventType.STEP_SKIPPED,
    EventType.STEP_UP_FOR_RETRY,
}  # fmt: skip
# At these a run can be left: not while a resource opens, nor between a value and the event that tells of it.
_LEAVES = {
    EventType.STEP_START, EventType.LOADED_INPUT, EventType.STEP_INPUT, EventType.STEP_OUTPUT, EventType.STEP_SUCCESS,
}  # fmt: skip


class Stoppable:
    """One run in a thread: stopped at its next event, or at once where only the function of a step is broken off.

    Args:
        watch: Called with each event as it happens.
        begun: Called before the first event of the run.
    """

    __slots__ = ("_begun", "_lock", "_open", "_stopping", "_thread", "_watch", "run")

    def __init__(self, watch: Callable[[Event], None] | None, begun: Callable[[Run, Any], None] | None) -> None:
        self.run: Run | None = None
        self._watch = watch
        self._begun = begun
        self._lock = RLock()
        self._thread = 0
        self._open = False
        self._stopping = False

    def begun(self, run: Run, emit: Callable[[Event], None]) -> None:
        """The run begins, in this thread."""
        self._thread = get_ident()
        self.run = run
        if self._begun is not None:
            self._begun(run, emit)

    def watch(self, event: Event) -> None:
        """Take an event of the run, in whatever thread it happens.

        Raises:
            KeyboardInterrupt: The run is to stop.
        """
        kind = event.event_type
        if event.step_key is not None and get_ident() == self._thread:
            with self._lock:
                stop = self._stopping and kind in _LEAVES
                self._stopping = self._stopping and not stop
                self._open = not stop and (kind in _OPENS or (self._open and kind not in _CLOSES))
            if stop:
                raise KeyboardInterrupt
        if self._watch is not None:
            self._watch(event)

    def stop(self) -> None:
        """Stop it; called from another thread."""
        with self._lock:
            if not self._open:
                self._stopping = True
                return
            import ctypes  # only for this

            ctypes.pythonapi.PyThreadState_SetAsyncExc(
                ctypes.c_ulong(self._thread), ctypes.py_object(KeyboardInterrupt)
            )


@dataclass(slots=True)
class Ended:
    """What became of one of the functions: its value, or the exception that left it."""

    number: int
    value: Any = None
    error: BaseException | None = None


class SideBySide:
    """Functions that run in threads, several at once.

    The threads are daemons: one that does not stop keeps no process from ending.

    Attributes:
        running: Those that run, by their numbers.
    """

    __slots__ = ("_ended", "_next", "running")

    def __init__(self) -> None:
        self._ended: SimpleQueue[Ended] = SimpleQueue()
        self._next = 0
        self.running: dict[int, Stoppable] = {}

    def start(self, stoppable: Stoppable, fn: Callable[[], Any]) -> int:
        """Start one, which ``stoppable`` can stop; gives its number."""
        number = self._next
        self._next += 1
        self.running[number] = stoppable
        # What the caller has fixed for its own context, such as the present moment, holds in the thread as well.
        run, name = copy_context().run, f"lading-run-{number}"
        Thread(target=run, args=(self._work, number, fn), name=name, daemon=True).start()
        return number

    def _work(self, number: int, fn: Callable[[], Any]) -> None:
        ended = Ended(number)
        try:
            ended.value = fn()
        except BaseException as error:  # noqa: BLE001 - raised where the outcome is taken
            ended.error = error
        self._ended.put(ended)

    def next_ended(self, patience: float = _POLL) -> Ended | None:
        """One that ended; None if none did within so many seconds."""
        try:
            # With a limit, since a signal would not wake an endless wait everywhere.
            ended = self._ended.get(timeout=patience)
        except Empty:
            return None
        del self.running[ended.number]
        return ended

    def stop(self, seconds: float = GRACE) -> Iterator[Ended]:
        """Stop all that run, and give those that end within so many seconds."""
        for each in list(self.running.values()):
            each.stop()
        until = time.monotonic() + seconds
        while self.running and (left := until - time.monotonic()) > 0:
            ended = self.next_ended(min(left, _POLL))
            if ended is not None:
                yield ended
