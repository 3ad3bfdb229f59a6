"""Loading the inputs of a step: one InputContext, one load_input, one event each."""

from __future__ import annotations

from collections.abc import Mapping
from time import time
from typing import Any, get_args, get_origin

from lading.abc.contexts.facts import RunFacts
from lading.abc.contexts.input import InputContext
from lading.abc.contexts.output import OutputContext
from lading.abc.contexts.partitions import NO_PARTITIONS, PartitionFacts
from lading.definitions.spec import IO_MANAGER_KEY
from lading.definitions.types import PartitionsType, Type, resolve_type
from lading.engine.aio import LoopThread, is_async
from lading.engine.desk import Desk, Manager, mapping_key_of, types_of
from lading.engine.lazy import lazy_input
from lading.engine.loaded import emit_loaded, emit_observations, wrong_type
from lading.engine.work import Work
from lading.errors import CheckError
from lading.planning.plan import FromAsset, FromManager, FromStep, FromValue, Source, StepInput
from lading.values.events import Event, EventType, StepInputData, TypeCheckData
from lading.values.joining import joined
from lading.values.keys import AssetKey, StepOutputHandle
from lading.values.missing import DefaultValue, Missing

EPHEMERAL_RUN_ID = "__EPHEMERAL_RUN_ID"
NO_STEP = "none"
DEFAULT_MANAGER = "io_manager"
_ABSENT = object()


class LoadFailed(Exception):  # noqa: N818 - carries an exception out of load_input, never shown
    """An exception out of ``load_input``, with the input it was for."""

    def __init__(self, error: Exception, input_name: str) -> None:
        super().__init__(input_name)
        self.error = error
        self.input_name = input_name


def load_inputs(work: Work) -> dict[str, Any]:
    """The values of all inputs of a step, loaded and checked.

    Raises:
        LoadFailed: A manager raised.
        TypeCheckDidNotPass: A value is not of the declared type.
    """
    found: dict[str, Any] = {}
    types = types_of(work.use).inputs
    for each in work.step.inputs:
        if work.loaded_at is None and each.asset_key is not None:
            work.loaded_at = time()
        kind = types[each.name]
        if each.fan_in:
            values = [load_one(work, each, source, kind) for source in each.sources]
            value: Any = [one for one in values if one is not _ABSENT]
        else:
            source = each.sources[0]
            if type(source) is FromStep and source.collect:
                value = _collected(work, each, source, kind)
            else:
                value = load_one(work, each, source, kind)
        _check(work, each.name, kind, value)
        found[each.name] = value
    return found


def _check(work: Work, name: str, kind: Type, value: Any) -> None:
    emit, step_key = work.desk.emit, work.step.key
    if kind.accepts_all:
        verdict = ACCEPTED.get(kind.display_name) or TypeCheckData(True, kind.display_name)
        emit(Event(EventType.STEP_INPUT, time(), step_key, StepInputData(name, verdict)))
        return
    found = kind.check(value)
    data = TypeCheckData(found.success, kind.display_name, found.description, found.metadata)
    emit(Event(EventType.STEP_INPUT, time(), step_key, StepInputData(name, data)))
    if not found.success:
        raise wrong_type(name, step_key, kind, found.description)


ACCEPTED = {"Any": TypeCheckData(True, "Any")}


def _collected(work: Work, each: StepInput, source: FromStep, kind: Type) -> list[Any]:
    handles = work.desk.mapped.get((source.step_key, source.output_name), ())
    return [load_one(work, each, FromStep(key, source.output_name), kind, mapping_key) for key, mapping_key in handles]


def load_one(work: Work, each: StepInput, source: Source, kind: Type, mapping_key: str | None = None) -> Any:
    """One value from one source; gives the absent mark for a skipped source of a fan-in."""
    desk, step, use = work.desk, work.step, work.use
    if type(source) is FromValue:
        return (use.input_values or {})[each.name]
    definition = use.op.ins[each.name]
    upstream: OutputContext | None = None
    manager_key = each.manager_key
    if type(source) is FromStep:
        if each.fan_in and (source.step_key, source.output_name) in desk.absent:
            return _ABSENT
        producer = desk.use_of(source.step_key)
        out = producer.op.outs[source.output_name]
        manager_key = manager_key or out.io_manager_key
        spec = None if each.asset_key is None else desk.workload.lineage.spec(each.asset_key)
        upstream = OutputContext(
            source.output_name, source.step_key, source.parent_run_id or desk.facts.run_id, desk.facts.job_name,
            producer.op, types_of(producer).outputs[source.output_name],
            out.metadata if spec is None else spec.metadata, None, None,
            config=(producer.output_config or {}).get(source.output_name),
            mapping_key=mapping_key if mapping_key is not None else mapping_key_of(step, source),
            asset_key=each.asset_key, asset_spec=spec, partitions=desk.partitions_of(each.asset_key, each.partitions),
            log=work.log,
        )  # fmt: skip
    elif type(source) is FromAsset:
        assets = desk.workload.lineage.by_key[source.asset_key]
        spec = assets.specs_by_key[source.asset_key]
        stored_by = manager_of(assets, source.asset_key)
        manager_key = manager_key or stored_by
        upstream = OutputContext(
            source.asset_key.parts[-1], NO_STEP, EPHEMERAL_RUN_ID,
            definition_metadata=stored_metadata(assets, spec, stored_by),
            asset_key=source.asset_key, asset_spec=spec, partitions=desk.partitions_of(each.asset_key, each.partitions),
            log=work.log,
        )  # fmt: skip
    elif type(source) is FromManager:
        manager_key = manager_key or DEFAULT_MANAGER
    opened = desk.managers[manager_key or DEFAULT_MANAGER]
    context = InputContext(
        each.name, desk.facts.job_name, use.op, kind, definition.metadata, upstream, opened.config, opened.resources,
        (use.input_config or {}).get(each.name), each.asset_key, desk.partitions_of(each.asset_key, each.partitions),
        work.log, work, desk.facts.instance, definition.missing,
    )  # fmt: skip
    if isinstance(kind, PartitionsType):
        return lazy_input(work, each, opened, context, kind)
    try:
        value = opened.manager.load_input(context)
        if opened.is_async and hasattr(value, "__await__"):
            value = desk.loop.run(value)
    except FileNotFoundError as error:
        if definition.missing == "raise":
            raise LoadFailed(error, each.name) from error
        value = _what_there_is(work, context, opened, definition.missing)
    except Exception as error:
        raise LoadFailed(error, each.name) from error
    emit_observations(work, context)
    emit_loaded(work, context, opened.key, context.receipts)
    return value


def _what_there_is(work: Work, context: InputContext, opened: Manager, policy: Missing) -> Any:
    """What an input is given whose manager raised that something is missing, and does not say what."""
    instead = policy.value if isinstance(policy, DefaultValue) else None
    keys = context.asset_partition_keys if context.has_asset_partitions else ()
    if len(keys) < 2:
        return instead
    annotation: Any = context.dagster_type.typing_type
    item = resolve_type(get_args(annotation)[1]) if get_origin(annotation) is dict else None
    found: dict[str, Any] = {}
    for key in keys:
        one = context.for_partition(key, item)
        try:
            value = opened.manager.load_input(one)
            found[str(key)] = work.desk.loop.run(value) if opened.is_async and hasattr(value, "__await__") else value
        except FileNotFoundError:
            if isinstance(policy, DefaultValue):
                found[str(key)] = instead
        except Exception as error:
            raise LoadFailed(error, context.name) from error
        for receipt in one.receipts:
            context.record(receipt)
    if annotation in (Any, dict) or get_origin(annotation) in (dict, Mapping):
        return found
    return joined(list(found.values()), annotation)


def load_output(desk: Desk, handle: StepOutputHandle) -> Any:
    """The value of an output of the run, loaded by the manager that stored it."""
    producer = desk.use_of(handle.step_key)
    out = producer.op.outs[handle.output_name]
    kind = types_of(producer).outputs[handle.output_name]
    planned = next(
        each for step in desk.plan.steps if step.key == handle.step_key.split("[", 1)[0] for each in step.outputs
        if each.name == handle.output_name
    )  # fmt: skip
    spec = None if planned.asset_key is None else desk.workload.lineage.spec(planned.asset_key)
    partitions = desk.partitions_of(planned.asset_key, planned.partitions)
    upstream = OutputContext(
        handle.output_name, handle.step_key, desk.facts.run_id, desk.facts.job_name, producer.op, kind,
        out.metadata if spec is None else spec.metadata, mapping_key=handle.mapping_key, asset_key=planned.asset_key,
        asset_spec=spec, partitions=partitions,
    )  # fmt: skip
    opened = desk.managers[out.io_manager_key]
    context = InputContext(
        None, desk.facts.job_name, None, kind, None, upstream, opened.config, opened.resources, None,
        planned.asset_key, partitions, instance=desk.facts.instance,
    )  # fmt: skip
    value = opened.manager.load_input(context)
    return desk.loop.run(value) if opened.is_async and hasattr(value, "__await__") else value


def load_value(
    manager: Any,
    manager_key: str,
    config: Any,
    resources: Any,
    assets: Any,
    key: AssetKey,
    keys: tuple[str, ...] | None,
    kind: Type,
    metadata: Mapping[str, Any] | None,
    facts: RunFacts,
    version: str | None = None,
) -> Any:
    """One stored value of an asset, outside a run.

    Args:
        manager: The opened manager.
        manager_key: Its key.
        config: Its config.
        resources: The resources it reads.
        assets: The definition that makes (or declares) the asset.
        key: The asset.
        keys: Its partitions; None where it has none.
        kind: The type it is loaded as.
        metadata: What the manager sees as ``definition_metadata``.
        facts: What stands for the run.
        version: An earlier version, by its digest or the beginning of it.
    """
    if isinstance(kind, PartitionsType):
        raise CheckError(
            "Partitions are read while a function runs, and here is none", where=f"python_type={kind.display_name}",
            fix="ask for the type of one value; several partitions come as a dict",
        )  # fmt: skip
    spec = assets.specs_by_key[key]
    partitions = NO_PARTITIONS
    if keys is not None:
        partitions = PartitionFacts(keys[0] if len(keys) == 1 else None, keys, assets.partitions_def)
    upstream = OutputContext(
        key.parts[-1], None, EPHEMERAL_RUN_ID, definition_metadata=spec.metadata,
        asset_key=key, asset_spec=spec, partitions=partitions,
    )  # fmt: skip
    context = InputContext(
        None, None, None, kind, metadata, upstream, config, resources, None, key, partitions,
        instance=facts.instance, version=version,
    )  # fmt: skip
    value = manager.load_input(context)
    if not is_async(manager.load_input):
        return value
    loop = LoopThread()
    try:
        return loop.run(value)
    finally:
        loop.close()


def stored_metadata(assets: Any, spec: Any, manager_key: str) -> Mapping[str, Any]:
    """What a manager sees as declared of an asset that the run does not make."""
    return {IO_MANAGER_KEY: manager_key, **spec.metadata} if assets.node is not None else spec.metadata


def manager_of(assets: Any, key: Any) -> str:
    """The key of the IO manager that stores an asset."""
    spec = assets.specs_by_key[key]
    declared = spec.metadata.get(IO_MANAGER_KEY)
    if declared is not None:
        return str(declared)
    for name, each in assets.keys_by_output.items():
        if each == key:
            outs = getattr(assets.node, "outs", None)
            out = outs.get(name) if outs is not None else None
            return getattr(out, "io_manager_key", None) or graph_manager(assets.node, name)
    return DEFAULT_MANAGER


def graph_manager(graph: Any, output: str) -> str:
    """The key of the IO manager that stores an output of a graph: that of the op behind it."""
    node = graph
    while not hasattr(node, "parameters"):
        ref = node.composition.outputs[output]
        node, output = node.nodes[ref.node].definition, ref.output
    return node.outs[output].io_manager_key
