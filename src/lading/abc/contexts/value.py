"""What the contexts of outputs and inputs have in common: whose value it is, and which partitions of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, NoReturn, Self

from lading.abc.contexts.partitions import PartitionFacts
from lading.abc.contexts.resource import Resources
from lading.abc.partitions import PartitionsDefinition
from lading.abc.types import TypeFace
from lading.errors import InvariantViolationError
from lading.values.keys import AssetKey
from lading.values.metadata import NO_METADATA, Metadata, MetadataValue
from lading.values.partitions import PartitionKeyRange, TimeWindow

NO_VALUES: Mapping[str, Any] = {}


class ValueContext:
    """What an IO manager sees of the value it stores or loads. A plain value itself: it looks nothing up."""

    __slots__ = (
        "_asset_key", "_dagster_type", "_instance", "_job_name", "_metadata", "_name", "_op_def", "_partitions",
        "_resources", "_step_context", "config", "definition_metadata", "log", "resource_config",
    )  # fmt: skip
    SIDE: ClassVar[str]

    _asset_key: AssetKey | None
    _dagster_type: TypeFace | None
    _instance: Any
    _job_name: str | None
    _metadata: dict[str, MetadataValue] | None
    _name: str | None
    _op_def: Any
    _partitions: PartitionFacts
    _resources: Resources
    _step_context: Any
    config: Any
    definition_metadata: Mapping[str, Any]
    log: Any
    resource_config: Any

    def __enter__(self) -> Self:
        enter: Any = getattr(type(self._resources), "__enter__", None)
        if enter is not None:
            enter(self._resources)
        return self

    def __exit__(self, *exc: object) -> None:
        leave: Any = getattr(type(self._resources), "__exit__", None)
        if leave is not None:
            leave(self._resources, *exc)

    def _missing(self, name: str) -> NoReturn:
        raise InvariantViolationError(
            f"{name} was not provided",
            where=f"{type(self).__name__}.{name}",
            fix=f"in a test pass it to build_{self.SIDE}_context; in a run this {self.SIDE} has none",
        )

    # ------------------------------------------------------------ what it is

    @property
    def name(self) -> str:
        """The name of the output or input."""
        return self._name if self._name is not None else self._missing("name")

    @property
    def job_name(self) -> str:
        """The name of the job."""
        return self._job_name if self._job_name is not None else self._missing("job_name")

    @property
    def op_def(self) -> Any:
        """The definition of the op that makes the output or takes the input."""
        return self._op_def if self._op_def is not None else self._missing("op_def")

    @property
    def dagster_type(self) -> TypeFace:
        """The type that the output declares, or that the consumer asks for."""
        return self._dagster_type if self._dagster_type is not None else self._missing("dagster_type")

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
        return self._step_context if self._step_context is not None else self._missing("step_context")

    @property
    def instance(self) -> Any:
        """The instance of the run."""
        return self._instance if self._instance is not None else self._missing("instance")

    @property
    def has_asset_key(self) -> bool:
        """Whether the value is an asset."""
        return self._asset_key is not None

    @property
    def asset_key(self) -> AssetKey:
        """The key of the asset that is stored or loaded."""
        return self._asset_key if self._asset_key is not None else self._missing("asset_key")

    # ------------------------------------------------------------ partitions

    @property
    def has_partition_key(self) -> bool:
        """Whether the run is of one partition."""
        return self._partitions.run_key is not None

    @property
    def partition_key(self) -> str:
        """The partition of the run."""
        return self._partitions.require_run_key(f"the {self.SIDE}")

    @property
    def has_asset_partitions(self) -> bool:
        """Whether the asset that is stored or loaded has partitions."""
        return self._partitions.keys is not None or self._partitions.key_range is not None

    @property
    def asset_partition_key(self) -> str:
        """The one partition that is stored or loaded."""
        return self._partitions.require_key(self.SIDE)

    @property
    def asset_partition_keys(self) -> Sequence[str]:
        """The partitions that are stored or loaded, in order."""
        return self._partitions.require_keys(f"the {self.SIDE}")

    @property
    def asset_partition_key_range(self) -> PartitionKeyRange:
        """First and last of the partitions that are stored or loaded."""
        return self._partitions.require_range(f"the {self.SIDE}")

    @property
    def asset_partitions_time_window(self) -> TimeWindow:
        """From the start of the first partition to the end of the last."""
        return self._partitions.require_window(f"the {self.SIDE}")

    @property
    def asset_partitions_def(self) -> PartitionsDefinition:
        """The partitions definition of the asset that is stored or loaded."""
        return self._partitions.require_definition(f"the {self.SIDE}")

    def get_asset_identifier(self) -> Sequence[str]:
        """The parts of the asset's key, and the partition: where the asset belongs."""
        parts = self.asset_key.path
        return [*parts, self.asset_partition_key] if self.has_asset_partitions else parts

    def get_logged_metadata(self) -> Metadata:
        """The metadata that the manager has added so far."""
        return self._metadata if self._metadata is not None else NO_METADATA
