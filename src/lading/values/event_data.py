"""The kinds of events, and what each has to say beside its time and step."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Any, TypeAlias

from lading.values.dataclass import dataclass, field
from lading.values.keys import AssetKey, StepOutputHandle
from lading.values.materialization import AssetCheckEvaluation, AssetMaterialization, AssetObservation
from lading.values.metadata import Metadata
from lading.values.receipt import Receipt


class EventType(Enum):
    """The kinds of events. Values of the ``RUN_`` members are the stored texts, which begin with ``PIPELINE_``."""

    # Members are looked up many times in a step, and Enum would hash their names in Python.
    __hash__ = object.__hash__

    RUN_ENQUEUED = "PIPELINE_ENQUEUED"
    RUN_STARTING = "PIPELINE_STARTING"
    RUN_START = "PIPELINE_START"
    RUN_SUCCESS = "PIPELINE_SUCCESS"
    RUN_FAILURE = "PIPELINE_FAILURE"
    RUN_CANCELING = "PIPELINE_CANCELING"
    RUN_CANCELED = "PIPELINE_CANCELED"
    ENGINE_EVENT = "ENGINE_EVENT"
    LOGS_CAPTURED = "LOGS_CAPTURED"
    LOG_MESSAGE = "LOG_MESSAGE"
    RESOURCE_INIT_STARTED = "RESOURCE_INIT_STARTED"
    RESOURCE_INIT_SUCCESS = "RESOURCE_INIT_SUCCESS"
    RESOURCE_INIT_FAILURE = "RESOURCE_INIT_FAILURE"
    STEP_START = "STEP_START"
    STEP_INPUT = "STEP_INPUT"
    STEP_OUTPUT = "STEP_OUTPUT"
    STEP_SUCCESS = "STEP_SUCCESS"
    STEP_FAILURE = "STEP_FAILURE"
    STEP_SKIPPED = "STEP_SKIPPED"
    STEP_UP_FOR_RETRY = "STEP_UP_FOR_RETRY"
    STEP_RESTARTED = "STEP_RESTARTED"
    LOADED_INPUT = "LOADED_INPUT"
    HANDLED_OUTPUT = "HANDLED_OUTPUT"
    ASSET_MATERIALIZATION_PLANNED = "ASSET_MATERIALIZATION_PLANNED"
    ASSET_MATERIALIZATION = "ASSET_MATERIALIZATION"
    ASSET_OBSERVATION = "ASSET_OBSERVATION"
    ASSET_CHECK_EVALUATION_PLANNED = "ASSET_CHECK_EVALUATION_PLANNED"
    ASSET_CHECK_EVALUATION = "ASSET_CHECK_EVALUATION"
    HOOK_COMPLETED = "HOOK_COMPLETED"
    HOOK_ERRORED = "HOOK_ERRORED"
    HOOK_SKIPPED = "HOOK_SKIPPED"


@dataclass(frozen=True, slots=True)
class ErrorInfo:
    """An exception as data: what survives the process it was raised in."""

    message: str
    stack: tuple[str, ...] = ()
    cls_name: str | None = None
    cause: ErrorInfo | None = None
    context: ErrorInfo | None = None

    def to_string(self) -> str:
        """Message and stack as one text, the cause after it."""
        text = self.message + ("\n" + "".join(self.stack) if self.stack else "")
        return text + (f"\ncaused by: {self.cause.to_string()}" if self.cause else "")


@dataclass(frozen=True, slots=True)
class TypeCheckData:
    """The verdict of a type check at an input or output."""

    success: bool
    label: str
    description: str | None = None
    metadata: Metadata = field(default_factory=dict[str, Any])


@dataclass(frozen=True, slots=True)
class StepInputData:
    """An input is loaded and its type is checked."""

    input_name: str
    type_check_data: TypeCheckData


@dataclass(frozen=True, slots=True)
class StepOutputData:
    """An output is computed and its type is checked; it is not stored yet."""

    step_output_handle: StepOutputHandle
    type_check_data: TypeCheckData
    metadata: Metadata = field(default_factory=dict[str, Any])

    @property
    def output_name(self) -> str:
        """The name of the output."""
        return self.step_output_handle.output_name

    @property
    def mapping_key(self) -> str | None:
        """The key of a dynamic output."""
        return self.step_output_handle.mapping_key


@dataclass(frozen=True, slots=True)
class HandledOutputData:
    """An IO manager stored an output. ``metadata`` is what the manager added."""

    output_name: str
    manager_key: str
    metadata: Metadata = field(default_factory=dict[str, Any])
    receipt: Receipt | None = None


@dataclass(frozen=True, slots=True)
class LoadedInputData:
    """An IO manager loaded an input; upstream names are None for an input without an upstream output.

    ``receipt`` is that of the last value that was read, ``versions`` are those of all where there were several: their
    short versions by partition, as far as the manager said what it read.
    """

    input_name: str
    manager_key: str
    upstream_output_name: str | None = None
    upstream_step_key: str | None = None
    metadata: Metadata = field(default_factory=dict[str, Any])
    receipt: Receipt | None = None
    versions: Mapping[str, str] | None = None

    @property
    def digests(self) -> Mapping[str | None, str]:
        """What was read, as versions of values by partition; None is the key of an asset without partitions."""
        if self.versions is not None:
            return {**self.versions}
        receipt = self.receipt
        return {} if receipt is None or not receipt.digest else {receipt.owner.partition: receipt.version}


@dataclass(frozen=True, slots=True)
class StepMaterializationData:
    """An asset was materialized."""

    materialization: AssetMaterialization


@dataclass(frozen=True, slots=True)
class AssetObservationData:
    """An asset was observed."""

    asset_observation: AssetObservation


@dataclass(frozen=True, slots=True)
class AssetMaterializationPlannedData:
    """The run means to materialize an asset: one partition, a run of them (``partitions``), or the whole."""

    asset_key: AssetKey
    partition: str | None = None
    partitions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class UserFailureData:
    """What a raised Failure said."""

    label: str
    description: str | None = None
    metadata: Metadata = field(default_factory=dict[str, Any])


@dataclass(frozen=True, slots=True)
class StepFailureData:
    """A step failed."""

    error: ErrorInfo
    user_failure_data: UserFailureData | None = None
    error_source: str = "USER_CODE_ERROR"


@dataclass(frozen=True, slots=True)
class StepRetryData:
    """A step failed and will be run again."""

    error: ErrorInfo
    seconds_to_wait: float | None = None


@dataclass(frozen=True, slots=True)
class StepSuccessData:
    """A step is done."""

    duration_ms: float


@dataclass(frozen=True, slots=True)
class RunFailureData:
    """A run failed."""

    error: ErrorInfo | None = None


@dataclass(frozen=True, slots=True)
class EngineEventData:
    """Something the engine did, or something about the run that is no step's."""

    metadata: Metadata = field(default_factory=dict[str, Any])
    error: ErrorInfo | None = None


@dataclass(frozen=True, slots=True)
class LogMessageData:
    """A line that user code logged or printed. ``level`` is that of :mod:`logging`."""

    level: int
    text: str
    logger: str = "lading"


EventData: TypeAlias = (
    StepInputData
    | StepOutputData
    | HandledOutputData
    | LoadedInputData
    | StepMaterializationData
    | AssetObservationData
    | AssetMaterializationPlannedData
    | AssetCheckEvaluation
    | StepFailureData
    | StepRetryData
    | StepSuccessData
    | RunFailureData
    | EngineEventData
    | LogMessageData
)
