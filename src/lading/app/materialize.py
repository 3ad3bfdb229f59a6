"""Making assets, in one call."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from lading.app.instance import Instance
from lading.app.jobs import run_job, uncollected
from lading.definitions.job import JobDefinition
from lading.definitions.lineage import Lineage
from lading.definitions.selected import select
from lading.errors import InvariantViolationError
from lading.io.memory import InMemoryIOManager
from lading.values.result import RunResult

EPHEMERAL_JOB = "__ephemeral_asset_job__"


def materialize(
    assets: Sequence[Any],
    run_config: Any = None,
    instance: Instance | None = None,
    resources: Mapping[str, Any] | None = None,
    partition_key: str | None = None,
    raise_on_error: bool = True,
    tags: Mapping[str, str] | None = None,
    selection: Any = None,
) -> RunResult:
    """Make assets, in this process.

    Args:
        assets: Assets (functions decorated with ``@asset`` and their kin), checks, and assets made elsewhere.
        run_config: Config of the run.
        instance: Where the run is recorded; a throw-away one when left out.
        resources: IO managers and other resources, by key.
        partition_key: The partition, where the assets have partitions.
        raise_on_error: Whether the first failure is raised.
        tags: Tags of the run.
        selection: Only these of the assets; the others can be loaded.

    Returns:
        The result of the run.

    Raises:
        LadingError: Whatever is wrong before the run; no function was called then.
        Exception: The first failure of the run, if ``raise_on_error``.
    """
    with uncollected():
        job = ephemeral_job(assets, selection, resources)
    return run_job(
        job, run_config=run_config, instance=instance, partition_key=partition_key, raise_on_error=raise_on_error,
        tags=tags,
    )  # fmt: skip


def ephemeral_job(assets: Sequence[Any], selection: Any, resources: Mapping[str, Any] | None) -> JobDefinition:
    """The job that makes a selection of assets; without one, all that can be made (not those only observed).

    Raises:
        InvalidDefinitionError: The selection names what does not exist, or parts what cannot be parted.
    """
    lineage = Lineage(assets)
    if selection is None:
        selected = set(lineage.materializable_keys)
        return JobDefinition(EPHEMERAL_JOB, resource_defs=resources, lineage=lineage, selected=selected)
    keys, checks = select(selection, lineage, "materialize()")
    return JobDefinition(
        EPHEMERAL_JOB, resource_defs=resources, lineage=lineage, selected=keys & set(lineage.executable_keys),
        check_keys=checks,
    )  # fmt: skip


def observe(
    assets: Sequence[Any],
    run_config: Any = None,
    instance: Instance | None = None,
    resources: Mapping[str, Any] | None = None,
    partition_key: str | None = None,
    raise_on_error: bool = True,
    tags: Mapping[str, str] | None = None,
    selection: Any = None,
) -> RunResult:
    """Look at source assets made with ``@observable_source_asset``, in this process.

    Args:
        assets: The source assets; others among them are left alone.
        run_config: Config of the run.
        instance: Where the run is recorded; a throw-away one when left out.
        resources: Resources by key.
        partition_key: The partition, where the assets have partitions.
        raise_on_error: Whether the first failure is raised.
        tags: Tags of the run.
        selection: Only these of the assets.

    Returns:
        The result of the run; its observations carry the data version that was seen.
    """
    lineage = Lineage(assets)
    seen = {key for key, definition in lineage.by_key.items() if definition.kind == "observe"}
    if selection is not None:
        seen &= select(selection, lineage, "observe()")[0]
    job = JobDefinition(EPHEMERAL_JOB, resource_defs=resources, lineage=lineage, selected=seen)
    return run_job(
        job, run_config=run_config, instance=instance, partition_key=partition_key, raise_on_error=raise_on_error,
        tags=tags,
    )  # fmt: skip


def materialize_to_memory(
    assets: Sequence[Any],
    run_config: Any = None,
    instance: Instance | None = None,
    resources: Mapping[str, Any] | None = None,
    partition_key: str | None = None,
    raise_on_error: bool = True,
    tags: Mapping[str, str] | None = None,
    selection: Any = None,
) -> RunResult:
    """Make assets, with every value kept in memory whatever its IO manager: for tests.

    Args:
        assets: As for :func:`materialize`.
        run_config: Config of the run.
        instance: Where the run is recorded; a throw-away one when left out.
        resources: Resources other than IO managers, by key.
        partition_key: The partition, where the assets have partitions.
        raise_on_error: Whether the first failure is raised.
        tags: Tags of the run.
        selection: Only these of the assets.

    Returns:
        The result of the run.

    Raises:
        InvariantViolationError: An IO manager is given.
    """
    lineage = Lineage(assets)
    keys = manager_keys(lineage)
    for key in resources or {}:
        if key in keys or getattr((resources or {})[key], "handle_output", None) is not None:
            raise InvariantViolationError(
                f'materialize_to_memory keeps every value in memory, but an IO manager is given under "{key}"',
                where="resources=", fix="leave it out, or use materialize()",
            )  # fmt: skip
    memory = InMemoryIOManager()
    given = {**dict.fromkeys(keys, memory), **(resources or {})}
    return materialize(assets, run_config, instance, given, partition_key, raise_on_error, tags, selection)


def manager_keys(lineage: Lineage) -> set[str]:
    """The keys of all IO managers that assets name."""
    keys = {"io_manager"}
    for definition in lineage.assets:
        for out in getattr(definition.node, "outs", {}).values():
            keys.add(getattr(out, "io_manager_key", "io_manager"))
        for each in getattr(definition.node, "ins", {}).values():
            if getattr(each, "input_manager_key", None):
                keys.add(each.input_manager_key)
        for spec in definition.specs_by_key.values():
            declared = spec.metadata.get("dagster/io_manager_key")
            if declared is not None:
                keys.add(str(declared))
    return keys
