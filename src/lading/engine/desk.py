"""What all steps of a run share within one process."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from typing import Any, TypeAlias

from lading.abc.contexts.facts import RunFacts
from lading.abc.contexts.output import OutputContext
from lading.abc.contexts.partitions import NO_PARTITIONS, PartitionFacts
from lading.abc.contexts.resource import NO_RESOURCES, Resources
from lading.abc.io import SupportsManyPartitions
from lading.definitions.types import Type, resolve_type
from lading.engine.aio import LoopThread, is_async
from lading.planning.plan import FromStep, Plan, Step, StepUse, Workload
from lading.values.events import Event
from lading.values.keys import AssetKey, StepOutputHandle

NO_INPUTS: Mapping[str, Type] = {}
Divide: TypeAlias = Callable[[OutputContext, Any], Iterator[tuple[str, Any]] | None]


def _settle(now: bool) -> None:
    """Where events are handed back with the report of the step, there is nothing to write meanwhile."""


class StepTypes:
    """Resolved types of a step's inputs and outputs."""

    __slots__ = ("inputs", "outputs")

    def __init__(self, use: StepUse) -> None:
        self.inputs: dict[str, Type] = {name: resolve_type(each.annotation) for name, each in use.op.ins.items()}
        self.outputs: dict[str, Type] = {name: resolve_type(each.annotation) for name, each in use.op.outs.items()}


def types_of(use: StepUse) -> StepTypes:
    """The resolved types of a step, resolved once."""
    if use.types is None:
        use.types = StepTypes(use)
    return use.types


class Manager:
    """An opened IO manager, with what its contexts show of it.

    Attributes:
        divide: Divides a value into those of the partitions of a run, where the manager stores them one by one.
    """

    __slots__ = ("config", "divide", "is_async", "key", "manager", "resources")

    def __init__(self, key: str, manager: Any, config: Any = None, resources: Resources = NO_RESOURCES) -> None:
        self.key = key
        self.manager = manager
        many: object = manager
        self.divide: Divide | None = many.divide_output if isinstance(many, SupportsManyPartitions) else None
        self.is_async = is_async(getattr(manager, "handle_output", None)) or is_async(manager.load_input)
        self.config = config
        self.resources = resources


class Desk:
    """What all steps of a run share within one process.

    Attributes:
        facts: The run.
        plan: What the run does.
        workload: The functions behind the steps.
        managers: Opened IO and input managers, by key.
        resources: ``scoped(keys, owner)`` gives the resources a function reads.
        emit: Takes every event as it happens.
        settle: Has events written that have waited long enough, or (True) all of them now.
        captured: Values of outputs, kept for the result; None where nobody will ask.
        versions: Data versions of assets, by key.
        log_shown: Whether log lines are shown.
        remote: How workers elsewhere find the run, or None where steps run in this process.
        loop: Runs what is async.
        async_managers: Keys of the managers that are.
        absent: Outputs that were not produced, by step and name.
        mapped: Dynamic outputs, and outputs of steps mapped over one, to the step and mapping key of each value.
    """

    __slots__ = (
        "absent", "asset_facts", "async_managers", "captured", "emit", "facts", "log_shown", "loop", "managers",
        "mapped", "plan", "remote", "resources", "run_partitions", "settle", "versions", "workload",
    )  # fmt: skip

    def __init__(
        self,
        facts: RunFacts,
        plan: Plan,
        workload: Workload,
        managers: Mapping[str, Manager],
        resources: Any,
        emit: Callable[[Event], None],
        captured: dict[StepOutputHandle, Any] | None = None,
        versions: dict[AssetKey, tuple[str, str]] | None = None,
        log_shown: bool = True,
        remote: Any = None,
    ) -> None:
        self.facts = facts
        self.plan = plan
        self.workload = workload
        self.managers = managers
        self.resources = resources
        self.emit = emit
        self.settle: Callable[[bool], None] = _settle
        self.captured = captured
        self.versions: dict[AssetKey, tuple[str, str]] = versions if versions is not None else {}
        self.log_shown = log_shown
        self.remote = remote
        self.loop = LoopThread()
        self.async_managers = frozenset(key for key, each in managers.items() if each.is_async)
        self.absent: set[tuple[str, str]] = set()
        self.mapped: dict[tuple[str, str], list[tuple[str, str | None]]] = {}
        self.asset_facts: dict[tuple[AssetKey, tuple[str, ...]], PartitionFacts] = {}
        if plan.partition_key is None and plan.partition_keys is None:
            self.run_partitions = NO_PARTITIONS
        else:
            self.run_partitions = PartitionFacts(
                plan.partition_key, run_keys=plan.partition_keys, run_definition=workload.run_partitions
            )

    def close(self) -> None:
        """Let go of what the desk holds open."""
        self.loop.close()
        close = getattr(self.resources, "close", None)
        if close is not None:
            close()

    def partitions_of(self, asset_key: AssetKey | None, keys: tuple[str, ...] | None) -> PartitionFacts:
        """The facts a context shows of an asset's partitions."""
        if asset_key is None or keys is None:
            return self.run_partitions
        found = self.asset_facts.get((asset_key, keys))
        if found is None:
            assets = self.workload.lineage.by_key.get(asset_key) if self.workload.lineage is not None else None
            found = PartitionFacts(
                self.plan.partition_key, keys, None if assets is None else assets.partitions_def,
                run_keys=self.plan.partition_keys, run_definition=self.workload.run_partitions,
                together=_makes_several(assets),
            )  # fmt: skip
            self.asset_facts[asset_key, keys] = found
        return found

    def stored_partitions(self, asset_key: AssetKey) -> AbstractSet[str]:
        """The partitions of an asset that the history knows to be stored, this run's included."""
        self.settle(True)
        instance = self.facts.instance
        return frozenset() if instance is None else instance.get_materialized_partitions(asset_key)

    def use_of(self, step_key: str) -> StepUse:
        """The function behind a step, also behind one of many mapped ones."""
        uses = self.workload.uses
        found = uses.get(step_key)
        return found if found is not None else uses[step_key.split("[", 1)[0]]


def _makes_several(assets: Any) -> bool:
    policy = None if assets is None else assets.backfill_policy
    return policy is not None and policy.max_partitions_per_run != 1


def mapping_key_of(step: Step, source: FromStep) -> str | None:
    """The mapping key of the value that a mapped step takes from a dynamic output, or None."""
    over = step.mapped_over
    if over is None or (over.step_key, over.output_name) != (source.step_key, source.output_name):
        return None
    return own_mapping_key(step)


def own_mapping_key(step: Step) -> str | None:
    """The mapping key in the name of a mapped step, or None."""
    return step.key[step.key.index("[") + 1 : -1] if step.mapped_over is not None and "[" in step.key else None


def waits(desk: Desk, step: Step) -> bool:
    """Whether a step awaits something, so that others can run meanwhile."""
    use = desk.use_of(step.key)
    if use.op.is_async:
        return True
    if not desk.async_managers:
        return False
    keys = {out.io_manager_key for out in use.op.outs.values()}
    return not keys.isdisjoint(desk.async_managers) or bool(step.inputs)
