"""Assets made by a ready op or graph: keys and specs by output, and what is declared of them put on the ops behind."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, TypedDict, cast

from lading.abc.partitions import PartitionMapping, PartitionsDefinition
from lading.definitions.backfill import BackfillPolicy
from lading.definitions.compose import GraphInput, Node, OutputRef, Source
from lading.definitions.graph import GraphDefinition
from lading.definitions.ins_outs import InputDefinition, OutputDefinition
from lading.definitions.op import OpDefinition
from lading.definitions.spec import AssetIn, AssetOut, AssetSpec
from lading.errors import InvalidDefinitionError
from lading.values.keys import AssetKey, CoercibleToAssetKey, CoercibleToAssetKeyPrefix
from lading.values.outputs import NOT_GIVEN


class NodeDeclared(TypedDict, total=False):
    """What may be declared when assets are made of an op or a graph; each mapping is by output (or input) name."""

    keys_by_input_name: Mapping[str, CoercibleToAssetKey] | None
    keys_by_output_name: Mapping[str, CoercibleToAssetKey] | None
    key_prefix: CoercibleToAssetKeyPrefix | None
    internal_asset_deps: Mapping[str, set[AssetKey]] | None
    partitions_def: PartitionsDefinition | None
    partition_mappings: Mapping[str, PartitionMapping] | None
    resource_defs: Mapping[str, Any] | None
    group_name: str | None
    group_names_by_output_name: Mapping[str, str | None] | None
    descriptions_by_output_name: Mapping[str, str] | None
    metadata_by_output_name: Mapping[str, Mapping[str, Any] | None] | None
    tags_by_output_name: Mapping[str, Mapping[str, str] | None] | None
    automation_conditions_by_output_name: Mapping[str, Any] | None
    owners_by_output_name: Mapping[str, Sequence[str]] | None
    code_versions_by_output_name: Mapping[str, str | None] | None
    backfill_policy: BackfillPolicy | None
    can_subset: bool
    check_specs: Sequence[Any] | None
    hook_defs: Iterable[Any] | None


def assets_of_node(node: OpDefinition | GraphDefinition, declared: NodeDeclared) -> dict[str, Any]:
    """The arguments of an AssetsDefinition whose assets an op or graph makes.

    Args:
        node: The op or graph; each of its outputs becomes an asset.
        declared: What is declared of them.

    Raises:
        InvalidDefinitionError: Something is declared of an input or output the node does not have.
    """
    where = f'assets of "{node.name}"'
    keys = _output_keys(node, declared, where)
    inputs = {name: AssetKey(name) for name in node.input_names}
    given_inputs = declared.get("keys_by_input_name") or {}
    refuse_unknown(given_inputs, inputs, "input", where)
    inputs.update({name: AssetKey.from_coercible(key) for name, key in given_inputs.items()})
    mappings = declared.get("partition_mappings") or {}
    refuse_unknown(mappings, inputs, "input", where)
    outs = {
        name: AssetOut(key=key, metadata=(declared.get("metadata_by_output_name") or {}).get(name))
        for name, key in keys.items()
    }
    complete = with_declared(node, {}, outs)
    return {
        "node": complete,
        "keys_by_output": keys,
        "keys_by_input": inputs,
        "specs_by_key": {key: _spec(complete, name, key, declared) for name, key in keys.items()},
        "partitions_def": declared.get("partitions_def"),
        "partition_mappings": {inputs[name]: mapping for name, mapping in mappings.items()},
        "backfill_policy": declared.get("backfill_policy"),
        "can_subset": declared.get("can_subset", False),
        "resource_defs": declared.get("resource_defs"),
        "check_specs": tuple(declared.get("check_specs") or ()),
        "internal_deps": _internal(declared.get("internal_asset_deps") or {}, keys, inputs, where),
        "hooks": declared.get("hook_defs"),
        "config": getattr(node, "config", None),
    }


def _output_keys(node: OpDefinition | GraphDefinition, declared: NodeDeclared, where: str) -> dict[str, AssetKey]:
    given = declared.get("keys_by_output_name") or {}
    outputs = tuple(node.output_facts)
    for name in ("keys", "group_names", "descriptions", "metadata", "tags", "owners", "code_versions"):
        mapping = cast("Mapping[str, Any] | None", declared.get(f"{name}_by_output_name"))
        refuse_unknown(mapping or {}, outputs, "output", where)
    prefix = declared.get("key_prefix")
    keys: dict[str, AssetKey] = {}
    for name in outputs:
        # The one output of a function has no name of its own: the asset is called like the function.
        key = AssetKey.from_coercible(given.get(name, node.name if name == "result" else name))
        keys[name] = key if prefix is None else key.with_prefix(prefix)
    if not keys:
        raise InvalidDefinitionError(f'"{node.name}" has no output, so it makes no asset', where=where)
    return keys


def _spec(node: OpDefinition | GraphDefinition, output: str, key: AssetKey, declared: NodeDeclared) -> AssetSpec:
    out = output_behind(node, output)
    group = (declared.get("group_names_by_output_name") or {}).get(output) or declared.get("group_name")
    version = (declared.get("code_versions_by_output_name") or {}).get(output)
    described = (declared.get("descriptions_by_output_name") or {}).get(output)
    return AssetSpec(
        key,
        description=described or out.description or node.description,
        metadata=out.metadata,
        skippable=not out.is_required,
        group_name=group,
        code_version=version or out.code_version,
        automation_condition=(declared.get("automation_conditions_by_output_name") or {}).get(output),
        owners=(declared.get("owners_by_output_name") or {}).get(output),
        tags=(declared.get("tags_by_output_name") or {}).get(output),
        partitions_def=declared.get("partitions_def"),
    )


def _internal(
    given: Mapping[str, set[AssetKey]], keys: Mapping[str, AssetKey], inputs: Mapping[str, AssetKey], where: str
) -> dict[AssetKey, frozenset[AssetKey]]:
    refuse_unknown(given, keys, "output", where)
    known = {*keys.values(), *inputs.values()}
    for output, deps in given.items():
        strange = sorted(deps - known)
        if strange:
            raise InvalidDefinitionError(
                f'internal_asset_deps names asset "{strange[0].to_user_string()}", which is neither an input nor an '
                "output", where=f"{where}, output {output}",
            )  # fmt: skip
    return {keys[output]: frozenset(deps) for output, deps in given.items()}


def refuse_unknown(given: Iterable[str], known: Collection[str], what: str, where: str) -> None:
    """See that only inputs (or outputs) are named that exist.

    Raises:
        InvalidDefinitionError: One does not.
    """
    for name in given:
        if name not in known:
            raise InvalidDefinitionError(
                f'there is no {what} "{name}"', where=where, fix=f"{what}s are: {', '.join(known) or 'none'}"
            )


# ---------------------------------------------------------------- onto the ops


def with_declared(node: Any, ins: Mapping[str, AssetIn], outs: Mapping[str, AssetOut]) -> Any:
    """A copy of an op or graph in which the ops behind inputs and outputs know what is declared of the assets.

    IO managers see an op's output and input, not the asset: metadata and manager keys are therefore added there.

    Args:
        node: The op or graph.
        ins: What is declared of inputs.
        outs: What is declared of outputs.

    Raises:
        InvalidDefinitionError: Two outputs of a graph are the same output of one op.
    """
    ins = {name: each for name, each in ins.items() if each.metadata or each.input_manager_key}
    if isinstance(node, OpDefinition):
        return _op_with(node, ins, outs)
    return _graph_with(node, ins, outs)


def output_behind(node: Any, name: str) -> OutputDefinition:
    """The output of the op that gives an output of an op or graph, through nested graphs.

    Raises:
        InvalidDefinitionError: The graph gives out one of its own inputs.
    """
    if isinstance(node, OpDefinition):
        return node.outs[name]
    ref = node.composition.outputs[name]
    if not isinstance(ref, OutputRef):
        raise InvalidDefinitionError(
            f'graph "{node.name}" returns its own input "{ref.name}"', where=f"output {name}",
            fix="let an op make what is returned",
        )  # fmt: skip
    return output_behind(node.nodes[ref.node].definition, ref.output)


def _op_with(op: OpDefinition, ins: Mapping[str, AssetIn], outs: Mapping[str, AssetOut]) -> OpDefinition:
    inputs, outputs = dict(op.ins), dict(op.outs)
    for name, each in ins.items():
        old = inputs[name]
        inputs[name] = InputDefinition(
            name, old.annotation, old.default_value, {**old.metadata, **each.metadata},
            each.input_manager_key or old.input_manager_key, old.asset_key, old.description,
            missing=each.missing,
        )  # fmt: skip
    for name, each in outs.items():
        old_out = outputs[name]
        annotation = old_out.annotation if each.dagster_type is NOT_GIVEN else each.dagster_type
        outputs[name] = type(old_out)(
            name, annotation, old_out.is_required, each.io_manager_key or old_out.io_manager_key,
            {**old_out.metadata, **(each.metadata or {})}, old_out.is_dynamic,
            each.code_version or old_out.code_version, old_out.description,
        )  # fmt: skip
    return op.replaced(ins=inputs, outs=outputs)


def _graph_with(graph: GraphDefinition, ins: Mapping[str, AssetIn], outs: Mapping[str, AssetOut]) -> GraphDefinition:
    composition = graph.composition
    node_ins: dict[str, dict[str, AssetIn]] = {}
    for node, sources in composition.dependencies.items():
        for name, source in sources.items():
            if (graph_input := _fed_by(source)) in ins:
                node_ins.setdefault(node, {})[name] = ins[graph_input]
    node_outs: dict[str, dict[str, AssetOut]] = {}
    for name, out in outs.items():
        ref = composition.outputs[name]
        if not isinstance(ref, OutputRef):
            continue
        taken = node_outs.setdefault(ref.node, {})
        if ref.output in taken:
            raise InvalidDefinitionError(
                f'graph "{graph.name}" gives out the same output of "{ref.node}" twice', where=f"output {name}",
                fix="let each output come from an op of its own",
            )  # fmt: skip
        taken[ref.output] = out
    nodes = {
        name: Node(
            name, with_declared(node.definition, node_ins.get(name, {}), node_outs.get(name, {})),
            node.tags, node.hooks, node.retry_policy,
        )
        if name in node_ins or name in node_outs
        else node
        for name, node in composition.nodes.items()
    }  # fmt: skip
    return GraphDefinition(
        graph.name, composition._replace(nodes=nodes), graph.ins, graph.outs, graph.description, graph.tags,
        graph.config, graph.fn,
    )  # fmt: skip


def _fed_by(source: Source) -> str:
    return source.name if isinstance(source, GraphInput) else ""
