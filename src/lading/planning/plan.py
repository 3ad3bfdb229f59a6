"""The Plan: what a run will do, step by step. Frozen, picklable, keys and names only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

from lading.values.dataclass import dataclass, field
from lading.values.keys import AssetCheckKey, AssetKey

NO_HOOKS: frozenset[Any] = frozenset()


@dataclass(frozen=True, slots=True)
class FromStep:
    """The value comes from an output of a step of this run (or, when resumed, of the parent run).

    ``collect`` gathers all values of a dynamic output into a list; ``parent_run_id`` names the run to read from when
    the step itself is not run again.
    """

    step_key: str
    output_name: str
    collect: bool = False
    parent_run_id: str | None = None


@dataclass(frozen=True, slots=True)
class FromAsset:
    """The value is an asset stored earlier, or elsewhere."""

    asset_key: AssetKey


@dataclass(frozen=True, slots=True)
class FromValue:
    """The value was given: by config, as an input value of the graph, or as the default of the input."""

    where: str


@dataclass(frozen=True, slots=True)
class FromManager:
    """Nothing stands behind the input but the manager that loads it."""


Source: TypeAlias = FromStep | FromAsset | FromValue | FromManager


@dataclass(frozen=True, slots=True)
class StepInput:
    """An input of a step: where its value comes from.

    ``partitions`` are those of the upstream asset that are loaded; None where it has none.
    """

    name: str
    sources: tuple[Source, ...]
    fan_in: bool = False
    manager_key: str | None = None
    asset_key: AssetKey | None = None
    partitions: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class StepOutput:
    """An output of a step, and the asset (and its partitions) it is, if any."""

    name: str
    asset_key: AssetKey | None = None
    partitions: tuple[str, ...] | None = None
    selected: bool = True


@dataclass(frozen=True, slots=True)
class Step:
    """One call of one function.

    Attributes:
        key: Its name in the run.
        inputs: Where its inputs come from.
        outputs: What it makes.
        after: Steps that must be done before, although no value travels.
        mapped_over: The dynamic output it is run once for each value of, or None.
        blocked_by: Checks that must have passed before.
        is_asset: Whether it makes assets.
        check_keys: Checks it evaluates.
    """

    key: str
    inputs: tuple[StepInput, ...] = ()
    outputs: tuple[StepOutput, ...] = ()
    after: tuple[str, ...] = ()
    mapped_over: FromStep | None = None
    is_asset: bool = False
    check_keys: tuple[AssetCheckKey, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run will do.

    Attributes:
        job_name: The job's name.
        steps: In an order in which each comes after what it needs.
        partition_key: The partition of the run, or None.
        partition_keys: The partitions of a run over several, or None.
        asset_outputs: Asset key to the step and output that makes it.
        node_names: Names of all nodes that can be asked for in a result, outputs by name.
        skipped: Steps that need not run, and why.
    """

    job_name: str
    steps: tuple[Step, ...]
    partition_key: str | None = None
    partition_keys: tuple[str, ...] | None = None
    asset_outputs: Mapping[AssetKey, tuple[str, str]] = field(default_factory=dict[AssetKey, tuple[str, str]])
    graph_outputs: Mapping[str, Mapping[str, tuple[str, str]]] = field(
        default_factory=dict[str, Mapping[str, tuple[str, str]]]
    )
    skipped: Mapping[str, str] = field(default_factory=dict[str, str])


class StepUse:
    """The function behind a step and what is declared around it: the side of a plan that holds functions.

    Attributes:
        op: The op.
        assets: The assets definition it belongs to, or None.
        retry_policy: The policy in force, or None.
        hooks: Functions called after it.
        tags: Its tags.
        config: Its validated config, or None.
        input_values: Values given for its inputs.
        input_config: Config for the managers of its inputs, by input.
        output_config: Config for the managers of its outputs, by output.
        types: Resolved types of inputs and outputs, filled by the engine on first use.
    """

    __slots__ = (
        "assets", "checks", "config", "hooks", "input_config", "input_values", "op", "output_config", "retry_policy",
        "tags", "types",
    )  # fmt: skip

    def __init__(
        self,
        op: Any,
        assets: Any = None,
        retry_policy: Any = None,
        hooks: frozenset[Any] = NO_HOOKS,
        tags: Mapping[str, str] | None = None,
    ) -> None:
        self.op = op
        self.assets = assets
        self.retry_policy = retry_policy
        self.hooks = hooks
        self.tags: Mapping[str, str] = tags if tags is not None else op.tags
        self.checks: tuple[Any, ...] = ()
        self.config: Any = None
        self.input_values: dict[str, Any] | None = None
        self.input_config: Mapping[str, Any] | None = None
        self.output_config: Mapping[str, Any] | None = None
        self.types: Any = None


@dataclass(slots=True)
class Workload:
    """What a plan names, found again: functions by step, declarations by asset, the resources that are wanted.

    Attributes:
        uses: Step key to the function behind it.
        lineage: The assets of the job, or None.
        resource_defs: Resources by key, merged from job and assets.
        run_partitions: The partitions definition of the run, or None.
    """

    uses: dict[str, StepUse]
    lineage: Any = None
    resource_defs: Mapping[str, Any] = field(default_factory=dict[str, Any])
    run_partitions: Any = None
