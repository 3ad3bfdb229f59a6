"""Ctrl-C and SIGTERM: the first ends the run in good order, the second ends the process."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Generator
from contextlib import contextmanager
from types import FrameType

BY_KEYBOARD = 130
BY_SIGNAL = 143
GRACE = 5.0
# While these write down what happened they are not interrupted; the interruption waits for the next event of the run.
_WRITERS = ("lading.history", "lading.storage.publish")
_FLUSHERS = {"flush", "settle"}


class Interrupted(KeyboardInterrupt):
    """Someone asked to stop.

    Args:
        exit_code: 130 for Ctrl-C, 143 for SIGTERM.
    """

    def __init__(self, exit_code: int = BY_KEYBOARD) -> None:
        super().__init__("interrupted")
        self.exit_code = exit_code


class Interruptions:
    """Whether someone asked to stop, and the moment at which it may take effect."""

    def __init__(self) -> None:
        self.asked: int | None = None
        self._timer: threading.Timer | None = None

    def check(self) -> None:
        """Stop here if someone asked to while something was written down.

        Raises:
            Interrupted: Someone did.
        """
        if self.asked is not None and threading.current_thread() is threading.main_thread():
            code, self.asked = self.asked, None
            raise Interrupted(code)

    def handle(self, number: int, frame: FrameType | None) -> None:
        """Take a signal."""
        code = BY_SIGNAL if number == getattr(signal, "SIGTERM", None) else BY_KEYBOARD
        if self._timer is not None:
            os._exit(code)
        # A step that does not obey has five seconds; what is stored is whole in any case.
        self._timer = threading.Timer(GRACE, os._exit, [code])
        self._timer.daemon = True
        self._timer.start()
        if _is_writing(frame):
            self.asked = code
            return
        raise Interrupted(code)

    def settle(self) -> None:
        """All is written down: the process may take its time to end."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


def _is_writing(frame: FrameType | None) -> bool:
    while frame is not None:
        module = frame.f_globals.get("__name__", "")
        if module.startswith(_WRITERS) or (module == "lading.engine.run" and frame.f_code.co_name in _FLUSHERS):
            return True
        frame = frame.f_back
    return False


@contextmanager
def interruptions() -> Generator[Interruptions, None, None]:
    """Take Ctrl-C and SIGTERM for the length of a block."""
    found = Interruptions()
    if threading.current_thread() is not threading.main_thread():
        yield found
        return
    numbers = [number for name in ("SIGINT", "SIGTERM") if (number := getattr(signal, name, None)) is not None]
    before = {number: signal.signal(number, found.handle) for number in numbers}
    try:
        yield found
    finally:
        found.settle()
        for number, handler in before.items():
            signal.signal(number, handler)
