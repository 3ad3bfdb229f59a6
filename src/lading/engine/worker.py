"""What a worker process does: find the definitions again, run a step, hand back what happened."""

from __future__ import annotations

import importlib
import pickle
from collections.abc import Mapping
from typing import Any

from lading.abc.recipe import Recipe
from lading.engine.desk import Desk
from lading.engine.step import StepReport, run_step
from lading.errors import ExecutionStepError
from lading.planning.plan import Step
from lading.values.dataclass import dataclass
from lading.values.events import Event, EventType

_desks: dict[Any, Desk] = {}


@dataclass(frozen=True, slots=True)
class Remote:
    """What a step needs to be run elsewhere, besides its own name.

    Attributes:
        recipe: Opens the desk of the run, by name.
        run_id: The run; a worker keeps its desk for the next step.
    """

    recipe: Recipe
    run_id: str


def open_recipe(recipe: Recipe) -> Any:
    """What a recipe stands for: the attribute, called with the arguments."""
    return getattr(importlib.import_module(recipe.module), recipe.attribute)(**recipe.arguments)


def run_remote(
    remote: Remote,
    step: Step,
    absent: set[tuple[str, str]],
    mapped: Mapping[tuple[str, str], list[tuple[str, str | None]]],
    versions: Mapping[Any, tuple[str, str]],
) -> tuple[StepReport, list[Event], dict[Any, tuple[str, str]]]:
    """Run one step in a worker.

    Returns:
        What became of it, its events (without its start, which the run has seen), and the versions of what it made.
    """
    desk = _desks.get(remote.run_id)
    if desk is None:
        for other in list(_desks):
            _desks.pop(other).close()
        desk = _desks[remote.run_id] = open_recipe(remote.recipe)
    events: list[Event] = []
    desk.emit = events.append
    desk.absent = absent
    desk.mapped = dict(mapped)
    desk.versions = dict(versions)
    report = run_step(desk, step)
    report.error = portable(report.error)
    made = {key: each for key, each in desk.versions.items() if versions.get(key) != each}
    return report, [event for event in events if event.event_type is not EventType.STEP_START], made


def portable(error: BaseException | None) -> BaseException | None:
    """The exception, or one that says the same where it cannot leave the process."""
    if error is None:
        return None
    try:
        pickle.loads(pickle.dumps(error))  # noqa: S301 - what was made on this line
    except Exception:  # noqa: BLE001 - whatever a foreign exception does when it is packed
        return ExecutionStepError(f"{type(error).__name__}: {error}", where="a worker process")
    return error
