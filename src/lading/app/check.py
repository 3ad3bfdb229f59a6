"""Whether the definitions of a project fit together: every problem, and no user code run."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lading.app.instance import Instance
from lading.app.jobs import prepare
from lading.definitions.collect import Definitions, check_resources
from lading.errors import LadingError, PartitionNeededError
from lading.values.keys import AssetKey

MOST = 20
# In larger projects the first missing resource is named, not all of them.
SMALL = 1000


def problems(definitions: Definitions, instance: Instance) -> list[LadingError]:
    """What is wrong with definitions; at most 20 problems.

    Args:
        definitions: The definitions.
        instance: Where keys of dynamic partitions are kept.
    """
    found: list[LadingError] = []
    if not _tried(found, lambda: definitions.lineage):
        return found
    lineage = definitions.lineage
    if not _tried(found, lambda: Definitions.validate_loadable(definitions)) and len(lineage.assets) <= SMALL:
        for key in lineage.by_key:
            _tried(found, lambda key=key: check_resources(lineage, definitions.resources, {key}))
    names: list[str] = []
    _tried(found, lambda: names.extend(job.name for job in definitions.resolve_all_job_defs() if not job.is_implicit))
    for name in names:
        _tried(found, lambda name=name: _plan(definitions.get_job_def(name), instance, None))
    if not found:
        _plan_assets(found, definitions, instance)
    return _once(found)[:MOST]


def _plan_assets(found: list[LadingError], definitions: Definitions, instance: Instance) -> None:
    """Plan each asset alone, with one of its partitions: so every problem is found, and is said of its asset."""
    lineage = definitions.lineage
    if not lineage.executable_keys:
        return
    job = definitions.get_implicit_global_asset_job_def()
    seen: set[int] = set()
    for key in lineage.executable_keys:
        unit = lineage.by_key[key]
        if id(unit) not in seen:
            seen.add(id(unit))
            keys = set(unit.specs_by_key)
            _tried(found, lambda keys=keys: _plan(job, instance, keys))
            if len(found) >= MOST:
                return


def _plan(job: Any, instance: Instance, keys: set[AssetKey] | None) -> None:
    definition = job.partitions_def
    if keys is not None:
        definition = job.lineage.by_key[next(iter(keys))].partitions_def
    last = None if definition is None else definition.get_last_partition_key(None, instance)
    if definition is not None and last is None:
        return
    try:
        prepare(job, instance, selected=keys, partition_key=last)
    except PartitionNeededError:
        return  # a job over assets with partitions is asked for one when it is run


def _tried(found: list[LadingError], look: Callable[[], object]) -> bool:
    try:
        look()
    except LadingError as error:
        found.append(error)
        return False
    return True


def _once(found: list[LadingError]) -> list[LadingError]:
    return list({(error.code, error.what): error for error in found}.values())
