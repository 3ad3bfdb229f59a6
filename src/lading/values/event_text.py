"""One sentence for people about each event."""

from __future__ import annotations

from collections.abc import Mapping

from lading.values.event_data import (
    AssetMaterializationPlannedData,
    AssetObservationData,
    EventData,
    EventType,
    HandledOutputData,
    LoadedInputData,
    LogMessageData,
    StepFailureData,
    StepInputData,
    StepMaterializationData,
    StepOutputData,
    StepRetryData,
    StepSuccessData,
    TypeCheckData,
)
from lading.values.materialization import AssetCheckEvaluation


def _checked(verdict: TypeCheckData) -> str:
    return "(Type check passed)." if verdict.success else "Warning! Type check failed."


def describe(kind: EventType, step: str | None, job: str | None, data: EventData | None) -> str:
    """The message of an event without one of its own."""
    match data:
        case HandledOutputData(output_name=name, manager_key=manager):
            return f'Handled output "{name}" using IO manager "{manager}"'
        case LoadedInputData(input_name=name, manager_key=manager) as found:
            source = (
                f', from output "{found.upstream_output_name}" of step "{found.upstream_step_key}"'
                if found.upstream_output_name is not None
                else ""
            )
            return f'Loaded input "{name}" using input manager "{manager}"{source}'
        case StepOutputData(type_check_data=verdict) as found:
            key = f' mapping key "{found.mapping_key}"' if found.mapping_key else ""
            return f'Yielded output "{found.output_name}"{key} of type "{verdict.label}". {_checked(verdict)}'
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
            return _PLAIN.get(kind, kind.value).format(step=step, job=job)


_PLAIN: Mapping[EventType, str] = {
    EventType.RUN_START: 'Run of "{job}" started.',
    EventType.RUN_SUCCESS: 'Run of "{job}" done.',
    EventType.RUN_FAILURE: 'Run of "{job}" failed.',
    EventType.RUN_CANCELED: 'Run of "{job}" cancelled.',
    EventType.STEP_START: 'Step "{step}" started.',
    EventType.STEP_SKIPPED: 'Step "{step}" skipped: an input it needs was not produced.',
    EventType.STEP_RESTARTED: 'Step "{step}" started again.',
}
