"""What a user's function sees while it runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from lading.abc.contexts.facts import BodyNotes, RunFacts
from lading.abc.contexts.partitions import NO_PARTITIONS, PartitionFacts, window_of
from lading.abc.contexts.resource import NO_RESOURCES, Resources
from lading.abc.partitions import PartitionsDefinition
from lading.errors import CheckError, InvariantViolationError
from lading.values.keys import AssetKey, CoercibleToAssetKey
from lading.values.materialization import AssetCheckEvaluation, AssetMaterialization, AssetObservation
from lading.values.metadata import NO_METADATA, Metadata, RawMetadata, as_metadata_value
from lading.values.partitions import PartitionKeyRange, TimeWindow

NO_FACTS: Mapping[str, PartitionFacts] = {}


class OpExecutionContext:
    """What an op's function sees while it runs: its config, resources, partition, log, and outlets for metadata.

    Attributes:
        op_config: The op's config, or None.
        log: A logger whose lines are kept with the step.
        op_def: The definition of the op.
        retry_number: How often the step was tried before.
        step_key: The step's key; None outside a run.
        notes: What was said through this context.
    """

    __slots__ = (
        "_asset_keys_by_input", "_asset_keys_by_output", "_assets_def", "_facts", "_input_partitions", "_mapping_key",
        "_output_names", "_partitions", "_resources", "_selected", "log", "notes", "op_config", "op_def",
        "retry_number", "step_key",
    )  # fmt: skip

    def __init__(
        self,
        facts: RunFacts | None = None,
        step_key: str | None = None,
        op_def: Any = None,
        op_config: Any = None,
        resources: Resources = NO_RESOURCES,
        log: Any = None,
        partitions: PartitionFacts = NO_PARTITIONS,
        retry_number: int = 0,
        output_names: Sequence[str] = (),
        mapping_key: str | None = None,
        asset_keys_by_output: Mapping[str, AssetKey] | None = None,
        asset_keys_by_input: Mapping[str, AssetKey] | None = None,
        input_partitions: Mapping[str, PartitionFacts] = NO_FACTS,
        assets_def: Any = None,
        selected: Sequence[AssetKey] | None = None,
    ) -> None:
        self._facts = facts
        self.step_key = step_key
        self.op_def = op_def
        self.op_config = op_config
        self._resources = resources
        self.log = log
        self._partitions = partitions
        self.retry_number = retry_number
        self._output_names = output_names
        self._mapping_key = mapping_key
        self._asset_keys_by_output: Mapping[str, AssetKey] = asset_keys_by_output or {}
        self._asset_keys_by_input: Mapping[str, AssetKey] = asset_keys_by_input or {}
        self._input_partitions = input_partitions
        self._assets_def = assets_def
        self._selected = selected
        self.notes = BodyNotes()

    def bind(self, op: Any, assets: Any = None) -> None:
        """Learn, before a direct call, whose context this is."""
        self.op_def = op
        self._output_names = tuple(op.outs)
        if assets is None:
            return
        self._assets_def = assets
        self._asset_keys_by_output = assets.keys_by_output
        self._asset_keys_by_input = assets.keys_by_input
        facts = self._partitions
        if facts.run_definition is None and assets.partitions_def is not None:
            definition: PartitionsDefinition = assets.partitions_def
            keys = facts.run_keys
            if facts.key_range is not None:
                keys = tuple(definition.get_partition_keys_in_range(facts.key_range))
            key = None if facts.run_key is None else definition.as_partition_key(facts.run_key)
            self._partitions = PartitionFacts(key, run_keys=keys, run_definition=definition)

    def _need(self, value: Any, name: str) -> Any:
        if value is None:
            raise InvariantViolationError(
                f"{name} was not provided",
                where=f"{type(self).__name__}.{name}",
                fix="in a direct call pass it to the build_*_context function",
            )
        return value

    @property
    def _run(self) -> RunFacts:
        return self._need(self._facts, "run")

    # ------------------------------------------------------------ the run

    @property
    def run_id(self) -> str:
        """The id of the run."""
        return self._run.run_id

    @property
    def job_name(self) -> str:
        """The name of the job."""
        return self._run.job_name

    @property
    def run(self) -> Any:
        """The record of the run."""
        return self._need(self._run.record, "run")

    dagster_run = run

    @property
    def instance(self) -> Any:
        """The instance of the run."""
        return self._need(self._run.instance, "instance")

    @property
    def run_config(self) -> Mapping[str, Any]:
        """The config of the whole run."""
        return self._run.run_config

    @property
    def run_tags(self) -> Mapping[str, str]:
        """The tags of the run."""
        return self._run.tags

    def has_tag(self, key: str) -> bool:
        """Whether the run has a tag of this name."""
        return key in self._run.tags

    def get_tag(self, key: str) -> str | None:
        """The run's tag of this name, or None."""
        return self._run.tags.get(key)

    # ------------------------------------------------------------ the step

    @property
    def resources(self) -> Any:
        """The resources the function requires, as attributes."""
        return self._resources

    @property
    def has_assets_def(self) -> bool:
        """Whether the function makes assets."""
        return self._assets_def is not None

    @property
    def assets_def(self) -> Any:
        """The definition of the assets the function makes."""
        return self._need(self._assets_def, "assets_def")

    @property
    def selected_output_names(self) -> set[str]:
        """Names of the outputs this run asks for."""
        return set(self._output_names)

    @property
    def selected_asset_keys(self) -> set[AssetKey]:
        """Keys of the assets this run asks for."""
        return set(self._selected if self._selected is not None else self._asset_keys_by_output.values())

    @property
    def asset_key(self) -> AssetKey:
        """The key of the asset.

        Raises:
            InvariantViolationError: The run asks the function for no asset, or for several.
        """
        keys = list(self._asset_keys_by_output.values() if self._selected is None else self._selected)
        if len(keys) != 1:
            raise InvariantViolationError(
                f"there is no one asset key: the function makes {len(keys)} assets",
                where=self.step_key,
                fix="use selected_asset_keys or asset_key_for_output(name)",
            )
        return keys[0]

    def asset_key_for_output(self, output_name: str = "result") -> AssetKey:
        """The key of the asset an output is for."""
        key = self._asset_keys_by_output.get(output_name)
        if key is None:
            raise InvariantViolationError(f'output "{output_name}" is no asset', where=self.step_key)
        return key

    def output_for_asset_key(self, asset_key: AssetKey) -> str:
        """The name of the output that is an asset."""
        for name, key in self._asset_keys_by_output.items():
            if key == asset_key:
                return name
        raise InvariantViolationError(f'no output is asset "{asset_key.to_user_string()}"', where=self.step_key)

    def asset_key_for_input(self, input_name: str) -> AssetKey:
        """The key of the asset an input comes from."""
        key = self._asset_keys_by_input.get(input_name)
        if key is None:
            raise InvariantViolationError(f'input "{input_name}" comes from no asset', where=self.step_key)
        return key

    def get_mapping_key(self) -> str | None:
        """The key of the dynamic output this step was mapped over, or None."""
        return self._mapping_key

    # ------------------------------------------------------------ partitions

    @property
    def has_partition_key(self) -> bool:
        """Whether the run is of one partition."""
        return self._partitions.run_key is not None

    @property
    def has_partition_key_range(self) -> bool:
        """Whether the run is over a range of partitions."""
        return self._partitions.run_keys is not None

    @property
    def partition_key(self) -> str:
        """The partition of the run.

        Raises:
            InvariantViolationError: The run has none, or several.
        """
        return self._partitions.require_run_key("the run")

    @property
    def partition_keys(self) -> Sequence[str]:
        """The partitions of the run, in order."""
        facts = self._partitions
        if facts.run_keys is not None:
            return list(facts.run_keys)
        return [facts.require_run_key("the run")]

    @property
    def partition_key_range(self) -> PartitionKeyRange:
        """First and last partition of the run."""
        keys = self.partition_keys
        if not keys:
            raise InvariantViolationError("the range of the run is empty", where=self.step_key)
        return PartitionKeyRange(keys[0], keys[-1])

    @property
    def partition_time_window(self) -> TimeWindow:
        """From the start of the first partition to the end of the last.

        Raises:
            InvariantViolationError: The run has no partitions, or they are no spans of time.
        """
        keys = self.partition_keys
        definition = self._partitions.run_definition
        if definition is None:
            raise InvariantViolationError("there is no time window: the partitions definition is not known")
        return window_of(definition, keys, "the run")

    def _input_facts(self, name: str) -> PartitionFacts:
        facts = self._input_partitions.get(name)
        if facts is None or facts.keys is None:
            raise CheckError(f'input "{name}" has no partitions', where=self.step_key)
        return facts

    def asset_partition_keys_for_input(self, input_name: str) -> Sequence[str]:
        """The partitions of the upstream asset that an input loads."""
        return self._input_facts(input_name).require_keys(f'input "{input_name}"')

    def asset_partition_key_for_input(self, input_name: str) -> str:
        """The one partition of the upstream asset that an input loads."""
        return self._input_facts(input_name).require_key("input")

    def asset_partition_key_range_for_input(self, input_name: str) -> PartitionKeyRange:
        """First and last partition of the upstream asset that an input loads."""
        return self._input_facts(input_name).require_range(f'input "{input_name}"')

    def asset_partitions_time_window_for_input(self, input_name: str) -> TimeWindow:
        """The span of time of the upstream partitions that an input loads."""
        return self._input_facts(input_name).require_window(f'input "{input_name}"')

    def asset_partitions_def_for_input(self, input_name: str) -> PartitionsDefinition:
        """The partitions definition of the asset that an input loads."""
        return self._input_facts(input_name).require_definition(f'input "{input_name}"')

    def asset_partition_key_for_output(self, output_name: str = "result") -> str:
        """The partition of the run."""
        return self.partition_key

    def asset_partition_keys_for_output(self, output_name: str = "result") -> Sequence[str]:
        """The partitions of the run."""
        return self.partition_keys

    def asset_partition_key_range_for_output(self, output_name: str = "result") -> PartitionKeyRange:
        """First and last partition of the run."""
        return self.partition_key_range

    def asset_partitions_time_window_for_output(self, output_name: str = "result") -> TimeWindow:
        """The span of time of the run's partitions."""
        return self.partition_time_window

    def asset_partitions_def_for_output(self, output_name: str = "result") -> PartitionsDefinition:
        """The partitions definition of the run."""
        return self._need(self._partitions.run_definition, "partitions definition")

    # ------------------------------------------------------------ outlets

    def _one_output(self, output_name: str | None) -> str:
        if output_name is not None:
            if output_name not in self._output_names:
                raise InvariantViolationError(
                    f'there is no output "{output_name}"',
                    where=self.step_key,
                    fix=f"outputs are: {', '.join(self._output_names) or 'none'}",
                )
            return output_name
        if len(self._output_names) > 1:
            raise InvariantViolationError(
                "which output? the function has several",
                where=self.step_key,
                fix=f"pass output_name=, one of {', '.join(self._output_names)}",
            )
        return self._output_names[0] if self._output_names else "result"

    def add_output_metadata(
        self, metadata: RawMetadata, output_name: str | None = None, mapping_key: str | None = None
    ) -> None:
        """Add facts to what is recorded of an output; they stand before those of ``Output(metadata=…)``.

        Raises:
            InvalidMetadataError: A value has no kind.
            InvariantViolationError: The output is not named, or does not exist.
        """
        self.notes.say(self._one_output(output_name), mapping_key, metadata)

    def get_output_metadata(self, output_name: str = "result", mapping_key: str | None = None) -> Metadata:
        """What :meth:`add_output_metadata` has gathered for an output."""
        return self.notes.output_metadata.get((output_name, mapping_key), NO_METADATA)

    def add_asset_metadata(
        self,
        metadata: RawMetadata,
        asset_key: CoercibleToAssetKey | None = None,
        partition_key: str | None = None,
    ) -> None:
        """Add facts to what is recorded of an asset, or of one partition of it.

        Raises:
            InvariantViolationError: The function does not make the asset, or the run not the partition.
        """
        key = self.asset_key if asset_key is None else AssetKey.from_coercible(asset_key)
        if key not in self._asset_keys_by_output.values():
            raise InvariantViolationError(f'the function does not make asset "{key.to_user_string()}"')
        if partition_key is not None and partition_key not in self.partition_keys:
            raise InvariantViolationError(f'partition "{partition_key}" is not part of this run', where=self.step_key)
        kept = self.notes.asset_metadata.setdefault((key, partition_key), {})
        for name, value in metadata.items():
            kept[name] = as_metadata_value(name, value)

    def log_event(self, event: AssetMaterialization | AssetObservation | AssetCheckEvaluation) -> None:
        """Have a materialization, observation or check evaluation recorded."""
        self.notes.log(event, self.step_key)

    def get_events(self) -> Sequence[AssetMaterialization | AssetObservation | AssetCheckEvaluation]:
        """What :meth:`log_event` was given and is not recorded yet: in a direct call all of it."""
        return list(self.notes.events)

    @property
    def op_execution_context(self) -> OpExecutionContext:
        """The same context, as an op's function would see it."""
        return self


class AssetExecutionContext(OpExecutionContext):
    """What an asset's function sees while it runs."""

    __slots__ = ()

    @property
    def asset_keys(self) -> list[AssetKey]:
        """Keys of all the assets the function can make."""
        return list(self._asset_keys_by_output.values())


class AssetCheckExecutionContext(OpExecutionContext):
    """What a check's function sees while it runs."""

    __slots__ = ()
