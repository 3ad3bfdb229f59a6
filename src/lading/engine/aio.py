"""One event loop for all async functions of a run, in a thread of its own.

Async functions and managers of a run share a loop, so that what they hold (clients, locks) can be shared too; and a
loop that runs already, as in a notebook, is no obstacle.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from threading import Lock, Thread, current_thread
from typing import Any

CO_COROUTINE = 0x80


class LoopThread:
    """Runs coroutines from other threads; the loop is started on first use."""

    __slots__ = ("_lock", "_loop", "_thread")

    def __init__(self) -> None:
        self._lock = Lock()
        self._loop: Any = None
        self._thread: Thread | None = None

    def run(self, awaitable: Any) -> Any:
        """The result of an awaitable; also from within the loop, on a loop of its own."""
        # Most programs await nothing, and asyncio costs as much to load as all of lading.
        import asyncio

        if self._thread is current_thread():
            # An async function that reads a partition: its loop cannot wait for itself.
            from concurrent.futures import ThreadPoolExecutor

            with ThreadPoolExecutor(1) as beside:
                return beside.submit(asyncio.run, _awaited(awaitable)).result()
        with self._lock:
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                self._thread = Thread(target=self._loop.run_forever, name="lading-async", daemon=True)
                self._thread.start()
        return asyncio.run_coroutine_threadsafe(_awaited(awaitable), self._loop).result()

    def iterate(self, items: AsyncIterator[Any]) -> Iterator[Any]:
        """The items of an async generator, one by one."""
        while True:
            try:
                yield self.run(anext(items))
            except StopAsyncIteration:
                return

    def close(self) -> None:
        """Stop the loop."""
        if self._loop is None or self._thread is None:
            return
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
        self._loop = None


async def _awaited(awaitable: Any) -> Any:
    return await awaitable


def is_async(fn: Any) -> bool:
    """Whether calling a function gives something to await."""
    code = getattr(fn, "__code__", None)
    return code is not None and bool(code.co_flags & CO_COROUTINE)
