"""What storing a whole output and storing one of its partitions have in common."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from time import time
from typing import Any

from lading.abc.contexts.output import OutputContext
from lading.engine.desk import Manager, types_of
from lading.engine.materializations import emit_asset_event
from lading.engine.work import Work
from lading.errors import InvariantViolationError, TypeCheckDidNotPass
from lading.planning.plan import StepOutput
from lading.values.events import Event, EventType, HandledOutputData, StepOutputData, TypeCheckData
from lading.values.keys import StepOutputHandle
from lading.values.materialization import AssetMaterialization
from lading.values.metadata import Metadata, as_metadata
from lading.values.receipt import Receipt

PASSED_ANY = TypeCheckData(True, "Any")


class StoreFailed(Exception):  # noqa: N818 - carries an exception out of handle_output, never shown
    """An exception out of ``handle_output``, with the output (and partition) it was for."""

    def __init__(self, error: BaseException, output_name: str, partition: str | None = None) -> None:
        super().__init__(output_name)
        self.error = error
        self.output_name = output_name
        self.partition = partition


def output_context(
    work: Work, planned: StepOutput, opened: Manager, metadata: Metadata, mapping_key: str | None = None
) -> OutputContext:
    """What a manager sees of an output."""
    desk, use, name, asset_key = work.desk, work.use, planned.name, planned.asset_key
    spec = None if asset_key is None else use.assets.specs_by_key[asset_key]
    return OutputContext(
        name, work.step.key, desk.facts.run_id, desk.facts.job_name, use.op, types_of(use).outputs[name],
        use.op.outs[name].metadata if spec is None else spec.metadata, metadata, opened.config, opened.resources,
        None if use.output_config is None else use.output_config.get(name), mapping_key, asset_key, spec,
        desk.partitions_of(asset_key, planned.partitions), work.log, work, desk.facts.instance,
    )  # fmt: skip


def check_output(
    work: Work,
    name: str,
    value: Any,
    metadata: Metadata,
    mapping_key: str | None = None,
    partition: str | None = None,
    *,
    stored: bool = True,
    told: bool = False,
) -> None:
    """Check the type of a value and record that it is computed.

    Args:
        work: The step.
        name: The output.
        value: Its value.
        metadata: What the body said of it.
        mapping_key: The key of a dynamic output.
        partition: The partition, where the value is of one.
        stored: False where the body has stored it itself, so that there is nothing to check.
        told: Whether it is recorded already that the output is computed.

    Raises:
        TypeCheckDidNotPass: The value is not of the declared type.
    """
    step, emit = work.step, work.desk.emit
    kind = types_of(work.use).outputs[name]
    handle = StepOutputHandle(step.key, name, mapping_key)
    if not stored or kind.accepts_all:
        if not told:
            verdict = PASSED_ANY if kind.display_name == "Any" else TypeCheckData(True, kind.display_name)
            emit(Event(EventType.STEP_OUTPUT, time(), step.key, StepOutputData(handle, verdict, metadata)))
        return
    found = kind.check(value)
    if not told or not found.success:
        verdict = TypeCheckData(found.success, kind.display_name, found.description, as_metadata(found.metadata))
        emit(Event(EventType.STEP_OUTPUT, time(), step.key, StepOutputData(handle, verdict, metadata)))
    if not found.success:
        place = "" if partition is None else f" for partition {partition}"
        raise TypeCheckDidNotPass(
            f'output "{name}" of step "{step.key}" is not of type "{kind.display_name}"'
            + (f": {found.description}" if found.description else ""),
            where=f"step {step.key}; the IO manager was not called{place}",
            fix="return a value of the declared type, or correct the annotation",
        )


def finished(work: Work, opened: Manager, returned: Any) -> Sequence[Any]:
    """What ``handle_output`` gave, awaited and gathered."""
    if opened.is_async and hasattr(returned, "__await__"):
        returned = work.desk.loop.run(returned)
    return () if returned is None else list(_items(returned))


def _items(returned: Any) -> Iterator[Any]:
    if isinstance(returned, AssetMaterialization | dict):
        yield returned
        return
    if not hasattr(returned, "__next__"):
        if not returned:
            return
        raise InvariantViolationError(
            f"handle_output returned {type(returned).__name__}", where="an IO manager",
            fix="return nothing, or yield AssetMaterialization and dicts of metadata",
        )  # fmt: skip
    for item in returned:
        if not isinstance(item, AssetMaterialization | dict):
            raise InvariantViolationError(
                f"handle_output yielded {type(item).__name__}", where="an IO manager",
                fix="yield only AssetMaterialization and dicts of metadata",
            )  # fmt: skip
        yield item


def said_by_manager(work: Work, planned: StepOutput, context: OutputContext, extra: Sequence[Any]) -> Metadata:
    """The metadata a manager added; materializations and observations of its own are recorded.

    Raises:
        InvariantViolationError: It gave metadata in two places.
    """
    added = context.get_logged_metadata()
    given: list[AssetMaterialization] = []
    for item in extra:
        if isinstance(item, AssetMaterialization):
            given.append(item)
        else:
            added = {**added, **as_metadata(item)}
    for event in context.get_logged_events():
        emit_asset_event(work, event)
    for item in given:
        if item.metadata and added:
            raise InvariantViolationError(
                "handle_output gave metadata both with a materialization and apart from it",
                where=f'output "{planned.name}" of step "{work.step.key}"', fix="give it in one place",
            )  # fmt: skip
        if added:
            item = AssetMaterialization(item.asset_key, item.description, added, item.partition, item.tags)  # noqa: PLW2901 - the completed one takes its place
        emit_asset_event(work, item)
    return added


def emit_handled(work: Work, name: str, manager_key: str, metadata: Metadata, receipt: Receipt | None) -> None:
    """Record that a manager has stored an output."""
    data = HandledOutputData(name, manager_key, metadata, receipt)
    work.desk.emit(Event(EventType.HANDLED_OUTPUT, time(), work.step.key, data))
