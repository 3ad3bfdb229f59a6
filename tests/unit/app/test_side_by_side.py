from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextvars import ContextVar

import pytest

from lading.app.side_by_side import SideBySide, Stoppable
from lading.values.events import Event, EventType
from lading.values.records import Run

MOMENT: ContextVar[str] = ContextVar("moment", default="now")


def event(kind: EventType, step: str | None = "a") -> Event:
    return Event(kind, 0.0, step)


def ended(side: SideBySide) -> object:
    found = side.next_ended(10)
    assert found is not None
    return found.value if found.error is None else found.error


class Running:
    """A run in a thread that says how far it has come."""

    def __init__(self, side: SideBySide, work: Callable[[Running], object]) -> None:
        self.seen: list[EventType] = []
        self.stoppable = Stoppable(lambda each: self.seen.append(each.event_type), None)
        self.here = threading.Event()
        self.go_on = threading.Event()

        def run() -> object:
            self.stoppable.begun(Run("run"), lambda _: None)
            return work(self)

        side.start(self.stoppable, run)
        assert self.here.wait(10)

    def tell(self, kind: EventType, step: str | None = "a") -> None:
        self.stoppable.watch(event(kind, step))


def test_values_and_errors_come_back_with_the_context_of_the_caller() -> None:
    side = SideBySide()
    MOMENT.set("fixed")
    side.start(Stoppable(None, None), MOMENT.get)
    assert ended(side) == "fixed"
    side.start(Stoppable(None, None), lambda: 1 / 0)
    assert isinstance(ended(side), ZeroDivisionError)
    assert side.running == {}
    assert side.next_ended(0.01) is None


def test_a_function_that_computes_is_broken_off() -> None:
    def work(running: Running) -> None:
        running.tell(EventType.STEP_START)
        running.here.set()
        while True:
            time.sleep(0.001)

    side = SideBySide()
    Running(side, work)
    (found,) = side.stop(10)
    assert isinstance(found.error, KeyboardInterrupt)


@pytest.mark.parametrize("kind", [EventType.STEP_OUTPUT, EventType.STEP_SUCCESS, EventType.STEP_FAILURE])
def test_what_stores_or_writes_down_is_left_in_peace_until_its_next_step(kind: EventType) -> None:
    def work(running: Running) -> str:
        running.tell(EventType.STEP_START)
        running.tell(kind)
        running.here.set()
        assert running.go_on.wait(10)
        for _ in range(10_000):  # here the exception would come in
            pass
        running.tell(EventType.ASSET_MATERIALIZATION)
        running.tell(EventType.HANDLED_OUTPUT)
        running.tell(EventType.RESOURCE_INIT_SUCCESS)
        running.tell(EventType.RUN_SUCCESS, None)
        running.tell(EventType.STEP_START, "b")
        raise AssertionError("it went on")

    side = SideBySide()
    running = Running(side, work)
    running.stoppable.stop()
    running.go_on.set()
    assert isinstance(ended(side), KeyboardInterrupt)
    assert running.seen[-2:] == [EventType.RESOURCE_INIT_SUCCESS, EventType.RUN_SUCCESS]


def test_it_is_stopped_once() -> None:
    def work(running: Running) -> list[str]:
        running.tell(EventType.STEP_START)
        running.here.set()
        try:
            while True:
                time.sleep(0.001)
        except KeyboardInterrupt:
            running.tell(EventType.STEP_OUTPUT)
            running.tell(EventType.RUN_CANCELED, None)
        return ["tidied up"]

    side = SideBySide()
    Running(side, work)
    (found,) = side.stop(10)
    assert found.value == ["tidied up"]


def test_events_of_other_threads_open_nothing() -> None:
    def work(running: Running) -> str:
        other = threading.Thread(target=running.tell, args=(EventType.STEP_START,))
        other.start()
        other.join()
        running.here.set()
        assert running.go_on.wait(10)
        for _ in range(10_000):
            pass
        return "undisturbed"

    side = SideBySide()
    running = Running(side, work)
    running.stoppable.stop()
    running.go_on.set()
    assert ended(side) == "undisturbed"


def test_one_that_does_not_obey_is_not_waited_for() -> None:
    def work(running: Running) -> None:
        running.tell(EventType.STEP_OUTPUT)
        running.here.set()
        running.go_on.wait(30)

    side = SideBySide()
    running = Running(side, work)
    assert list(side.stop(0.05)) == []
    assert [each.run for each in side.running.values()] == [Run("run")]
    assert all(thread.daemon for thread in threading.enumerate() if thread.name.startswith("lading-run"))
    running.go_on.set()
    assert ended(side) is None
