"""``@multi_asset``: a function that makes several assets."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, get_args, get_origin

from lading.abc.partitions import PartitionsDefinition
from lading.definitions.asset import asset_inputs, check_specs_of
from lading.definitions.assets import AssetsDefinition, single_partitions
from lading.definitions.backfill import BackfillPolicy
from lading.definitions.ins_outs import OutputDefinition, check_name
from lading.definitions.op import OpDefinition, config_of, resources_of
from lading.definitions.retry import RetryPolicy
from lading.definitions.signature import Returned, read_return, read_signature, sort_parameters
from lading.definitions.spec import AssetDep, AssetIn, AssetOut, AssetSpec
from lading.errors import DuplicateKeyError, InvalidDefinitionError
from lading.values.keys import AssetKey
from lading.values.outputs import NOT_GIVEN


def multi_asset(
    *,
    outs: Mapping[str, AssetOut] | None = None,
    name: str | None = None,
    ins: Mapping[str, AssetIn] | None = None,
    deps: Iterable[Any] | None = None,
    description: str | None = None,
    config_schema: Any = None,
    required_resource_keys: Any = None,
    internal_asset_deps: Mapping[str, set[AssetKey]] | None = None,
    partitions_def: PartitionsDefinition | None = None,
    hooks: Any = None,
    backfill_policy: BackfillPolicy | None = None,
    op_tags: Mapping[str, Any] | None = None,
    can_subset: bool = False,
    resource_defs: Mapping[str, Any] | None = None,
    group_name: str | None = None,
    retry_policy: RetryPolicy | None = None,
    code_version: str | None = None,
    specs: Sequence[AssetSpec] | None = None,
    check_specs: Sequence[Any] | None = None,
    pool: str | None = None,
) -> Callable[[Callable[..., Any]], AssetsDefinition]:
    """Make several assets of one function.

    Args:
        outs: The outputs, by name; each is stored by its IO manager.
        name: The step's name; the function's when left out.
        ins: What is declared of inputs, by parameter.
        deps: Assets all outputs depend on without loading them.
        description: For people; the docstring when left out.
        config_schema: What its config must look like.
        required_resource_keys: Resources it reads from its context.
        internal_asset_deps: Output to the keys it depends on, where they differ.
        partitions_def: How the assets are divided.
        hooks: Functions called after its step.
        backfill_policy: How a backfill is cut into runs.
        op_tags: Tags of its step.
        can_subset: Whether some of the assets can be made without the others.
        resource_defs: Resources of its own.
        group_name: The group the assets are shown in.
        retry_policy: How often it is tried again.
        code_version: The version of its code.
        specs: The assets, where the function stores them itself; instead of ``outs``.
        check_specs: Checks its function makes on the way.
        pool: Accepted and kept.

    Raises:
        InvalidDefinitionError: Something declared does not fit the function or the rest.
    """

    def decorate(fn: Callable[..., Any]) -> AssetsDefinition:
        op_name = check_name(name or fn.__name__, "a multi-asset")
        where = f"multi-asset {op_name}"
        if bool(outs) == bool(specs):
            raise InvalidDefinitionError(
                "a multi-asset needs either outs or specs", where=where, fix='outs={"a": AssetOut(), "b": AssetOut()}'
            )
        signature = read_signature(fn)
        parameters = sort_parameters(signature, where)
        returned = read_return(signature.returns)
        inputs, keys_in, mappings = asset_inputs(where, signature, parameters, ins)
        shared = [AssetDep.from_coercible(dep) for dep in deps or ()]
        if outs:
            keys, made, outputs = _from_outs(outs, returned, shared, partitions_def, group_name, code_version)
        else:
            keys, made, outputs = _from_specs(specs or (), shared, partitions_def, group_name, where)
        if len(set(keys.values())) != len(keys):
            raise DuplicateKeyError("two outputs make the same asset", where=where)
        for spec in made.values():
            for dep in spec.deps:
                if dep.partition_mapping is not None:
                    mappings[dep.asset_key] = dep.partition_mapping
        internal = _internal(internal_asset_deps, keys, set(keys_in.values()) | {d.asset_key for d in shared}, where)
        if specs:
            internal = {key: frozenset(d.asset_key for d in spec.deps) | frozenset(keys_in.values())
                        for key, spec in made.items()}  # fmt: skip
        op = OpDefinition(
            op_name, fn, signature, parameters, inputs, outputs, returned, config_of(where, parameters, config_schema),
            resources_of(parameters, required_resource_keys), retry_policy,
            {key: str(value) for key, value in op_tags.items()} if op_tags else None, description or fn.__doc__,
            code_version, pool, True,
        )  # fmt: skip
        return AssetsDefinition(
            op, keys, keys_in, made, single_partitions(made.values(), partitions_def, where), mappings,
            backfill_policy, can_subset, resource_defs, check_specs_of(check_specs, set(made), where), internal,
            hooks=hooks,
        )  # fmt: skip

    return decorate


def _from_outs(
    outs: Mapping[str, AssetOut],
    returned: Returned,
    shared: list[AssetDep],
    partitions_def: PartitionsDefinition | None,
    group_name: str | None,
    code_version: str | None,
) -> tuple[dict[str, AssetKey], dict[AssetKey, AssetSpec], dict[str, OutputDefinition]]:
    kinds = get_args(returned.annotation) if get_origin(returned.annotation) is tuple else ()
    keys: dict[str, AssetKey] = {}
    specs: dict[AssetKey, AssetSpec] = {}
    outputs: dict[str, OutputDefinition] = {}
    for number, (name, out) in enumerate(outs.items()):
        check_name(name, "an output")
        key = keys[name] = out.key_for(name)
        kind = out.dagster_type
        if kind is NOT_GIVEN and len(kinds) == len(outs):
            kind = read_return(kinds[number]).annotation
        outputs[name] = OutputDefinition(
            name, Any if kind is NOT_GIVEN else kind, out.is_required, out.io_manager_key or "io_manager", out.metadata,
            code_version=out.code_version or code_version,
        )  # fmt: skip
        specs[key] = AssetSpec(
            key, deps=shared, description=out.description, metadata=out.metadata, skippable=not out.is_required,
            group_name=out.group_name or group_name, code_version=out.code_version or code_version,
            automation_condition=out.automation_condition, owners=out.owners, tags=out.tags, kinds=out.kinds,
            partitions_def=partitions_def, freshness_policy=out.freshness_policy,
        )  # fmt: skip
    return keys, specs, outputs


def _from_specs(
    given: Sequence[AssetSpec],
    shared: list[AssetDep],
    partitions_def: PartitionsDefinition | None,
    group_name: str | None,
    where: str,
) -> tuple[dict[str, AssetKey], dict[AssetKey, AssetSpec], dict[str, OutputDefinition]]:
    keys: dict[str, AssetKey] = {}
    specs: dict[AssetKey, AssetSpec] = {}
    outputs: dict[str, OutputDefinition] = {}
    for spec in given:
        name = spec.key.to_python_identifier()
        if name in keys:
            raise DuplicateKeyError(f'two specs are called "{spec.key.to_user_string()}"', where=where)
        keys[name] = spec.key
        changes: dict[str, Any] = {}
        if shared:
            changes["deps"] = [*spec.deps, *shared]
        if group_name is not None and spec.group_name == "default":
            changes["group_name"] = group_name
        if partitions_def is not None and spec.partitions_def is None:
            changes["partitions_def"] = partitions_def
        specs[spec.key] = spec.replace_attributes(**changes) if changes else spec
        outputs[name] = OutputDefinition(
            name, type(None), not spec.skippable, metadata=spec.metadata, code_version=spec.code_version
        )
    return keys, specs, outputs


def _internal(
    given: Mapping[str, set[AssetKey]] | None, keys: Mapping[str, AssetKey], upstream: set[AssetKey], where: str
) -> dict[AssetKey, frozenset[AssetKey]]:
    if not given:
        return {}
    known = upstream | set(keys.values())
    found: dict[AssetKey, frozenset[AssetKey]] = {}
    for output, deps in given.items():
        if output not in keys:
            raise InvalidDefinitionError(f'internal_asset_deps names "{output}", which is no output', where=where)
        for dep in deps:
            if dep not in known:
                raise InvalidDefinitionError(
                    f'internal_asset_deps names asset "{dep.to_user_string()}", '
                    "which is neither an input nor an output",
                    where=f"{where}, output {output}",
                )
        found[keys[output]] = frozenset(deps)
    return found
