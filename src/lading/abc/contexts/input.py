"""What an IO manager sees while it loads an input."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from lading.abc.contexts.output import OutputContext
from lading.abc.contexts.partitions import NO_PARTITIONS, PartitionFacts
from lading.abc.contexts.resource import LOG, NO_RESOURCES, Resources
from lading.abc.contexts.value import NO_VALUES, ValueContext
from lading.abc.types import TypeFace
from lading.errors import InvalidMetadataError, InvariantViolationError
from lading.values.keys import AssetKey
from lading.values.materialization import AssetObservation
from lading.values.metadata import RawMetadata, as_metadata_value
from lading.values.missing import Missing
from lading.values.receipt import Receipt


class InputContext(ValueContext):
    """What an IO manager sees while it loads an input. A plain value: it looks nothing up.

    ``asset_*`` members speak of the upstream asset and its partitions; ``partition_key`` is the run's own.

    Attributes:
        definition_metadata: What was declared at ``In(metadata=)`` or ``AssetIn(metadata=)``, as given.
        upstream_output: The context of the output that is loaded, or None for an input without one.
        resource_config: The config of the IO manager itself, or None.
        config: Config of this one input, or None.
        missing: What the consumer wants for a value that was never stored, as declared at ``AssetIn(missing=)``.
        version: The version that is wanted, as the beginning of its digest; None for the current one.
        log: A logger whose lines are kept with the step.
    """

    __slots__ = ("_observations", "_receipts", "missing", "receipt", "upstream_output", "version")
    SIDE: ClassVar[str] = "input"

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
        missing: Missing = "raise",
        version: str | None = None,
    ) -> None:
        self._name = name
        self._job_name = job_name
        self._op_def = op_def
        self._dagster_type = dagster_type
        self.definition_metadata = definition_metadata or NO_VALUES
        self.upstream_output = upstream_output
        self.resource_config = resource_config
        self._resources = resources
        self.config = config
        self._asset_key = asset_key
        self._partitions = partitions
        self.log = log
        self._step_context = step_context
        self._instance = instance
        self._metadata = None
        self._observations: list[AssetObservation] | None = None
        self.missing: Missing = missing
        self.version = version
        self.receipt: Receipt | None = None
        self._receipts: list[Receipt] | None = None

    @property
    def has_input_name(self) -> bool:
        """Whether the input has a name."""
        return self._name is not None

    def for_partition(self, key: str, dagster_type: TypeFace | None = None) -> InputContext:
        """The same input, of one of the upstream partitions; ``dagster_type`` is then that of the one value."""
        upstream = self.upstream_output
        return InputContext(
            self._name, self._job_name, self._op_def, dagster_type or self._dagster_type, self.definition_metadata,
            None if upstream is None else upstream.for_partition(key), self.resource_config, self._resources,
            self.config, self._asset_key, self._partitions.only(key), self.log, self._step_context, self._instance,
        )  # fmt: skip

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

    def get_observations(self) -> Sequence[AssetObservation]:
        """The observations :meth:`add_input_metadata` has made."""
        return self._observations if self._observations is not None else []

    def record(self, receipt: Receipt) -> None:
        """Hand over the receipt of what was read, each of several in turn."""
        if self.receipt is not None:
            if self._receipts is None:
                self._receipts = [self.receipt]
            self._receipts.append(receipt)
        self.receipt = receipt

    @property
    def receipts(self) -> Sequence[Receipt]:
        """The receipts of all that was read."""
        if self._receipts is not None:
            return self._receipts
        return () if self.receipt is None else (self.receipt,)
