"""What an IO manager sees while it loads an input."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Self

from lading.abc.contexts.output import NO_VALUES, OutputContext, enter_resources, exit_resources, not_provided
from lading.abc.contexts.partitions import NO_PARTITIONS, PartitionFacts
from lading.abc.contexts.resource import LOG, NO_RESOURCES, Resources
from lading.abc.partitions import PartitionsDefinition
from lading.abc.types import TypeFace
from lading.errors import InvalidMetadataError, InvariantViolationError
from lading.values.keys import AssetKey
from lading.values.materialization import AssetObservation
from lading.values.metadata import NO_METADATA, Metadata, MetadataValue, RawMetadata, as_metadata_value
from lading.values.partitions import PartitionKeyRange, TimeWindow
from lading.values.receipt import Receipt


class InputContext:
    """What an IO manager sees while it loads an input. A plain value: it looks nothing up.

    ``asset_*`` members speak of the upstream asset and its partitions; ``partition_key`` is the run's own.

    Attributes:
        definition_metadata: What was declared at ``In(metadata=)`` or ``AssetIn(metadata=)``, as given.
        upstream_output: The context of the output that is loaded, or None for an input without one.
        resource_config: The config of the IO manager itself, or None.
        config: Config of this one input, or None.
        log: A logger whose lines are kept with the step.
    """

    __slots__ = (
        "_asset_key", "_dagster_type", "_instance", "_job_name", "_metadata", "_name", "_observations", "_op_def",
        "_partitions", "_resources", "_step_context", "config", "definition_metadata", "log", "receipt",
        "resource_config", "upstream_output",
    )  # fmt: skip

    def __init__(
        self,
        name: str | None = None,
        job_name: str | None = None,
        op_def: Any = None,
        dagster_type: TypeFace | None = None,
        definition_metadata: Mapping[str, Any] | None = None,
        upstream_output: OutputContext | None = None,
        resource_config: Any = NO_VALUES,
        resources: Resources = NO_RESOURCES,
        config: Any = None,
        asset_key: AssetKey | None = None,
        partitions: PartitionFacts = NO_PARTITIONS,
        log: Any = LOG,
        step_context: Any = None,
        instance: Any = None,
    ) -> None:
        self._name = name
        self._job_name = job_name
        self._op_def = op_def
        self._dagster_type = dagster_type
        self.definition_metadata: Mapping[str, Any] = definition_metadata or NO_VALUES
        self.upstream_output = upstream_output
        self.resource_config = resource_config
        self._resources = resources
        self.config = config
        self._asset_key = asset_key
        self._partitions = partitions
        self.log = log
        self._step_context = step_context
        self._instance = instance
        self._metadata: dict[str, MetadataValue] | None = None
        self._observations: list[AssetObservation] | None = None
        self.receipt: Receipt | None = None

    def __enter__(self) -> Self:
        enter_resources(self._resources)
        return self

    def __exit__(self, *exc: object) -> None:
        exit_resources(self._resources, exc)

    # ------------------------------------------------------------ what it is

    @property
    def has_input_name(self) -> bool:
        """Whether the input has a name."""
        return self._name is not None

    @property
    def name(self) -> str:
        """The input's name."""
        return self._name if self._name is not None else not_provided("name", "InputContext")

    @property
    def job_name(self) -> str:
        """The name of the job."""
        return self._job_name if self._job_name is not None else not_provided("job_name", "InputContext")

    @property
    def op_def(self) -> Any:
        """The definition of the op that takes the input."""
        return self._op_def if self._op_def is not None else not_provided("op_def", "InputContext")

    @property
    def dagster_type(self) -> TypeFace:
        """The type the consumer asks for."""
        return self._dagster_type if self._dagster_type is not None else not_provided("dagster_type", "InputContext")

    @property
    def metadata(self) -> Mapping[str, Any]:
        """The same as ``definition_metadata``: the older name."""
        return self.definition_metadata

    @property
    def resources(self) -> Any:
        """The resources the IO manager requires, as attributes."""
        return self._resources

    @property
    def step_context(self) -> Any:
        """The execution context of the step."""
        return self._step_context if self._step_context is not None else not_provided("step_context", "InputContext")

    @property
    def instance(self) -> Any:
        """The instance of the run."""
        return self._instance if self._instance is not None else not_provided("instance", "InputContext")

    @property
    def has_asset_key(self) -> bool:
        """Whether the input comes from an asset."""
        return self._asset_key is not None

    @property
    def asset_key(self) -> AssetKey:
        """The key of the upstream asset."""
        return self._asset_key if self._asset_key is not None else not_provided("asset_key", "InputContext")

    # ------------------------------------------------------------ partitions

    @property
    def has_partition_key(self) -> bool:
        """Whether the run is of one partition."""
        return self._partitions.run_key is not None

    @property
    def partition_key(self) -> str:
        """The partition of the run, that is of the consumer."""
        return self._partitions.require_run_key("the input")

    @property
    def has_asset_partitions(self) -> bool:
        """Whether the upstream asset has partitions."""
        return self._partitions.keys is not None or self._partitions.key_range is not None

    @property
    def asset_partition_key(self) -> str:
        """The one partition of the upstream asset that is loaded."""
        return self._partitions.require_key("input")

    @property
    def asset_partition_keys(self) -> Sequence[str]:
        """The partitions of the upstream asset that are loaded, in order."""
        return self._partitions.require_keys("the input")

    @property
    def asset_partition_key_range(self) -> PartitionKeyRange:
        """First and last of the partitions of the upstream asset that are loaded."""
        return self._partitions.require_range("the input")

    @property
    def asset_partitions_time_window(self) -> TimeWindow:
        """From the start of the first upstream partition to the end of the last."""
        return self._partitions.require_window("the input")

    @property
    def asset_partitions_def(self) -> PartitionsDefinition:
        """The partitions definition of the upstream asset."""
        return self._partitions.require_definition("the input")

    # ------------------------------------------------------------ identifiers

    def get_identifier(self) -> Sequence[str]:
        """Run, step and output of the value that is loaded."""
        if self.upstream_output is None:
            raise InvariantViolationError(
                "an input without upstream_output has no identifier",
                where="InputContext.get_identifier()",
                fix="use get_asset_identifier(), or pass upstream_output= to build_input_context",
            )
        return self.upstream_output.get_identifier()

    def get_asset_identifier(self) -> Sequence[str]:
        """The parts of the upstream asset's key, and the partition."""
        parts = self.asset_key.path
        return [*parts, self.asset_partition_key] if self.has_asset_partitions else parts

    # ------------------------------------------------------------ outlets

    def add_input_metadata(self, metadata: RawMetadata, description: str | None = None) -> None:
        """Add facts to what is recorded of this input; of an asset it is recorded as an observation, too.

        Raises:
            InvalidMetadataError: A key was added before, or a value has no kind.
        """
        added = {key: as_metadata_value(key, value) for key, value in metadata.items()}
        kept = self._metadata if self._metadata is not None else {}
        twice = next((key for key in added if key in kept), None)
        if twice is not None:
            raise InvalidMetadataError(
                f"input metadata {twice!r} was already added", where=self._name, fix="use another key"
            )
        kept.update(added)
        self._metadata = kept
        if self._asset_key is None:
            return
        if self._observations is None:
            self._observations = []
        for partition in self._partitions.keys if self._partitions.keys is not None else (None,):
            self._observations.append(AssetObservation(self._asset_key, description, added, partition))

    def get_logged_metadata(self) -> Metadata:
        """What :meth:`add_input_metadata` has gathered."""
        return self._metadata if self._metadata is not None else NO_METADATA

    def get_observations(self) -> Sequence[AssetObservation]:
        """The observations :meth:`add_input_metadata` has made."""
        return self._observations if self._observations is not None else []

    def record(self, receipt: Receipt) -> None:
        """Hand over the receipt of what was read."""
        self.receipt = receipt
