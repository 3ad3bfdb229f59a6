"""A run that failed or stopped, taken up: which job it was of, and what is left of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from lading.app.execute import ReexecutionOptions, reexecution
from lading.app.finding_runs import partition_of
from lading.app.instance import Instance
from lading.config.plain import STARS
from lading.definitions.collect import IMPLICIT_JOB, Definitions
from lading.definitions.job import JobDefinition
from lading.errors import InvalidSubsetError, InvariantViolationError
from lading.values.dataclass import dataclass
from lading.values.records import Run


@dataclass(frozen=True, slots=True)
class Resumption:
    """A run that goes on with what another left.

    Attributes:
        job: The job.
        how: How it is prepared, as :func:`lading.app.jobs.prepare` takes it.
    """

    job: JobDefinition
    how: dict[str, Any]


def resumption(definitions: Definitions, instance: Instance, run: Run, run_config: Any = None) -> Resumption | None:
    """What goes on with a run; None where nothing of it is left to do.

    Args:
        definitions: The assets and jobs as they are defined now.
        instance: Where the run is recorded.
        run: The run, with its plan; it has ended.
        run_config: The config that it was given.

    Raises:
        InvariantViolationError: It did all it was to do, or it was given secrets.
        InvalidSubsetError: Its job is not defined any more.
    """
    short = run.run_id[:6]
    if run.is_success:
        raise InvariantViolationError(
            f"run {short} has done all it was to do", where="`lading resume`",
            fix="`lading materialize` makes assets again",
        )  # fmt: skip
    job = _job_of(definitions, run.job_name, short)
    if not ReexecutionOptions.from_failure(run.run_id, instance).step_selection:
        return None
    if run_config is None and run.run_config:
        if _has_stars(run.run_config):
            raise InvariantViolationError(
                f"run {short} was given secrets, which are not kept", where=f"the config of run {short}",
                fix=f"`lading resume {short} --config FILE`, with the same file",
            )  # fmt: skip
        run_config = dict(run.run_config)
    how: dict[str, Any] = {
        "partition_key": partition_of(run), "run_config": run_config, "tags": dict(run.tags),
        "selected": set(run.asset_selection) or None, "definitions": run.definitions, "selection_text": run.selection,
        **reexecution(instance, run.run_id),
    }  # fmt: skip
    return Resumption(job, how)


def _has_stars(config: Any) -> bool:
    if isinstance(config, Mapping):
        return any(map(_has_stars, cast("Mapping[str, Any]", config).values()))
    if isinstance(config, list):
        return any(map(_has_stars, cast("list[Any]", config)))
    return config == STARS


def _job_of(definitions: Definitions, name: str, short: str) -> JobDefinition:
    if name == IMPLICIT_JOB:
        return definitions.get_implicit_global_asset_job_def()
    names = [job.name for job in definitions.resolve_all_job_defs() if not job.is_implicit]
    if name in names:
        return definitions.get_job_def(name)
    if name.startswith("__"):
        raise InvariantViolationError(
            f"run {short} was started from Python, with assets of its own", where=f"run {short}",
            fix="call materialize() again, with selection= what is still to be made",
        )  # fmt: skip
    raise InvalidSubsetError(
        f'the job "{name}" of run {short} is not defined any more', where=f"jobs are: {', '.join(names) or 'none'}",
        fix="name the definitions it was made with: `-f FILE`",
    )  # fmt: skip
