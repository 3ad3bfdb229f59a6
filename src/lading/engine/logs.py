"""The logger of contexts: lines are shown, and kept with the step."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable
from time import time
from typing import Any, TextIO

from lading.values.events import Event, EventType, LogMessageData

Emit = Callable[[Event], None]


class _Stderr(logging.StreamHandler[TextIO]):
    """Writes to whatever ``sys.stderr`` is at the moment."""

    def __init__(self) -> None:
        logging.Handler.__init__(self, logging.NOTSET)
        self.setFormatter(logging.Formatter("%(levelname)s %(message)s"))

    @property
    def stream(self) -> TextIO:  # pyright: ignore[reportIncompatibleVariableOverride] - looked up each time
        """The present standard error."""
        return sys.stderr


LOGGER = logging.getLogger("lading")


def show_lines(level: int = logging.INFO) -> None:
    """Have log lines shown on standard error, once, unless the program has set up the logger itself."""
    if LOGGER.handlers or LOGGER.level != logging.NOTSET:
        return
    LOGGER.addHandler(_Stderr())
    LOGGER.setLevel(level)
    LOGGER.propagate = True


class StepLog(logging.LoggerAdapter[logging.Logger]):
    """A logger whose lines become events of one step.

    Args:
        emit: Where the events go.
        step_key: The step, or None for the run.
        shown: Whether the lines are also given to :mod:`logging`.
    """

    def __init__(self, emit: Emit | None, step_key: str | None = None, shown: bool = True) -> None:
        super().__init__(LOGGER, {})
        self._emit = emit
        self.step_key = step_key
        self._shown = shown

    def log(self, level: int, msg: object, *args: object, **kwargs: Any) -> None:
        """Log a line."""
        if self._emit is not None:
            text = str(msg) % args if args else str(msg)
            self._emit(Event(EventType.LOG_MESSAGE, time(), self.step_key, LogMessageData(level, text)))
        if self._shown:
            show_lines()
            super().log(level, msg, *args, **kwargs)

    def isEnabledFor(self, level: int) -> bool:  # noqa: N802 - the name logging calls
        """Every line is kept, whatever is shown."""
        return True
