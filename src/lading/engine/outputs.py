"""Storing the outputs of a step: one OutputContext, one handle_output, one event each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from time import time
from typing import Any

from blake3 import blake3

from lading.abc.contexts.facts import BodyNotes
from lading.abc.contexts.output import OutputContext
from lading.definitions.ins_outs import OutputDefinition
from lading.engine.desk import Desk, types_of
from lading.errors import InvariantViolationError, TypeCheckDidNotPass
from lading.planning.plan import Step, StepOutput, StepUse
from lading.values.events import (
    AssetObservationData,
    Event,
    EventType,
    HandledOutputData,
    StepMaterializationData,
    StepOutputData,
    TypeCheckData,
)
from lading.values.keys import AssetKey, StepOutputHandle
from lading.values.materialization import AssetMaterialization, AssetObservation
from lading.values.metadata import NO_METADATA, Metadata, MetadataValue, as_metadata
from lading.values.outputs import DataVersion
from lading.values.signals import RetryRequested

CODE_VERSION = "dagster/code_version"
DATA_VERSION = "dagster/data_version"
USER_DATA_VERSION = "dagster/data_version_is_user_provided"
INPUT_VERSION = "dagster/input_data_version/"
INPUT_POINTER = "dagster/input_event_pointer/"
PARTITION_TAG = "dagster/partition/"
PASSED_ANY = TypeCheckData(True, "Any")
NO_TAGS: Mapping[str, str] = {}


class StoreFailed(Exception):  # noqa: N818 - carries an exception out of handle_output, never shown
    """An exception out of ``handle_output``, with the output it was for."""

    def __init__(self, error: BaseException, output_name: str) -> None:
        super().__init__(output_name)
        self.error = error
        self.output_name = output_name


def store_output(
    desk: Desk,
    step: Step,
    use: StepUse,
    planned: StepOutput,
    value: Any,
    metadata: Metadata,
    log: Any,
    step_context: Any,
    notes: BodyNotes | None,
    mapping_key: str | None = None,
    data_version: DataVersion | None = None,
    tags: Mapping[str, str] = NO_TAGS,
    stored: bool = True,
) -> None:
    """Check, store and record one output.

    Args:
        desk: What the run shares.
        step: The step.
        use: The function behind it.
        planned: The output, as planned.
        value: Its value.
        metadata: What the body said of it.
        log: The step's logger.
        step_context: What managers may ask for as ``step_context``.
        notes: What the body said through its context.
        mapping_key: The key of a dynamic output.
        data_version: The user's own version of the content.
        tags: Further tags of the materialization.
        stored: False where the body has stored it itself.

    Raises:
        TypeCheckDidNotPass: The value is not of the declared type.
        StoreFailed: The manager raised.
    """
    emit = desk.emit
    name = planned.name
    out: OutputDefinition = use.op.outs[name]
    kind = types_of(use).outputs[name]
    handle = StepOutputHandle(step.key, name, mapping_key)
    if not stored or kind.accepts_all:
        verdict = PASSED_ANY if kind.display_name == "Any" else TypeCheckData(True, kind.display_name)
        emit(Event(EventType.STEP_OUTPUT, time(), step.key, StepOutputData(handle, verdict, metadata)))
    else:
        found = kind.check(value)
        verdict = TypeCheckData(found.success, kind.display_name, found.description, as_metadata(found.metadata))
        emit(Event(EventType.STEP_OUTPUT, time(), step.key, StepOutputData(handle, verdict, metadata)))
        if not found.success:
            raise TypeCheckDidNotPass(
                f'output "{name}" of step "{step.key}" is not of type "{kind.display_name}"'
                + (f": {found.description}" if found.description else ""),
                where=f"step {step.key}; the IO manager was not called",
                fix="return a value of the declared type, or correct the annotation",
            )
    if desk.captured is not None:
        desk.captured[handle] = value
    if not stored or kind.is_nothing:
        if planned.asset_key is not None:
            _materialized(desk, step, use, planned, metadata, NO_METADATA, None, notes, data_version, tags)
        return
    asset_key = planned.asset_key
    opened = desk.managers[out.io_manager_key]
    spec = None if asset_key is None else use.assets.specs_by_key[asset_key]
    context = OutputContext(
        name, step.key, desk.facts.run_id, desk.facts.job_name, use.op, kind,
        out.metadata if spec is None else spec.metadata, metadata, opened.config, opened.resources,
        (use.output_config or NO_TAGS).get(name), mapping_key, asset_key, spec,
        desk.partitions_of(asset_key, planned.partitions), log, step_context, desk.facts.instance,
    )  # fmt: skip
    try:
        returned = opened.manager.handle_output(context, value)
        if opened.is_async and hasattr(returned, "__await__"):
            returned = desk.loop.run(returned)
        extra = () if returned is None else list(_items(returned))
    except RetryRequested:
        raise
    except Exception as error:
        raise StoreFailed(error, name) from error
    _record(desk, step, use, planned, metadata, context, extra, opened.key, notes, data_version, tags)


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


def _record(
    desk: Desk,
    step: Step,
    use: StepUse,
    planned: StepOutput,
    metadata: Metadata,
    context: OutputContext,
    extra: Any,
    manager_key: str,
    notes: BodyNotes | None,
    data_version: DataVersion | None,
    tags: Mapping[str, str],
) -> None:
    added = context.get_logged_metadata()
    given: list[AssetMaterialization] = []
    for item in extra:
        if isinstance(item, AssetMaterialization):
            given.append(item)
        else:
            added = {**added, **as_metadata(item)}
    for event in context.get_logged_events():
        emit_asset_event(desk, step.key, event)
    for item in given:
        if item.metadata and added:
            raise InvariantViolationError(
                "handle_output gave metadata both with a materialization and apart from it",
                where=f'output "{planned.name}" of step "{step.key}"', fix="give it in one place",
            )  # fmt: skip
        if added:
            item = AssetMaterialization(item.asset_key, item.description, added, item.partition, item.tags)  # noqa: PLW2901 - the completed one takes its place
        emit_asset_event(desk, step.key, item)
    if planned.asset_key is not None:
        _materialized(desk, step, use, planned, metadata, added, context, notes, data_version, tags)
    data = HandledOutputData(planned.name, manager_key, added, context.receipt)
    desk.emit(Event(EventType.HANDLED_OUTPUT, time(), step.key, data))


def emit_asset_event(desk: Desk, step_key: str, item: AssetMaterialization | AssetObservation) -> None:
    """Record a materialization or observation that user code made itself."""
    if isinstance(item, AssetMaterialization):
        event = Event(EventType.ASSET_MATERIALIZATION, time(), step_key, StepMaterializationData(item))
    else:
        event = Event(EventType.ASSET_OBSERVATION, time(), step_key, AssetObservationData(item))
    desk.emit(event)


def _materialized(
    desk: Desk,
    step: Step,
    use: StepUse,
    planned: StepOutput,
    metadata: Metadata,
    added: Metadata,
    context: OutputContext | None,
    notes: BodyNotes | None,
    data_version: DataVersion | None,
    tags: Mapping[str, str],
) -> None:
    asset_key = planned.asset_key
    if asset_key is None:
        return
    merged: Mapping[str, MetadataValue] = {**metadata, **added} if added else metadata
    said = notes.asset_metadata if notes is not None else None
    if said:
        merged = {**said.get((asset_key, None), NO_METADATA), **merged}
    all_tags = _version_tags(desk, step, use, asset_key, data_version)
    if tags:
        all_tags.update(tags)
    emit, now = desk.emit, time()
    if planned.partitions is None:
        made = AssetMaterialization(asset_key, None, merged, None, all_tags)
        made = _with_receipt(made, context, None)
        emit(Event(EventType.ASSET_MATERIALIZATION, now, step.key, StepMaterializationData(made)))
        return
    for partition in planned.partitions:
        each = {**merged, **said[asset_key, partition]} if said and (asset_key, partition) in said else merged
        dimensions = getattr(partition, "keys_by_dimension", None)
        own = all_tags
        if dimensions:
            own = {**all_tags, **{PARTITION_TAG + name: key for name, key in dimensions.items()}}
        made = _with_receipt(AssetMaterialization(asset_key, None, each, partition, own), context, partition)
        emit(Event(EventType.ASSET_MATERIALIZATION, now, step.key, StepMaterializationData(made)))


def _with_receipt(
    made: AssetMaterialization, context: OutputContext | None, partition: str | None
) -> AssetMaterialization:
    if context is None or context.receipt is None:
        return made
    receipt, facts = context.receipt, context.facts
    if partition is not None and context.receipts is not None:
        receipt, facts = context.receipts.get(partition, (receipt, facts))
    object.__setattr__(made, "receipt", receipt)
    object.__setattr__(made, "facts", facts)
    return made


def _version_tags(
    desk: Desk, step: Step, use: StepUse, asset_key: AssetKey, given: DataVersion | None
) -> dict[str, str]:
    # The content's version follows from the code's version and the versions of the inputs, unless the user says it.
    code = use.assets.specs_by_key[asset_key].code_version or desk.facts.run_id
    tags = {CODE_VERSION: code}
    versions = desk.versions
    digest = blake3(f"{asset_key.to_string()}\0{code}".encode())
    if step.inputs:
        for each in step.inputs:
            upstream = each.asset_key
            if upstream is None:
                continue
            version, pointer = versions.get(upstream, ("INITIAL", "NULL"))
            name = upstream.to_user_string()
            tags[INPUT_VERSION + name] = version
            tags[INPUT_POINTER + name] = pointer
            digest.update(f"\0{name}\0{version}".encode())
    if given is not None:
        tags[DATA_VERSION] = given.value
        tags[USER_DATA_VERSION] = "true"
    else:
        tags[DATA_VERSION] = digest.hexdigest()
    versions[asset_key] = (tags[DATA_VERSION], f"{desk.facts.run_id}/{step.key}")
    return tags
