"""``@graph_asset`` and ``@graph_multi_asset``: assets made by several ops."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, overload

from lading.abc.partitions import PartitionMapping, PartitionsDefinition
from lading.definitions.asset import check_specs_of, own_key
from lading.definitions.assets import AssetsDefinition
from lading.definitions.backfill import BackfillPolicy
from lading.definitions.graph import GraphDefinition, build_graph
from lading.definitions.ins_outs import GraphIn, GraphOut, check_name
from lading.definitions.node_assets import output_behind, with_declared
from lading.definitions.spec import AssetIn, AssetOut, AssetSpec
from lading.errors import DuplicateKeyError
from lading.values.keys import AssetKey, CoercibleToAssetKey, CoercibleToAssetKeyPrefix


@overload
def graph_asset(compose_fn: Callable[..., Any], /) -> AssetsDefinition: ...
@overload
def graph_asset(
    *,
    name: str | None = None,
    description: str | None = None,
    ins: Mapping[str, AssetIn] | None = None,
    config: Any = None,
    key_prefix: CoercibleToAssetKeyPrefix | None = None,
    group_name: str | None = None,
    partitions_def: PartitionsDefinition | None = None,
    hooks: Iterable[Any] | None = None,
    metadata: Mapping[str, Any] | None = None,
    tags: Mapping[str, str] | None = None,
    owners: Sequence[str] | None = None,
    automation_condition: Any = None,
    backfill_policy: BackfillPolicy | None = None,
    resource_defs: Mapping[str, Any] | None = None,
    check_specs: Sequence[Any] | None = None,
    code_version: str | None = None,
    key: CoercibleToAssetKey | None = None,
    kinds: Iterable[str] | None = None,
) -> Callable[[Callable[..., Any]], AssetsDefinition]: ...
def graph_asset(
    compose_fn: Callable[..., Any] | None = None,
    *,
    name: str | None = None,
    description: str | None = None,
    ins: Mapping[str, AssetIn] | None = None,
    config: Any = None,
    key_prefix: CoercibleToAssetKeyPrefix | None = None,
    group_name: str | None = None,
    partitions_def: PartitionsDefinition | None = None,
    hooks: Iterable[Any] | None = None,
    metadata: Mapping[str, Any] | None = None,
    tags: Mapping[str, str] | None = None,
    owners: Sequence[str] | None = None,
    automation_condition: Any = None,
    backfill_policy: BackfillPolicy | None = None,
    resource_defs: Mapping[str, Any] | None = None,
    check_specs: Sequence[Any] | None = None,
    code_version: str | None = None,
    key: CoercibleToAssetKey | None = None,
    kinds: Iterable[str] | None = None,
) -> AssetsDefinition | Callable[[Callable[..., Any]], AssetsDefinition]:
    """Make an asset of a function that calls ops: each op is a step of its own, the last one's output is the asset.

    Args:
        compose_fn: The function; it is called once, to see which ops it connects. Its parameters name the assets
            it is made from.
        name: The asset's name; the function's when left out.
        description: For people; the docstring when left out.
        ins: What is declared of inputs, by parameter.
        config: A config mapping, or plain config for its ops.
        key_prefix: Parts before the name.
        group_name: The group it is shown in.
        partitions_def: How it is divided.
        hooks: Functions called after each of its steps.
        metadata: Facts for IO managers and people; any objects.
        tags: For people and tools.
        owners: For people.
        automation_condition: Accepted and kept.
        backfill_policy: How a backfill is cut into runs.
        resource_defs: Resources of its own.
        check_specs: Checks its ops make on the way.
        code_version: The version of its code.
        key: Its whole key, instead of name and prefix.
        kinds: Words to show beside it.

    Raises:
        InvalidDefinitionError: Something declared does not fit the function or the rest.
    """

    def decorate(fn: Callable[..., Any]) -> AssetsDefinition:
        asset_key = own_key(fn, name, key_prefix, key)
        graph = _graph(fn, asset_key.to_python_identifier(), description, ins, GraphOut(), config)
        out = AssetOut(key=asset_key, metadata=metadata, code_version=code_version)
        node = with_declared(graph, ins or {}, {"result": out})
        behind = output_behind(node, "result")
        spec = AssetSpec(
            asset_key, description=graph.description or behind.description, metadata=behind.metadata,
            group_name=group_name, code_version=behind.code_version, automation_condition=automation_condition,
            owners=owners, tags=tags, kinds=kinds, partitions_def=partitions_def,
        )  # fmt: skip
        inputs, mappings = _inputs(graph, ins)
        return AssetsDefinition(
            node, {"result": asset_key}, inputs, {asset_key: spec}, partitions_def, mappings, backfill_policy, False,
            resource_defs,
            check_specs_of(check_specs, {asset_key}, f"asset {asset_key.to_user_string()}"), hooks=hooks, config=config,
        )  # fmt: skip

    return decorate(compose_fn) if compose_fn is not None else decorate


def graph_multi_asset(
    *,
    outs: Mapping[str, AssetOut],
    name: str | None = None,
    ins: Mapping[str, AssetIn] | None = None,
    partitions_def: PartitionsDefinition | None = None,
    hooks: Iterable[Any] | None = None,
    backfill_policy: BackfillPolicy | None = None,
    group_name: str | None = None,
    can_subset: bool = False,
    resource_defs: Mapping[str, Any] | None = None,
    check_specs: Sequence[Any] | None = None,
    config: Any = None,
) -> Callable[[Callable[..., Any]], AssetsDefinition]:
    """Make several assets of a function that calls ops and returns some of their outputs by name.

    Args:
        outs: The outputs, by name.
        name: The name its steps start with; the function's when left out.
        ins: What is declared of inputs, by parameter.
        partitions_def: How the assets are divided.
        hooks: Functions called after each of its steps.
        backfill_policy: How a backfill is cut into runs.
        group_name: The group of assets that name none.
        can_subset: Whether some of the assets can be made without the others.
        resource_defs: Resources of its own.
        check_specs: Checks its ops make on the way.
        config: A config mapping, or plain config for its ops.

    Raises:
        InvalidDefinitionError: Something declared does not fit the function or the rest.
    """

    def decorate(fn: Callable[..., Any]) -> AssetsDefinition:
        graph_name = name or fn.__name__
        where = f"graph multi-asset {graph_name}"
        graph = _graph(fn, graph_name, None, ins, {each: GraphOut() for each in outs}, config)
        keys = {each: out.key_for(check_name(each, "an output", where)) for each, out in outs.items()}
        if len(set(keys.values())) != len(keys):
            raise DuplicateKeyError("two outputs make the same asset", where=where)
        node = with_declared(graph, ins or {}, outs)
        behind = {each: output_behind(node, each) for each in outs}
        specs = {
            keys[each]: AssetSpec(
                keys[each], description=out.description or behind[each].description, metadata=behind[each].metadata,
                skippable=not out.is_required or not behind[each].is_required,
                group_name=out.group_name or group_name, code_version=behind[each].code_version,
                automation_condition=out.automation_condition, owners=out.owners, tags=out.tags, kinds=out.kinds,
                partitions_def=partitions_def, freshness_policy=out.freshness_policy,
            )
            for each, out in outs.items()
        }  # fmt: skip
        inputs, mappings = _inputs(graph, ins)
        return AssetsDefinition(
            node, keys, inputs, specs, partitions_def, mappings, backfill_policy,
            can_subset, resource_defs, check_specs_of(check_specs, set(specs), where), hooks=hooks, config=config,
        )  # fmt: skip

    return decorate


def _graph(
    fn: Callable[..., Any],
    name: str,
    description: str | None,
    ins: Mapping[str, AssetIn] | None,
    out: GraphOut | Mapping[str, GraphOut],
    config: Any,
) -> GraphDefinition:
    return build_graph(fn, name, description, {each: GraphIn() for each in ins or {}}, out, config=config)


def _inputs(
    graph: GraphDefinition, ins: Mapping[str, AssetIn] | None
) -> tuple[dict[str, AssetKey], dict[AssetKey, PartitionMapping]]:
    keys: dict[str, AssetKey] = {}
    mappings: dict[AssetKey, PartitionMapping] = {}
    for name in graph.input_names:
        given = (ins or {}).get(name, AssetIn())
        key = given.key or AssetKey(name)
        keys[name] = key if given.key_prefix is None else key.with_prefix(given.key_prefix)
        if given.partition_mapping is not None:
            mappings[keys[name]] = given.partition_mapping
    return keys, mappings
