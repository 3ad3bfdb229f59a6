"""Contexts built by hand, for tests of IO managers, ops and assets without a run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from lading.abc.contexts.execution import AssetExecutionContext, OpExecutionContext
from lading.abc.contexts.facts import RunFacts
from lading.abc.contexts.input import InputContext
from lading.abc.contexts.output import OutputContext
from lading.abc.contexts.partitions import NO_PARTITIONS, PartitionFacts
from lading.abc.contexts.resource import NO_RESOURCES, Resources
from lading.abc.partitions import PartitionsDefinition
from lading.abc.types import TypeFace
from lading.definitions.resources import as_resource_source
from lading.definitions.signature import CO_GENERATOR
from lading.engine.logs import StepLog
from lading.engine.resources import OpenedResources, open_resources
from lading.errors import CheckError, InvariantViolationError
from lading.values.keys import AssetKey, CoercibleToAssetKey
from lading.values.partitions import PartitionKeyRange

EPHEMERAL_RUN_ID = "__EPHEMERAL_RUN_ID"
DIRECT_RUN_ID = "EPHEMERAL"
LOG = StepLog(None)


class BuiltResources(Resources):
    """Resources given to a built context; opened when first read, or at the start of its ``with`` block."""

    __slots__ = ("_configs", "_given", "_instance", "_opened")

    def __init__(
        self, given: Mapping[str, Any], configs: Mapping[str, Any] | None = None, instance: Any = None
    ) -> None:
        super().__init__({}, "a built context")
        self._given = given
        self._configs: Mapping[str, Any] = configs or {}
        self._instance = instance
        self._opened: OpenedResources | None = None

    def _open(self) -> OpenedResources:
        sources = {key: as_resource_source(key, value) for key, value in self._given.items()}
        given: dict[str, Any] = {}
        for key, value in self._configs.items():
            entry: Any = value
            given[key] = entry["config"] if isinstance(value, Mapping) and set(entry) == {"config"} else entry
        return open_resources(sources, list(sources), given, instance=self._instance)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        if self._opened is None:
            for key, value in self._given.items():
                if _is_generator(getattr(value, "resource_fn", None)):
                    raise InvariantViolationError(
                        f'resource "{key}" must be closed after use, so the context is a context manager',
                        where="a built context", fix="with build_…_context(resources={…}) as context: …",
                    )  # fmt: skip
            self._opened = self._open()
            self._values = self._opened.values
        return super().__getattr__(name)

    def __contains__(self, name: object) -> bool:
        return name in self._given

    def __enter__(self) -> Self:
        self._opened = self._open()
        self._values = self._opened.values
        return self

    def __exit__(self, *exc: object) -> None:
        if self._opened is not None:
            self._opened.close()
            self._opened = None


def _is_generator(fn: Any) -> bool:
    code = getattr(fn, "__code__", None)
    return code is not None and bool(code.co_flags & CO_GENERATOR)


def _resources(given: Mapping[str, Any] | None, configs: Mapping[str, Any] | None = None, instance: Any = None) -> Any:
    return BuiltResources(given, configs, instance) if given else NO_RESOURCES


def _metadata(old: Mapping[str, Any] | None, new: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    if old is not None and new is not None:
        raise CheckError(
            "metadata is the older name of definition_metadata; both are given", fix="pass definition_metadata alone"
        )
    return new if new is not None else old


def _facts(
    has_asset: bool,
    partition_key: str | None,
    definition: PartitionsDefinition | None,
    key_range: PartitionKeyRange | None,
) -> PartitionFacts:
    if partition_key is None and key_range is None and definition is None:
        return NO_PARTITIONS
    keys = (partition_key,) if has_asset and partition_key is not None and key_range is None else None
    if keys is not None and definition is not None and definition.has_partition_key(keys[0]):
        keys = (definition.as_partition_key(keys[0]),)
    span = None if key_range is None else PartitionKeyRange(*key_range)
    return PartitionFacts(partition_key, keys, definition, span if has_asset else None, checked=False)


def _type(kind: Any) -> TypeFace | None:
    if kind is not None and not isinstance(kind, TypeFace):
        raise CheckError(
            f"dagster_type is a Type, not {kind!r}", fix="pass PythonObjectType(int), or a Type with a check of its own"
        )
    return kind


def build_output_context(
    step_key: str | None = None,
    name: str | None = None,
    definition_metadata: Mapping[str, Any] | None = None,
    run_id: str | None = None,
    mapping_key: str | None = None,
    config: Any = None,
    dagster_type: Any = None,
    version: str | None = None,
    resource_config: Mapping[str, Any] | None = None,
    resources: Mapping[str, Any] | None = None,
    op_def: Any = None,
    asset_key: CoercibleToAssetKey | None = None,
    partition_key: str | None = None,
    asset_partitions_def: PartitionsDefinition | None = None,
    asset_partition_key_range: PartitionKeyRange | None = None,
    instance: Any = None,
    asset_spec: Any = None,
    metadata: Mapping[str, Any] | None = None,
    output_metadata: Mapping[str, Any] | None = None,
) -> OutputContext:
    """Build the context of an output, for testing ``handle_output``.

    Args:
        step_key: The step that makes the output.
        name: The output's name.
        definition_metadata: What would be declared at ``Out(metadata=)`` or ``@asset(metadata=)``.
        run_id: The run.
        mapping_key: The key of a dynamic output.
        config: Config of this output.
        dagster_type: The declared type.
        version: Accepted and kept.
        resource_config: Config of the IO manager.
        resources: Resources the IO manager reads, by key.
        op_def: The op that makes the output.
        asset_key: The asset; a text is one part.
        partition_key: The partition.
        asset_partitions_def: The asset's partitions definition.
        asset_partition_key_range: First and last partition, instead of ``partition_key``.
        instance: The instance.
        asset_spec: What would be declared of the asset.
        metadata: The older name of ``definition_metadata``.
        output_metadata: What the function would have said of the value.

    Returns:
        The context; also a context manager that closes its resources.

    Raises:
        CheckError: Both names of the metadata, or a type that is none.
    """
    key = None if asset_key is None else AssetKey.from_coercible(asset_key)
    if key is None and asset_spec is not None:
        key = asset_spec.key
    return OutputContext(
        name, step_key, run_id if run_id is not None else EPHEMERAL_RUN_ID, None, op_def, _type(dagster_type),
        _metadata(metadata, definition_metadata), output_metadata, resource_config or {},
        _resources(resources, None, instance), config, mapping_key, key, asset_spec,
        _facts(key is not None, partition_key, asset_partitions_def, asset_partition_key_range), LOG, None, instance,
        version,
    )  # fmt: skip


def build_input_context(
    name: str | None = None,
    config: Any = None,
    definition_metadata: Mapping[str, Any] | None = None,
    upstream_output: OutputContext | None = None,
    dagster_type: Any = None,
    resource_config: Mapping[str, Any] | None = None,
    resources: Mapping[str, Any] | None = None,
    op_def: Any = None,
    step_context: Any = None,
    asset_key: CoercibleToAssetKey | None = None,
    partition_key: str | None = None,
    asset_partition_key_range: PartitionKeyRange | None = None,
    asset_partitions_def: PartitionsDefinition | None = None,
    instance: Any = None,
    metadata: Mapping[str, Any] | None = None,
) -> InputContext:
    """Build the context of an input, for testing ``load_input``.

    Args:
        name: The input's name.
        config: Config of this input.
        definition_metadata: What would be declared at ``In(metadata=)`` or ``AssetIn(metadata=)``.
        upstream_output: The context of the output that is loaded.
        dagster_type: The type the consumer asks for.
        resource_config: Config of the IO manager.
        resources: Resources the IO manager reads, by key.
        op_def: The op that takes the input.
        step_context: The execution context of the step.
        asset_key: The upstream asset; a text is one part.
        partition_key: The partition.
        asset_partition_key_range: First and last upstream partition, instead of ``partition_key``.
        asset_partitions_def: The upstream asset's partitions definition.
        instance: The instance.
        metadata: The older name of ``definition_metadata``.

    Returns:
        The context; also a context manager that closes its resources.

    Raises:
        CheckError: Both names of the metadata, or a type that is none.
    """
    key = None if asset_key is None else AssetKey.from_coercible(asset_key)
    return InputContext(
        name, None, op_def, _type(dagster_type), _metadata(metadata, definition_metadata), upstream_output,
        resource_config or {}, _resources(resources, None, instance), config, key,
        _facts(key is not None, partition_key, asset_partitions_def, asset_partition_key_range), LOG, step_context,
        instance,
    )  # fmt: skip


def build_op_context(
    resources: Mapping[str, Any] | None = None,
    op_config: Any = None,
    resources_config: Mapping[str, Any] | None = None,
    instance: Any = None,
    config: Any = None,
    partition_key: str | None = None,
    partition_key_range: PartitionKeyRange | None = None,
    mapping_key: str | None = None,
    run_tags: Mapping[str, str] | None = None,
    event_loop: Any = None,
) -> OpExecutionContext:
    """Build the context of an op's function, for calling the op directly.

    Args:
        resources: Resources by key.
        op_config: The op's config.
        resources_config: Config of the resources, by key.
        instance: The instance.
        config: The same as ``op_config``.
        partition_key: The partition.
        partition_key_range: First and last partition.
        mapping_key: The key of a dynamic output it would be mapped over.
        run_tags: Tags of the run.
        event_loop: Accepted and ignored.

    Raises:
        CheckError: Both names of the config.
    """
    return _execution_context(
        OpExecutionContext, resources, op_config, config, resources_config, instance, partition_key,
        partition_key_range, mapping_key, run_tags,
    )  # fmt: skip


def build_asset_context(
    resources: Mapping[str, Any] | None = None,
    resources_config: Mapping[str, Any] | None = None,
    asset_config: Any = None,
    instance: Any = None,
    partition_key: str | None = None,
    partition_key_range: PartitionKeyRange | None = None,
    run_tags: Mapping[str, str] | None = None,
    event_loop: Any = None,
) -> AssetExecutionContext:
    """Build the context of an asset's function, for calling the asset directly.

    Args:
        resources: Resources by key.
        resources_config: Config of the resources, by key.
        asset_config: The asset's config.
        instance: The instance.
        partition_key: The partition.
        partition_key_range: First and last partition.
        run_tags: Tags of the run.
        event_loop: Accepted and ignored.
    """
    return _execution_context(
        AssetExecutionContext, resources, asset_config, None, resources_config, instance, partition_key,
        partition_key_range, None, run_tags,
    )  # fmt: skip


def _execution_context(
    kind: type[Any],
    resources: Mapping[str, Any] | None,
    config: Any,
    other_config: Any,
    resources_config: Mapping[str, Any] | None,
    instance: Any,
    partition_key: str | None,
    partition_key_range: PartitionKeyRange | None,
    mapping_key: str | None,
    run_tags: Mapping[str, str] | None,
) -> Any:
    if config is not None and other_config is not None:
        raise CheckError("op_config and config are two names of one thing; both are given", fix="pass one of them")
    if partition_key is not None and partition_key_range is not None:
        raise CheckError("partition_key and partition_key_range exclude each other", fix="pass one of them")
    partitions = NO_PARTITIONS
    if partition_key is not None or partition_key_range is not None:
        span = None if partition_key_range is None else PartitionKeyRange(*partition_key_range)
        partitions = PartitionFacts(
            partition_key, None, None, span, None if span is None else (span.start, span.end), checked=False
        )
    facts = RunFacts(DIRECT_RUN_ID, DIRECT_RUN_ID, run_tags or {}, {}, instance)
    return kind(
        facts, None, None, config if config is not None else other_config,
        _resources(resources, resources_config, instance), LOG, partitions, mapping_key=mapping_key,
    )  # fmt: skip
