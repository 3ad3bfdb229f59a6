"""Ops: functions with declared inputs and outputs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, get_args, get_origin, overload

from lading.definitions.compose import Node, PendingNode, current_composer
from lading.definitions.ins_outs import In, InputDefinition, Out, OutputDefinition, check_name
from lading.definitions.invoke import invoke
from lading.definitions.retry import RetryPolicy
from lading.definitions.signature import (
    Parameters,
    Returned,
    Signature,
    name_of,
    read_return,
    read_signature,
    sort_parameters,
)
from lading.errors import CheckError, InvalidDefinitionError
from lading.values.outputs import NOT_GIVEN

NO_TAGS: Mapping[str, str] = {}
NO_KEYS: frozenset[str] = frozenset()


class OpDefinition:
    """A function with declared inputs and outputs. Made by :func:`op`.

    Attributes:
        name: Its name.
        fn: The function.
        ins: Inputs by name.
        outs: Outputs by name.
        parameters: Which parameter of the function is what.
        returned: What the annotation of the result says.
        config_schema: What its config must look like: a Config class, a schema, or None.
        required_resource_keys: Resources it reads.
        retry_policy: How often it is tried again, or None.
        tags: For people and tools.
        description: For people.
        code_version: The version of its code, or None.
        pool: Accepted and kept.
    """

    __slots__ = (
        "__wrapped__", "_output_facts", "code_version", "config_schema", "description", "fn", "ins",
        "is_asset", "is_async", "is_generator", "name", "outs", "parameters", "pool", "required_resource_keys",
        "retry_policy", "returned", "tags", "version",
    )  # fmt: skip

    def __init__(
        self,
        name: str,
        fn: Callable[..., Any],
        signature: Signature,
        parameters: Parameters,
        ins: Mapping[str, InputDefinition],
        outs: Mapping[str, OutputDefinition],
        returned: Returned,
        config_schema: Any = None,
        required_resource_keys: frozenset[str] = frozenset(),
        retry_policy: RetryPolicy | None = None,
        tags: Mapping[str, str] | None = None,
        description: str | None = None,
        code_version: str | None = None,
        pool: str | None = None,
        is_asset: bool = False,
    ) -> None:
        self.name = name
        self.fn = fn
        self.__wrapped__ = fn
        self.ins = ins
        self.outs = outs
        self.parameters = parameters
        self.returned = returned
        self.is_generator = signature.is_generator
        self.is_async = signature.is_async
        self.config_schema = config_schema
        self.required_resource_keys = required_resource_keys
        self.retry_policy = retry_policy
        self.tags = tags or NO_TAGS
        self.description = description
        self.code_version = code_version
        self.version = code_version
        self.pool = pool
        self.is_asset = is_asset
        self._output_facts: Mapping[str, bool] | None = None

    @property
    def input_names(self) -> tuple[str, ...]:
        """Its inputs, in order."""
        return tuple(self.ins)

    @property
    def output_facts(self) -> Mapping[str, bool]:
        """Its outputs, and whether each is dynamic."""
        if self._output_facts is None:
            self._output_facts = {name: out.is_dynamic for name, out in self.outs.items()}
        return self._output_facts

    @property
    def source(self) -> tuple[str, int]:
        """File and line of the function."""
        code = getattr(self.fn, "__code__", None)
        return ("", 0) if code is None else (code.co_filename, code.co_firstlineno)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Inside a graph function: a node of the graph. Elsewhere: call the function itself."""
        composer = current_composer()
        if composer is not None:
            return composer.add(Node(self.name, self), explicit_name=False, args=args, kwargs=kwargs)
        return invoke(self, args, kwargs)

    def __repr__(self) -> str:
        return f"OpDefinition({self.name!r})"

    def alias(self, name: str) -> PendingNode:
        """The op under another name, inside a graph."""
        return PendingNode(self, check_name(name, "a node"))

    def tag(self, tags: Mapping[str, str] | None) -> PendingNode:
        """The op with further tags, inside a graph."""
        return PendingNode(self, tags=tags)

    def with_hooks(self, hook_defs: Any) -> PendingNode:
        """The op with hooks, inside a graph."""
        return PendingNode(self, hooks=frozenset(hook_defs))

    def with_retry_policy(self, retry_policy: RetryPolicy) -> PendingNode:
        """The op with a retry policy, inside a graph."""
        return PendingNode(self, retry_policy=retry_policy)

    def replaced(self, **changes: Any) -> OpDefinition:
        """A copy with other attributes."""
        copy = object.__new__(OpDefinition)
        for slot in OpDefinition.__slots__:
            setattr(copy, slot, changes[slot] if slot in changes else getattr(self, slot))
        return copy


def build_inputs(
    where: str,
    signature: Signature,
    parameters: Parameters,
    ins: Mapping[str, In] | None,
) -> dict[str, InputDefinition]:
    """The inputs of an op, from its parameters and what is declared of them.

    Raises:
        InvalidDefinitionError: Something is declared of an input the function does not take.
    """
    found: dict[str, InputDefinition] = {}
    annotations, defaults = signature.annotations, signature.defaults
    for name in parameters.inputs:
        given = ins.get(name) if ins else None
        default = defaults.get(name, NOT_GIVEN)
        if given is None:
            found[name] = InputDefinition(name, annotations.get(name, Any), default)
            continue
        annotation = given.dagster_type if given.dagster_type is not NOT_GIVEN else annotations.get(name, Any)
        if annotation is None or annotation is type(None) or _is_nothing(annotation):
            raise InvalidDefinitionError(
                f'input "{name}" carries no value, but is a parameter', where=where,
                fix=f"take {name} out of the parameters; it only orders steps",
            )  # fmt: skip
        if given.default_value is not NOT_GIVEN:
            default = given.default_value
        found[name] = InputDefinition(
            name, annotation, default, given.metadata, given.input_manager_key, given.asset_key, given.description
        )
    for name, given in (ins or {}).items():
        if name in found:
            continue
        nothing = given.dagster_type is None or given.dagster_type is type(None) or _is_nothing(given.dagster_type)
        if not nothing and not signature.open:
            raise InvalidDefinitionError(
                f'ins declares "{name}", which is no parameter',
                where=where,
                fix=f"parameters are: {', '.join(parameters.inputs) or 'none'}",
            )
        found[name] = InputDefinition(
            name, given.dagster_type if given.dagster_type is not NOT_GIVEN else Any, given.default_value,
            given.metadata, given.input_manager_key, given.asset_key, given.description,
        )  # fmt: skip
    return found


def _is_nothing(kind: Any) -> bool:
    return getattr(kind, "is_nothing", False) is True


def build_outputs(where: str, returned: Returned, out: Out | Mapping[str, Out] | None) -> dict[str, OutputDefinition]:
    """The outputs of an op, from its annotation and what is declared of them.

    Raises:
        InvalidDefinitionError: The annotation does not fit the declared outputs.
    """
    if out is None:
        annotation = Any if returned.annotation is NOT_GIVEN else returned.annotation
        return {"result": OutputDefinition("result", annotation, is_dynamic=returned.is_dynamic)}
    if isinstance(out, Out):
        return {"result": output_of("result", out, returned.annotation)}
    if not isinstance(out, Mapping):  # pyright: ignore[reportUnnecessaryIsInstance] - callers are not all typed
        raise CheckError(
            f"out={out!r:.60} declares no outputs", where=where, fix='give Out(…), or {"name": Out(…)} for several'
        )
    kinds: Sequence[Any] = ()
    if len(out) == 1:
        kinds = (returned.annotation,)
    elif get_origin(returned.annotation) is tuple:
        kinds = get_args(returned.annotation)
        if len(kinds) != len(out):
            raise InvalidDefinitionError(
                f"the annotation has {len(kinds)} values, {len(out)} outputs are declared", where=where
            )
    found: dict[str, OutputDefinition] = {}
    for number, (name, each) in enumerate(out.items()):
        check_name(name, "an output", where)
        kind = kinds[number] if number < len(kinds) else NOT_GIVEN
        inner = read_return(kind).annotation if kinds else NOT_GIVEN
        found[name] = output_of(name, each, inner)
    return found


def output_of(name: str, out: Out, annotation: Any) -> OutputDefinition:
    """One output, from what is declared of it and the annotation of its value."""
    kind = out.dagster_type if out.dagster_type is not NOT_GIVEN else annotation
    return OutputDefinition(
        name,
        Any if kind is NOT_GIVEN else kind,
        out.is_required,
        out.io_manager_key,
        out.metadata,
        out.is_dynamic,
        out.code_version,
        out.description,
    )


def config_of(where: str, parameters: Parameters, config_schema: Any) -> Any:
    """What config must look like: the annotation of ``config``, or ``config_schema``.

    Raises:
        InvalidDefinitionError: Both are given.
    """
    if parameters.config is None:
        return config_schema
    if config_schema is not None:
        raise InvalidDefinitionError(
            "config_schema and a config parameter are both given", where=where, fix="keep one of them"
        )
    return parameters.config_type


def resources_of(parameters: Parameters, required: Any) -> frozenset[str]:
    """All resources a function reads."""
    if not parameters.resources and not required:
        return NO_KEYS
    return frozenset(parameters.resources) | frozenset(required or ())


def build_op(
    fn: Callable[..., Any],
    name: str | None,
    ins: Mapping[str, In] | None,
    out: Out | Mapping[str, Out] | None,
    config_schema: Any,
    required_resource_keys: Any,
    **more: Any,
) -> OpDefinition:
    """An op from a function and what is declared of it."""
    name = check_name(name or name_of(fn, "@op"), "an op")
    where = f"op {name}"
    signature = read_signature(fn)
    parameters = sort_parameters(signature, where)
    returned = read_return(signature.returns)
    return OpDefinition(
        name,
        fn,
        signature,
        parameters,
        build_inputs(where, signature, parameters, ins),
        build_outputs(where, returned, out),
        returned,
        config_of(where, parameters, config_schema),
        resources_of(parameters, required_resource_keys),
        **more,
    )


@overload
def op(fn: Callable[..., Any], /) -> OpDefinition: ...
@overload
def op(
    *,
    name: str | None = None,
    description: str | None = None,
    ins: Mapping[str, In] | None = None,
    out: Out | Mapping[str, Out] | None = None,
    config_schema: Any = None,
    required_resource_keys: Any = None,
    tags: Mapping[str, Any] | None = None,
    version: str | None = None,
    retry_policy: RetryPolicy | None = None,
    code_version: str | None = None,
    pool: str | None = None,
) -> Callable[[Callable[..., Any]], OpDefinition]: ...
def op(
    fn: Callable[..., Any] | None = None,
    *,
    name: str | None = None,
    description: str | None = None,
    ins: Mapping[str, In] | None = None,
    out: Out | Mapping[str, Out] | None = None,
    config_schema: Any = None,
    required_resource_keys: Any = None,
    tags: Mapping[str, Any] | None = None,
    version: str | None = None,
    retry_policy: RetryPolicy | None = None,
    code_version: str | None = None,
    pool: str | None = None,
) -> OpDefinition | Callable[[Callable[..., Any]], OpDefinition]:
    """Make an op of a function.

    Args:
        fn: The function; its parameters are the inputs (besides context, config and resources).
        name: The op's name; the function's when left out.
        description: For people; the docstring when left out.
        ins: What is declared of inputs, by parameter.
        out: What is declared of the output, or of several by name.
        config_schema: What its config must look like.
        required_resource_keys: Resources it reads from its context.
        tags: For people and tools.
        version: The older name of ``code_version``.
        retry_policy: How often it is tried again.
        code_version: The version of its code.
        pool: Accepted and kept.

    Returns:
        The op, which is called inside ``@job`` and ``@graph`` functions, or directly in a test.

    Raises:
        InvalidDefinitionError: Name, inputs or outputs do not fit the function.
    """

    def decorate(fn: Callable[..., Any]) -> OpDefinition:
        return build_op(
            fn, name, ins, out, config_schema, required_resource_keys,
            retry_policy=retry_policy,
            tags={key: str(value) for key, value in tags.items()} if tags else None,
            description=description or fn.__doc__,
            code_version=code_version or version,
            pool=pool,
        )  # fmt: skip

    return decorate(fn) if fn is not None else decorate
