"""What a function's signature says: its inputs, context, config, resources, and the types of its outputs."""

from __future__ import annotations

import collections.abc
import types
import typing
from collections.abc import Callable, Mapping
from typing import Any, get_args, get_origin

from lading.abc.config import ConfigFace, ResourceSource
from lading.abc.contexts.execution import OpExecutionContext
from lading.errors import CheckError, InvalidDefinitionError
from lading.values.outputs import NOT_GIVEN, DynamicOutput, MaterializeResult, ObserveResult, Output

CONTEXT_NAMES = frozenset(("context", "_context", "_", "__"))
# The flags of code objects, as in the inspect module, which is too dear to load for five numbers.
CO_VARARGS, CO_VARKEYWORDS, CO_GENERATOR, CO_COROUTINE, CO_ASYNC_GENERATOR = 0x04, 0x08, 0x20, 0x80, 0x200
NO_ANNOTATIONS: Mapping[str, Any] = {}


class Signature:
    """The parts of a function's signature that lading reads.

    Attributes:
        names: Parameters, in order.
        defaults: Default values by parameter.
        annotations: Annotations, resolved where they can be; others are left out.
        returns: The annotation of the result, or NOT_GIVEN.
        open: Whether it takes any keyword (``**kwargs``).
        is_generator: Whether it yields.
        is_async: Whether it is a coroutine function or an async generator.
        variadic: Whether it takes any positional arguments (``*args``).
    """

    __slots__ = ("annotations", "defaults", "is_async", "is_generator", "names", "open", "returns", "variadic")

    def __init__(
        self,
        names: tuple[str, ...],
        defaults: Mapping[str, Any],
        annotations: Mapping[str, Any],
        returns: Any,
        flags: int,
        open_ended: bool,
        variadic: bool = False,
    ) -> None:
        self.names = names
        self.defaults = defaults
        self.annotations = annotations
        self.returns = returns
        self.open = open_ended
        self.variadic = variadic
        self.is_generator = bool(flags & (CO_GENERATOR | CO_ASYNC_GENERATOR))
        self.is_async = bool(flags & (CO_COROUTINE | CO_ASYNC_GENERATOR))


def read_signature(fn: Callable[..., Any]) -> Signature:
    """Read a function's signature; plain functions from their code object, which is many times cheaper."""
    if type(fn) is not types.FunctionType or hasattr(fn, "__wrapped__"):
        return _inspected(fn)
    code = fn.__code__
    count = code.co_argcount + code.co_kwonlyargcount
    names = code.co_varnames[:count]
    defaults: dict[str, Any] = {}
    if fn.__defaults__:
        defaults.update(
            zip(names[code.co_argcount - len(fn.__defaults__) : code.co_argcount], fn.__defaults__, strict=True)
        )
    if fn.__kwdefaults__:
        defaults.update(fn.__kwdefaults__)
    raw = fn.__annotations__
    if not raw:
        annotations: Any = NO_ANNOTATIONS
        returns: Any = NOT_GIVEN
    else:
        annotations = {}
        for name, annotation in raw.items():
            found = _evaluate(annotation, fn) if isinstance(annotation, str) else annotation
            if found is not NOT_GIVEN:
                annotations[name] = found
        returns = annotations.pop("return", NOT_GIVEN)
    flags = code.co_flags
    return Signature(
        names, defaults, annotations, returns, flags, bool(flags & CO_VARKEYWORDS), bool(flags & CO_VARARGS)
    )


def name_of(fn: Any, decorator: str) -> str:
    """The name of a function that is decorated.

    Raises:
        CheckError: It is no function, or has no name.
    """
    name = getattr(fn, "__name__", None)
    if not callable(fn) or not isinstance(name, str):
        raise CheckError(
            f"{fn!r:.60} is no function with a name", where=decorator, fix=f"put {decorator} above a `def`"
        )
    return name


def _evaluate(text: str, fn: Any) -> Any:
    # typing.get_type_hints gives up on the first name it cannot find; here each annotation stands alone, and the
    # names of enclosing functions are visible too.
    scope = dict(zip(fn.__code__.co_freevars, _cells(fn), strict=True))
    try:
        return eval(text, fn.__globals__, scope)  # noqa: S307 - the user's own annotation
    except (NameError, AttributeError, TypeError, SyntaxError, KeyError):
        return NOT_GIVEN


def _cells(fn: Any) -> list[Any]:
    values: list[Any] = []
    for cell in fn.__closure__ or ():
        try:
            values.append(cell.cell_contents)
        except ValueError:  # not assigned yet
            values.append(NOT_GIVEN)
    return values


def _inspected(fn: Callable[..., Any]) -> Signature:
    import inspect

    signature = inspect.signature(fn)
    inner: Any = inspect.unwrap(fn)
    code = getattr(inner, "__code__", None)
    flags = code.co_flags if code is not None else 0
    names: list[str] = []
    defaults: dict[str, Any] = {}
    annotations: dict[str, Any] = {}
    open_ended = variadic = False
    for name, parameter in signature.parameters.items():
        if parameter.kind is parameter.VAR_KEYWORD:
            open_ended = True
            continue
        if parameter.kind is parameter.VAR_POSITIONAL:
            variadic = True
            continue
        names.append(name)
        if parameter.default is not parameter.empty:
            defaults[name] = parameter.default
        if parameter.annotation is not parameter.empty:
            found = parameter.annotation
            if isinstance(found, str):
                found = _evaluate(found, inner) if code is not None else NOT_GIVEN
            if found is not NOT_GIVEN:
                annotations[name] = found
    returns = signature.return_annotation
    if returns is signature.empty:
        returns = NOT_GIVEN
    elif isinstance(returns, str):
        returns = _evaluate(returns, inner) if code is not None else NOT_GIVEN
    return Signature(tuple(names), defaults, annotations, returns, flags, open_ended, variadic)


class Parameters:
    """Which parameter of a function is what.

    Attributes:
        context: The parameter that takes the context, or None.
        config: The parameter that takes the config, or None.
        config_type: Its annotation.
        resources: Parameters that take a resource (which is also its key).
        inputs: All others, in order: the inputs.
    """

    __slots__ = ("config", "config_type", "context", "inputs", "resources")

    def __init__(
        self,
        context: str | None,
        config: str | None,
        config_type: Any,
        resources: tuple[str, ...],
        inputs: tuple[str, ...],
    ) -> None:
        self.context = context
        self.config = config
        self.config_type = config_type
        self.resources = resources
        self.inputs = inputs


def sort_parameters(signature: Signature, where: str) -> Parameters:
    """Sort a function's parameters into context, config, resources and inputs.

    Raises:
        InvalidDefinitionError: ``config`` has no annotation, or the function takes ``*args``.
    """
    if signature.variadic:
        raise InvalidDefinitionError(
            "the function takes *args, and inputs go by their names", where=where,
            fix="name each input as a parameter; functools.wraps shows those of a wrapped function",
        )  # fmt: skip
    names = signature.names
    context = None
    annotations = signature.annotations
    if names and (names[0] in CONTEXT_NAMES or (annotations and is_context(annotations.get(names[0])))):
        context, names = names[0], names[1:]
    if not annotations and "config" not in names:
        return Parameters(context, None, None, (), names)
    config = None
    config_type = None
    resources: list[str] = []
    inputs: list[str] = []
    for name in names:
        annotation = annotations.get(name)
        if name == "config":
            if annotation is None:
                raise InvalidDefinitionError(
                    "the parameter config needs an annotation",
                    where=where,
                    fix="annotate it with a subclass of Config, or a plain type: `config: MyConfig`",
                )
            config, config_type = name, annotation
        elif annotation is not None and is_resource(annotation):
            resources.append(name)
        else:
            inputs.append(name)
    return Parameters(context, config, config_type, tuple(resources), tuple(inputs))


def is_context(annotation: Any) -> bool:
    """Whether a parameter so annotated takes the context."""
    return isinstance(annotation, type) and issubclass(annotation, OpExecutionContext)


def is_resource(annotation: Any) -> bool:
    """Whether a parameter so annotated takes a resource."""
    if isinstance(annotation, type):
        return issubclass(annotation, ResourceSource)
    if getattr(annotation, "__metadata__", None) and any(
        getattr(mark, "lading_resource", False) for mark in annotation.__metadata__
    ):
        return True
    origin = get_origin(annotation)
    return isinstance(origin, type) and issubclass(origin, ResourceSource)


def is_config_class(annotation: Any) -> bool:
    """Whether it is a class that config is built into."""
    return isinstance(annotation, type) and issubclass(annotation, ConfigFace)


GENERATORS = (
    collections.abc.Generator,
    collections.abc.Iterator,
    collections.abc.Iterable,
    collections.abc.AsyncGenerator,
    collections.abc.AsyncIterator,
    collections.abc.AsyncIterable,
)
RESULTS = (MaterializeResult, ObserveResult)


class Returned:
    """What the annotation of a result says.

    Attributes:
        annotation: The type of the (one) value, or NOT_GIVEN.
        is_wrapped: Whether the value travels in an Output (or MaterializeResult …).
        is_dynamic: Whether it is a list of DynamicOutputs.
        is_result: Whether a MaterializeResult or ObserveResult is returned.
    """

    __slots__ = ("annotation", "is_dynamic", "is_result", "is_wrapped")

    def __init__(
        self, annotation: Any, is_wrapped: bool = False, is_dynamic: bool = False, is_result: bool = False
    ) -> None:
        self.annotation = annotation
        self.is_wrapped = is_wrapped
        self.is_dynamic = is_dynamic
        self.is_result = is_result


NO_RETURN = Returned(NOT_GIVEN)


def read_return(returns: Any) -> Returned:
    """Take the annotation of a result apart."""
    if returns is NOT_GIVEN:
        return NO_RETURN
    if returns is None:
        return Returned(type(None))
    origin = get_origin(returns) or returns
    arguments = get_args(returns)
    if origin is typing.Annotated:
        return read_return(arguments[0])
    if origin is Output:
        return Returned(arguments[0] if arguments else NOT_GIVEN, is_wrapped=True)
    if origin in RESULTS:
        return Returned(arguments[0] if arguments else NOT_GIVEN, is_wrapped=True, is_result=True)
    if origin is DynamicOutput:
        return Returned(arguments[0] if arguments else NOT_GIVEN, is_wrapped=True, is_dynamic=True)
    if origin is list and arguments and (get_origin(arguments[0]) or arguments[0]) is DynamicOutput:
        return read_return(arguments[0])
    if origin in GENERATORS:
        return Returned(NOT_GIVEN)
    return Returned(returns)
