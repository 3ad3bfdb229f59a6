"""Calling an op or an asset directly, as a plain function: for tests."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lading.abc.contexts.execution import OpExecutionContext
from lading.definitions.signature import is_config_class
from lading.errors import InvalidInvocationError
from lading.values.outputs import NOT_GIVEN


def invoke(op: Any, args: tuple[Any, ...], kwargs: Mapping[str, Any], assets: Any = None) -> Any:
    """Call the function of an op with fakes; no IO manager takes part.

    Args:
        op: The op definition.
        args: Context first where the function takes one (or where one is passed), then inputs in order.
        kwargs: Inputs, config and resources by name.
        assets: The assets definition the op belongs to, if any.

    Returns:
        What the function gives, as it is.

    Raises:
        InvalidInvocationError: An argument is missing or there is no such input.
    """
    parameters = op.parameters
    where = f'a direct call of "{op.name}"'
    given = dict(kwargs)
    context: OpExecutionContext | None = None
    if parameters.context is not None and parameters.context in given:
        context = given.pop(parameters.context)
    elif args and isinstance(args[0], OpExecutionContext):
        context, args = args[0], args[1:]
    elif "context" in given and isinstance(given["context"], OpExecutionContext):
        context = given.pop("context")
    elif parameters.context is not None:
        if args and args[0] is None:
            args = args[1:]
        raise InvalidInvocationError(
            f'"{op.name}" takes a context', where=where,
            fix="pass build_asset_context() or build_op_context() as the first argument",
        )  # fmt: skip
    if context is not None:
        context.bind(op, assets)
    call: dict[str, Any] = {}
    positional = parameters.inputs
    if len(args) > len(positional):
        raise InvalidInvocationError(
            f'"{op.name}" takes {len(positional)} inputs, {len(args)} were passed', where=where,
            fix=f"inputs are: {', '.join(positional) or 'none'}",
        )  # fmt: skip
    call.update(zip(positional, args, strict=False))
    _take_config(op, context, given, call, where)
    _take_resources(op, context, given, call, where)
    for name, value in given.items():
        if name not in op.ins:
            raise InvalidInvocationError(
                f'"{op.name}" has no input "{name}"', where=where,
                fix=f"inputs are: {', '.join(op.ins) or 'none'}",
            )  # fmt: skip
        if name in call:
            raise InvalidInvocationError(f'input "{name}" is passed twice', where=where)
        if name in parameters.inputs or not _nothing(op.ins[name]):
            call[name] = value
    for name in parameters.inputs:
        if name in call:
            continue
        default = op.ins[name].default_value if name in op.ins else NOT_GIVEN
        if default is NOT_GIVEN:
            raise InvalidInvocationError(f'input "{name}" is missing', where=where, fix=f"pass {name}=…")
        call[name] = default
    return op.fn(context, **call) if parameters.context is not None else op.fn(**call)


def _nothing(definition: Any) -> bool:
    kind = definition.annotation
    return kind is None or kind is type(None) or getattr(kind, "is_nothing", False) is True


def _take_config(op: Any, context: Any, given: dict[str, Any], call: dict[str, Any], where: str) -> None:
    name = op.parameters.config
    if name is None:
        return
    if name in given:
        call[name] = given.pop(name)
        return
    raw = context.op_config if context is not None else None
    kind = op.parameters.config_type
    if is_config_class(kind):
        if raw is None:
            raw = kind.default_run_config()
        if raw is None:
            raise InvalidInvocationError(
                "config is missing", where=where, fix=f"pass config={kind.__name__}(…), or give it to the context"
            )
        call[name] = kind.from_run_config(raw, where) if isinstance(raw, Mapping) else raw
        return
    if raw is None:
        raise InvalidInvocationError("config is missing", where=where, fix="pass config=…, or give it to the context")
    call[name] = raw


def _take_resources(op: Any, context: Any, given: dict[str, Any], call: dict[str, Any], where: str) -> None:
    for name in op.parameters.resources:
        if name in given:
            call[name] = given.pop(name)
        elif context is not None and name in context.resources:
            call[name] = getattr(context.resources, name)
        else:
            raise InvalidInvocationError(
                f'resource "{name}" is missing', where=where, fix=f"pass {name}=…, or give it to the context"
            )
