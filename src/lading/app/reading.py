"""A script that is only read: by a worker that looks for the definitions in it."""

from __future__ import annotations

import os

WORKER = "LADING_WORKER"


class WorkerStop(BaseException):
    """Ends the script that a worker reads for its definitions, where the script would start a run."""


def refuse_in_worker() -> None:
    """Stop the script that starts a run, where a worker only reads it for its definitions.

    Raises:
        WorkerStop: This is such a worker.
    """
    if os.environ.get(WORKER):
        raise WorkerStop
