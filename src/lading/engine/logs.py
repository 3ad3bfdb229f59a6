"""The logger of contexts: lines are shown, and kept with the step."""

from __future__ import annotations

import sys
from collections.abc import Callable
from time import time
from typing import Any

from lading.values.events import Event, EventType, LogMessageData

Emit = Callable[[Event], None]
DEBUG, INFO, WARNING, ERROR, CRITICAL = 10, 20, 30, 40, 50


def show(level: int, msg: object, args: tuple[object, ...], given: dict[str, Any]) -> None:
    """Give a line to :mod:`logging`, and show it on standard error unless a handler there does.

    The logger ``lading`` is left as the program has set it up; from INFO on, lines are shown without any set-up.
    """
    # Loading it costs more than a step does, and most steps say nothing.
    import logging

    logger = logging.getLogger("lading")
    if logger.hasHandlers():
        logger.log(level, msg, *args, **given)
    if level < INFO or _shows_already(logger):
        return
    text = str(msg) % args if args else str(msg)
    line = f"{logging.getLevelName(level)} {text}\n"
    if given.get("exc_info"):
        import traceback

        line += traceback.format_exc()
    sys.stderr.write(line)


def _shows_already(logger: Any) -> bool:
    while logger is not None:
        if any(getattr(handler, "stream", None) in (sys.stderr, sys.__stderr__) for handler in logger.handlers):
            return True
        logger = logger.parent if logger.propagate else None
    return False


class StepLog:
    """A logger whose lines become events of one step, with the methods of one of :mod:`logging`.

    Args:
        emit: Where the events go.
        step_key: The step, or None for the run.
        shown: Whether the lines are also given to :mod:`logging`.
    """

    __slots__ = ("_emit", "_shown", "step_key")

    def __init__(self, emit: Emit | None, step_key: str | None = None, shown: bool = True) -> None:
        self._emit = emit
        self.step_key = step_key
        self._shown = shown

    def log(self, level: int, msg: object, *args: object, **kwargs: Any) -> None:
        """Log a line."""
        if self._emit is not None:
            text = str(msg) % args if args else str(msg)
            self._emit(Event(EventType.LOG_MESSAGE, time(), self.step_key, LogMessageData(level, text)))
        if self._shown:
            show(level, msg, args, kwargs)

    def debug(self, msg: object, *args: object, **kwargs: Any) -> None:
        """Log a line for whoever looks for a fault."""
        self.log(DEBUG, msg, *args, **kwargs)

    def info(self, msg: object, *args: object, **kwargs: Any) -> None:
        """Log a line."""
        self.log(INFO, msg, *args, **kwargs)

    def warning(self, msg: object, *args: object, **kwargs: Any) -> None:
        """Log a line about what may be wrong."""
        self.log(WARNING, msg, *args, **kwargs)

    warn = warning

    def error(self, msg: object, *args: object, **kwargs: Any) -> None:
        """Log a line about what is wrong."""
        self.log(ERROR, msg, *args, **kwargs)

    def exception(self, msg: object, *args: object, exc_info: Any = True, **kwargs: Any) -> None:
        """Log a line about what is wrong, with the exception that is being handled."""
        self.log(ERROR, msg, *args, exc_info=exc_info, **kwargs)

    def critical(self, msg: object, *args: object, **kwargs: Any) -> None:
        """Log a line about what cannot go on."""
        self.log(CRITICAL, msg, *args, **kwargs)

    def isEnabledFor(self, level: int) -> bool:  # noqa: N802 - its name in logging
        """Every line is kept, whatever is shown."""
        return True

    def __getattr__(self, name: str) -> Any:
        # The rest of what a logger has: setLevel, name, handlers …
        if name.startswith("__"):
            raise AttributeError(name)
        import logging

        return getattr(logging.getLogger("lading"), name)
