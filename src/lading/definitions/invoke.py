"""Calling an op or an asset directly, as a plain function: for tests."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lading.abc.contexts.execution import OpExecutionContext
from lading.definitions.config.reading import read_config
from lading.definitions.direct_result import check_result, nothing, refuse_wrong_type
from lading.definitions.signature import is_config_class, read_signature
from lading.errors import InvalidInvocationError, ResourceMissingError
from lading.values.outputs import NOT_GIVEN


def invoke(op: Any, args: tuple[Any, ...], kwargs: Mapping[str, Any], assets: Any = None) -> Any:
    """Call the function of an op with fakes; no IO manager takes part.

    Args:
        op: The op definition.
        args: Context first where the function takes one (or where one is passed), then the other parameters in order.
        kwargs: Inputs, config and resources by name.
        assets: The assets definition the op belongs to, if any.

    Returns:
        What the function gives, as it is.

    Raises:
        InvalidInvocationError: An argument is missing or there is no such input.
        InvalidConfigError: The config does not fit.
        ResourceMissingError: The context has not the resources the function reads.
        TypeCheckDidNotPass: An input or an output is not of its type.
        InvariantViolationError: What it gives does not fit its outputs.
    """
    where = f'a direct call of "{op.name}"'
    given = dict(kwargs)
    context, args = _take_context(op, args, given, where)
    if context is not None:
        context.bind(op, assets)
        for key in sorted(op.required_resource_keys):
            if key not in context.resources and key not in op.parameters.resources:
                raise ResourceMissingError(
                    f'the context has no resource "{key}"', where=where, fix=f'pass resources={{"{key}": …}} to it'
                )
    call = _by_position(op, args, given, context, where)
    _take_config(op, context, given, call, where)
    _take_resources(op, context, given, call, where)
    _take_inputs(op, given, call, where)
    returned = op.fn(context, **call) if op.parameters.context is not None else op.fn(**call)
    return check_result(op, returned, where)


def _take_context(
    op: Any, args: tuple[Any, ...], given: dict[str, Any], where: str
) -> tuple[OpExecutionContext | None, tuple[Any, ...]]:
    name = op.parameters.context
    if name is not None and name in given:
        return given.pop(name), args
    if args and isinstance(args[0], OpExecutionContext):
        return args[0], args[1:]
    if isinstance(given.get("context"), OpExecutionContext):
        return given.pop("context"), args
    if name is None:
        return None, args
    if args and args[0] is None:
        return None, args[1:]
    raise InvalidInvocationError(
        f'"{op.name}" takes a context', where=where,
        fix="pass build_asset_context() or build_op_context() as the first argument",
    )  # fmt: skip


def _by_position(
    op: Any, args: tuple[Any, ...], given: Mapping[str, Any], context: OpExecutionContext | None, where: str
) -> dict[str, Any]:
    """The arguments without names: parameters in order, but for those that come another way."""
    parameters = op.parameters
    known = () if context is None else [name for name in parameters.resources if name in context.resources]
    config_given = parameters.config in given or not any(_is_config(parameters, each) for each in args)
    names = [
        name
        for name in read_signature(op.fn).names
        if name != parameters.context
        and name not in known
        and not (name in parameters.resources and name in given)
        and not (name == parameters.config and config_given)
    ]
    if len(args) > len(names):
        raise InvalidInvocationError(
            f'"{op.name}" takes {len(names)} arguments, {len(args)} were passed', where=where,
            fix=f"arguments are: {', '.join(names) or 'none'}",
        )  # fmt: skip
    return dict(zip(names, args, strict=False))


def _is_config(parameters: Any, value: Any) -> bool:
    kind = parameters.config_type
    return is_config_class(kind) and isinstance(value, kind)


def _take_config(
    op: Any, context: OpExecutionContext | None, given: dict[str, Any], call: dict[str, Any], where: str
) -> None:
    name = op.parameters.config
    if name is None:
        if context is not None and op.config_schema is not None:
            raw = NOT_GIVEN if context.op_config is None else context.op_config
            context.op_config = read_config(op.config_schema, raw, f"ops.{op.name}.config")
        return
    raw = call.pop(name) if name in call else given.pop(name, None)
    if raw is None and context is not None:
        raw = context.op_config
    kind = op.parameters.config_type
    if raw is None and is_config_class(kind):
        raw = kind.default_run_config()
    if raw is None:
        example = f"{kind.__name__}(…)" if is_config_class(kind) else "…"
        raise InvalidInvocationError(
            "config is missing", where=where, fix=f"pass config={example}, or give it to the context"
        )
    if is_config_class(kind):
        raw = kind.from_run_config(raw, where) if isinstance(raw, Mapping) else raw
    call[name] = raw


def _take_resources(
    op: Any, context: OpExecutionContext | None, given: dict[str, Any], call: dict[str, Any], where: str
) -> None:
    for name in op.parameters.resources:
        if name in call:
            continue
        if name in given:
            call[name] = given.pop(name)
        elif context is not None and name in context.resources:
            call[name] = getattr(context.resources, name)
        else:
            raise InvalidInvocationError(
                f'resource "{name}" is missing', where=where, fix=f"pass {name}=…, or give it to the context"
            )


def _take_inputs(op: Any, given: Mapping[str, Any], call: dict[str, Any], where: str) -> None:
    names = op.parameters.inputs
    for name, value in given.items():
        if name not in op.ins:
            raise InvalidInvocationError(
                f'"{op.name}" has no input "{name}"', where=where, fix=f"inputs are: {', '.join(op.ins) or 'none'}"
            )
        if name in call:
            raise InvalidInvocationError(f'input "{name}" is passed twice', where=where)
        if name in names:
            call[name] = value
        elif not nothing(op.ins[name].annotation) or value is not None:
            raise InvalidInvocationError(
                f'input "{name}" carries no value', where=where, fix="leave it out; it only orders steps of a run"
            )
    for name in names:
        if name not in call:
            default = op.ins[name].default_value if name in op.ins else NOT_GIVEN
            if default is NOT_GIVEN:
                raise InvalidInvocationError(f'input "{name}" is missing', where=where, fix=f"pass {name}=…")
            call[name] = default
        if name in op.ins:
            refuse_wrong_type(op.ins[name].annotation, call[name], f'input "{name}" of "{op.name}"', where)
