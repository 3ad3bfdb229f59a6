"""Runs steps in worker processes under a supervisor: one that dies fails its own step, never the others."""

from __future__ import annotations

import contextlib
import os
import pickle
import signal
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import Future
from queue import SimpleQueue
from threading import Lock, Thread
from typing import Any

from lading.engine.wire import receive, send
from lading.errors import StepLostError

Task = tuple[Future[Any], bytes]


class Processes:
    """A few warm worker processes, each started when there is work for it.

    Workers are fresh interpreters (``python -m lading.engine.child``): the user's script is never run again
    for them.

    Args:
        workers: How many at most; 0 is one for each core.
    """

    def __init__(self, workers: int = 0) -> None:
        self._most = workers or os.cpu_count() or 1
        self._tasks: SimpleQueue[Task | None] = SimpleQueue()
        self._threads: list[Thread] = []
        self._idle = 0
        self._stopped = False
        self._lock = Lock()
        self.children: set[subprocess.Popen[bytes]] = set()

    def submit(self, fn: Callable[..., Any], /, *args: Any) -> Future[Any]:
        """Run ``fn(*args)`` in a worker.

        Raises:
            Exception: Function or arguments cannot be pickled.
        """
        future: Future[Any] = Future()
        payload = pickle.dumps((fn, args), protocol=5)
        with self._lock:
            if not self._idle and len(self._threads) < self._most:
                thread = Thread(target=self._serve, name=f"lading-worker-{len(self._threads)}", daemon=True)
                self._threads.append(thread)
                thread.start()
            else:
                self._idle -= 1
        self._tasks.put((future, payload))
        return future

    def _serve(self) -> None:
        child: subprocess.Popen[bytes] | None = None
        while True:
            task = self._tasks.get()
            if task is None:
                break
            future, payload = task
            if self._stopped:
                future.cancel()
                continue
            if child is None or child.poll() is not None:
                child = self._start()
            try:
                send(child.stdin, payload)
                answer = receive(child.stdout)
            except (OSError, EOFError):
                code = self._end(child)
                child = None
                self._free()
                future.set_exception(lost(code))
                continue
            self._free()
            try:
                ok, value = pickle.loads(answer)  # noqa: S301 - written by our own worker
            except Exception as error:  # noqa: BLE001 - an answer that cannot be read fails its own step
                future.set_exception(error)
                continue
            if ok:
                future.set_result(value)
            else:
                future.set_exception(value)
        if child is not None:
            self._end(child)

    def _free(self) -> None:
        with self._lock:
            self._idle += 1

    def _start(self) -> subprocess.Popen[bytes]:
        child = subprocess.Popen(  # noqa: S603 - this very interpreter, with arguments of our own
            [sys.executable, "-m", "lading.engine.child", str(os.getpid())],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
        )
        self.children.add(child)
        return child

    def _end(self, child: subprocess.Popen[bytes]) -> int:
        # A child that is gone already leaves its pipe broken; what is still buffered for it is of no use.
        with contextlib.suppress(OSError):
            child.stdin.close()  # pyright: ignore[reportOptionalMemberAccess] - it is a pipe
        code = child.wait()
        child.stdout.close()  # pyright: ignore[reportOptionalMemberAccess] - it is a pipe
        self.children.discard(child)
        return code

    def close(self) -> None:
        """Let the workers end; each finishes what it runs."""
        for _ in self._threads:
            self._tasks.put(None)
        for thread in self._threads:
            thread.join()

    def kill(self) -> None:
        """End the workers at once, whatever they run; what waits for one is not started."""
        self._stopped = True
        for child in list(self.children):
            child.kill()


def lost(code: int) -> StepLostError:
    """The error for a worker that ended before its step did."""
    how = f"exit code {code}"
    if code < 0:
        how = f"signal {signal.Signals(-code).name}"
    return StepLostError(f"the process that ran the step ended ({how})", where="a worker process")
