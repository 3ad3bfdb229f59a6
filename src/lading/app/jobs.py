"""Running a job, from its definition to the result."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from time import time
from typing import Any

from lading.abc.contexts.execution import RunFacts
from lading.app.builtin import DEFAULT_KEY, with_default_manager
from lading.app.instance import Instance
from lading.definitions.job import JobDefinition
from lading.definitions.resources import as_resource_source
from lading.definitions.selection import as_selection
from lading.engine.desk import Desk, Manager, types_of
from lading.engine.executors.inline import InlineExecutor
from lading.engine.failure import error_info, without_our_frames
from lading.engine.inputs import manager_of
from lading.engine.logs import StepLog
from lading.engine.resources import OpenedResources, open_resources, plan_resources
from lading.engine.run import EventLog, run_plan
from lading.engine.step import StepReport
from lading.errors import InvalidConfigError, ResourceFunctionError
from lading.planning.build import build_plan
from lading.planning.plan import FromAsset, FromStep, FromValue, Plan, Workload
from lading.values.events import EngineEventData, Event, EventType, RunFailureData
from lading.values.keys import AssetKey, StepOutputHandle
from lading.values.records import PlannedStep, Run, RunStatus
from lading.values.result import RunResult

NOTHING: Mapping[str, Any] = {}
Watch = Callable[[Event], None]


def plain_config(config: Any, job: JobDefinition, partition_key: str | None) -> dict[str, Any]:
    """Run config as plain data, that of the job below what is given.

    Raises:
        InvalidConfigError: It is no mapping.
    """
    own = job.config
    if own is not None and hasattr(own, "get_run_config_for_partition_key"):
        own = own.get_run_config_for_partition_key(partition_key) if partition_key is not None else None
    return _merged(_plain(own), _plain(config))


def _plain(config: Any) -> dict[str, Any]:
    if config is None:
        return {}
    if hasattr(config, "to_config_dict"):
        return dict(config.to_config_dict())
    if not isinstance(config, Mapping):
        raise InvalidConfigError(
            f"run config is a mapping or a RunConfig, not {type(config).__name__}", where="run_config",
            fix="run_config={'ops': {…}, 'resources': {…}}",
        )  # fmt: skip
    return dict(config)  # pyright: ignore[reportUnknownArgumentType] - plain data of any shape


def _merged(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(below)
    for key, value in above.items():
        under = merged.get(key)
        merged[key] = _merged(under, value) if isinstance(under, Mapping) and isinstance(value, Mapping) else value  # pyright: ignore[reportUnknownArgumentType] - plain data of any shape
    return merged


def wanted_resources(plan: Plan, workload: Workload) -> tuple[dict[str, str], dict[str, tuple[str, str]]]:
    """The resources a plan asks for, and the managers among them.

    Returns:
        Key to who asks for it; and manager key to its kind and who asks for it.
    """
    owners: dict[str, str] = {}
    managers: dict[str, tuple[str, str]] = {}
    for step in plan.steps:
        use = workload.uses[step.key]
        for key in use.op.required_resource_keys:
            owners.setdefault(key, f'step "{step.key}"')
        types = types_of(use).outputs
        for out in step.outputs:
            if not types[out.name].is_nothing:
                key = use.op.outs[out.name].io_manager_key
                owners.setdefault(key, f'output "{out.name}" of step "{step.key}"')
                managers[key] = ("io_manager", owners[key])
        for each in step.inputs:
            who = f'input "{each.name}" of step "{step.key}"'
            for source in each.sources:
                if type(source) is FromValue:
                    continue
                key = each.manager_key
                if key is None and type(source) is FromStep:
                    key = workload.uses[source.step_key].op.outs[source.output_name].io_manager_key
                elif key is None and type(source) is FromAsset:
                    key = manager_of(workload.lineage.by_key[source.asset_key], source.asset_key)
                key = key or DEFAULT_KEY
                owners.setdefault(key, who)
                managers.setdefault(key, ("input_manager", who))
    for hook_key in {
        key for use in workload.uses.values() for hook in use.hooks for key in hook.required_resource_keys
    }:
        owners.setdefault(hook_key, "a hook")
    return owners, managers


def execute_job(
    job: JobDefinition,
    *,
    run_config: Any = None,
    instance: Instance | None = None,
    partition_key: str | None = None,
    raise_on_error: bool = True,
    op_selection: Any = None,
    selected: AbstractSet[AssetKey] | None = None,
    run_id: str | None = None,
    input_values: Mapping[str, Any] | None = None,
    tags: Mapping[str, str] | None = None,
    resources: Mapping[str, Any] | None = None,
    capture: bool = True,
    watch: Watch | None = None,
    step_keys: Any = None,
    parent_run_id: str | None = None,
    definitions: str | None = None,
    selection_text: str | None = None,
    log_shown: bool = True,
    in_memory: bool = False,
) -> RunResult:
    """Run a job in this process.

    Args:
        job: The job.
        run_config: Config of the run, over that of the job.
        instance: Where the run is recorded; a throw-away one when left out.
        partition_key: The partition, or None.
        raise_on_error: Whether the first failure is raised.
        op_selection: Only these ops.
        selected: Only these assets.
        run_id: The id of the run; a new one when left out.
        input_values: Values for the inputs of the job's graph.
        tags: Tags of the run.
        resources: Resources by key, over those of the job.
        capture: Whether computed values are kept for the result.
        watch: Called with each event as it happens.
        step_keys: Only these steps.
        parent_run_id: The run that is taken up again.
        definitions: Where the definitions came from, for the record.
        selection_text: What was asked for, for the record.
        log_shown: Whether log lines are shown.
        in_memory: Whether values without a manager stay in memory.

    Returns:
        The result of the run.

    Raises:
        LadingError: Whatever is wrong before the run; no user code has run then.
        Exception: The first failure of the run, if ``raise_on_error``.
    """
    if instance is None:
        instance = Instance.ephemeral()
    if input_values:
        job = job.replaced(input_values={**job.input_values, **input_values})
    all_tags = {**job.tags, **job.run_tags, **(tags or NOTHING)}
    config = plain_config(run_config, job, partition_key)
    plan, workload, partitions = build_plan(
        job, config, partition_key=partition_key, tags=all_tags, store=instance, selected=selected,
        op_selection=op_selection, step_keys=step_keys, parent_run_id=parent_run_id,
    )  # fmt: skip
    all_tags.update(partitions.tags())
    given = {**workload.resource_defs, **resources} if resources else workload.resource_defs
    sources = {key: as_resource_source(key, value) for key, value in given.items()}
    owners, managers = wanted_resources(plan, workload)
    if DEFAULT_KEY in owners:
        sources = with_default_manager(sources, instance, in_memory)
    configs = {key: (value or NOTHING).get("config") for key, value in (config.get("resources") or NOTHING).items()}
    resource_plan = plan_resources(sources, owners, configs, owners)
    run = Run(
        run_id or str(uuid.uuid4()), job.name, tags=all_tags, run_config=config, plan=planned_steps(plan),
        parent_run_id=parent_run_id, root_run_id=parent_run_id, definitions=definitions, selection=selection_text,
    )  # fmt: skip
    history = instance.history
    history.add_run(run)

    def append(batch: list[Event]) -> None:
        history.append(run.run_id, batch)

    log = EventLog(append, watch)
    captured: dict[StepOutputHandle, Any] | None = {} if capture else None
    failed: list[StepReport] = []
    error: BaseException | None = None
    only_step = plan.steps[0].key if len(plan.steps) == 1 else None
    emit = log.emit
    emit(Event(EventType.RUN_START, time(), job_name=job.name))
    emit(Event(EventType.ENGINE_EVENT, time(), event_specific_data=EngineEventData(), text="Running steps in process."))
    try:
        names = ", ".join(sorted(resource_plan.keys))
        if names:
            emit(Event(EventType.RESOURCE_INIT_STARTED, time(), only_step, text=f"Opening resources {names}."))
        run_log = StepLog(emit, None, log_shown)
        try:
            opened = open_resources(sources, owners, configs, owners, run.run_id, instance, run_log, run, resource_plan)
        except ResourceFunctionError as trouble:
            info = EngineEventData(error=error_info(trouble))
            emit(Event(EventType.RESOURCE_INIT_FAILURE, time(), only_step, info, f"A resource failed: {trouble.what}."))
            error = trouble
            opened = None
        if opened is not None:
            with opened:
                if names:
                    emit(Event(EventType.RESOURCE_INIT_SUCCESS, time(), only_step, text=f"Resources {names} are open."))
                desk = Desk(
                    RunFacts(run.run_id, job.name, all_tags, config, instance, run), plan, workload,
                    opened_managers(opened, managers, sources), opened, emit, captured,
                    known_versions(plan, instance), log_shown,
                )  # fmt: skip
                failed = run_plan(desk, log, InlineExecutor())
            for name, trouble in opened.teardown_errors:
                info = EngineEventData(error=error_info(trouble))
                emit(Event(EventType.ENGINE_EVENT, time(), None, info, f'Closing resource "{name}" failed.'))
    except BaseException:
        emit(Event(EventType.RUN_CANCELED, time(), job_name=job.name))
        log.flush()
        raise
    if failed:
        error = failed[0].error
    if error is None:
        emit(Event(EventType.RUN_SUCCESS, time(), job_name=job.name))
    else:
        data = RunFailureData(error_info(error))
        emit(Event(EventType.RUN_FAILURE, time(), None, data, job_name=job.name))
    log.flush()
    if error is not None and raise_on_error:
        raise without_our_frames(error)
    steps = {step.key: tuple(out.name for out in step.outputs) for step in plan.steps}
    return RunResult(
        run.with_status(RunStatus.SUCCESS if error is None else RunStatus.FAILURE), error is None, log.events, captured or {}, steps,
        plan.asset_outputs, plan.graph_outputs, error,
    )  # fmt: skip


def planned_steps(plan: Plan) -> tuple[PlannedStep, ...]:
    """What history keeps of a plan."""
    return tuple(
        PlannedStep(
            step.key,
            tuple(out.asset_key for out in step.outputs if out.asset_key is not None and out.selected),
            next((out.partitions for out in step.outputs if out.partitions is not None), ()),
        )
        for step in plan.steps
    )


def opened_managers(
    opened: OpenedResources, managers: Mapping[str, tuple[str, str]], sources: Mapping[str, Any]
) -> dict[str, Manager]:
    """The opened managers, each with what its contexts show of it."""
    return {
        key: Manager(
            key, opened.manager(key, kind, who), opened.configs.get(key),
            opened.scoped(sources[key].required_resource_keys, f'IO manager "{key}"'),
        )
        for key, (kind, who) in managers.items()
    }  # fmt: skip


def known_versions(plan: Plan, instance: Instance) -> dict[AssetKey, tuple[str, str]]:
    """Data versions of the assets that are loaded but not made in this run: one question for the whole plan."""
    keys = {
        source.asset_key for step in plan.steps for each in step.inputs for source in each.sources
        if type(source) is FromAsset
    }  # fmt: skip
    if not keys:
        return {}
    found: dict[AssetKey, tuple[str, str]] = {}
    for key, record in instance.history.latest(sorted(keys)).items():
        made = record.asset_materialization
        if made is not None:
            version = made.tags.get("dagster/data_version", "INITIAL")
            found[key] = (version, str(record.storage_id))
    return found


def execute_job_in_process(
    job: JobDefinition,
    *,
    run_config: Any = None,
    instance: Any = None,
    partition_key: str | None = None,
    raise_on_error: bool = True,
    op_selection: Any = None,
    asset_selection: Any = None,
    run_id: str | None = None,
    input_values: Mapping[str, Any] | None = None,
    tags: Mapping[str, str] | None = None,
    resources: Mapping[str, Any] | None = None,
) -> RunResult:
    """What ``job.execute_in_process`` does: see :meth:`lading.definitions.job.JobDefinition.execute_in_process`."""
    selected = None
    if asset_selection is not None:
        chosen = as_selection(asset_selection).resolve(job.lineage)
        selected = {key for key in job.selected if key in chosen}
    return execute_job(
        job, run_config=run_config, instance=instance, partition_key=partition_key, raise_on_error=raise_on_error,
        op_selection=op_selection, selected=selected, run_id=run_id, input_values=input_values, tags=tags,
        resources=resources, in_memory=job.graph is not None,
    )  # fmt: skip
