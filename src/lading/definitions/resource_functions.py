"""Resources made by functions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import contextmanager
from types import GeneratorType
from typing import Any, Final, Self, TypeVar, overload

from lading.abc.config import BoundResource, ConfigFace, ResourceSource
from lading.abc.contexts.resource import InitResourceContext
from lading.definitions.config.reading import read_config
from lading.definitions.config.schema import Field, Shape
from lading.errors import InvalidDefinitionError, InvalidInvocationError
from lading.values.outputs import NOT_GIVEN

D = TypeVar("D", bound="ResourceDefinition")

NO_CONFIG: Final = Shape({})


class ResourceDefinition(ResourceSource):
    """A resource made by a function. Usually made with :func:`resource`.

    Args:
        resource_fn: Takes the :class:`InitResourceContext` (or nothing) and returns the resource, or yields it and
            cleans up afterwards.
        config_schema: What its config must look like; anything when left out.
        description: For people.
        required_resource_keys: Other resources it reads from its context.
        version: Accepted and kept.

    Raises:
        InvalidDefinitionError: The function needs more than one argument.
    """

    __slots__ = (
        "_inner", "_required", "_to_inner", "_wants_context", "config_schema", "description", "resource_fn", "version",
    )  # fmt: skip

    def __init__(
        self,
        resource_fn: Callable[..., Any],
        config_schema: Any = None,
        description: str | None = None,
        required_resource_keys: Iterable[str] | None = None,
        version: str | None = None,
    ) -> None:
        self.resource_fn = resource_fn
        self.config_schema = config_schema
        self.description = description
        self.version = version
        self._required = frozenset(required_resource_keys or ())
        self._wants_context = wants_context(resource_fn, self.where)
        self._inner: Self | None = None
        self._to_inner: Callable[[Any], Any] | None = None

    @classmethod
    def hardcoded_resource(cls, value: Any, description: str | None = None) -> ResourceDefinition:
        """A resource that is always ``value``."""
        return ResourceDefinition(lambda: value, description=description)

    @classmethod
    def none_resource(cls, description: str | None = None) -> ResourceDefinition:
        """A resource that is None."""
        return cls.hardcoded_resource(None, description)

    @classmethod
    def string_resource(cls, description: str | None = None) -> ResourceDefinition:
        """A resource that is the text in its config."""

        def read(context: InitResourceContext) -> Any:
            return context.resource_config

        return ResourceDefinition(read, str, description)

    @classmethod
    def mock_resource(cls, description: str | None = None) -> ResourceDefinition:
        """A resource that is a fresh ``MagicMock`` in every run."""

        def made() -> Any:
            # A test library, and a heavy one; nobody else pays for it.
            from unittest.mock import MagicMock

            return MagicMock()

        return ResourceDefinition(made, description=description)

    @property
    def where(self) -> str:
        """What it is called in messages."""
        return f"{type(self).__name__} {getattr(self.resource_fn, '__name__', '')}".rstrip()

    @property
    def required_resource_keys(self) -> frozenset[str]:
        return self._required

    def __repr__(self) -> str:
        return f"{type(self).__name__}({getattr(self.resource_fn, '__name__', '…')})"

    # ------------------------------------------------------------ config

    def configured(
        self,
        config_or_config_fn: Any,
        config_schema: Any = None,
        description: str | None = None,
    ) -> Self:
        """The same with its config settled.

        Args:
            config_or_config_fn: The config, or a function from the config of the result to the config of this one.
            config_schema: What the config of the result must look like, where a function is given.
            description: For people.
        """

        def settled(_: Any) -> Any:
            return config_or_config_fn

        is_fn = callable(config_or_config_fn)
        return self._replaced(
            config_schema=config_schema if is_fn else NO_CONFIG,
            description=description or self.description,
            _inner=self,
            _to_inner=config_or_config_fn if is_fn else settled,
        )

    def _replaced(self, **changes: Any) -> Self:
        copy = object.__new__(type(self))
        for kind in type(self).__mro__:
            for slot in getattr(kind, "__slots__", ()):
                setattr(copy, slot, changes[slot] if slot in changes else getattr(self, slot))
        return copy

    def read_config(self, given: Any, where: str) -> Any:
        """The config its function sees, for what is given.

        Raises:
            InvalidConfigError: It does not fit.
        """
        config = read_config(self.config_schema, given, where)
        if isinstance(config, ConfigFace):
            # A Config class may stand as schema; the function sees what any other schema gives.
            config = config.field_values()
        if self._inner is None or self._to_inner is None:
            return config
        return self._inner.read_config(self._to_inner(config), f"{where} (configured)")

    def bind_config(self, given: Any, where: str) -> BoundResource:
        return BoundResource(self.read_config(given, where), self._open)

    # ------------------------------------------------------------ opening

    @contextmanager
    def _open(self, context: InitResourceContext, dependencies: Mapping[str, Any]) -> Any:
        made = self._call(context)
        if isinstance(made, ResourceSource):
            # A function may choose which configurable resource it is.
            bound = made.bind_config(NOT_GIVEN, self.where)
            with bound.open(context.replace_config(bound.config), {}) as inner:
                yield self.checked(inner)
        elif isinstance(made, GeneratorType):
            with _drained(made, self.where) as inner:
                yield self.checked(inner)
        else:
            yield self.checked(made)

    def _call(self, context: InitResourceContext | None) -> Any:
        return self.resource_fn(context) if self._wants_context else self.resource_fn()

    def _needs_nothing(self) -> bool:
        schema = self.config_schema
        return schema is None or not (schema if isinstance(schema, Field) else Field(schema)).is_required

    def checked(self, value: Any) -> Any:
        """The opened resource, if it is of the kind this definition promises."""
        return value

    def __call__(self, context: InitResourceContext | None = None) -> Any:
        """Call the function itself, as in a test.

        Args:
            context: Made by ``build_init_resource_context``; may be left out where no config is needed.

        Returns:
            The resource; where the function yields it, a context manager of it.

        Raises:
            InvalidInvocationError: The function needs config and there is no context.
            InvalidConfigError: The config in the context does not fit.
        """
        if context is None:
            context = InitResourceContext()
            if self._wants_context and not self._needs_nothing():
                raise InvalidInvocationError(
                    "the function needs config", where=self.where, fix="pass build_init_resource_context(config=…)"
                )
        given = NOT_GIVEN if context.resource_config is None else context.resource_config
        context = context.replace_config(self.read_config(given, "config"))
        made = self._call(context)
        return _drained(made, self.where) if isinstance(made, GeneratorType) else made


@contextmanager
def _drained(generator: Any, where: str) -> Any:
    """What a generator function yields, once; leaving the block runs the rest of it."""
    try:
        value = next(generator)
    except StopIteration:
        raise InvalidDefinitionError(
            "the function yields no resource", where=where, fix="yield the resource exactly once"
        ) from None
    try:
        yield value
    finally:
        for _ in generator:
            raise InvalidDefinitionError(
                "the function yields more than once", where=where, fix="yield the resource exactly once"
            )


def wants_context(fn: Callable[..., Any], where: str) -> bool:
    """Whether a function takes the context, or nothing.

    Raises:
        InvalidDefinitionError: It needs more.
    """
    from inspect import signature

    needed = 0
    for parameter in signature(fn).parameters.values():
        if parameter.kind in (parameter.VAR_POSITIONAL, parameter.POSITIONAL_ONLY, parameter.POSITIONAL_OR_KEYWORD):
            if parameter.default is parameter.empty or not needed:
                needed += 1
        elif parameter.kind is parameter.KEYWORD_ONLY and parameter.default is parameter.empty:
            needed += 2
    if needed > 1:
        raise InvalidDefinitionError(
            "the function needs more than a context", where=where, fix="take one argument (the context) or none"
        )
    return needed == 1


@overload
def resource(  # pyright: ignore[reportOverlappingOverload] - a schema may be a class, and be called
    config_schema_or_fn: Callable[..., Any], /
) -> ResourceDefinition: ...
@overload
def resource(
    config_schema_or_fn: Any = None,
    description: str | None = None,
    required_resource_keys: Iterable[str] | None = None,
    version: str | None = None,
    *,
    config_schema: Any = None,
) -> Callable[[Callable[..., Any]], ResourceDefinition]: ...
def resource(
    config_schema_or_fn: Any = None,
    description: str | None = None,
    required_resource_keys: Iterable[str] | None = None,
    version: str | None = None,
    *,
    config_schema: Any = None,
) -> ResourceDefinition | Callable[[Callable[..., Any]], ResourceDefinition]:
    """Make a resource of a function.

    Args:
        config_schema_or_fn: The function, or what its config must look like.
        description: For people.
        required_resource_keys: Other resources it reads from its context.
        version: Accepted and kept.
        config_schema: What its config must look like.

    Returns:
        The resource, for a ``resources=`` mapping.

    Raises:
        InvalidDefinitionError: The function needs more than one argument.
    """
    if is_function(config_schema_or_fn):
        return ResourceDefinition(config_schema_or_fn)
    schema = config_schema if config_schema_or_fn is None else config_schema_or_fn

    def decorate(fn: Callable[..., Any]) -> ResourceDefinition:
        return ResourceDefinition(fn, schema, description, required_resource_keys, version)

    return decorate


def is_function(value: Any) -> bool:
    """Whether a decorator was given the function itself, and not a schema."""
    return callable(value) and not isinstance(value, type) and hasattr(value, "__code__")


def configured(
    definition: D, config_schema: Any = None, *, description: str | None = None
) -> Callable[[Callable[[Any], Any]], D]:
    """Make a resource out of another by a function from its config to that one's config.

    Args:
        definition: The other resource, or manager.
        config_schema: What the config of the result must look like.
        description: For people.

    Returns:
        A decorator for the function.
    """

    def decorate(fn: Callable[[Any], Any]) -> D:
        return definition.configured(fn, config_schema, description)

    return decorate
