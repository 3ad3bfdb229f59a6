from __future__ import annotations

import io
import signal
import sys
import threading

import pytest

from lading.cli.failure import nearest
from lading.cli.interrupt import Interrupted, Interruptions
from lading.cli.moving import Moving, bar
from lading.cli.prints import Emit, Prints
from lading.cli.screen import Screen, fitting
from lading.values.events import Event, EventType, LogMessageData


def test_prints_become_events_of_the_step_line_by_line() -> None:
    events: list[Event] = []
    bare: list[str] = []
    step: list[tuple[str, Emit] | None] = [("total", events.append)]
    with Prints(lambda: step[0], bare.append) as prints:
        print("one", end="")
        print(" line\r10 %\r20 %\nand a beg", end="")
        print("to stderr", file=sys.stderr)
        prints.finish()
        step[0] = None
        print("outside")
    texts = [event.event_specific_data for event in events]
    assert all(isinstance(text, LogMessageData) for text in texts)
    assert [(text.text, text.logger) for text in texts if isinstance(text, LogMessageData)] == [
        ("20 %", "stdout"), ("to stderr", "stderr"), ("and a beg", "stdout")
    ]  # fmt: skip
    assert {event.step_key for event in events} == {"total"}
    assert events[0].event_type is EventType.LOG_MESSAGE
    assert bare == ["outside"]
    assert not isinstance(sys.stdout, type(prints))


def test_a_signal_waits_while_something_is_written_down() -> None:
    asked = Interruptions()
    namespace = {"__name__": "lading.history.sqlite", "handle": asked.handle, "sys": sys}
    exec("def append():\n    handle(2, sys._getframe())\n", namespace)
    namespace["append"]()
    assert asked.asked == 130
    with pytest.raises(Interrupted) as stopped:
        asked.check()
    assert stopped.value.exit_code == 130
    asked.check()
    asked.settle()
    by_signal = Interruptions()
    with pytest.raises(Interrupted) as stopped:
        by_signal.handle(signal.SIGTERM, None)
    by_signal.settle()  # else the process would end five seconds later
    assert stopped.value.exit_code == 143


def test_only_the_main_thread_is_stopped() -> None:
    asked = Interruptions()
    asked.asked = 130
    seen: list[str] = []
    thread = threading.Thread(target=lambda: (asked.check(), seen.append("went on")))
    thread.start()
    thread.join()
    assert seen == ["went on"]


class _Terminal(io.StringIO):
    encoding = "utf-8"

    def isatty(self) -> bool:
        return True


def test_written_lines_stand_above_what_moves(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr("lading.cli.moving.FIRST", 0.0)
    screen = Screen(out=io.StringIO(), err=(err := _Terminal()))
    drawn = threading.Event()

    def lines() -> list[str]:
        drawn.set()
        return ["moving 1", "moving 2"]

    with Moving(screen, lines, shown=True) as moving:
        assert drawn.wait(5)
        moving.write("stays")
    text = err.getvalue()
    assert "\x1b[2A\r\x1b[Jstays\n" in text
    # Read as a terminal would: after the last erasure nothing of what moved is left.
    assert "moving" not in text.rsplit("\x1b[J", 1)[1]


def test_nothing_moves_in_a_dumb_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "dumb")
    assert Screen(out=io.StringIO(), err=_Terminal()).moves is False
    assert Screen(out=io.StringIO(), err=_Terminal()).err_colored is False


def test_bars_and_twins() -> None:
    assert bar(0, 10) == "." * 20
    assert bar(5, 10) == "#" * 10 + "." * 10
    assert bar(10, 10) == "#" * 20
    assert fitting("a · b – c … 3 × 4 °C 日", "ascii") == "a | b - c ... 3 x 4  degC \\u65e5"


def test_only_near_names_are_suggested() -> None:
    assert nearest("materialise", ["materialize", "list"]) == "materialize"
    assert nearest("--selct", ["--select", "--help"]) == "--select"
    assert nearest("frob", ["list", "load"]) is None
    assert nearest("lo", ["log"]) == "log"
