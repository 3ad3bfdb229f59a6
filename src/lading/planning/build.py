"""From a job to the Plan of one run of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from typing import Any

from lading.definitions.config.run_config import RunSettings
from lading.definitions.job import JobDefinition
from lading.definitions.lineage import Lineage
from lading.definitions.partitions.together import shared_definition
from lading.errors import InvalidDefinitionError
from lading.planning.assets import AssetSteps, add_checks, choose
from lading.planning.config import configure
from lading.planning.ops import GraphWalk, output_of
from lading.planning.order import in_order, with_mapping
from lading.planning.partitions import RunPartitions, run_partitions
from lading.planning.plan import FromValue, Plan, Source, StepUse, Workload
from lading.planning.select import select_steps
from lading.values.keys import AssetCheckKey, AssetKey


def build_plan(
    job: JobDefinition,
    settings: RunSettings,
    *,
    partition_key: str | None = None,
    tags: Mapping[str, str] | None = None,
    store: Any = None,
    selected: AbstractSet[AssetKey] | None = None,
    checks: AbstractSet[AssetCheckKey] | None = None,
    op_selection: Any = None,
    step_keys: Iterable[str] | None = None,
    parents: Mapping[str, str] | None = None,
) -> tuple[Plan, Workload, RunPartitions]:
    """Work out what one run of a job will do.

    Args:
        job: The job.
        settings: Its run config, taken apart.
        partition_key: The partition, or None.
        tags: Tags of the run; two of them can name a range of partitions.
        store: Where the keys of dynamic partitions are kept.
        selected: Only these assets; None is all of the job's.
        checks: Only these checks; None is those of the assets.
        op_selection: Only these ops.
        step_keys: Only these steps; inputs from others are read from the parent run.
        parents: Step to the earlier run its outputs are read from, where a run is taken up again.

    Returns:
        The plan, the functions it names, and the partitions of the run.

    Raises:
        LadingError: Whatever can be known to be wrong before anything runs.
    """
    if job.graph is not None:
        plan, workload, partitions = _plan_graph(job, partition_key, tags or {}, store)
    else:
        plan, workload, partitions = _plan_assets(job, partition_key, tags or {}, store, selected, checks)
    op_selection = op_selection if op_selection is not None else job.op_selection
    if op_selection is not None or step_keys is not None:
        plan = select_steps(plan, op_selection, step_keys, parents)
    configure(plan, workload, settings, job.input_values)
    return plan, workload, partitions


def _plan_graph(
    job: JobDefinition, partition_key: str | None, tags: Mapping[str, str], store: Any
) -> tuple[Plan, Workload, RunPartitions]:
    partitions = run_partitions(
        job.partitions_def, partition_key, tags, store, f'job "{job.name}"', required=job.partitions_def is not None
    )
    walk = GraphWalk(job.op_retry_policy)

    def incoming(name: str) -> tuple[Source, ...]:
        return (FromValue(f"input:{name}"),) if name in job.input_values else ()

    walk.walk(job.graph, "", incoming, job.hooks)
    steps = in_order(walk.steps)
    dynamic = {(key, name) for key, use in walk.uses.items() for name, out in use.op.outs.items() if out.is_dynamic}
    outputs = dict(walk.graph_outputs)
    outputs[""] = {out: output_of(job.graph, "", out) for out in job.graph.output_facts}
    plan = Plan(
        job.name, with_mapping(steps, dynamic), partitions.key, partitions.keys, graph_outputs=outputs
    )  # fmt: skip
    return plan, Workload(walk.uses, None, job.resource_defs, partitions.definition), partitions


def _plan_assets(
    job: JobDefinition,
    partition_key: str | None,
    tags: Mapping[str, str],
    store: Any,
    selected: AbstractSet[AssetKey] | None,
    checks: AbstractSet[AssetCheckKey] | None,
) -> tuple[Plan, Workload, RunPartitions]:
    lineage: Lineage = job.lineage
    wanted = job.selected if selected is None else selected
    for key in wanted:
        lineage.require(key)
    lineage.check()
    chosen = choose(lineage, wanted)
    definition = shared_definition(
        (next(iter(keys)).to_user_string(), assets.partitions_def) for assets, keys in chosen
    )
    what = f'asset "{next((k.to_user_string() for a, ks in chosen if a.partitions_def is not None for k in ks), "")}"'
    if definition is None:
        definition, what = job.partitions_def, f'job "{job.name}"'
    partitions = run_partitions(definition, partition_key, tags, store, what, required=definition is not None)
    gathered = AssetSteps(lineage, partitions, store, job.op_retry_policy)
    gathered.add(chosen)
    check_keys = checks if checks is not None else job.check_keys
    if lineage.checks:
        add_checks(gathered, lineage, check_keys, wanted)
    if job.hooks:
        for use in gathered.uses.values():
            use.hooks = use.hooks | job.hooks
    steps = in_order(gathered.steps)
    dynamic = {(key, name) for key, use in gathered.uses.items() for name, o in use.op.outs.items() if o.is_dynamic}
    plan = Plan(
        job.name, with_mapping(steps, dynamic), partitions.key, partitions.keys, gathered.made, gathered.graph_outputs
    )
    resources = merged_resources(job, gathered.uses.values(), lineage, plan)
    return plan, Workload(gathered.uses, lineage, resources, partitions.definition), partitions


def merged_resources(job: JobDefinition, uses: Iterable[StepUse], lineage: Lineage, plan: Plan) -> Mapping[str, Any]:
    """Resources of the job and of its assets, one per key.

    Raises:
        InvalidDefinitionError: Two different resources for one key.
    """
    found: Mapping[str, Any] = job.resource_defs
    own = [use.assets for use in uses if use.assets is not None and use.assets.resource_defs]
    loaded = {each.asset_key for step in plan.steps for each in step.inputs if each.asset_key is not None}
    own.extend(lineage.by_key[key] for key in loaded if key in lineage.by_key and lineage.by_key[key].resource_defs)
    if not own:
        return found
    merged = dict(found)
    for definition in own:
        for key, resource in definition.resource_defs.items():
            if key in merged and merged[key] is not resource and merged[key] != resource:
                raise InvalidDefinitionError(
                    f'two different resources are given for the key "{key}"', where=repr(definition),
                    fix="give one of them another key",
                )  # fmt: skip
            merged.setdefault(key, resource)
    return merged
