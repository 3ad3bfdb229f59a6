"""What happens in a run, one value each: what a run hands to history, and what results and users read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, TypeAlias

from lading.values.keys import AssetKey, StepOutputHandle
from lading.values.materialization import AssetCheckEvaluation, AssetMaterialization, AssetObservation
from lading.values.metadata import Metadata
from lading.values.receipt import Receipt


class EventType(Enum):
    """The kinds of events. Values of the ``RUN_`` members are the stored texts, which begin with ``PIPELINE_``."""

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
    """An IO manager loaded an input; upstream names are None for an input without an upstream output."""

    input_name: str
    manager_key: str
    upstream_output_name: str | None = None
    upstream_step_key: str | None = None
    metadata: Metadata = field(default_factory=dict[str, Any])
    receipt: Receipt | None = None


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


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened in a run.

    Args:
        event_type: Its kind.
        timestamp: Seconds since 1970 UTC.
        step_key: The step it happened in, or None for the run as a whole.
        event_specific_data: What else there is to say, by kind.
        text: The message; without it the message is derived from the rest.
        job_name: The job of the run.
    """

    event_type: EventType
    timestamp: float
    step_key: str | None = None
    event_specific_data: EventData | None = None
    text: str | None = None
    job_name: str | None = None

    @property
    def event_type_value(self) -> str:
        """The stored text of the kind."""
        return self.event_type.value

    @property
    def message(self) -> str:
        """One sentence for people."""
        return self.text if self.text is not None else describe(self)

    @property
    def node_name(self) -> str | None:
        """The last part of the step's key."""
        return None if self.step_key is None else self.step_key.rsplit(".", 1)[-1].split("[", 1)[0]

    @property
    def asset_key(self) -> AssetKey | None:
        """The asset it speaks of, or None."""
        match self.event_specific_data:
            case StepMaterializationData(materialization=item) | AssetObservationData(asset_observation=item):
                return item.asset_key
            case AssetMaterializationPlannedData(asset_key=key) | AssetCheckEvaluation(asset_key=key):
                return key
            case _:
                return None

    @property
    def partition(self) -> str | None:
        """The partition it speaks of, or None."""
        match self.event_specific_data:
            case StepMaterializationData(materialization=item) | AssetObservationData(asset_observation=item):
                return item.partition
            case AssetMaterializationPlannedData(partition=key) | AssetCheckEvaluation(partition=key):
                return key
            case _:
                return None

    @property
    def materialization(self) -> AssetMaterialization:
        """The materialization of an ASSET_MATERIALIZATION event."""
        return self.event_specific_data.materialization  # type: ignore[union-attr]

    @property
    def step_materialization_data(self) -> StepMaterializationData:
        """The data of an ASSET_MATERIALIZATION event."""
        return self.event_specific_data  # type: ignore[return-value]

    @property
    def asset_observation_data(self) -> AssetObservationData:
        """The data of an ASSET_OBSERVATION event."""
        return self.event_specific_data  # type: ignore[return-value]

    @property
    def asset_check_evaluation_data(self) -> AssetCheckEvaluation:
        """The data of an ASSET_CHECK_EVALUATION event."""
        return self.event_specific_data  # type: ignore[return-value]

    @property
    def step_output_data(self) -> StepOutputData:
        """The data of a STEP_OUTPUT event."""
        return self.event_specific_data  # type: ignore[return-value]

    @property
    def step_input_data(self) -> StepInputData:
        """The data of a STEP_INPUT event."""
        return self.event_specific_data  # type: ignore[return-value]

    @property
    def step_failure_data(self) -> StepFailureData:
        """The data of a STEP_FAILURE event."""
        return self.event_specific_data  # type: ignore[return-value]

    @property
    def step_success_data(self) -> StepSuccessData:
        """The data of a STEP_SUCCESS event."""
        return self.event_specific_data  # type: ignore[return-value]

    @property
    def step_retry_data(self) -> StepRetryData:
        """The data of a STEP_UP_FOR_RETRY event."""
        return self.event_specific_data  # type: ignore[return-value]

    @property
    def engine_event_data(self) -> EngineEventData:
        """The data of an ENGINE_EVENT."""
        return self.event_specific_data  # type: ignore[return-value]

    @property
    def is_handled_output(self) -> bool:
        """Whether an IO manager stored an output."""
        return self.event_type is EventType.HANDLED_OUTPUT

    @property
    def is_loaded_input(self) -> bool:
        """Whether an IO manager loaded an input."""
        return self.event_type is EventType.LOADED_INPUT

    @property
    def is_step_start(self) -> bool:
        """Whether a step started."""
        return self.event_type is EventType.STEP_START

    @property
    def is_step_success(self) -> bool:
        """Whether a step is done."""
        return self.event_type is EventType.STEP_SUCCESS

    @property
    def is_step_failure(self) -> bool:
        """Whether a step failed."""
        return self.event_type is EventType.STEP_FAILURE

    @property
    def is_step_skipped(self) -> bool:
        """Whether a step was skipped."""
        return self.event_type is EventType.STEP_SKIPPED

    @property
    def is_step_up_for_retry(self) -> bool:
        """Whether a step failed and will be run again."""
        return self.event_type is EventType.STEP_UP_FOR_RETRY

    @property
    def is_step_restarted(self) -> bool:
        """Whether a step was started again."""
        return self.event_type is EventType.STEP_RESTARTED

    @property
    def is_successful_output(self) -> bool:
        """Whether an output was computed."""
        return self.event_type is EventType.STEP_OUTPUT

    @property
    def is_step_materialization(self) -> bool:
        """Whether an asset was materialized."""
        return self.event_type is EventType.ASSET_MATERIALIZATION

    @property
    def is_asset_observation(self) -> bool:
        """Whether an asset was observed."""
        return self.event_type is EventType.ASSET_OBSERVATION

    @property
    def is_asset_check_evaluation(self) -> bool:
        """Whether a check was evaluated."""
        return self.event_type is EventType.ASSET_CHECK_EVALUATION

    @property
    def is_asset_materialization_planned(self) -> bool:
        """Whether the run means to materialize an asset."""
        return self.event_type is EventType.ASSET_MATERIALIZATION_PLANNED

    @property
    def is_failure(self) -> bool:
        """Whether a step or the run failed."""
        return self.event_type in (EventType.STEP_FAILURE, EventType.RUN_FAILURE)

    @property
    def is_run_failure(self) -> bool:
        """Whether the run failed."""
        return self.event_type is EventType.RUN_FAILURE

    @property
    def is_step_event(self) -> bool:
        """Whether it belongs to a step."""
        return self.step_key is not None


def _checked(verdict: TypeCheckData) -> str:
    return "(Type check passed)." if verdict.success else "Warning! Type check failed."


def describe(event: Event) -> str:
    """The message of an event without one of its own."""
    kind, step = event.event_type, event.step_key
    match event.event_specific_data:
        case HandledOutputData(output_name=name, manager_key=manager):
            return f'Handled output "{name}" using IO manager "{manager}"'
        case LoadedInputData(input_name=name, manager_key=manager) as data:
            source = (
                f', from output "{data.upstream_output_name}" of step "{data.upstream_step_key}"'
                if data.upstream_output_name is not None
                else ""
            )
            return f'Loaded input "{name}" using input manager "{manager}"{source}'
        case StepOutputData(type_check_data=verdict) as data:
            key = f' mapping key "{data.mapping_key}"' if data.mapping_key else ""
            return f'Yielded output "{data.output_name}"{key} of type "{verdict.label}". {_checked(verdict)}'
        case StepInputData(input_name=name, type_check_data=verdict):
            return f'Got input "{name}" of type "{verdict.label}". {_checked(verdict)}'
        case StepMaterializationData(materialization=item):
            return f"Materialized value {item.label}."
        case AssetObservationData(asset_observation=item):
            return f"Observed {' '.join(item.asset_key.parts)}."
        case AssetMaterializationPlannedData(asset_key=key):
            return f"Asset {key.to_user_string()} is to be materialized"
        case AssetCheckEvaluation() as check:
            return f"Check {check.asset_check_key.to_user_string()} {'passed' if check.passed else 'failed'}."
        case StepFailureData():
            return f'Step "{step}" failed.'
        case StepRetryData(seconds_to_wait=wait):
            pause = f" in {wait:g} seconds" if wait else ""
            return f'Step "{step}" failed and will be tried again{pause}.'
        case StepSuccessData(duration_ms=duration):
            return f'Step "{step}" done in {duration:.0f} ms.'
        case LogMessageData(text=text):
            return text
        case _:
            return _PLAIN.get(kind, kind.value).format(step=step, job=event.job_name)


_PLAIN: Mapping[EventType, str] = {
    EventType.RUN_START: 'Run of "{job}" started.',
    EventType.RUN_SUCCESS: 'Run of "{job}" done.',
    EventType.RUN_FAILURE: 'Run of "{job}" failed.',
    EventType.RUN_CANCELED: 'Run of "{job}" cancelled.',
    EventType.STEP_START: 'Step "{step}" started.',
    EventType.STEP_SKIPPED: 'Step "{step}" skipped: an input it needs was not produced.',
    EventType.STEP_RESTARTED: 'Step "{step}" started again.',
}
