"""An instance for one test."""

from __future__ import annotations

import os
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from tempfile import TemporaryDirectory
from typing import Any

from lading.app.instance import Instance

_HOME = "LADING_HOME"


@contextmanager
def instance_for_test(
    overrides: Mapping[str, Any] | None = None,
    temp_dir: str | None = None,
) -> Generator[Instance, None, None]:
    """An instance with a history on disk; within the block ``Instance.get()`` gives the same one.

    Args:
        overrides: Accepted for those who migrate.
        temp_dir: Its folder, which is kept; left out, one is made and removed at the end.
    """
    before = os.environ.get(_HOME)
    with TemporaryDirectory(prefix="lading-") as folder:
        home = os.environ[_HOME] = temp_dir or folder
        try:
            with Instance.open(home) as instance:
                yield instance
        finally:
            if before is None:
                del os.environ[_HOME]
            else:
                os.environ[_HOME] = before
