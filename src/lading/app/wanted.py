"""What a plan asks of the world around it: resources, managers, versions of assets stored earlier."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lading.app.builtin import DEFAULT_KEY
from lading.app.instance import Instance
from lading.engine.desk import Manager, types_of
from lading.engine.inputs import manager_of
from lading.engine.resources import OpenedResources
from lading.planning.plan import FromAsset, FromStep, FromValue, Plan, Source, Workload
from lading.values.keys import AssetKey
from lading.values.records import PlannedStep


class Wanted:
    """The resources a plan asks for.

    Attributes:
        owners: Key to who asks for it.
        managers: Key of each manager among them to its kind and who asks for it.
    """

    __slots__ = ("managers", "owners")

    def __init__(self) -> None:
        self.owners: dict[str, str] = {}
        self.managers: dict[str, tuple[str, str]] = {}

    def manager(self, key: str, kind: str, what: str, name: str, step: str) -> None:
        """Note a manager; one that must store must be able to load as well."""
        known = self.managers.get(key)
        if known is None or (kind == "io_manager" and known[0] != kind):
            who = f'{what} "{name}" of step "{step}"'
            self.owners.setdefault(key, who)
            self.managers[key] = (kind, who)


def wanted_resources(plan: Plan, workload: Workload) -> Wanted:
    """The resources and managers a plan asks for."""
    wanted = Wanted()
    for step in plan.steps:
        use = workload.uses[step.key]
        for key in use.op.required_resource_keys:
            wanted.owners.setdefault(key, f'step "{step.key}"')
        for hook in use.hooks:
            for key in hook.required_resource_keys:
                wanted.owners.setdefault(key, f'hook "{hook.name}"')
        types = types_of(use).outputs
        for out in step.outputs:
            if not types[out.name].is_nothing:
                key = use.op.outs[out.name].io_manager_key
                wanted.manager(key, "io_manager", "output", out.name, step.key)
        for each in step.inputs:
            for source in each.sources:
                if type(source) is not FromValue:
                    key = each.manager_key or stored_by(source, workload)
                    wanted.manager(key, "input_manager", "input", each.name, step.key)
    return wanted


def stored_by(source: Source, workload: Workload) -> str:
    """The key of the manager that stored what an input loads."""
    if type(source) is FromStep:
        use = workload.uses.get(source.step_key)
        return DEFAULT_KEY if use is None else use.op.outs[source.output_name].io_manager_key
    if type(source) is FromAsset:
        return manager_of(workload.lineage.by_key[source.asset_key], source.asset_key)
    return DEFAULT_KEY


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


def opened_managers(opened: OpenedResources, wanted: Wanted, sources: Mapping[str, Any]) -> dict[str, Manager]:
    """The opened managers, each with what its contexts show of it."""
    found: dict[str, Manager] = {}
    for key, (kind, who) in wanted.managers.items():
        resources = opened.scoped(sources[key].required_resource_keys, f'IO manager "{key}"')
        found[key] = Manager(key, opened.manager(key, kind, who), opened.configs.get(key), resources)
    return found


def known_versions(plan: Plan, instance: Instance) -> dict[AssetKey, tuple[str, str]]:
    """Data versions of the assets that are loaded but not made in this run: one question for the whole plan."""
    keys: set[AssetKey] = set()
    for step in plan.steps:
        for each in step.inputs:
            keys.update(source.asset_key for source in each.sources if type(source) is FromAsset)
    if not keys:
        return {}
    found: dict[AssetKey, tuple[str, str]] = {}
    for key, record in instance.history.latest(sorted(keys)).items():
        made = record.asset_materialization
        if made is not None:
            found[key] = (made.tags.get("dagster/data_version", "INITIAL"), str(record.storage_id))
    return found
