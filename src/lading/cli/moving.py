"""The moving line: a few lines at the bottom of a terminal that are drawn anew and erased at the end."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Self

from lading.cli.screen import Screen, cut, fitting, terminal_width

FIRST = 0.3
EVERY = 0.1
BAR = 20


class Moving:
    """Draws what ``lines`` gives, from 0.3 seconds on and at most ten times a second.

    Args:
        screen: Drawn at its stderr.
        lines: What to draw.
        shown: False where nothing may move: every written line goes straight out.
    """

    def __init__(self, screen: Screen, lines: Callable[[], Sequence[str]], shown: bool) -> None:
        self._screen = screen
        self._lines = lines
        self._shown = shown
        self._lock = threading.RLock()
        self._drawn = 0
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def __enter__(self) -> Self:
        if self._shown:
            self._thread = threading.Thread(target=self._run, name="lading-progress", daemon=True)
            self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        if self._thread is not None:
            self._thread.join(1)
        with self._lock:
            self._erase()
            self._screen.err.flush()

    def write(self, text: str) -> None:
        """Write a line that stays, above what moves."""
        with self._lock:
            self._erase()
            self._screen.tell(text)

    def _run(self) -> None:
        wait = FIRST
        while not self._stop.wait(wait):
            wait = EVERY
            with self._lock:
                if not self._stop.is_set():
                    self._draw()

    def _draw(self) -> None:
        width = terminal_width() - 1
        lines = [cut(line, width) for line in self._lines()]
        if not lines:
            self._erase()
            return
        err = self._screen.err
        up = f"\x1b[{self._drawn}A" if self._drawn else ""
        text = "".join(f"\r\x1b[K{line}\n" for line in lines)
        below = "\x1b[J" if self._drawn > len(lines) else ""
        err.write(up + fitting(text, err.encoding or "ascii") + below)
        err.flush()
        self._drawn = len(lines)

    def _erase(self) -> None:
        if self._drawn:
            self._screen.err.write(f"\x1b[{self._drawn}A\r\x1b[J")
            self._drawn = 0


def bar(done: int, total: int) -> str:
    """How much is done, in twenty signs."""
    full = 0 if total <= 0 else min(BAR, done * BAR // total)
    return "#" * full + "." * (BAR - full)
