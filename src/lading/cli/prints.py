"""What user code prints: shown line by line beside the name of its step, and kept with the step."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from threading import local
from time import time
from types import TracebackType
from typing import Self, TextIO

from lading.values.events import Event, EventType, LogMessageData

INFO = 20
Emit = Callable[[Event], None]


class Prints:
    """Stands in for ``sys.stdout`` and ``sys.stderr`` while a run lasts.

    Args:
        step: Gives the step that the calling thread runs, and what takes events for the log of its run; or None.
        bare: Takes lines that were printed outside of any step.
    """

    def __init__(self, step: Callable[[], tuple[str, Emit] | None], bare: Callable[[str], None]) -> None:
        self._step = step
        self._bare = bare
        self._saved: tuple[TextIO, TextIO] | None = None
        self._streams: tuple[_Lines, _Lines] | None = None

    def __enter__(self) -> Self:
        self._saved = (sys.stdout, sys.stderr)
        self._streams = (_Lines(self.line, "stdout", sys.stdout), _Lines(self.line, "stderr", sys.stderr))
        sys.stdout, sys.stderr = self._streams
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.finish()
        if self._saved is not None:
            sys.stdout, sys.stderr = self._saved

    def finish(self) -> None:
        """Give out lines that this thread began and did not end."""
        for stream in self._streams or ():
            stream.finish()

    def line(self, text: str, stream: str) -> None:
        """Take one whole line."""
        found = self._step()
        if found is None:
            self._bare(text)
        else:
            step, emit = found
            emit(Event(EventType.LOG_MESSAGE, time(), step, LogMessageData(INFO, text, stream)))


class _Begun(local):
    """The line that a thread has begun: steps that run at once do not write into each other's."""

    text = ""


class _Lines(io.TextIOBase):
    """A stream that hands on whole lines. A carriage return begins the line anew, as on a terminal."""

    def __init__(self, line: Callable[[str, str], None], name: str, real: TextIO) -> None:
        self._line = line
        self._name = name
        self._real = real
        self._begun = _Begun()

    @property
    def encoding(self) -> str:  # pyright: ignore[reportIncompatibleVariableOverride] - told, never set
        return "utf-8"

    def writable(self) -> bool:
        return True

    def isatty(self) -> bool:
        return False

    def fileno(self) -> int:
        return self._real.fileno()

    @property
    def buffer(self) -> object:
        """The bytes beneath, for those who write bytes."""
        return getattr(self._real, "buffer", None)

    def write(self, text: str, /) -> int:
        *whole, self._begun.text = (self._begun.text + text).split("\n")
        for each in whole:
            self._give(each)
        return len(text)

    def finish(self) -> None:
        """Give out the line that was begun."""
        begun, self._begun.text = self._begun.text, ""
        if begun:
            self._give(begun)

    def _give(self, text: str) -> None:
        self._line(text.rstrip("\r").rpartition("\r")[2], self._name)
