"""What an IO manager sees while it stores an output."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, TypeAlias

from lading.abc.contexts.partitions import NO_PARTITIONS, PartitionFacts
from lading.abc.contexts.resource import LOG, NO_RESOURCES, Resources
from lading.abc.contexts.value import NO_VALUES, ValueContext
from lading.abc.types import TypeFace
from lading.errors import InvalidMetadataError
from lading.values.keys import AssetKey
from lading.values.materialization import AssetMaterialization, AssetObservation
from lading.values.metadata import NO_METADATA, Metadata, RawMetadata, as_metadata_value
from lading.values.receipt import Receipt

LogItem: TypeAlias = AssetMaterialization | AssetObservation


class OutputContext(ValueContext):
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
        "_asset_spec", "_events", "_run_id", "_step_key", "facts", "mapping_key", "output_metadata", "receipt",
        "receipts", "version",
    )  # fmt: skip
    SIDE: ClassVar[str] = "output"

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
        self.definition_metadata = definition_metadata or NO_VALUES
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
        self._metadata = None
        self._events: list[LogItem] | None = None
        self.receipt: Receipt | None = None
        self.facts: Mapping[str, Any] = NO_VALUES
        self.receipts: dict[str, tuple[Receipt, Mapping[str, Any]]] | None = None

    # ------------------------------------------------------------ what it is

    @property
    def step_key(self) -> str:
        """The key of the step that makes the output."""
        return self._step_key if self._step_key is not None else self._missing("step_key")

    @property
    def run_id(self) -> str:
        """The id of the run."""
        return self._run_id if self._run_id is not None else self._missing("run_id")

    @property
    def asset_spec(self) -> Any:
        """What was declared of the asset."""
        return self._asset_spec if self._asset_spec is not None else self._missing("asset_spec")

    @property
    def asset_partitions_together(self) -> bool:
        """Whether one run may make several partitions of the asset, so that its value is a dict by partition."""
        return self._partitions.together

    def for_partition(self, key: str, output_metadata: Metadata | None = None) -> OutputContext:
        """The same output, of one of its partitions."""
        return OutputContext(
            self._name, self._step_key, self._run_id, self._job_name, self._op_def, self._dagster_type,
            self.definition_metadata, self.output_metadata if output_metadata is None else output_metadata,
            self.resource_config, self._resources, self.config, self.mapping_key, self._asset_key, self._asset_spec,
            self._partitions.only(key), self.log, self._step_context, self._instance, self.version,
        )  # fmt: skip

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
