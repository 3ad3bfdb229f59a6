"""What a direct call gives: handed on as it is, once it fits what is declared."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

from lading.definitions.types import resolve_type
from lading.errors import InvariantViolationError, TypeCheckDidNotPass
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


def nothing(annotation: Any) -> bool:
    """Whether an input or output so annotated carries no value."""
    return annotation is None or annotation is type(None) or getattr(annotation, "is_nothing", False) is True


def refuse_wrong_type(annotation: Any, value: object, who: str, where: str) -> None:
    """See that a value is of its type.

    Raises:
        TypeCheckDidNotPass: It is not.
    """
    if annotation is Any:
        return
    kind = resolve_type(annotation)
    if kind.accepts_all:
        return
    found = kind.check(value)
    if not found.success:
        said = f": {found.description}" if found.description else ""
        raise TypeCheckDidNotPass(f'{who} is not of type "{kind.display_name}"{said}', where=where)


def check_result(op: Any, returned: Any, where: str) -> Any:
    """See that what a function gave fits its outputs; generators are checked as they go.

    Raises:
        TypeCheckDidNotPass: An output is not of its type.
        InvariantViolationError: It does not fit the declared outputs.
    """
    if op.is_async:
        return returned if op.is_generator else _awaited(op, returned, where)
    if op.is_generator and hasattr(returned, "__next__"):
        return _each(op, returned, where)
    _check_returned(op, returned, where)
    return returned


async def _awaited(op: Any, returned: Any, where: str) -> Any:
    value = await returned
    _check_returned(op, value, where)
    return value


def _each(op: Any, items: Iterator[Any], where: str) -> Iterator[Any]:
    made: set[str] = set()
    for item in items:
        if isinstance(item, Output | DynamicOutput):
            made.add(item.output_name)
            _check_output(op, item.output_name, cast("Any", item).value, where)
        elif isinstance(item, RESULTS):
            # Which output it is, is said by an asset's key; in doubt all count as made.
            made.update(op.outs)
        yield item
    for name, out in op.outs.items():
        if name not in made and out.is_required and not out.is_dynamic and not nothing(out.annotation):
            raise InvariantViolationError(
                f'"{op.name}" did not yield its output "{name}"', where=where,
                fix="yield it, or declare it with is_required=False",
            )  # fmt: skip


def _check_returned(op: Any, returned: Any, where: str) -> None:
    if len(op.outs) == 1:
        _check_single(op, returned, where)
        return
    if isinstance(returned, (Output, *RESULTS, list)):
        return
    if not isinstance(returned, tuple):
        required = [name for name, out in op.outs.items() if out.is_required and not nothing(out.annotation)]
        if returned is None and not required:
            return
        raise InvariantViolationError(
            f'"{op.name}" has {len(op.outs)} outputs, but returned one {type(returned).__name__}', where=where,
            fix="return a tuple with one value for each, or yield an Output for each",
        )  # fmt: skip
    items = cast("tuple[Any, ...]", returned)
    values = [item for item in items if not isinstance(item, AssetCheckResult)]
    if all(isinstance(item, RESULTS) for item in values):
        return
    if len(values) != len(op.outs):
        raise InvariantViolationError(
            f'"{op.name}" returned a tuple of {len(values)}, but has {len(op.outs)} outputs', where=where,
            fix="return one value for each",
        )  # fmt: skip
    for name, value in zip(op.outs, values, strict=True):
        if not isinstance(value, RESULTS):
            _check_output(op, name, cast("Any", value).value if isinstance(value, Output) else value, where)


def _check_single(op: Any, returned: Any, where: str) -> None:
    name, out = next(iter(op.outs.items()))
    if out.is_dynamic or isinstance(returned, (*RESULTS, DynamicOutput, DataVersion)) or _has_checks(returned):
        return
    if not isinstance(returned, Output):
        _check_output(op, name, returned, where)
        return
    refuse_bare_annotation(op, where)
    _check_output(op, name, cast("Any", returned).value, where)


def _has_checks(returned: Any) -> bool:
    return isinstance(returned, tuple) and any(isinstance(item, RESULTS) for item in cast("tuple[Any, ...]", returned))


def refuse_bare_annotation(op: Any, where: str) -> None:
    """See that a function which returns an Output does not promise the bare value.

    Raises:
        InvariantViolationError: It is annotated with a plain type.
    """
    declared = op.returned
    if declared.annotation is not NOT_GIVEN and not declared.is_wrapped and declared.annotation is not Any:
        raise InvariantViolationError(
            f'"{op.name}" returned an Output, but is annotated with a plain type', where=where,
            fix="annotate it with Output[…], or return the bare value",
        )  # fmt: skip


def _check_output(op: Any, name: str, value: object, where: str) -> None:
    out = op.outs.get(name)
    if out is None:
        raise InvariantViolationError(
            f'"{op.name}" has no output "{name}"', where=where, fix=f"outputs are: {', '.join(op.outs)}"
        )
    refuse_wrong_type(out.annotation, value, f'output "{name}" of "{op.name}"', where)
