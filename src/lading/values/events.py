"""What happens in a run, one value each: what a run hands to history, and what results and users read."""

from __future__ import annotations

from typing import cast

from lading.values.dataclass import dataclass
from lading.values.event_data import (
    AssetMaterializationPlannedData,
    AssetObservationData,
    EngineEventData,
    ErrorInfo,
    EventData,
    EventType,
    HandledOutputData,
    LoadedInputData,
    LogMessageData,
    RunFailureData,
    StepFailureData,
    StepInputData,
    StepMaterializationData,
    StepOutputData,
    StepRetryData,
    StepSuccessData,
    TypeCheckData,
    UserFailureData,
)
from lading.values.event_text import describe
from lading.values.keys import AssetKey
from lading.values.materialization import AssetCheckEvaluation, AssetMaterialization

__all__ = [
    "AssetMaterializationPlannedData",
    "AssetObservationData",
    "EngineEventData",
    "ErrorInfo",
    "Event",
    "EventData",
    "EventType",
    "HandledOutputData",
    "LoadedInputData",
    "LogMessageData",
    "RunFailureData",
    "StepFailureData",
    "StepInputData",
    "StepMaterializationData",
    "StepOutputData",
    "StepRetryData",
    "StepSuccessData",
    "TypeCheckData",
    "UserFailureData",
]


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
        return (
            self.text
            if self.text is not None
            else describe(self.event_type, self.step_key, self.job_name, self.event_specific_data)
        )

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
        return cast("StepMaterializationData", self.event_specific_data).materialization

    @property
    def step_materialization_data(self) -> StepMaterializationData:
        """The data of an ASSET_MATERIALIZATION event."""
        return cast("StepMaterializationData", self.event_specific_data)

    @property
    def asset_observation_data(self) -> AssetObservationData:
        """The data of an ASSET_OBSERVATION event."""
        return cast("AssetObservationData", self.event_specific_data)

    @property
    def asset_check_evaluation_data(self) -> AssetCheckEvaluation:
        """The data of an ASSET_CHECK_EVALUATION event."""
        return cast("AssetCheckEvaluation", self.event_specific_data)

    @property
    def step_output_data(self) -> StepOutputData:
        """The data of a STEP_OUTPUT event."""
        return cast("StepOutputData", self.event_specific_data)

    @property
    def step_input_data(self) -> StepInputData:
        """The data of a STEP_INPUT event."""
        return cast("StepInputData", self.event_specific_data)

    @property
    def step_failure_data(self) -> StepFailureData:
        """The data of a STEP_FAILURE event."""
        return cast("StepFailureData", self.event_specific_data)

    @property
    def step_success_data(self) -> StepSuccessData:
        """The data of a STEP_SUCCESS event."""
        return cast("StepSuccessData", self.event_specific_data)

    @property
    def step_retry_data(self) -> StepRetryData:
        """The data of a STEP_UP_FOR_RETRY event."""
        return cast("StepRetryData", self.event_specific_data)

    @property
    def engine_event_data(self) -> EngineEventData:
        """The data of an ENGINE_EVENT."""
        return cast("EngineEventData", self.event_specific_data)

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
