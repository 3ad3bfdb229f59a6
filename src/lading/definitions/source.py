"""Assets made elsewhere, and functions that look at them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, overload

from lading.abc.partitions import PartitionsDefinition
from lading.definitions.asset import own_key
from lading.definitions.assets import AssetsDefinition, external_asset
from lading.definitions.ins_outs import OutputDefinition
from lading.definitions.op import OpDefinition, config_of, resources_of
from lading.definitions.signature import NO_RETURN, read_signature, sort_parameters
from lading.definitions.spec import ASSET_NAME, IO_MANAGER_KEY, AssetSpec
from lading.errors import InvalidDefinitionError
from lading.values.keys import AssetKey, CoercibleToAssetKey, CoercibleToAssetKeyPrefix


class SourceAsset(AssetsDefinition):
    """An asset that is made elsewhere: it can be depended on and loaded, not made.

    Args:
        key: Its key.
        metadata: Facts for the IO manager that loads it, and for people; any objects.
        io_manager_key: The IO manager that loads it.
        io_manager_def: An IO manager of its own, instead of ``io_manager_key``.
        description: For people.
        partitions_def: How it is divided.
        group_name: The group it is shown in.
        resource_defs: Resources of its own.
        observe_fn: A function that looks at it and returns a DataVersion or an ObserveResult.
        op_tags: Tags of the step that looks at it.
        automation_condition: Accepted and kept.
        tags: For people and tools.
        required_resource_keys: Resources ``observe_fn`` reads from its context.

    Raises:
        InvalidDefinitionError: Something declared does not fit.
    """

    __slots__ = ()

    def __init__(
        self,
        key: CoercibleToAssetKey,
        metadata: Mapping[str, Any] | None = None,
        io_manager_key: str | None = None,
        io_manager_def: Any = None,
        description: str | None = None,
        partitions_def: PartitionsDefinition | None = None,
        group_name: str | None = None,
        resource_defs: Mapping[str, Any] | None = None,
        observe_fn: Callable[..., Any] | None = None,
        op_tags: Mapping[str, Any] | None = None,
        *,
        automation_condition: Any = None,
        tags: Mapping[str, str] | None = None,
        required_resource_keys: Any = None,
    ) -> None:
        asset_key = AssetKey.from_coercible(key)
        resources = dict(resource_defs or {})
        if io_manager_def is not None:
            if io_manager_key is not None:
                raise InvalidDefinitionError(
                    "io_manager_def and io_manager_key exclude each other",
                    where=f"source asset {asset_key.to_user_string()}",
                )
            io_manager_key = f"{asset_key.to_python_identifier()}__io_manager"
            resources[io_manager_key] = io_manager_def
        spec = AssetSpec(
            asset_key, description=description, metadata=metadata, group_name=group_name, tags=tags,
            automation_condition=automation_condition, partitions_def=partitions_def,
        )  # fmt: skip
        if io_manager_key is not None:
            spec = spec.with_io_manager_key(io_manager_key)
        node = None if observe_fn is None else _observer(asset_key, observe_fn, op_tags, required_resource_keys)
        super().__init__(
            node, {} if node is None else {"result": asset_key}, {}, {asset_key: spec}, partitions_def,
            resource_defs=resources, kind="external" if node is None else "observe",
        )  # fmt: skip

    def __repr__(self) -> str:
        return f"SourceAsset({self.key.to_user_string()!r})"

    @property
    def metadata(self) -> Mapping[str, Any]:
        """Its declared metadata."""
        return {name: value for name, value in self.get_asset_spec().metadata.items() if name != IO_MANAGER_KEY}

    @property
    def io_manager_key(self) -> str | None:
        """The IO manager that loads it, where one is named."""
        return self.get_asset_spec().metadata.get(IO_MANAGER_KEY)

    @property
    def description(self) -> str | None:
        """Its description."""
        return self.get_asset_spec().description

    @property
    def group_name(self) -> str:
        """The group it is shown in."""
        return self.get_asset_spec().group_name

    @property
    def tags(self) -> Mapping[str, str]:
        """Its tags."""
        return self.get_asset_spec().tags

    @property
    def is_observable(self) -> bool:
        """Whether a run can look at it."""
        return self.node is not None


def _observer(
    key: AssetKey, fn: Callable[..., Any], op_tags: Mapping[str, Any] | None, required_resource_keys: Any
) -> OpDefinition:
    where = f"observation of {key.to_user_string()}"
    name = key.to_python_identifier()
    if not ASSET_NAME.match(name):
        raise InvalidDefinitionError(
            f"{key.to_user_string()!r} is no name for an asset", where=f"function {fn.__name__}",
            fix="use letters, digits, underscores, dashes and dots in each part",
        )  # fmt: skip
    signature = read_signature(fn)
    parameters = sort_parameters(signature, where)
    if parameters.inputs:
        raise InvalidDefinitionError(
            f'parameter "{parameters.inputs[0]}" would be an input, and an observation takes none', where=where,
            fix="let it take a context and resources, or make it an @asset",
        )  # fmt: skip
    return OpDefinition(
        name, fn, signature, parameters, {}, {"result": OutputDefinition("result", type(None), is_required=False)},
        NO_RETURN, config_of(where, parameters, None), resources_of(parameters, required_resource_keys),
        tags={tag: str(value) for tag, value in (op_tags or {}).items()}, description=fn.__doc__, is_asset=True,
    )  # fmt: skip


@overload
def observable_source_asset(observe_fn: Callable[..., Any], /) -> SourceAsset: ...
@overload
def observable_source_asset(
    *,
    key: CoercibleToAssetKey | None = None,
    name: str | None = None,
    key_prefix: CoercibleToAssetKeyPrefix | None = None,
    metadata: Mapping[str, Any] | None = None,
    io_manager_key: str | None = None,
    io_manager_def: Any = None,
    description: str | None = None,
    group_name: str | None = None,
    required_resource_keys: Any = None,
    resource_defs: Mapping[str, Any] | None = None,
    partitions_def: PartitionsDefinition | None = None,
    automation_condition: Any = None,
    op_tags: Mapping[str, Any] | None = None,
    tags: Mapping[str, str] | None = None,
) -> Callable[[Callable[..., Any]], SourceAsset]: ...
def observable_source_asset(
    observe_fn: Callable[..., Any] | None = None,
    *,
    key: CoercibleToAssetKey | None = None,
    name: str | None = None,
    key_prefix: CoercibleToAssetKeyPrefix | None = None,
    metadata: Mapping[str, Any] | None = None,
    io_manager_key: str | None = None,
    io_manager_def: Any = None,
    description: str | None = None,
    group_name: str | None = None,
    required_resource_keys: Any = None,
    resource_defs: Mapping[str, Any] | None = None,
    partitions_def: PartitionsDefinition | None = None,
    automation_condition: Any = None,
    op_tags: Mapping[str, Any] | None = None,
    tags: Mapping[str, str] | None = None,
) -> SourceAsset | Callable[[Callable[..., Any]], SourceAsset]:
    """Make a source asset of a function that looks at it and returns a DataVersion or an ObserveResult.

    Args:
        observe_fn: The function; it may take a context, config and resources.
        key: Its whole key, instead of name and prefix.
        name: Its name; the function's when left out.
        key_prefix: Parts before the name.
        metadata: Facts for the IO manager that loads it, and for people.
        io_manager_key: The IO manager that loads it.
        io_manager_def: An IO manager of its own.
        description: For people; the docstring when left out.
        group_name: The group it is shown in.
        required_resource_keys: Resources the function reads from its context.
        resource_defs: Resources of its own.
        partitions_def: How it is divided.
        automation_condition: Accepted and kept.
        op_tags: Tags of its step.
        tags: For people and tools.

    Raises:
        InvalidDefinitionError: Something declared does not fit the function or the rest.
    """

    def decorate(fn: Callable[..., Any]) -> SourceAsset:
        return SourceAsset(
            own_key(fn, name, key_prefix, key), metadata, io_manager_key, io_manager_def, description or fn.__doc__,
            partitions_def, group_name, resource_defs, fn, op_tags, automation_condition=automation_condition,
            tags=tags, required_resource_keys=required_resource_keys,
        )  # fmt: skip

    return decorate(observe_fn) if observe_fn is not None else decorate


def external_assets_from_specs(specs: Iterable[AssetSpec]) -> list[AssetsDefinition]:
    """Assets made elsewhere, one for each spec.

    Args:
        specs: What is declared of them.
    """
    return [external_asset(spec) for spec in specs]
