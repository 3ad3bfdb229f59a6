"""Runs steps in threads of this process: for those that mostly wait."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

MOST = 64
SECONDS = 0.05


class Threads:
    """Threads that are started when the first step comes, at most 64 at once."""

    __slots__ = ("_pool",)

    def __init__(self) -> None:
        self._pool: Any = None

    def submit(self, fn: Callable[..., Any], /, *args: Any) -> Any:
        """Run ``fn(*args)`` in a thread."""
        if self._pool is None:
            from concurrent.futures import ThreadPoolExecutor

            self._pool = ThreadPoolExecutor(MOST, "lading-step")
        return self._pool.submit(fn, *args)

    def close(self) -> None:
        """Wait for what runs, and let the threads go."""
        if self._pool is not None:
            self._pool.shutdown()


def first_done(running: Mapping[Any, Any]) -> Iterable[Any]:
    """The futures that are done, after a short wait if none is."""
    from concurrent.futures import FIRST_COMPLETED, wait

    return wait(running, timeout=SECONDS, return_when=FIRST_COMPLETED).done
