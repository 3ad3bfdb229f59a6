"""``@asset``: a function that makes one asset."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, overload

from lading.abc.partitions import PartitionMapping, PartitionsDefinition
from lading.definitions.assets import AssetsDefinition
from lading.definitions.backfill import BackfillPolicy
from lading.definitions.ins_outs import InputDefinition, OutputDefinition
from lading.definitions.op import OpDefinition, config_of, resources_of
from lading.definitions.partitions.own_past import check_made_from_itself
from lading.definitions.retry import RetryPolicy
from lading.definitions.signature import Parameters, Signature, name_of, read_return, read_signature, sort_parameters
from lading.definitions.spec import ASSET_NAME, AssetDep, AssetIn, AssetSpec
from lading.errors import InvalidDefinitionError
from lading.values.keys import AssetKey, CoercibleToAssetKey, CoercibleToAssetKeyPrefix
from lading.values.outputs import NOT_GIVEN


@overload
def asset(fn: Callable[..., Any], /) -> AssetsDefinition: ...
@overload
def asset(
    *,
    name: str | None = None,
    key_prefix: CoercibleToAssetKeyPrefix | None = None,
    ins: Mapping[str, AssetIn] | None = None,
    deps: Iterable[Any] | None = None,
    metadata: Mapping[str, Any] | None = None,
    tags: Mapping[str, str] | None = None,
    description: str | None = None,
    config_schema: Any = None,
    required_resource_keys: Any = None,
    resource_defs: Mapping[str, Any] | None = None,
    hooks: Any = None,
    io_manager_def: Any = None,
    io_manager_key: str | None = None,
    dagster_type: Any = None,
    partitions_def: PartitionsDefinition | None = None,
    op_tags: Mapping[str, Any] | None = None,
    group_name: str | None = None,
    output_required: bool = True,
    automation_condition: Any = None,
    freshness_policy: Any = None,
    backfill_policy: BackfillPolicy | None = None,
    retry_policy: RetryPolicy | None = None,
    code_version: str | None = None,
    key: CoercibleToAssetKey | None = None,
    check_specs: Sequence[Any] | None = None,
    owners: Sequence[str] | None = None,
    kinds: Iterable[str] | None = None,
    pool: str | None = None,
) -> Callable[[Callable[..., Any]], AssetsDefinition]: ...
def asset(
    fn: Callable[..., Any] | None = None,
    *,
    name: str | None = None,
    key_prefix: CoercibleToAssetKeyPrefix | None = None,
    ins: Mapping[str, AssetIn] | None = None,
    deps: Iterable[Any] | None = None,
    metadata: Mapping[str, Any] | None = None,
    tags: Mapping[str, str] | None = None,
    description: str | None = None,
    config_schema: Any = None,
    required_resource_keys: Any = None,
    resource_defs: Mapping[str, Any] | None = None,
    hooks: Any = None,
    io_manager_def: Any = None,
    io_manager_key: str | None = None,
    dagster_type: Any = None,
    partitions_def: PartitionsDefinition | None = None,
    op_tags: Mapping[str, Any] | None = None,
    group_name: str | None = None,
    output_required: bool = True,
    automation_condition: Any = None,
    freshness_policy: Any = None,
    backfill_policy: BackfillPolicy | None = None,
    retry_policy: RetryPolicy | None = None,
    code_version: str | None = None,
    key: CoercibleToAssetKey | None = None,
    check_specs: Sequence[Any] | None = None,
    owners: Sequence[str] | None = None,
    kinds: Iterable[str] | None = None,
    pool: str | None = None,
) -> AssetsDefinition | Callable[[Callable[..., Any]], AssetsDefinition]:
    """Make an asset of a function: its result is stored by an IO manager, its parameters are loaded by theirs.

    Args:
        fn: The function; its parameters name the assets it is made from (besides context, config and resources).
        name: The asset's name; the function's when left out.
        key_prefix: Parts before the name.
        ins: What is declared of inputs, by parameter.
        deps: Assets it depends on without loading them.
        metadata: Facts for IO managers and people; any objects.
        tags: For people and tools.
        description: For people; the docstring when left out.
        config_schema: What its config must look like.
        required_resource_keys: Resources it reads from its context.
        resource_defs: Resources of its own.
        hooks: Functions called after its step.
        io_manager_def: An IO manager of its own, instead of ``io_manager_key``.
        io_manager_key: The IO manager that stores it.
        dagster_type: Its type; the annotation when left out.
        partitions_def: How it is divided.
        op_tags: Tags of its step.
        group_name: The group it is shown in.
        output_required: Whether a value must be produced.
        automation_condition: Accepted and kept.
        freshness_policy: Accepted and kept.
        backfill_policy: How a backfill is cut into runs.
        retry_policy: How often it is tried again.
        code_version: The version of its code.
        key: Its whole key, instead of name and prefix.
        check_specs: Checks its function makes on the way.
        owners: For people.
        kinds: Words to show beside it.
        pool: Accepted and kept.

    Raises:
        InvalidDefinitionError: Something declared does not fit the function or the rest.
    """

    def decorate(fn: Callable[..., Any]) -> AssetsDefinition:
        name_of(fn, "@asset")
        asset_key = own_key(fn, name, key_prefix, key)
        op_name = asset_key.to_python_identifier()
        if " " in op_name or "/" in op_name or not ASSET_NAME.match(op_name):
            raise InvalidDefinitionError(
                f"{asset_key.to_user_string()!r} is no name for an asset", where=f"function {fn.__name__}",
                fix="use letters, digits, underscores, dashes and dots in each part",
            )  # fmt: skip
        where = f"asset {asset_key.to_user_string()}"
        resources = dict(resource_defs or {})
        manager = io_manager_key
        if io_manager_def is not None:
            if io_manager_key is not None:
                raise InvalidDefinitionError("io_manager_def and io_manager_key exclude each other", where=where)
            manager = f"{op_name}__io_manager"
            resources[manager] = io_manager_def
        signature = read_signature(fn)
        parameters = sort_parameters(signature, where)
        returned = read_return(signature.returns)
        inputs, keys, mappings = asset_inputs(where, signature, parameters, ins)
        spec_deps = [AssetDep.from_coercible(dep) for dep in deps] if deps else []
        for dep in spec_deps:
            if dep.asset_key in keys.values():
                raise InvalidDefinitionError(
                    f'"{dep.asset_key.to_user_string()}" is both a parameter and in deps', where=where,
                    fix="keep one of them",
                )  # fmt: skip
            if dep.partition_mapping is not None:
                mappings[dep.asset_key] = dep.partition_mapping
        if asset_key in keys.values() or any(dep.asset_key == asset_key for dep in spec_deps):
            check_made_from_itself(asset_key.to_user_string(), mappings.get(asset_key), partitions_def, where)
        kind = dagster_type if dagster_type is not None else returned.annotation
        out = OutputDefinition(
            "result", Any if kind is NOT_GIVEN else kind, output_required, manager or "io_manager", metadata,
            code_version=code_version,
        )  # fmt: skip
        op = OpDefinition(
            op_name, fn, signature, parameters, inputs, {"result": out}, returned,
            config_of(where, parameters, config_schema), resources_of(parameters, required_resource_keys),
            retry_policy, {key: str(value) for key, value in op_tags.items()} if op_tags else None,
            description or fn.__doc__, code_version, pool, True,
        )  # fmt: skip
        spec = AssetSpec(
            asset_key, deps=spec_deps, description=description or fn.__doc__, metadata=metadata, group_name=group_name,
            code_version=code_version, automation_condition=automation_condition, owners=owners, tags=tags, kinds=kinds,
            partitions_def=partitions_def, freshness_policy=freshness_policy,
        )  # fmt: skip
        checks = check_specs_of(check_specs, {asset_key}, where)
        return AssetsDefinition(
            op, {"result": asset_key}, keys, {asset_key: spec}, partitions_def, mappings, backfill_policy, False,
            resources, checks, hooks=hooks,
        )  # fmt: skip

    return decorate(fn) if fn is not None else decorate


def own_key(fn: Callable[..., Any], name: str | None, prefix: Any, key: CoercibleToAssetKey | None) -> AssetKey:
    """The key of the asset a function makes.

    Raises:
        InvalidDefinitionError: Both a whole key and parts of one are given.
    """
    if key is not None:
        if name is not None or prefix is not None:
            raise InvalidDefinitionError(
                "key excludes name and key_prefix", where=f"key={key!r}", fix="keep key= alone"
            )
        return AssetKey.from_coercible(key)
    own = AssetKey(name or fn.__name__)
    return own if prefix is None else own.with_prefix(prefix)


def asset_inputs(
    where: str,
    signature: Signature,
    parameters: Parameters,
    ins: Mapping[str, AssetIn] | None,
) -> tuple[dict[str, InputDefinition], dict[str, AssetKey], dict[AssetKey, PartitionMapping]]:
    """Inputs, their asset keys and partition mappings, from parameters and what is declared of them.

    Raises:
        InvalidDefinitionError: Something is declared of an input the function does not take.
    """
    found: dict[str, InputDefinition] = {}
    keys: dict[str, AssetKey] = {}
    mappings: dict[AssetKey, PartitionMapping] = {}
    annotations = signature.annotations
    names = parameters.inputs
    if ins:
        for declared, given in ins.items():
            nothing = given.dagster_type is None or given.dagster_type is type(None)
            if declared not in names and not signature.open and not nothing:
                raise InvalidDefinitionError(
                    f'ins declares "{declared}", which is no parameter', where=where,
                    fix=f"parameters are: {', '.join(names) or 'none'}",
                )  # fmt: skip
        names = (*names, *(each for each in ins if each not in names))
    for name in names:
        given = ins.get(name) if ins else None
        default = signature.defaults.get(name, NOT_GIVEN)
        if given is None:
            keys[name] = AssetKey(name)
            found[name] = InputDefinition(name, annotations.get(name, Any), default)
            continue
        key = given.key if given.key is not None else AssetKey(name)
        keys[name] = key if given.key_prefix is None else key.with_prefix(given.key_prefix)
        kind = given.dagster_type if given.dagster_type is not NOT_GIVEN else annotations.get(name, Any)
        found[name] = InputDefinition(
            name, kind, default, given.metadata, given.input_manager_key, partition_mapping=given.partition_mapping,
            missing=given.missing,
        )  # fmt: skip
        if given.partition_mapping is not None:
            mappings[keys[name]] = given.partition_mapping
    return found, keys, mappings


def check_specs_of(check_specs: Sequence[Any] | None, keys: set[AssetKey], where: str) -> Sequence[Any]:
    """The checks a function makes on the way.

    Raises:
        InvalidDefinitionError: A check is of another asset, or two bear one name.
    """
    if not check_specs:
        return ()
    seen: set[Any] = set()
    for spec in check_specs:
        if spec.asset_key not in keys:
            raise InvalidDefinitionError(
                f'check "{spec.name}" is of asset "{spec.asset_key.to_user_string()}", '
                "which this function does not make",
                where=where,
            )
        if spec.key in seen:
            raise InvalidDefinitionError(f'two checks are called "{spec.name}"', where=where)
        seen.add(spec.key)
    return tuple(check_specs)
