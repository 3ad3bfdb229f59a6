"""A run, opened again in a worker process."""

from __future__ import annotations

import importlib
import importlib.util
import os
import sys
from collections.abc import Mapping
from typing import Any

from lading.abc.contexts.facts import RunFacts
from lading.abc.recipe import Recipe
from lading.app.instance import Instance
from lading.app.jobs import prepare
from lading.app.reading import WORKER, WorkerStop
from lading.app.wanted import opened_managers
from lading.definitions.asset_job import AssetJob
from lading.definitions.collect import Definitions
from lading.definitions.graph import GraphDefinition
from lading.definitions.job import JobDefinition
from lading.engine.desk import Desk
from lading.engine.resources import open_resources
from lading.errors import ImportFailedError, InvariantViolationError
from lading.values.records import Run


def load_module(recipe: Recipe) -> Any:
    """The module of a recipe: by name, or by path for a file that is no module (a script).

    Raises:
        ImportFailedError: It cannot be imported.
    """
    if not recipe.module.endswith(".py"):
        return importlib.import_module(recipe.module)
    name = "__lading_main__"
    known = sys.modules.get(name)
    if known is not None and getattr(known, "__file__", None) == recipe.module:
        return known
    spec = importlib.util.spec_from_file_location(name, recipe.module)
    if spec is None or spec.loader is None:
        raise ImportFailedError(f"{recipe.module} cannot be imported", where="a worker process")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    sys.path.insert(0, os.path.dirname(recipe.module))
    # A script without a guard would start the run once more: it is read as far as that.
    os.environ[WORKER] = "1"
    try:
        spec.loader.exec_module(module)
    except WorkerStop:
        pass
    finally:
        del os.environ[WORKER]
    return module


def open_job(recipe: Recipe) -> JobDefinition:
    """The job a recipe stands for.

    Raises:
        InvariantViolationError: What is found there is no job.
    """
    found: Any = load_module(recipe)
    for part in recipe.attribute.split("."):
        found = getattr(found, part)
    arguments = dict(recipe.arguments)
    job_name = arguments.pop("__job__", None)
    if callable(found) and not isinstance(found, JobDefinition | GraphDefinition | Definitions):
        found = found(**arguments)
    if isinstance(found, Definitions):
        found = found.get_job_def(job_name or "__ASSET_JOB")
    if isinstance(found, GraphDefinition):
        found = found.to_job()
    if isinstance(found, AssetJob) or not isinstance(found, JobDefinition):
        raise InvariantViolationError(
            f"{recipe.module}:{recipe.attribute} is no job but {type(found).__name__}", where="a worker process",
            fix="give reconstructable() a job, or a function that returns one",
        )  # fmt: skip
    return found


def open_desk(job: Recipe, home: str | None, run: Run, how: Mapping[str, Any]) -> Desk:
    """The desk of a run, as a worker needs it: the same plan, resources of its own."""
    instance = Instance.ephemeral() if home is None else Instance.open(home)
    prepared = prepare(open_job(job), instance, run_id=run.run_id, **how)
    opened = open_resources(
        prepared.sources, prepared.wanted.owners, prepared.configs, prepared.wanted.owners, run.run_id, instance, None,
        run, prepared.resources,
    )  # fmt: skip
    managers = opened_managers(opened, prepared.wanted, prepared.sources)
    facts = RunFacts(run.run_id, run.job_name, run.tags, run.run_config, instance, run)
    return Desk(facts, prepared.plan, prepared.workload, managers, opened, lambda _event: None)
