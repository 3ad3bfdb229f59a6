"""What an IO manager sees while it stores an output."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NoReturn, Self, TypeAlias

from lading.abc.contexts.partitions import NO_PARTITIONS, PartitionFacts
from lading.abc.contexts.resource import LOG, NO_RESOURCES, Resources
from lading.abc.partitions import PartitionsDefinition
from lading.abc.types import TypeFace
from lading.errors import InvalidMetadataError, InvariantViolationError
from lading.values.keys import AssetKey
from lading.values.materialization import AssetMaterialization, AssetObservation
from lading.values.metadata import NO_METADATA, Metadata, MetadataValue, RawMetadata, as_metadata_value
from lading.values.partitions import PartitionKeyRange, TimeWindow
from lading.values.receipt import Receipt

NO_VALUES: Mapping[str, Any] = {}
LogItem: TypeAlias = AssetMaterialization | AssetObservation


def not_provided(name: str, which: str) -> NoReturn:
    """Refuse to make up what nobody said."""
    raise InvariantViolationError(
        f"{name} was not provided",
        where=f"{which}.{name}",
        fix=f"in a test pass it to build_{'output' if which == 'OutputContext' else 'input'}_context; "
        "in a run this output or input has none",
    )


class OutputContext:
    """What an IO manager sees while it stores an output. A plain value: it looks nothing up.

    It has two outlets: :meth:`add_output_metadata` for facts a person reads, and :meth:`record` for managers that
    know exactly what they wrote.

    Attributes:
        definition_metadata: What was declared at ``Out(metadata=)`` or ``@asset(metadata=)``, as given.
        output_metadata: What the function said of this value at run time.
        resource_config: The config of the IO manager itself, or None.
        config: Config of this one output, or None.
        mapping_key: The key of a dynamic output, or None.
        version: Always None; kept for managers that read it.
        log: A logger whose lines are kept with the step.
    """

    __slots__ = (
        "_asset_key", "_asset_spec", "_dagster_type", "_events", "_instance", "_job_name", "_metadata", "_name",
        "_op_def", "_partitions", "_resources", "_run_id", "_step_context", "_step_key",
        "config", "definition_metadata", "facts", "log", "mapping_key", "output_metadata", "receipt",
        "receipts", "resource_config", "version",
    )  # fmt: skip

    def __init__(
        self,
        name: str | None = None,
        step_key: str | None = None,
        run_id: str | None = None,
        job_name: str | None = None,
        op_def: Any = None,
        dagster_type: TypeFace | None = None,
        definition_metadata: Mapping[str, Any] | None = None,
        output_metadata: Metadata | None = None,
        resource_config: Any = NO_VALUES,
        resources: Resources = NO_RESOURCES,
        config: Any = None,
        mapping_key: str | None = None,
        asset_key: AssetKey | None = None,
        asset_spec: Any = None,
        partitions: PartitionFacts = NO_PARTITIONS,
        log: Any = LOG,
        step_context: Any = None,
        instance: Any = None,
        version: str | None = None,
    ) -> None:
        self._name = name
        self._step_key = step_key
        self._run_id = run_id
        self._job_name = job_name
        self._op_def = op_def
        self._dagster_type = dagster_type
        self.definition_metadata: Mapping[str, Any] = definition_metadata or NO_VALUES
        self.output_metadata: Metadata = output_metadata or NO_METADATA
        self.resource_config = resource_config
        self._resources = resources
        self.config = config
        self.mapping_key = mapping_key
        self._asset_key = asset_key
        self._asset_spec = asset_spec
        self._partitions = partitions
        self.log = log
        self._step_context = step_context
        self._instance = instance
        self.version = version
        self._metadata: dict[str, MetadataValue] | None = None
        self._events: list[LogItem] | None = None
        self.receipt: Receipt | None = None
        self.facts: Mapping[str, Any] = NO_VALUES
        self.receipts: dict[str, tuple[Receipt, Mapping[str, Any]]] | None = None

    def __enter__(self) -> Self:
        enter_resources(self._resources)
        return self

    def __exit__(self, *exc: object) -> None:
        exit_resources(self._resources, exc)

    # ------------------------------------------------------------ what it is

    @property
    def name(self) -> str:
        """The output's name."""
        return self._name if self._name is not None else not_provided("name", "OutputContext")

    @property
    def step_key(self) -> str:
        """The key of the step that makes the output."""
        return self._step_key if self._step_key is not None else not_provided("step_key", "OutputContext")

    @property
    def run_id(self) -> str:
        """The id of the run."""
        return self._run_id if self._run_id is not None else not_provided("run_id", "OutputContext")

    @property
    def job_name(self) -> str:
        """The name of the job."""
        return self._job_name if self._job_name is not None else not_provided("job_name", "OutputContext")

    @property
    def op_def(self) -> Any:
        """The definition of the op that makes the output."""
        return self._op_def if self._op_def is not None else not_provided("op_def", "OutputContext")

    @property
    def dagster_type(self) -> TypeFace:
        """The declared type of the output."""
        return self._dagster_type if self._dagster_type is not None else not_provided("dagster_type", "OutputContext")

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
        return self._step_context if self._step_context is not None else not_provided("step_context", "OutputContext")

    @property
    def instance(self) -> Any:
        """The instance of the run."""
        return self._instance if self._instance is not None else not_provided("instance", "OutputContext")

    @property
    def has_asset_key(self) -> bool:
        """Whether the output is an asset."""
        return self._asset_key is not None

    @property
    def asset_key(self) -> AssetKey:
        """The asset's key."""
        return self._asset_key if self._asset_key is not None else not_provided("asset_key", "OutputContext")

    @property
    def asset_spec(self) -> Any:
        """What was declared of the asset."""
        return self._asset_spec if self._asset_spec is not None else not_provided("asset_spec", "OutputContext")

    # ------------------------------------------------------------ partitions

    @property
    def has_partition_key(self) -> bool:
        """Whether the run is of one partition."""
        return self._partitions.run_key is not None

    @property
    def partition_key(self) -> str:
        """The partition of the run."""
        return self._partitions.require_run_key("the output")

    @property
    def has_asset_partitions(self) -> bool:
        """Whether the asset has partitions."""
        return self._partitions.keys is not None or self._partitions.key_range is not None

    @property
    def asset_partitions_together(self) -> bool:
        """Whether one run may make several partitions of the asset, so that its value is a dict by partition."""
        return self._partitions.together

    @property
    def asset_partition_key(self) -> str:
        """The one partition that is stored."""
        return self._partitions.require_key("output")

    @property
    def asset_partition_keys(self) -> Sequence[str]:
        """The partitions that are stored, in order."""
        return self._partitions.require_keys("the output")

    @property
    def asset_partition_key_range(self) -> PartitionKeyRange:
        """First and last of the partitions that are stored."""
        return self._partitions.require_range("the output")

    @property
    def asset_partitions_time_window(self) -> TimeWindow:
        """From the start of the first partition to the end of the last."""
        return self._partitions.require_window("the output")

    @property
    def asset_partitions_def(self) -> PartitionsDefinition:
        """The asset's partitions definition."""
        return self._partitions.require_definition("the output")

    # ------------------------------------------------------------ identifiers

    def get_identifier(self) -> Sequence[str]:
        """Run, step and output (and mapping key): where an op's output of this run belongs."""
        return self.get_run_scoped_output_identifier()

    def get_output_identifier(self) -> Sequence[str]:
        """The same as :meth:`get_identifier`."""
        return self.get_run_scoped_output_identifier()

    def get_run_scoped_output_identifier(self) -> Sequence[str]:
        """The same as :meth:`get_identifier`."""
        run_id = self._run_id if self._run_id is not None else "__EPHEMERAL_RUN_ID"
        parts = [run_id, self.step_key, self.name]
        return parts if self.mapping_key is None else [*parts, self.mapping_key]

    def get_asset_identifier(self) -> Sequence[str]:
        """The parts of the asset's key, and the partition: where the asset belongs."""
        parts = self.asset_key.path
        return [*parts, self.asset_partition_key] if self.has_asset_partitions else parts

    # ------------------------------------------------------------ outlets

    def add_output_metadata(self, metadata: RawMetadata) -> None:
        """Add facts to what is recorded of this output.

        Raises:
            InvalidMetadataError: A key was added before, or a value has no kind.
        """
        kept = self._metadata if self._metadata is not None else {}
        for key, value in metadata.items():
            if key in kept:
                raise InvalidMetadataError(
                    f"output metadata {key!r} was already added", where=self._step_key, fix="use another key"
                )
            kept[key] = as_metadata_value(key, value)
        self._metadata = kept

    def get_logged_metadata(self) -> Metadata:
        """What :meth:`add_output_metadata` has gathered."""
        return self._metadata if self._metadata is not None else NO_METADATA

    def log_event(self, event: LogItem) -> None:
        """Have a materialization or observation recorded before the one of this output."""
        if self._events is None:
            self._events = []
        self._events.append(event)

    def get_logged_events(self) -> Sequence[LogItem]:
        """What :meth:`log_event` has gathered."""
        return self._events if self._events is not None else []

    def record(self, receipt: Receipt, facts: Mapping[str, Any] = NO_VALUES, partition: str | None = None) -> None:
        """Hand over the receipt of what was written (one per partition in a run over several) and the facts learnt."""
        if partition is not None:
            if self.receipts is None:
                self.receipts = {}
            self.receipts[partition] = (receipt, facts)
        self.receipt = receipt
        self.facts = facts


def enter_resources(resources: Any) -> None:
    """Open resources that must be closed again."""
    enter: Any = getattr(resources.__class__, "__enter__", None)
    if enter is not None:
        enter(resources)


def exit_resources(resources: Any, exc: tuple[object, ...]) -> None:
    """Close what :func:`enter_resources` opened."""
    leave: Any = getattr(resources.__class__, "__exit__", None)
    if leave is not None:
        leave(resources, *exc)
