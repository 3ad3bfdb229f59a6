"""Calling the user's function, and what its result means."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, cast

from lading.abc.contexts.execution import AssetCheckExecutionContext, AssetExecutionContext, OpExecutionContext
from lading.definitions.signature import is_context
from lading.engine.desk import Desk, own_mapping_key
from lading.errors import InvariantViolationError
from lading.planning.plan import Step, StepUse
from lading.values.keys import AssetKey
from lading.values.materialization import AssetCheckEvaluation, AssetMaterialization, AssetObservation
from lading.values.outputs import (
    NOT_GIVEN,
    AssetCheckResult,
    DataVersion,
    DynamicOutput,
    MaterializeResult,
    ObserveResult,
    Output,
)

RESULTS = (MaterializeResult, ObserveResult, AssetCheckResult)
NOTES = (AssetMaterialization, AssetObservation, AssetCheckEvaluation)
WRAPPED = (Output, DynamicOutput, *RESULTS, *NOTES)


def build_context(desk: Desk, step: Step, use: StepUse, log: Any, attempt: int) -> OpExecutionContext:
    """The context of one call."""
    op, assets = use.op, use.assets
    kind = OpExecutionContext
    if assets is not None:
        kind = AssetExecutionContext
    elif step.is_asset:
        kind = AssetCheckExecutionContext
    annotation = None if op.parameters.context is None else op.fn.__annotations__.get(op.parameters.context)
    if kind is AssetExecutionContext and annotation is OpExecutionContext:
        kind = OpExecutionContext
    elif is_context(annotation) and annotation is AssetExecutionContext and not step.is_asset:
        raise InvariantViolationError(
            f'op "{op.name}" annotates its context as AssetExecutionContext, but makes no asset',
            where=f"step {step.key}", fix="annotate it as OpExecutionContext",
        )  # fmt: skip
    return kind(
        desk.facts, step.key, op, use.config, desk.resources.scoped(op.required_resource_keys, f'op "{op.name}"'),
        log, desk.run_partitions, attempt, tuple(each.name for each in step.outputs if each.selected),
        own_mapping_key(step),
        {each.name: each.asset_key for each in step.outputs if each.asset_key is not None},
        {each.name: each.asset_key for each in step.inputs if each.asset_key is not None},
        {each.name: desk.partitions_of(each.asset_key, each.partitions) for each in step.inputs
         if each.partitions is not None},
        assets,
        [each.asset_key for each in step.outputs if each.asset_key is not None and each.selected],
    )  # fmt: skip


def call(use: StepUse, context: OpExecutionContext | None, inputs: dict[str, Any], resources: Any) -> Any:
    """Call the user's function."""
    parameters = use.op.parameters
    if parameters.config is not None:
        inputs[parameters.config] = use.config
    for name in parameters.resources:
        inputs[name] = getattr(resources, name)
    return use.op.fn(context, **inputs) if parameters.context is not None else use.op.fn(**inputs)


def results(step: Step, use: StepUse, returned: Any) -> Iterator[Any]:
    """What a call gave, item by item: outputs and results as they are, bare values in an Output.

    Raises:
        InvariantViolationError: The result does not fit the declared outputs.
    """
    op = use.op
    if op.is_generator and hasattr(returned, "__next__"):
        for item in returned:
            if not isinstance(item, WRAPPED):
                raise InvariantViolationError(
                    f'"{op.name}" yielded a bare {type(item).__name__}', where=f"step {step.key}",
                    fix="yield Output(value), or return the value",
                )  # fmt: skip
            yield item
        return
    outs = op.outs
    if len(outs) == 1:
        yield from _single(step, use, returned)
    elif isinstance(returned, tuple) and not isinstance(returned, str):
        yield from _several(step, use, returned)  # pyright: ignore[reportUnknownArgumentType] - values of any type
    elif isinstance(returned, WRAPPED):
        yield returned
    elif _is_list_of_results(returned):
        yield from returned
    elif returned is not None:
        raise _mismatch(step, use, cast("object", returned))
    elif any(out.is_required and _selected(step, name) for name, out in outs.items()) and not _all_nothing(use):
        raise _mismatch(step, use, returned)


def _is_list_of_results(returned: Any) -> bool:
    return (
        isinstance(returned, list)
        and len(cast("list[Any]", returned)) > 0
        and all(isinstance(item, RESULTS) for item in cast("list[Any]", returned))
    )


def _selected(step: Step, name: str) -> bool:
    return next((each.selected for each in step.outputs if each.name == name), True)


def _all_nothing(use: StepUse) -> bool:
    return all(out.annotation in (None, type(None)) or getattr(out.annotation, "is_nothing", False)
               for out in use.op.outs.values())  # fmt: skip


def _mismatch(step: Step, use: StepUse, returned: object) -> InvariantViolationError:
    return InvariantViolationError(
        f'"{use.op.name}" has {len(use.op.outs)} outputs, but returned one {type(returned).__name__}',
        where=f"step {step.key}: outputs {', '.join(use.op.outs)}",
        fix="return a tuple with one value for each, or yield an Output for each",
    )


def _single(step: Step, use: StepUse, returned: Any) -> Iterator[Any]:
    name, out = next(iter(use.op.outs.items()))
    if out.is_dynamic:
        if returned is None:
            return
        for item in returned:
            if not isinstance(item, DynamicOutput):
                raise InvariantViolationError(
                    f'the dynamic output "{name}" got a bare {type(item).__name__}', where=f"step {step.key}",
                    fix="give DynamicOutput(value, mapping_key=…)",
                )  # fmt: skip
            yield item  # pyright: ignore[reportUnknownVariableType] - values of any type
        return
    if isinstance(returned, Output):
        declared = use.op.returned
        if declared.annotation is not NOT_GIVEN and not declared.is_wrapped and declared.annotation is not Any:
            raise InvariantViolationError(
                f'"{use.op.name}" returned an Output, but is annotated with a plain type', where=f"step {step.key}",
                fix="annotate it with Output[…], or return the bare value",
            )  # fmt: skip
        yield returned  # pyright: ignore[reportUnknownVariableType] - values of any type
    elif isinstance(returned, WRAPPED):
        yield returned
    elif isinstance(returned, DataVersion) and use.assets is not None and use.assets.kind == "observe":
        yield ObserveResult(data_version=returned)
    elif isinstance(returned, tuple) and use.checks and returned and isinstance(returned[-1], AssetCheckResult):  # pyright: ignore[reportUnknownArgumentType] - values of any type
        for item in cast("tuple[Any, ...]", returned):
            yield item if isinstance(item, WRAPPED) else Output(item, name)
    else:
        yield Output(cast("Any", returned), name)


def _several(step: Step, use: StepUse, returned: tuple[Any, ...]) -> Iterator[Any]:
    if returned and all(isinstance(item, RESULTS) for item in returned):
        yield from returned
        return
    checks = [item for item in returned if isinstance(item, AssetCheckResult)]
    values = [item for item in returned if not isinstance(item, AssetCheckResult)]
    names = [name for name in use.op.outs if _selected(step, name)]
    if len(values) != len(names):
        raise InvariantViolationError(
            f'"{use.op.name}" returned a tuple of {len(values)}, but has {len(names)} outputs',
            where=f"step {step.key}: outputs {', '.join(names)}", fix="return one value for each",
        )  # fmt: skip
    for name, item in zip(names, values, strict=True):
        if isinstance(item, Output):
            if item.output_name not in ("result", name):
                raise InvariantViolationError(
                    f'the Output for "{item.output_name}" stands at the place of "{name}"', where=f"step {step.key}",
                    fix="keep the order of the declared outputs",
                )  # fmt: skip
            one = cast("Any", item)
            yield Output(one.value, name, one.metadata, one.data_version, tags=one.tags)
        elif isinstance(item, MaterializeResult | DynamicOutput):
            yield item
        else:
            yield Output(item, name)
    yield from checks


def output_for_key(step: Step, key: AssetKey | None, what: str) -> str:
    """The name of the output that makes an asset.

    Raises:
        InvariantViolationError: It is not named where there are several, or not made here.
    """
    made: Mapping[AssetKey, str] = {each.asset_key: each.name for each in step.outputs if each.asset_key is not None}
    if key is None:
        if len(made) != 1:
            raise InvariantViolationError(
                f"{what} without asset_key, where {len(made)} assets are made", where=f"step {step.key}",
                fix=f"{what}(asset_key=…)",
            )  # fmt: skip
        return next(iter(made.values()))
    if key not in made:
        raise InvariantViolationError(
            f'{what} for asset "{key.to_user_string()}", which this function does not make', where=f"step {step.key}",
            fix=f"assets are: {', '.join(each.to_user_string() for each in made)}",
        )  # fmt: skip
    return made[key]
