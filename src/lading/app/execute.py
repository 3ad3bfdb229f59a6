"""``execute_job``: a job by its recipe, on the executor it declares; and runs taken up again."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Self

from lading.abc.executor import Executor
from lading.abc.recipe import Recipe
from lading.app.instance import Instance
from lading.app.jobs import Prepared, run_job
from lading.app.outputs import OutputLoader
from lading.app.reading import refuse_in_worker
from lading.app.worker import open_job
from lading.definitions.config.run_config import parse_run_config
from lading.definitions.executors import PROCESSES, ExecutorDefinition
from lading.definitions.job import JobDefinition
from lading.definitions.selection import as_selection
from lading.engine.executors.inline import InlineExecutor
from lading.engine.executors.processes import Processes
from lading.engine.worker import Remote
from lading.errors import InvariantViolationError, RunNotFoundError
from lading.io.memory import InMemoryIOManager
from lading.values.dataclass import dataclass, field
from lading.values.event_log import EventQuery
from lading.values.events import EventType
from lading.values.outputs import NOT_GIVEN
from lading.values.result import RunResult, values_by_key


@dataclass(frozen=True, slots=True)
class ReconstructableJob:
    """A job that other processes can open again, by name. Made by :func:`reconstructable`.

    Attributes:
        recipe: Where it is found.
    """

    recipe: Recipe

    def get_definition(self) -> JobDefinition:
        """The job."""
        return open_job(self.recipe)


def reconstructable(target: Any) -> ReconstructableJob:
    """A job that other processes can open again, by name.

    Args:
        target: A job at the top of a module, or a function there that returns one.

    Raises:
        InvariantViolationError: It is not found at the top of a module.
    """
    if isinstance(target, JobDefinition):
        return ReconstructableJob(_recipe_of_job(target))
    module, name = getattr(target, "__module__", None), getattr(target, "__qualname__", None)
    if module is None or name is None or "<" in name:
        raise InvariantViolationError(
            f"{target!r:.60} cannot be found by name", where="reconstructable()",
            fix="put the job, or the function that returns it, at the top of a module",
        )  # fmt: skip
    return ReconstructableJob(Recipe(_module_name(module), name))


def _module_name(module: str) -> str:
    if module != "__main__":
        return module
    path = getattr(sys.modules["__main__"], "__file__", None)
    if path is None:
        raise InvariantViolationError(
            "a job defined in an interactive session cannot be opened by another process", where="__main__",
            fix="put it into a file, or use execute_in_process()",
        )  # fmt: skip
    return str(path)


def _recipe_of_job(job: JobDefinition) -> Recipe:
    fn = getattr(job.graph, "fn", None)
    modules = [fn.__module__] if fn is not None else list(sys.modules)
    for name in modules:
        module = sys.modules.get(name)
        for attribute, value in list(getattr(module, "__dict__", {}).items()):
            if value is job:
                return Recipe(_module_name(name), attribute)
    raise InvariantViolationError(
        f'job "{job.name}" is not found at the top of a module', where="reconstructable()",
        fix="assign it to a name there, or pass a function that returns it",
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class ReexecutionOptions:
    """Take up an earlier run: its stored outputs are used for every step that is not run again.

    Args:
        parent_run_id: The earlier run.
        step_selection: The steps to run again; all when empty.
    """

    parent_run_id: str
    step_selection: Sequence[str] = field(default_factory=list[str])

    @staticmethod
    def from_failure(run_id: str, instance: Instance) -> ReexecutionOptions:
        """Run again what failed or never ran.

        Raises:
            RunNotFoundError: There is no such run.
            InvariantViolationError: It did not fail.
        """
        record = instance.history.run(run_id)
        if record is None:
            raise RunNotFoundError(f'there is no run "{run_id}"', where=instance.history.location)
        if not record.dagster_run.is_failure_or_canceled and record.dagster_run.is_finished:
            raise InvariantViolationError(
                f'run "{run_id}" did not fail', where=str(record.dagster_run.status.value),
                fix="name a failed run, or give step_selection=",
            )  # fmt: skip
        done = done_steps(instance, run_id)
        return ReexecutionOptions(
            run_id, [step.step_key for step in record.dagster_run.plan if step.step_key not in done]
        )


def done_steps(instance: Instance, run_id: str) -> set[str]:
    """The steps that a run finished."""
    query = EventQuery(run_id=run_id, kinds=(EventType.STEP_SUCCESS, EventType.STEP_SKIPPED), ascending=True)
    return {
        record.event_log_entry.step_key
        for record in instance.history.events(query).records
        if record.event_log_entry.step_key is not None
    }


def runs_by_step(instance: Instance, run_id: str) -> dict[str, str]:
    """For each step, the run in a chain of runs that finished it last."""
    found: dict[str, str] = {}
    current: str | None = run_id
    while current is not None:
        for key in done_steps(instance, current):
            found.setdefault(key, current)
            found.setdefault(key.split("[", 1)[0], current)
        record = instance.history.run(current)
        current = None if record is None else record.dagster_run.parent_run_id
    return found


class JobExecutionResult(RunResult):
    """What ``execute_job`` gives; usable in a ``with`` statement."""

    __slots__ = ("_loader",)
    _loader: OutputLoader | None

    @classmethod
    def of(cls, result: RunResult, loader: OutputLoader | None) -> Self:
        """The same result; values that other processes computed are loaded when they are asked for."""
        copy = cls(*(getattr(result, name) for name in RunResult.FIELDS))
        copy._loader = loader
        return copy

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        if self._loader is not None:
            self._loader.close()

    def find_value(self, step_key: str, output_name: str) -> Any:
        """The value of an output: as it was computed here, or loaded through its IO manager."""
        found = super().find_value(step_key, output_name)
        if found is not NOT_GIVEN or self._loader is None:
            return found
        handles = [
            event.step_output_data.step_output_handle
            for event in self.of_type(EventType.STEP_OUTPUT)
            if event.step_key is not None
            and (event.step_key == step_key or event.step_key.startswith(step_key + "["))
            and event.step_output_data.output_name == output_name
        ]
        values = {handle: self._loader.load(handle) for handle in handles}
        return values_by_key(step_key, output_name, values)


def reexecution(instance: Instance, run_id: str) -> dict[str, Any]:
    """What :func:`lading.app.jobs.prepare` is to be told to run again what failed or never ran of a run.

    Raises:
        RunNotFoundError: There is no such run.
        InvariantViolationError: It did not fail.
    """
    return _reexecution(instance, ReexecutionOptions.from_failure(run_id, instance))


def execute_job(
    job: ReconstructableJob | Recipe | JobDefinition | Callable[..., Any],
    instance: Instance,
    run_config: Any = None,
    tags: Mapping[str, str] | None = None,
    raise_on_error: bool = False,
    op_selection: Any = None,
    reexecution_options: ReexecutionOptions | None = None,
    asset_selection: Any = None,
) -> JobExecutionResult:
    """Run a job on the executor it declares.

    Args:
        job: What :func:`reconstructable` gave, a :class:`Recipe`, or a job at the top of a module.
        instance: Where the run is recorded and values lie.
        run_config: Config of the run, over that of the job.
        tags: Tags of the run.
        raise_on_error: Whether the first failure is raised.
        op_selection: Only these ops.
        reexecution_options: An earlier run to take up.
        asset_selection: Only these assets.

    Returns:
        The result of the run; a context manager, too.

    Raises:
        LadingError: Whatever is wrong before the run.
        Exception: The first failure of the run, if ``raise_on_error``.
    """
    refuse_in_worker()
    if isinstance(job, Recipe):
        job = ReconstructableJob(job)
    definition = job.get_definition() if isinstance(job, ReconstructableJob) else job
    if not isinstance(definition, JobDefinition):
        definition = reconstructable(definition).get_definition()
    how: dict[str, Any] = {"run_config": run_config, "tags": tags, "op_selection": op_selection}
    if asset_selection is not None:
        how["selected"] = as_selection(asset_selection).resolve(definition.lineage) & set(definition.selected)
    if reexecution_options is not None:
        how.update(_reexecution(instance, reexecution_options))
    executor: Processes | None = None
    place = None
    seen: list[Prepared] = []
    if isinstance(definition.executor_def, ExecutorDefinition) and definition.executor_def.name == PROCESSES:
        recipe = job.recipe if isinstance(job, ReconstructableJob) else _recipe_of_job(definition)
        config = definition.executor_def.resolve(_execution(run_config))
        executor = Processes(config["max_concurrent"])
        place = on_processes(executor, recipe, instance, how, seen)
    with contextlib.ExitStack() as stack:
        if executor is not None:
            stack.callback(executor.close)
        try:
            result = run_job(
                definition,
                instance=instance,
                raise_on_error=raise_on_error,
                place=place,
                capture=executor is None,
                **how,
            )
        except BaseException:
            if executor is not None:
                executor.kill()
            raise
    return JobExecutionResult.of(result, OutputLoader(seen[0]) if seen else None)


def _execution(run_config: Any) -> Mapping[str, Any]:
    return parse_run_config(run_config).execution


def _reexecution(instance: Instance, options: ReexecutionOptions) -> dict[str, Any]:
    parent = instance.history.run(options.parent_run_id)
    if parent is None:
        raise RunNotFoundError(f'there is no run "{options.parent_run_id}"', where=instance.history.location)
    steps = list(options.step_selection) or [step.step_key for step in parent.dagster_run.plan]
    return {
        "step_keys": steps,
        "parents": runs_by_step(instance, options.parent_run_id),
        "parent_run_id": options.parent_run_id,
        "root_run_id": parent.dagster_run.root_run_id or options.parent_run_id,
    }


def on_processes(
    executor: Processes, recipe: Recipe, instance: Instance, how: Mapping[str, Any], seen: list[Prepared]
) -> Callable[[Prepared], tuple[Executor, Remote | None]]:
    """How a prepared run finds its workers.

    Args:
        executor: The worker processes.
        recipe: Where workers find the job.
        instance: Where values lie.
        how: What the run was prepared with.
        seen: Gets the prepared run.
    """

    def place(prepared: Prepared) -> tuple[Executor, Remote | None]:
        seen.append(prepared)
        if not prepared.plan.steps:
            return InlineExecutor(), None
        for key in prepared.wanted.managers:
            source = prepared.sources[key]
            if (
                isinstance(getattr(source, "value", None), InMemoryIOManager)
                or getattr(getattr(source, "resource_fn", None), "__name__", "") == "mem_io_manager"
            ):
                raise InvariantViolationError(
                    f'IO manager "{key}" keeps values in memory, which no other process can see',
                    where=f"job {prepared.job.name}, multiprocess_executor",
                    fix="use FilesystemIOManager(base_dir=…), or in_process_executor",
                )
        if instance.is_ephemeral:
            raise InvariantViolationError(
                "worker processes cannot see a throw-away instance", where="multiprocess_executor",
                fix="use Instance.get(), or Instance.local_temp()",
            )  # fmt: skip
        arguments = {"job": recipe, "home": instance.root_directory, "run": prepared.run, "how": dict(how)}
        return executor, Remote(Recipe("lading.app.worker", "open_desk", arguments), prepared.run.run_id)

    return place
