"""The promise of an executor: a place to run things."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

if TYPE_CHECKING:  # it would load logging
    from concurrent.futures import Future

T = TypeVar("T")


class Executor(Protocol):
    """Anything that takes a function and its arguments and gives a future (PEP 3148)."""

    def submit(self, fn: Callable[..., T], /, *args: Any) -> Future[T]:
        """Run ``fn(*args)`` somewhere, some time."""
        ...
