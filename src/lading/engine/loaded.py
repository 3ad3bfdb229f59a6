"""What is recorded of an input that was loaded."""

from __future__ import annotations

from collections.abc import Sequence
from time import time

from lading.abc.contexts.input import InputContext
from lading.definitions.types import Type
from lading.engine.work import Work
from lading.errors import TypeCheckDidNotPass
from lading.values.events import AssetObservationData, Event, EventType, LoadedInputData
from lading.values.metadata import NO_METADATA
from lading.values.receipt import Receipt

VERSIONS = 5_000
"""The versions of so many partitions are kept with one input; of more, only when they were loaded."""


def wrong_type(name: str, step_key: str, kind: Type, why: str | None) -> TypeCheckDidNotPass:
    """The error for an input of another type than is declared."""
    return TypeCheckDidNotPass(
        f'input "{name}" of step "{step_key}" is not of type "{kind.display_name}"' + (f": {why}" if why else ""),
        where=f"step {step_key}",
    )


def emit_observations(work: Work, context: InputContext) -> None:
    """Record what the manager said of the asset it read."""
    for observation in context.get_observations():
        work.desk.emit(Event(EventType.ASSET_OBSERVATION, time(), work.step.key, AssetObservationData(observation)))


def emit_loaded(work: Work, context: InputContext, manager_key: str, receipts: Sequence[Receipt]) -> None:
    """Record that an input was loaded, and which versions of its partitions."""
    upstream = context.upstream_output
    versions = None
    if 1 < len(receipts) <= VERSIONS:
        versions = {each.owner.partition or "": each.version for each in receipts if each.digest}
    data = LoadedInputData(
        context.name, manager_key, None if upstream is None else upstream.name,
        None if upstream is None else upstream.step_key, context.get_logged_metadata() or NO_METADATA,
        receipts[-1] if receipts else None, versions,
    )  # fmt: skip
    work.desk.emit(Event(EventType.LOADED_INPUT, time(), work.step.key, data))
