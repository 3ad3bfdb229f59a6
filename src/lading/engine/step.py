"""One step: load, call, store. The only caller of user code."""

from __future__ import annotations

from collections.abc import Mapping
from time import perf_counter, sleep, time
from typing import Any, cast

from lading.engine.body import build_context, call, output_for_key, results
from lading.engine.checks import record_check, require_checks
from lading.engine.desk import Desk, types_of
from lading.engine.failure import error_info, failure_data, wrap
from lading.engine.hooks import run_hooks
from lading.engine.inputs import LoadFailed, load_inputs
from lading.engine.lazy import close_lazy
from lading.engine.logs import StepLog
from lading.engine.materializations import emit_asset_event
from lading.engine.outputs import store_output
from lading.engine.parts import parts_of
from lading.engine.storing import StoreFailed
from lading.engine.work import Work
from lading.errors import (
    AssetCheckFailedError,
    InvariantViolationError,
    MaxRetriesExceededError,
    StepOutputNotFoundError,
)
from lading.planning.plan import Step, StepOutput, StepUse
from lading.values.dataclass import dataclass, field
from lading.values.events import (
    AssetObservationData,
    Event,
    EventType,
    StepFailureData,
    StepRetryData,
    StepSuccessData,
)
from lading.values.materialization import AssetCheckEvaluation, AssetObservation
from lading.values.metadata import NO_METADATA, Metadata, as_metadata
from lading.values.outputs import (
    NOT_GIVEN,
    AssetCheckResult,
    DynamicOutput,
    MaterializeResult,
    ObserveResult,
    Output,
)
from lading.values.signals import Failure, RetryRequested


@dataclass(slots=True)
class StepReport:
    """What became of a step.

    Attributes:
        key: The step.
        produced: Names of the outputs it made.
        mapping_keys: Keys of its dynamic outputs, by output.
        error: The exception it failed with, or None.
    """

    key: str
    produced: frozenset[str] = frozenset()
    mapping_keys: Mapping[str, list[str]] = field(default_factory=dict[str, list[str]])
    error: BaseException | None = None


def run_step(desk: Desk, step: Step) -> StepReport:
    """Run one step, again where its policy says so.

    Args:
        desk: What the run shares.
        step: The step.

    Returns:
        What became of it; events went to ``desk.emit`` as they happened.
    """
    use = desk.use_of(step.key)
    attempt = 0
    while True:
        work = Work(desk, step, use, StepLog(desk.emit, step.key, desk.log_shown))
        emit = desk.emit
        if attempt == 0:
            emit(Event(EventType.STEP_START, time(), step.key))
        else:
            emit(Event(EventType.STEP_RESTARTED, time(), step.key))
        started = perf_counter()
        try:
            inputs = load_inputs(work)
            op = use.op
            if op.parameters.context is not None or op.parameters.resources:
                work.context = context = build_context(desk, step, use, work.log, attempt)
                work.notes = context.notes
                returned = call(use, context, inputs, context.resources)
            else:
                returned = call(use, None, inputs, None)
            item: Any
            if op.is_async:
                returned = desk.loop.iterate(returned) if op.is_generator else desk.loop.run(returned)
            for item in results(step, use, returned):
                # The common case stands here and not in a function of its own: a frame less on the way to the bytes.
                if item.__class__ is Output and item.partition_key is None:
                    planned = _claim(work, item.output_name, None)
                    metadata = _with_notes(work, item.output_name, None, item.metadata)
                    store_output(work, planned, item.value, metadata, None, item.data_version, item.tags)
                else:
                    _take(work, item)
            _flush_notes(work)
            _finish_outputs(work)
            if use.checks:
                require_checks(desk, step, use.checks, work.seen_checks)
        except Exception as error:  # noqa: BLE001 - every failure of user code becomes a report
            close_lazy(work)
            cause = error.error if isinstance(error, LoadFailed | StoreFailed) else error
            wait = _retry_after(use, cause, attempt)
            if wait is None:
                return _failed(work, error, cause, attempt)
            info = wrap(cause, "RetryRequestedFromPolicy", f'step "{step.key}" failed and will be tried again')
            emit(Event(EventType.STEP_UP_FOR_RETRY, time(), step.key, StepRetryData(info, wait or None)))
            if wait:
                sleep(wait)
            attempt += 1
            continue
        if work.lazy:
            close_lazy(work)
        emit(Event(EventType.STEP_SUCCESS, time(), step.key, StepSuccessData((perf_counter() - started) * 1000)))
        if use.hooks:
            run_hooks(desk, step, use, "success", None, work.log, work)
        return StepReport(step.key, frozenset(work.produced), work.mapping_keys)


# ---------------------------------------------------------------- failures


def _retry_after(use: StepUse, error: BaseException, attempt: int) -> float | None:
    if isinstance(error, RetryRequested):
        return None if attempt >= error.max_retries else error.seconds_to_wait or 0.0
    policy = use.retry_policy
    if policy is None or attempt >= policy.max_retries or isinstance(error, AssetCheckFailedError):
        return None
    if isinstance(error, Failure) and not error.allow_retries:
        return None
    return policy.calculate_delay(attempt + 1)


def _failed(work: Work, error: BaseException, cause: BaseException, attempt: int) -> StepReport:
    step, use = work.step, work.use
    limit = cause.max_retries if isinstance(cause, RetryRequested) else None
    policy = use.retry_policy
    if limit is None and policy is not None and attempt and attempt >= policy.max_retries:
        limit = policy.max_retries
    data: StepFailureData
    shown: BaseException = cause
    if limit is not None:
        shown = MaxRetriesExceededError(f"Exceeded max_retries of {limit}", where=f"step {step.key}")
        shown.__cause__ = cause.__cause__ if isinstance(cause, RetryRequested) and cause.__cause__ else cause
        data = failure_data(shown, error_info(shown))
    elif isinstance(error, StoreFailed):
        place = "" if error.partition is None else f" for partition {error.partition}"
        told = f'storing output "{error.output_name}" of step "{step.key}"{place} failed'
        data = failure_data(cause, wrap(cause, "ExecutionHandleOutputError", told))
    elif isinstance(error, LoadFailed):
        data = failure_data(
            cause,
            wrap(cause, "ExecutionLoadInputError", f'loading input "{error.input_name}" of step "{step.key}" failed'),
        )
    elif _is_own(cause):
        data = failure_data(cause)
    else:
        data = failure_data(cause, wrap(cause, "ExecutionStepError", f'the function of step "{step.key}" failed'))
    work.desk.emit(Event(EventType.STEP_FAILURE, time(), step.key, data))
    if use.hooks:
        run_hooks(work.desk, step, use, "failure", shown, work.log, work)
    return StepReport(step.key, frozenset(work.produced), work.mapping_keys, shown)


def _is_own(error: BaseException) -> bool:
    return type(error).__module__.startswith("lading.")


# ---------------------------------------------------------------- what the body gave


def _planned(work: Work, name: str) -> StepOutput:
    planned = work.planned.get(name)
    if planned is None:
        raise InvariantViolationError(
            f'there is no output "{name}"', where=f"step {work.step.key}",
            fix=f"outputs are: {', '.join(work.planned) or 'none'}",
        )  # fmt: skip
    return planned


def _claim(work: Work, name: str, mapping_key: str | None) -> StepOutput:
    planned = _planned(work, name)
    dynamic = work.use.op.outs[name].is_dynamic
    if dynamic != (mapping_key is not None):
        raise InvariantViolationError(
            f'output "{name}" is {"" if dynamic else "not "}dynamic', where=f"step {work.step.key}",
            fix="yield DynamicOutput for dynamic outputs, Output for others",
        )  # fmt: skip
    if mapping_key is not None:
        keys = work.mapping_keys.setdefault(name, [])
        if mapping_key in keys:
            raise InvariantViolationError(
                f'mapping key "{mapping_key}" of output "{name}" is given twice', where=f"step {work.step.key}"
            )
        keys.append(mapping_key)
    elif name in work.produced:
        raise InvariantViolationError(f'output "{name}" is given twice', where=f"step {work.step.key}")
    work.produced.add(name)
    return planned


def _with_notes(work: Work, name: str, mapping_key: str | None, metadata: Metadata) -> Metadata:
    if work.notes is None:
        return metadata
    _flush_notes(work)
    said = work.notes.output_metadata.get((name, mapping_key))
    # What was said through the context stands, as with the metadata a manager adds later.
    return {**metadata, **said} if said else metadata


def _flush_notes(work: Work) -> None:
    notes = work.notes
    if notes is None or not notes.events:
        return
    events, notes.events = notes.events, []
    for event in events:
        if isinstance(event, AssetCheckEvaluation):
            work.desk.emit(Event(EventType.ASSET_CHECK_EVALUATION, time(), work.step.key, event))
        else:
            emit_asset_event(work, event)


def _take(work: Work, item: Any) -> None:
    desk, step = work.desk, work.step
    if isinstance(item, Output):
        _take_part(work, cast("Output[Any]", item))
    elif isinstance(item, DynamicOutput):
        planned = _claim(work, item.output_name, item.mapping_key)
        metadata = _with_notes(work, item.output_name, item.mapping_key, item.metadata)
        store_output(work, planned, cast("Any", item).value, metadata, item.mapping_key)
    elif isinstance(item, MaterializeResult):
        _take_result(work, cast("MaterializeResult[Any]", item))
    elif isinstance(item, ObserveResult):
        name = output_for_key(step, item.asset_key, "ObserveResult")
        planned = _claim(work, name, None)
        tags = {**(item.tags or {})}
        if item.data_version is not None:
            tags["dagster/data_version"] = item.data_version.value
        seen = AssetObservation(
            planned.asset_key or name, None, _with_notes(work, name, None, as_metadata(item.metadata)),
            desk.plan.partition_key if planned.partitions is not None else None, tags,
        )  # fmt: skip
        desk.emit(Event(EventType.ASSET_OBSERVATION, time(), step.key, AssetObservationData(seen)))
        _take_checks(work, item.check_results)
    elif isinstance(item, AssetCheckResult):
        _take_checks(work, (item,))
    elif isinstance(item, AssetCheckEvaluation):
        desk.emit(Event(EventType.ASSET_CHECK_EVALUATION, time(), step.key, item))
    else:
        emit_asset_event(work, item)


def _take_part(work: Work, item: Output[Any]) -> None:
    name = item.output_name
    parts = parts_of(work, _planned(work, name))
    metadata = _with_notes(work, name, None, item.metadata)
    stored = not types_of(work.use).outputs[name].is_nothing
    parts.give(str(item.partition_key), item.value, metadata, item.data_version, item.tags, stored)


def _take_result(work: Work, item: MaterializeResult[Any]) -> None:
    name = output_for_key(work.step, item.asset_key, "MaterializeResult")
    kind = types_of(work.use).outputs[name]
    parts = None if item.partition_key is None else parts_of(work, _planned(work, name))
    planned = None if parts is not None else _claim(work, name, None)
    metadata = _with_notes(work, name, None, as_metadata(item.metadata))
    has_value = item.value is not NOT_GIVEN
    # A declared type asks for a value; without one the check refuses what is not there.
    stored = has_value or not (kind.accepts_all or kind.is_nothing)
    value = item.value if has_value else None
    if kind.is_nothing and value is None:
        stored = False
    if parts is not None:
        parts.give(str(item.partition_key), value, metadata, item.data_version, item.tags or {}, stored)
    elif planned is not None:
        store_output(work, planned, value, metadata, None, item.data_version, item.tags or {}, stored)
    _take_checks(work, item.check_results)


def _take_checks(work: Work, found: Any) -> None:
    for result in found:
        evaluation = record_check(work.desk, work.step, work.use.checks, result)
        work.seen_checks[evaluation.asset_check_key] = evaluation


def _finish_outputs(work: Work) -> None:
    types = types_of(work.use).outputs
    for parts in work.parts.values():
        parts.finish()
    for planned in work.step.outputs:
        if planned.name in work.produced or not planned.selected:
            continue
        out = work.use.op.outs[planned.name]
        if out.is_dynamic:
            work.produced.add(planned.name)
            work.mapping_keys.setdefault(planned.name, [])
        elif types[planned.name].is_nothing and out.is_required:
            _claim(work, planned.name, None)
            metadata = _with_notes(work, planned.name, None, NO_METADATA)
            store_output(work, planned, None, metadata, stored=False)
        elif out.is_required:
            raise StepOutputNotFoundError(
                f'step "{work.step.key}" did not produce its output "{planned.name}"', where=f"step {work.step.key}"
            )
