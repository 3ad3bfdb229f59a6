"""The one seam through which definitions reach the engine above them.

``job.execute_in_process()`` stands on a definition, the engine stands above it. ``lading/__init__.py``, which always
runs first and stands above all floors, sets ``RUNNER.open``; nobody else may.
"""

from __future__ import annotations

# Type checkers take this name for True. The real one lives in typing, which costs as much as a bare interpreter,
# and this module is loaded by every `import lading`.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any


class Runner:
    """Holds the function that opens the engine on first use."""

    __slots__ = ("open",)
    open: Callable[[], Any]


RUNNER = Runner()


def runner() -> Any:
    """The room ``app.entry``, which runs jobs, loads values and opens the default instance."""
    return RUNNER.open()
