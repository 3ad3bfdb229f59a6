"""AssetsDefinition: one function (or graph) and the assets it makes; or assets that are made elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from lading.abc.partitions import PartitionMapping, PartitionsDefinition
from lading.definitions.backfill import BackfillPolicy
from lading.definitions.compose import current_composer
from lading.definitions.graph import GraphDefinition
from lading.definitions.invoke import invoke
from lading.definitions.node_assets import assets_of_node
from lading.definitions.op import OpDefinition
from lading.definitions.spec import AssetDep, AssetSpec
from lading.errors import CheckError, InvalidDefinitionError, InvalidInvocationError, InvariantViolationError
from lading.values.keys import AssetCheckKey, AssetKey, CoercibleToAssetKey, CoercibleToAssetKeyPrefix

NOTHING: Mapping[Any, Any] = {}
NO_HOOKS: frozenset[Any] = frozenset()


class AssetsDefinition:
    """The assets that one function or graph makes (or, without one, that are made elsewhere).

    Made by ``@asset``, ``@multi_asset``, ``@graph_asset`` and their kin.

    Attributes:
        node: The op or graph that makes them, or None for assets made elsewhere.
        keys_by_output: Output name to asset key.
        keys_by_input: Input name to asset key, as declared; a bare name may still match a longer key.
        specs_by_key: What is declared of each asset.
        partitions_def: How they are divided, or None.
        partition_mappings: Upstream key to mapping.
        backfill_policy: How a backfill is cut into runs, or None.
        can_subset: Whether some of the assets can be made without the others.
        resource_defs: Resources of its own.
        check_specs: Checks its function makes.
        internal_deps: Output to the keys it depends on, where they are given one by one.
        kind: ``"materialize"``, ``"observe"`` or ``"external"``.
        hooks: Functions called after its steps.
        config: Run config for a graph's ops, or None.
    """

    __slots__ = (
        "backfill_policy", "can_subset", "check_specs", "config", "hooks", "internal_deps", "keys_by_input",
        "keys_by_output", "kind", "node", "partition_mappings", "partitions_def", "resource_defs", "specs_by_key",
    )  # fmt: skip

    def __init__(
        self,
        node: Any,
        keys_by_output: Mapping[str, AssetKey],
        keys_by_input: Mapping[str, AssetKey],
        specs_by_key: Mapping[AssetKey, AssetSpec],
        partitions_def: PartitionsDefinition | None = None,
        partition_mappings: Mapping[AssetKey, PartitionMapping] | None = None,
        backfill_policy: BackfillPolicy | None = None,
        can_subset: bool = False,
        resource_defs: Mapping[str, Any] | None = None,
        check_specs: Sequence[Any] = (),
        internal_deps: Mapping[AssetKey, frozenset[AssetKey]] | None = None,
        kind: str = "materialize",
        hooks: Iterable[Any] | None = None,
        config: Any = None,
    ) -> None:
        self.node = node
        self.keys_by_output = keys_by_output
        self.keys_by_input = keys_by_input
        self.specs_by_key = specs_by_key
        self.partitions_def = partitions_def
        self.partition_mappings: Mapping[AssetKey, PartitionMapping] = partition_mappings or NOTHING
        self.backfill_policy = backfill_policy
        self.can_subset = can_subset
        self.resource_defs: Mapping[str, Any] = resource_defs or NOTHING
        self.check_specs = check_specs
        self.internal_deps: Mapping[AssetKey, frozenset[AssetKey]] = internal_deps or NOTHING
        self.kind = kind
        self.hooks: frozenset[Any] = frozenset(hooks) if hooks else NO_HOOKS
        self.config = config

    def __repr__(self) -> str:
        return f"AssetsDefinition({', '.join(key.to_user_string() for key in self.specs_by_key)})"

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call the function directly; IO managers take no part.

        Raises:
            InvalidInvocationError: An argument is missing, or there is no function to call.
            InvalidDefinitionError: A graph is being built: assets are no nodes of graphs.
        """
        if current_composer() is not None:
            raise InvalidDefinitionError(
                f"{self!r} is called inside a graph", where="a function decorated with @job or @graph",
                fix="connect assets by their parameters, and run them with materialize() or define_asset_job()",
            )  # fmt: skip
        if self.node is None or not hasattr(self.node, "fn") or not hasattr(self.node, "outs"):
            raise InvalidInvocationError(f"{self!r} has no function to call", where="a direct call")
        if not hasattr(self.node, "parameters"):
            return self.node(*args, **kwargs)
        return invoke(self.node, args, kwargs, self)

    @staticmethod
    def from_graph(
        graph_def: GraphDefinition,
        *,
        keys_by_input_name: Mapping[str, CoercibleToAssetKey] | None = None,
        keys_by_output_name: Mapping[str, CoercibleToAssetKey] | None = None,
        key_prefix: CoercibleToAssetKeyPrefix | None = None,
        internal_asset_deps: Mapping[str, set[AssetKey]] | None = None,
        partitions_def: PartitionsDefinition | None = None,
        partition_mappings: Mapping[str, PartitionMapping] | None = None,
        resource_defs: Mapping[str, Any] | None = None,
        group_name: str | None = None,
        group_names_by_output_name: Mapping[str, str | None] | None = None,
        descriptions_by_output_name: Mapping[str, str] | None = None,
        metadata_by_output_name: Mapping[str, Mapping[str, Any] | None] | None = None,
        tags_by_output_name: Mapping[str, Mapping[str, str] | None] | None = None,
        automation_conditions_by_output_name: Mapping[str, Any] | None = None,
        owners_by_output_name: Mapping[str, Sequence[str]] | None = None,
        code_versions_by_output_name: Mapping[str, str | None] | None = None,
        backfill_policy: BackfillPolicy | None = None,
        can_subset: bool = False,
        check_specs: Sequence[Any] | None = None,
        hook_defs: Iterable[Any] | None = None,
    ) -> AssetsDefinition:
        """The assets a graph makes: each of its outputs is one, each of its inputs an asset it loads.

        Every option may be left out. Those in ``…_by_input_name`` and ``…_by_output_name`` (and
        ``internal_asset_deps``, ``partition_mappings``) are mappings from names of its outputs or inputs; the
        others are those of ``@multi_asset``.

        Raises:
            InvalidDefinitionError: Something is declared of an input or output the graph does not have.
        """
        declared: Any = dict(locals())
        return AssetsDefinition(**assets_of_node(declared.pop("graph_def"), declared))

    @staticmethod
    def from_op(
        op_def: OpDefinition,
        *,
        keys_by_input_name: Mapping[str, CoercibleToAssetKey] | None = None,
        keys_by_output_name: Mapping[str, CoercibleToAssetKey] | None = None,
        key_prefix: CoercibleToAssetKeyPrefix | None = None,
        internal_asset_deps: Mapping[str, set[AssetKey]] | None = None,
        partitions_def: PartitionsDefinition | None = None,
        partition_mappings: Mapping[str, PartitionMapping] | None = None,
        resource_defs: Mapping[str, Any] | None = None,
        group_name: str | None = None,
        group_names_by_output_name: Mapping[str, str | None] | None = None,
        descriptions_by_output_name: Mapping[str, str] | None = None,
        metadata_by_output_name: Mapping[str, Mapping[str, Any] | None] | None = None,
        tags_by_output_name: Mapping[str, Mapping[str, str] | None] | None = None,
        automation_conditions_by_output_name: Mapping[str, Any] | None = None,
        owners_by_output_name: Mapping[str, Sequence[str]] | None = None,
        code_versions_by_output_name: Mapping[str, str | None] | None = None,
        backfill_policy: BackfillPolicy | None = None,
        can_subset: bool = False,
        check_specs: Sequence[Any] | None = None,
        hook_defs: Iterable[Any] | None = None,
    ) -> AssetsDefinition:
        """The assets an op makes; the options are those of :meth:`from_graph`.

        Raises:
            InvalidDefinitionError: Something is declared of an input or output the op does not have.
        """
        declared: Any = dict(locals())
        return AssetsDefinition(**assets_of_node(declared.pop("op_def"), declared))

    # ------------------------------------------------------------ one asset

    @property
    def key(self) -> AssetKey:
        """The key of the one asset.

        Raises:
            InvariantViolationError: There are several.
        """
        if len(self.specs_by_key) != 1:
            raise InvariantViolationError(
                f"{self!r} has no one key: it makes {len(self.specs_by_key)} assets", fix="use .keys"
            )
        return next(iter(self.specs_by_key))

    @property
    def keys(self) -> set[AssetKey]:
        """Keys of all its assets."""
        return set(self.specs_by_key)

    @property
    def asset_deps(self) -> Mapping[AssetKey, set[AssetKey]]:
        """For each asset, the keys it depends on."""
        loaded = set(self.keys_by_input.values())
        return {
            key: set(self.internal_deps[key])
            if key in self.internal_deps
            else loaded | {dep.asset_key for dep in spec.deps}
            for key, spec in self.specs_by_key.items()
        }

    @property
    def dependency_keys(self) -> Iterable[AssetKey]:
        """Keys of all assets it depends on."""
        return {key for deps in self.asset_deps.values() for key in deps} - set(self.specs_by_key)

    @property
    def keys_by_input_name(self) -> Mapping[str, AssetKey]:
        """Input name to asset key."""
        return self.keys_by_input

    @property
    def keys_by_output_name(self) -> Mapping[str, AssetKey]:
        """Output name to asset key."""
        return self.keys_by_output

    @property
    def op(self) -> Any:
        """The op that makes them."""
        return self.node

    @property
    def node_def(self) -> Any:
        """The op or graph that makes them."""
        return self.node

    @property
    def specs(self) -> Iterable[AssetSpec]:
        """What is declared of each asset."""
        return list(self.specs_by_key.values())

    def get_asset_spec(self, key: AssetKey | None = None) -> AssetSpec:
        """What is declared of one asset."""
        return self.specs_by_key[self.key if key is None else key]

    @property
    def is_executable(self) -> bool:
        """Whether a run can make or observe them."""
        return self.node is not None

    @property
    def is_materializable(self) -> bool:
        """Whether a run can make them."""
        return self.kind == "materialize"

    @property
    def check_keys(self) -> Iterable[AssetCheckKey]:
        """Keys of the checks its function makes."""
        return [spec.key for spec in self.check_specs]

    @property
    def group_names_by_key(self) -> Mapping[AssetKey, str]:
        """Key to group."""
        return {key: spec.group_name for key, spec in self.specs_by_key.items()}

    @property
    def metadata_by_key(self) -> Mapping[AssetKey, Mapping[str, Any]]:
        """Key to declared metadata."""
        return {key: spec.metadata for key, spec in self.specs_by_key.items()}

    @property
    def tags_by_key(self) -> Mapping[AssetKey, Mapping[str, str]]:
        """Key to tags."""
        return {key: spec.tags for key, spec in self.specs_by_key.items()}

    @property
    def descriptions_by_key(self) -> Mapping[AssetKey, str | None]:
        """Key to description."""
        return {key: spec.description for key, spec in self.specs_by_key.items()}

    @property
    def required_resource_keys(self) -> set[str]:
        """Resources its function reads."""
        return set(getattr(self.node, "required_resource_keys", ()))

    def get_partition_mapping(self, in_asset_key: AssetKey) -> PartitionMapping | None:
        """The mapping to the partitions of an upstream asset, where one is declared."""
        return self.partition_mappings.get(in_asset_key)

    # ------------------------------------------------------------ copies

    def replaced(self, **changes: Any) -> AssetsDefinition:
        """A copy with other attributes."""
        copy = object.__new__(type(self))
        for slot in AssetsDefinition.__slots__:
            setattr(copy, slot, changes[slot] if slot in changes else getattr(self, slot))
        return copy

    def with_resources(self, resource_defs: Mapping[str, Any]) -> AssetsDefinition:
        """A copy with resources of its own; those it has already stay."""
        return self.replaced(resource_defs={**resource_defs, **self.resource_defs})

    def renamed(
        self, names: Mapping[AssetKey, AssetKey], group_name: str | None = None, **more: Any
    ) -> AssetsDefinition:
        """A copy whose keys (and dependencies) are changed by a mapping, and whose specs are changed as given."""
        specs: dict[AssetKey, AssetSpec] = {}
        for key, spec in self.specs_by_key.items():
            deps = [AssetDep(names.get(dep.asset_key, dep.asset_key), dep.partition_mapping) for dep in spec.deps]
            changes = {name: value for name, value in more.items() if value is not None}
            if group_name is not None:
                changes["group_name"] = group_name
            specs[names.get(key, key)] = spec.replace_attributes(key=names.get(key, key), deps=deps, **changes)
        return self.replaced(
            specs_by_key=specs,
            keys_by_output={name: names.get(key, key) for name, key in self.keys_by_output.items()},
            keys_by_input={name: names.get(key, key) for name, key in self.keys_by_input.items()},
            partition_mappings={names.get(key, key): each for key, each in self.partition_mappings.items()},
            internal_deps={
                names.get(key, key): frozenset(names.get(dep, dep) for dep in deps)
                for key, deps in self.internal_deps.items()
            },
            check_specs=tuple(
                each.of_asset(names[each.asset_key]) if each.asset_key in names else each for each in self.check_specs
            ),
        )

    def with_attributes(
        self,
        *,
        asset_key_replacements: Mapping[AssetKey, AssetKey] = NOTHING,
        group_names_by_key: Mapping[AssetKey, str] = NOTHING,
        tags_by_key: Mapping[AssetKey, Mapping[str, str]] = NOTHING,
        metadata_by_key: Mapping[AssetKey, Mapping[str, Any]] = NOTHING,
        backfill_policy: BackfillPolicy | None = None,
    ) -> AssetsDefinition:
        """A copy with other keys, groups, tags or metadata."""
        copy = self.renamed(asset_key_replacements)
        specs = {
            key: spec.replace_attributes(
                group_name=group_names_by_key.get(old, spec.group_name),
                tags={**spec.tags, **tags_by_key.get(old, {})},
                metadata={**spec.metadata, **metadata_by_key.get(old, {})},
            )
            for old, (key, spec) in zip(self.specs_by_key, copy.specs_by_key.items(), strict=True)
        }
        return copy.replaced(specs_by_key=specs, backfill_policy=backfill_policy or self.backfill_policy)

    def with_prefix(self, prefix: CoercibleToAssetKeyPrefix) -> AssetsDefinition:
        """A copy whose keys have parts put before them."""
        return self.renamed({key: key.with_prefix(prefix) for key in self.specs_by_key})

    def to_source_assets(self) -> list[AssetsDefinition]:
        """The same assets, as made elsewhere."""
        return [self.to_source_asset(key) for key in self.specs_by_key]

    def to_source_asset(self, key: AssetKey | str | None = None) -> AssetsDefinition:
        """One of the assets, as made elsewhere: it can be loaded, not made.

        Raises:
            CheckError: There are several, and none is named.
        """
        if key is None and len(self.specs_by_key) != 1:
            raise CheckError(f"{self!r} makes several assets; which?", fix="to_source_asset(key)")
        chosen = self.key if key is None else AssetKey.from_coercible(key)
        spec = self.specs_by_key[chosen]
        output = next(name for name, each in self.keys_by_output.items() if each == chosen)
        out = getattr(self.node, "outs", {}).get(output)
        manager = getattr(out, "io_manager_key", "io_manager")
        return external_asset(spec.replace_attributes(deps=()), manager, self.partitions_def, self.resource_defs)


def external_asset(
    spec: AssetSpec,
    io_manager_key: str | None = None,
    partitions_def: PartitionsDefinition | None = None,
    resource_defs: Mapping[str, Any] | None = None,
) -> AssetsDefinition:
    """An asset that is made elsewhere: it can be depended on and loaded, not made."""
    if io_manager_key is not None:
        spec = spec.with_io_manager_key(io_manager_key)
    return AssetsDefinition(
        None,
        {},
        {},
        {spec.key: spec},
        partitions_def or spec.partitions_def,
        resource_defs=resource_defs,
        kind="external",
    )


def single_partitions(specs: Iterable[AssetSpec], given: PartitionsDefinition | None, where: str) -> Any:
    """The partitions definition that all specs of one function share.

    Raises:
        InvalidDefinitionError: They differ.
    """
    found = given
    for spec in specs:
        if spec.partitions_def is None:
            continue
        if found is not None and spec.partitions_def != found:
            raise InvalidDefinitionError(
                "the assets of one function have different partitions", where=where,
                fix="give them one partitions_def, or write one function each",
            )  # fmt: skip
        found = spec.partitions_def
    return found
