"""A worker process: reads tasks from its standard input, writes answers to what was its standard output."""

from __future__ import annotations

import os
import pickle
import signal
import sys
from threading import Thread
from time import sleep
from typing import Any

from lading.engine.wire import receive, send

WATCH_SECONDS = 1.0


def watch(parent: int) -> None:
    """End this process soon after its parent, so that no step goes on for a run that is dead."""
    while os.getppid() == parent:
        sleep(WATCH_SECONDS)
    os._exit(1)


def main() -> None:
    """Serve until the input ends."""
    tasks = os.fdopen(os.dup(0), "rb")
    answers = os.fdopen(os.dup(1), "wb")
    # What user code prints must not end up among the answers.
    os.dup2(2, 1)
    sys.stdout = os.fdopen(1, "w", buffering=1, closefd=False)
    # The parent decides what an interrupt means.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=watch, args=(int(sys.argv[1]),), daemon=True).start()
    while True:
        try:
            payload = receive(tasks)
        except EOFError:
            return
        send(answers, answer(payload))


def answer(payload: bytes) -> bytes:
    """What a task gives, or the exception it raised."""
    value: Any
    try:
        fn, args = pickle.loads(payload)  # noqa: S301 - written by our own parent
        value = (True, fn(*args))
        return pickle.dumps(value, protocol=5)
    except Exception as error:  # noqa: BLE001 - handed to the parent, which raises it
        try:
            return pickle.dumps((False, error), protocol=5)
        except Exception:  # noqa: BLE001 - an exception that cannot be packed is told in words
            return pickle.dumps((False, RuntimeError(f"{type(error).__name__}: {error}")), protocol=5)


if __name__ == "__main__":
    main()
