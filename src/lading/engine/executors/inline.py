"""Runs each step at once, where it is submitted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


class Finished:
    """A future that is done: as much of :class:`concurrent.futures.Future` as the run loop asks of it."""

    __slots__ = ("_value",)

    def __init__(self, value: Any) -> None:
        self._value = value

    def done(self) -> bool:
        """Always True."""
        return True

    def result(self, timeout: float | None = None) -> Any:
        """What the function gave."""
        return self._value


class InlineExecutor:
    """Runs each step at once, in this thread. An exception of the function leaves ``submit`` itself."""

    __slots__ = ()

    def submit(self, fn: Callable[..., Any], /, *args: Any) -> Any:
        """Run ``fn(*args)`` now."""
        return Finished(fn(*args))
