"""Running a job, from its definition to the result."""

from __future__ import annotations

import gc
from collections.abc import Callable, Generator, Iterable, Mapping
from collections.abc import Set as AbstractSet
from contextlib import contextmanager
from time import time
from typing import Any

from lading.abc.contexts.facts import RunFacts
from lading.abc.executor import Executor
from lading.abc.partitions import PartitionsDefinition
from lading.app.builtin import DEFAULT_KEY, with_default_manager
from lading.app.instance import Instance
from lading.app.manager_config import configure_managers
from lading.app.path_clashes import refuse_clashes
from lading.app.processes import this_process
from lading.app.reading import refuse_in_worker
from lading.app.run_config import recorded, settings_of
from lading.app.wanted import Wanted, known_versions, opened_managers, planned_steps, wanted_resources
from lading.definitions.job import JobDefinition
from lading.definitions.resources import as_resource_source, require_kind
from lading.definitions.selection import as_selection
from lading.engine.desk import Desk
from lading.engine.executors.inline import InlineExecutor
from lading.engine.failure import error_info, without_our_frames
from lading.engine.logs import StepLog
from lading.engine.resources import OpenedResources, ResourcePlan, open_resources, plan_resources
from lading.engine.run import EventLog, run_plan
from lading.engine.step import StepReport
from lading.engine.worker import Remote
from lading.errors import ResourceFunctionError
from lading.planning.build import build_plan
from lading.planning.plan import Plan, Workload
from lading.values.dataclass import dataclass
from lading.values.events import EngineEventData, Event, EventType, RunFailureData
from lading.values.keys import AssetCheckKey, AssetKey, StepOutputHandle
from lading.values.records import Run, RunStatus, new_id
from lading.values.result import RunResult

NOTHING: Mapping[str, Any] = {}
Watch = Callable[[Event], None]
Begun = Callable[[Run, Watch], None]
Place = Callable[["Prepared"], tuple[Executor, Remote | None]]


@dataclass(slots=True)
class Prepared:
    """A run that can start: everything that can be known to be wrong was looked at.

    Attributes:
        job: The job.
        instance: Where the run is recorded.
        run: Its record.
        plan: What it will do.
        workload: The functions behind the plan.
        sources: Resources by key.
        wanted: Which of them the plan asks for.
        resources: How they are opened.
    """

    job: JobDefinition
    instance: Instance
    run: Run
    plan: Plan
    workload: Workload
    sources: Mapping[str, Any]
    wanted: Wanted
    resources: ResourcePlan
    configs: Mapping[str, Any]


@contextmanager
def uncollected() -> Generator[None]:
    """Nothing is looked through for garbage meanwhile: all of a plan stays, and looking costs as much as making it."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            # What was made meanwhile is put with the old objects at once: young ones are looked through twice first.
            if not gc.get_freeze_count():
                gc.freeze()
                gc.unfreeze()
            gc.enable()


def prepare(
    job: JobDefinition,
    instance: Instance,
    *,
    run_config: Any = None,
    partition_key: str | None = None,
    op_selection: Any = None,
    selected: AbstractSet[AssetKey] | None = None,
    checks: AbstractSet[AssetCheckKey] | None = None,
    run_id: str | None = None,
    input_values: Mapping[str, Any] | None = None,
    tags: Mapping[str, str] | None = None,
    resources: Mapping[str, Any] | None = None,
    step_keys: Iterable[str] | None = None,
    parents: Mapping[str, str] | None = None,
    parent_run_id: str | None = None,
    root_run_id: str | None = None,
    definitions: str | None = None,
    selection_text: str | None = None,
    in_memory: bool = False,
) -> Prepared:
    """Work out a run without starting it; no user code is called.

    Raises:
        LadingError: Whatever can be known to be wrong.
    """
    if input_values:
        job = job.replaced(input_values={**job.input_values, **input_values})
    all_tags = {**job.tags, **job.run_tags, **(tags or NOTHING)}
    settings, plain = settings_of(job, run_config, partition_key)
    plan, workload, partitions = build_plan(
        job, settings, partition_key=partition_key, tags=all_tags, store=instance, selected=selected, checks=checks,
        op_selection=op_selection, step_keys=step_keys, parents=parents,
    )  # fmt: skip
    all_tags.update(partitions.tags(job.name))
    given = {**workload.resource_defs, **resources} if resources else workload.resource_defs
    sources: Mapping[str, Any] = {key: as_resource_source(key, value) for key, value in given.items()}
    wanted = wanted_resources(plan, workload)
    if DEFAULT_KEY in wanted.owners:
        sources = with_default_manager(sources, instance, in_memory)
    for key, (kind, who) in wanted.managers.items():
        if key in sources:
            require_kind(key, sources[key], kind, who)
    if job.lineage is not None:
        refuse_clashes(job.lineage, sources)
    resource_plan = plan_resources(sources, wanted.owners, settings.resources, wanted.owners)
    configure_managers(plan, workload, settings, sources)
    if plain:
        schemas = {step.key: workload.uses[step.key].op.config_schema for step in plan.steps}
        plain = recorded(plain, sources, schemas)
    run = Run(
        run_id or new_id(), job.name, tags=all_tags, run_config=plain, plan=planned_steps(plan),
        parent_run_id=parent_run_id, root_run_id=root_run_id or parent_run_id, definitions=definitions,
        selection=selection_text, process=this_process(),
    )  # fmt: skip
    return Prepared(job, instance, run, plan, workload, sources, wanted, resource_plan, settings.resources)


def run_job(
    job: JobDefinition,
    *,
    instance: Instance | None = None,
    raise_on_error: bool = True,
    capture: bool = True,
    watch: Watch | None = None,
    begun: Begun | None = None,
    log_shown: bool = True,
    place: Place | None = None,
    **how: Any,
) -> RunResult:
    """Run a job.

    Args:
        job: The job.
        instance: Where the run is recorded; a throw-away one when left out.
        raise_on_error: Whether the first failure is raised.
        capture: Whether computed values are kept for the result.
        watch: Called with each event as it happens.
        begun: Called before the first event with the run and what takes further events for its log.
        log_shown: Whether log lines are shown.
        place: Gives the executor for the prepared run, and how its workers find it; in this process when left out.
        **how: As for :func:`prepare`.

    Returns:
        The result of the run.

    Raises:
        LadingError: Whatever is wrong before the run; no user code has run then.
        Exception: The first failure of the run, if ``raise_on_error``.
    """
    refuse_in_worker()
    with uncollected():
        prepared = prepare(job, Instance.ephemeral() if instance is None else instance, **how)
    run, plan = prepared.run, prepared.plan
    history = prepared.instance.history
    prepared.instance.rules.keep(_partitions_of(plan, prepared.workload))
    executor, remote = (InlineExecutor(), None) if place is None else place(prepared)
    log = EventLog(lambda batch: history.append(run.run_id, batch), watch)
    emit = log.emit
    captured: dict[StepOutputHandle, Any] | None = {} if capture else None
    failed: list[StepReport] = []
    history.add_run(run)
    try:
        if begun is not None:
            begun(run, emit)
        emit(Event(EventType.RUN_START, time(), job_name=job.name))
        emit(Event(EventType.ENGINE_EVENT, time(), event_specific_data=EngineEventData(), text="The steps are run."))
        # Where steps run elsewhere, resources are opened there.
        opened, error = (OpenedResources(), None) if remote else _open(prepared, emit, log_shown)
        if opened is not None:
            with opened:
                managers = {} if remote else opened_managers(opened, prepared.wanted, prepared.sources)
                facts = RunFacts(run.run_id, job.name, run.tags, run.run_config, prepared.instance, run)
                versions = known_versions(plan, prepared.instance)
                desk = Desk(
                    facts, plan, prepared.workload, managers, opened, emit, captured, versions, log_shown, remote
                )
                failed = run_plan(desk, log, executor)
            _note_teardown(opened, emit)
    except BaseException:
        _end(log, Event(EventType.RUN_CANCELED, time(), job_name=job.name))
        raise
    if failed:
        error = failed[0].error
    if error is None:
        _end(log, Event(EventType.RUN_SUCCESS, time(), job_name=job.name))
    else:
        _end(log, Event(EventType.RUN_FAILURE, time(), None, RunFailureData(error_info(error)), job_name=job.name))
    if error is not None and raise_on_error:
        raise without_our_frames(error)
    steps = {step.key: tuple(out.name for out in step.outputs) for step in plan.steps}
    ended = run.with_status(RunStatus.SUCCESS if error is None else RunStatus.FAILURE)
    return RunResult(
        ended, error is None, log.events, captured or {}, steps, plan.asset_outputs, plan.graph_outputs, error
    )


def _end(log: EventLog, event: Event) -> None:
    """Write the last event; whoever watches may be interrupted by it, the log is not."""
    try:
        log.emit(event)
    finally:
        log.flush()


def _partitions_of(plan: Plan, workload: Workload) -> dict[AssetKey, PartitionsDefinition]:
    """How the assets are divided of which the run makes partitions."""
    if workload.lineage is None or (plan.partition_key is None and plan.partition_keys is None):
        return {}
    made = (out.asset_key for step in plan.steps for out in step.outputs if out.partitions is not None)
    found = ((key, workload.lineage.by_key[key].partitions_def) for key in made if key is not None)
    return {key: partitions for key, partitions in found if partitions is not None}


def _open(prepared: Prepared, emit: Watch, log_shown: bool) -> tuple[OpenedResources | None, BaseException | None]:
    names = ", ".join(sorted(prepared.resources.keys))
    only_step = prepared.plan.steps[0].key if len(prepared.plan.steps) == 1 else None
    if names:
        emit(Event(EventType.RESOURCE_INIT_STARTED, time(), only_step, text=f"Opening resources {names}."))
    try:
        opened = open_resources(
            prepared.sources, prepared.wanted.owners, prepared.configs, prepared.wanted.owners, prepared.run.run_id,
            prepared.instance, StepLog(emit, None, log_shown), prepared.run, prepared.resources,
        )  # fmt: skip
    except ResourceFunctionError as error:
        info = EngineEventData(error=error_info(error))
        emit(Event(EventType.RESOURCE_INIT_FAILURE, time(), only_step, info, f"A resource failed: {error.what}."))
        return None, error
    if names:
        emit(Event(EventType.RESOURCE_INIT_SUCCESS, time(), only_step, text=f"Resources {names} are open."))
    return opened, None


def _note_teardown(opened: OpenedResources, emit: Watch) -> None:
    for name, error in opened.teardown_errors:
        info = EngineEventData(error=error_info(error))
        emit(Event(EventType.ENGINE_EVENT, time(), None, info, f'Closing resource "{name}" failed.'))


def execute_job_in_process(
    job: JobDefinition,
    *,
    instance: Any = None,
    raise_on_error: bool = True,
    asset_selection: Any = None,
    **how: Any,
) -> RunResult:
    """What ``job.execute_in_process`` does: see :meth:`lading.definitions.job.JobDefinition.execute_in_process`."""
    selected = None
    if asset_selection is not None:
        chosen = as_selection(asset_selection).resolve(job.lineage)
        selected = {key for key in job.selected if key in chosen}
    return run_job(
        job, instance=instance, raise_on_error=raise_on_error, selected=selected, in_memory=job.graph is not None, **how
    )
