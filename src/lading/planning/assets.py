"""Steps of a selection of assets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any

from lading.definitions.assets import AssetsDefinition
from lading.definitions.graph import GraphDefinition
from lading.definitions.lineage import Lineage, is_nothing_input, source_of
from lading.definitions.types import is_partitions
from lading.errors import InvalidDefinitionError
from lading.planning.ops import GraphWalk, output_of
from lading.planning.partitions import RunPartitions, upstream_partitions
from lading.planning.plan import (
    FromAsset,
    FromManager,
    FromStep,
    FromValue,
    Source,
    Step,
    StepInput,
    StepOutput,
    StepUse,
)
from lading.values.dataclass import replace
from lading.values.keys import AssetCheckKey, AssetKey, show_keys

Made = Mapping[AssetKey, tuple[str, str]]


class AssetSteps:
    """Gathers the steps that make a selection of assets.

    Attributes:
        steps: Steps found so far.
        uses: The functions behind them.
        made: Asset key to the step and output that makes it in this run.
        graph_outputs: Names of graph nodes to their outputs.
    """

    __slots__ = ("graph_outputs", "job_retry", "lineage", "made", "partitions", "steps", "store", "uses")

    def __init__(self, lineage: Lineage, partitions: RunPartitions, store: Any, job_retry: Any = None) -> None:
        self.lineage = lineage
        self.partitions = partitions
        self.store = store
        self.job_retry = job_retry
        self.steps: list[Step] = []
        self.uses: dict[str, StepUse] = {}
        self.made: dict[AssetKey, tuple[str, str]] = {}
        self.graph_outputs: dict[str, dict[str, tuple[str, str]]] = {}

    def add(self, chosen: Sequence[tuple[AssetsDefinition, AbstractSet[AssetKey]]]) -> None:
        """Add the steps of all definitions; every producer is named before any consumer is connected."""
        names: dict[int, str] = {}
        taken: set[str] = set()
        for definition, keys in chosen:
            name = definition.node.name
            while name in taken:
                name += "_2"
            taken.add(name)
            names[id(definition)] = name
            self._name_outputs(definition, name, keys)
        for definition, keys in chosen:
            name = names[id(definition)]
            if isinstance(definition.node, GraphDefinition):
                self._add_graph(definition, name, keys)
            else:
                self._add_op(definition, name, keys)

    def _name_outputs(self, definition: AssetsDefinition, name: str, keys: AbstractSet[AssetKey]) -> None:
        graph = definition.node if isinstance(definition.node, GraphDefinition) else None
        for output, key in definition.keys_by_output.items():
            if key in keys:
                self.made[key] = (name, output) if graph is None else output_of(graph, name + ".", output)

    # ------------------------------------------------------------ inputs

    def sources(self, key: AssetKey, definition: AssetsDefinition, declared: Any) -> tuple[Source, AssetKey | None]:
        made = self.made.get(key)
        own = key in definition.specs_by_key
        if made is not None and not own:
            return FromStep(*made), key
        upstream = self.lineage.by_key.get(key)
        if upstream is None:
            return FromValue("default"), None
        if upstream.node is None and getattr(declared, "input_manager_key", None) is not None:
            return (FromAsset(key) if upstream.specs_by_key[key].metadata else FromManager()), key
        return FromAsset(key), key

    def _input_partitions(
        self, definition: AssetsDefinition, key: AssetKey | None, input_name: str | None = None
    ) -> tuple[str, ...] | None:
        upstream = None if key is None else self.lineage.by_key.get(key)
        if key is None or upstream is None or upstream.partitions_def is None:
            return None
        keys = self.partitions.all if definition.partitions_def is not None else ()
        where = f'asset "{show_keys(definition.specs_by_key)}"'
        return upstream_partitions(definition, key, upstream.partitions_def, keys, self.store, where, input_name)

    def _after(self, definition: AssetsDefinition, name: str) -> list[str]:
        found: list[str] = []
        for spec in definition.specs_by_key.values():
            for dep in spec.deps:
                made = self.made.get(self.lineage.dep_key(definition, dep.asset_key))
                if made is not None and made[0] != name:
                    found.append(made[0])
        return found

    # ------------------------------------------------------------ one op

    def _add_op(self, definition: AssetsDefinition, name: str, keys: AbstractSet[AssetKey]) -> None:
        op = definition.node
        inputs: list[StepInput] = []
        after = self._after(definition, name)
        resolved = self.lineage.inputs[id(definition)]
        for input_name, declared in op.ins.items():
            key = resolved[input_name]
            if is_nothing_input(declared):
                made = self.made.get(key)
                if made is not None and made[0] != name:
                    after.append(made[0])
                continue
            source, asset_key = self.sources(key, definition, declared)
            partitions = self._input_partitions(definition, asset_key, input_name)
            if partitions is None and is_partitions(declared.annotation):
                raise InvalidDefinitionError(
                    f'input "{input_name}" is annotated with Partitions, but asset "{key.to_user_string()}" has none',
                    where=source_of(definition), fix="annotate it with the type of its one value",
                )  # fmt: skip
            inputs.append(StepInput(input_name, (source,), False, declared.input_manager_key, asset_key, partitions))
        inputs.sort(key=_by_name)
        own = self.partitions.all if definition.partitions_def is not None else None
        outputs = tuple(StepOutput(output, key, own, key in keys) for output, key in definition.keys_by_output.items())
        checks = tuple(spec.key for spec in definition.check_specs)
        self.steps.append(Step(name, tuple(inputs), outputs, tuple(after), is_asset=True, check_keys=checks))
        use = StepUse(op, definition, op.retry_policy or self.job_retry, definition.hooks)
        use.checks = tuple(definition.check_specs)
        self.uses[name] = use

    # ------------------------------------------------------------ a graph

    def _add_graph(self, definition: AssetsDefinition, name: str, keys: AbstractSet[AssetKey]) -> None:
        graph: GraphDefinition = definition.node
        resolved = self.lineage.inputs[id(definition)]
        found_keys: dict[Source, AssetKey | None] = {}

        def incoming(input_name: str) -> tuple[Source, ...]:
            source, key = self.sources(resolved[input_name], definition, None)
            found_keys[source] = key
            return (source,)

        walk = GraphWalk(self.job_retry)
        walk.walk(graph, name + ".", incoming, definition.hooks)
        outputs = {output_of(graph, name + ".", out): key for out, key in definition.keys_by_output.items()}
        own = self.partitions.all if definition.partitions_def is not None else None
        first_after = tuple(self._after(definition, name))
        for step in walk.steps:
            inputs = tuple(self._with_asset(each, definition, found_keys, outputs) for each in step.inputs)
            outs = tuple(
                replace(out, asset_key=key, partitions=own, selected=key in keys)
                if (key := outputs.get((step.key, out.name))) is not None
                else out
                for out in step.outputs
            )
            starts = not any(isinstance(s, FromStep) and s not in found_keys for i in inputs for s in i.sources)
            after = (*step.after, *first_after) if starts else step.after
            self.steps.append(replace(step, inputs=inputs, outputs=outs, after=after, is_asset=True))
            use = walk.uses[step.key]
            use.assets = definition
            self.uses[step.key] = use
        self.graph_outputs.update(walk.graph_outputs)
        self.graph_outputs[name] = {out: output_of(graph, name + ".", out) for out in graph.output_facts}

    def _with_asset(
        self,
        each: StepInput,
        definition: AssetsDefinition,
        found: Mapping[Source, AssetKey | None],
        made: Mapping[tuple[str, str], AssetKey],
    ) -> StepInput:
        key = next((found[source] for source in each.sources if source in found), None)
        if key is not None:
            return replace(each, asset_key=key, partitions=self._input_partitions(definition, key))
        # An asset of this very graph, read by another of its ops: the partitions it is made for.
        steps = [source for source in each.sources if isinstance(source, FromStep)]
        own = next((key for s in steps if (key := made.get((s.step_key, s.output_name))) is not None), None)
        if own is None:
            return each
        return replace(each, asset_key=own, partitions=self.partitions.all if definition.partitions_def else None)


def _by_name(each: StepInput) -> str:
    return each.name


def choose(lineage: Lineage, selected: AbstractSet[AssetKey]) -> list[tuple[AssetsDefinition, AbstractSet[AssetKey]]]:
    """The definitions that make a selection, each with the keys that are asked of it.

    Raises:
        InvalidDefinitionError: Part of a definition is selected that cannot be made in parts.
    """
    chosen: list[tuple[AssetsDefinition, AbstractSet[AssetKey]]] = []
    for definition in lineage.assets:
        if definition.node is None:
            continue
        specs = definition.specs_by_key
        if len(specs) == 1:
            key = next(iter(specs))
            if key in selected:
                chosen.append((definition, {key}))
            continue
        keys = specs.keys() & selected
        if not keys:
            continue
        if len(keys) < len(specs) and not definition.can_subset:
            raise InvalidDefinitionError(
                f"{show_keys(sorted(keys))} cannot be made without {show_keys(sorted(specs.keys() - keys))}",
                where=source_of(definition),
                fix="select them all (AssetSelection.required_multi_asset_neighbors()), or can_subset=True",
            )
        chosen.append((definition, keys))
    return chosen


def add_checks(
    gathered: AssetSteps, lineage: Lineage, wanted: AbstractSet[AssetCheckKey] | None, selected: AbstractSet[AssetKey]
) -> None:
    """Add the steps of checks that stand apart from the function that makes their asset.

    Consumers of an asset wait for its blocking checks.
    """
    blocking: dict[AssetKey, list[str]] = {}
    for check in lineage.checks:
        key = check.spec.asset_key
        if (check.spec.key not in wanted) if wanted is not None else key not in selected:
            continue
        name = check.op.name
        inputs: list[StepInput] = []
        after: list[str] = []
        upstream = {*check.keys_by_input.values(), key, *(dep.asset_key for dep in check.spec.additional_deps)}
        partitions = gathered.partitions
        for input_name, asset_key in check.keys_by_input.items():
            source, found = gathered.sources(asset_key, EXTERNAL, check.op.ins[input_name])
            definition = lineage.by_key.get(asset_key)
            own = definition is not None and definition.partitions_def is not None
            keys = (partitions.all or None) if own else None
            inputs.append(
                StepInput(input_name, (source,), False, check.op.ins[input_name].input_manager_key, found, keys)
            )
        for each in upstream:
            made = gathered.made.get(each)
            if made is not None:
                after.append(made[0])
        gathered.steps.append(Step(name, tuple(inputs), (), tuple(after), is_asset=True, check_keys=(check.spec.key,)))
        use = StepUse(check.op, None, check.op.retry_policy or gathered.job_retry)
        use.checks = (check.spec,)
        gathered.uses[name] = use
        if check.spec.blocking:
            blocking.setdefault(key, []).append(name)
    if blocking:
        _wait_for(gathered, lineage, blocking)


def _wait_for(gathered: AssetSteps, lineage: Lineage, blocking: Mapping[AssetKey, list[str]]) -> None:
    for number, step in enumerate(gathered.steps):
        if step.check_keys and not step.outputs:
            continue
        definition = gathered.uses[step.key].assets
        if definition is None:
            continue
        parents = {parent for key in definition.specs_by_key for parent in lineage.parents(key)}
        extra = [name for key in parents for name in blocking.get(key, ()) if key not in definition.specs_by_key]
        if extra:
            gathered.steps[number] = replace(step, after=(*step.after, *extra))


EXTERNAL = AssetsDefinition(None, {}, {}, {}, kind="external")
