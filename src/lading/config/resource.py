"""Configurable resources: pydantic models that a run opens, hands to functions, and tears down."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import Annotated, Any, Generic, Self, TypeVar, cast

from pydantic_core import core_schema

from lading.abc.config import BoundResource, ResourceSource
from lading.abc.contexts.resource import InitResourceContext
from lading.config.fields import fields_by_key, no_mapping
from lading.config.model import NO_ENTRIES, Config, as_config, check_some
from lading.config.plain import is_mapping
from lading.errors import CheckError
from lading.values.outputs import NOT_GIVEN

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

NO_KEYS: frozenset[str] = frozenset()


class DependencyMark:
    """Says of a field that it takes any resource; what comes out of it has the type in front."""

    __slots__ = ()

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> core_schema.CoreSchema:
        return core_schema.any_schema()


# A field annotated ``ResourceDependency[T]`` takes a resource of any kind whose value is a T.
ResourceDependency = Annotated[T, DependencyMark()]


class ConfigurableResource(Config, ResourceSource, Generic[T_co]):  # pyright: ignore[reportIncompatibleMethodOverride] - its secrets are the class's
    """A resource whose config is its fields.

    Functions that name it in a parameter annotated with the class get a fresh object per run, with environment
    variables read and nested resources opened. Override :meth:`setup_for_execution` and
    :meth:`teardown_after_execution`, or :meth:`yield_for_execution`, for what has to be opened and closed, and
    :meth:`create_resource` to hand out something else than the object itself.

    Raises:
        ConfigValueError: A value does not fit its field, or a field is unknown. It is a ValueError.
    """

    __slots__ = ("_lading_context",)

    # ------------------------------------------------------------ what users override

    def setup_for_execution(self, context: InitResourceContext) -> None:
        """Called once per run, before any step."""

    def teardown_after_execution(self, context: InitResourceContext) -> None:
        """Called once per run after the last step, also when steps failed."""

    @contextmanager
    def yield_for_execution(self, context: InitResourceContext) -> Generator[Self]:
        """Set up, yield the resource, tear down."""
        self.setup_for_execution(context)
        try:
            yield self
        finally:
            self.teardown_after_execution(context)

    def create_resource(self, context: InitResourceContext) -> Any:
        """What functions and other resources get: the object itself unless overridden."""
        return self

    # ------------------------------------------------------------ by hand

    @classmethod
    def configure_at_launch(cls, **given: Any) -> PartialResource:
        """The resource without some of its values, which the run config gives.

        Args:
            **given: The values known already.

        Raises:
            ConfigValueError: A value does not fit its field, or a field is unknown.
        """
        return PartialResource(cls, given)

    def process_config_and_initialize(self) -> Any:
        """The resource ready for use outside a run, with environment variables read.

        Raises:
            CheckError: It, or a resource inside it, has something to tear down afterwards.
            UnsetVariableError: An environment variable is not set.
            ConfigValueError: The value of an environment variable does not fit its field.
        """
        closing = closing_resource(self)
        if closing is not None:
            raise CheckError(
                f"{closing} has to be torn down after use",
                where=f"{type(self).__name__}.process_config_and_initialize",
                fix="use `with resource.process_config_and_initialize_cm() as opened:`",
            )
        with self.process_config_and_initialize_cm() as opened:
            return opened

    @contextmanager
    def process_config_and_initialize_cm(self) -> Generator[Any]:
        """The resource ready for use outside a run, until the block ends.

        Raises:
            UnsetVariableError: An environment variable is not set.
            ConfigValueError: The value of an environment variable does not fit its field.
        """
        with ExitStack() as stack:
            yield open_alone(self, type(self).__name__, NOT_GIVEN, InitResourceContext(), stack, {})

    @classmethod
    def from_resource_context(cls, context: InitResourceContext) -> Any:
        """An opened resource made from the config in a context, as a ``@resource`` function may return it.

        Raises:
            CheckError: It has something to tear down afterwards.
            ConfigValueError: The config does not fit.
        """
        made = cls.from_run_config(context.resource_config or NO_ENTRIES, cls.__name__)
        closing = closing_resource(made)
        if closing is not None:
            raise CheckError(
                f"{closing} has to be torn down after use",
                where=f"{cls.__name__}.from_resource_context",
                fix=f"yield from a `with {cls.__name__}.from_resource_context_cm(context) as opened:` block",
            )
        with ExitStack() as stack:
            return open_alone(made, cls.__name__, NOT_GIVEN, context, stack, {})

    @classmethod
    @contextmanager
    def from_resource_context_cm(cls, context: InitResourceContext) -> Generator[Any]:
        """An opened resource made from the config in a context, until the block ends."""
        made = cls.from_run_config(context.resource_config or NO_ENTRIES, cls.__name__)
        with ExitStack() as stack:
            yield open_alone(made, cls.__name__, NOT_GIVEN, context, stack, {})

    @classmethod
    def to_config_schema(cls) -> type[Self]:
        """The class itself, which may stand as ``config_schema=``."""
        return cls

    def get_resource_context(self) -> InitResourceContext:
        """The context it was opened with.

        Raises:
            CheckError: It is not open.
        """
        context: InitResourceContext | None = getattr(self, "_lading_context", None)
        if context is None:
            raise CheckError(
                "the resource is not open",
                where=f"{type(self).__name__}.get_resource_context",
                fix="call it in a run, or on what process_config_and_initialize() gives",
            )
        return context

    # ------------------------------------------------------------ what the engine sees

    @classmethod
    def promised_kind(cls) -> str | None:
        """Which kind of manager its objects become, or None."""
        return None

    @property
    def manager_kind(self) -> str | None:
        return self.promised_kind()

    @property
    def required_resource_keys(self) -> frozenset[str]:
        return NO_KEYS

    @property
    def resource_dependencies(self) -> Mapping[str, ResourceSource]:
        return {name: value for name, value in self.__dict__.items() if isinstance(value, ResourceSource)}

    def bind_config(self, given: Any, where: str) -> BoundResource:
        base = self
        if isinstance(given, type(self)):
            # RunConfig(resources={key: Resource(…)}) puts the whole object in this one's place.
            base, given = given, NOT_GIVEN
        kind = type(base)
        entries = without(kind, entries_of(kind, given, where), base.resource_dependencies)
        if entries:
            # Run config says the whole of it: what it leaves out is as the class has it, not as this object has it.
            nested = {key: each for key, each in base.given_arguments().items() if takes_resource(kind, key, each)}
            ready = kind.from_run_config({**nested, **entries}, where)
        else:
            ready = base.resolved_for_run(NO_ENTRIES, where)
        values = {**ready.__dict__, **(ready.__pydantic_extra__ or NO_ENTRIES)}
        config = {name: as_config(value) for name, value in values.items() if not takes_resource(kind, name, value)}
        return BoundResource(config, partial(_opened, ready))


@contextmanager
def _opened(
    ready: ConfigurableResource[Any], context: InitResourceContext, dependencies: Mapping[str, Any]
) -> Generator[Any]:
    with ExitStack() as stack:
        inner = dict(dependencies)
        for name, source in ready.resource_dependencies.items():
            if name not in inner:
                # It came to light with the run config: a mapping where a resource is meant.
                inner[name] = open_alone(source, f"{type(ready).__name__}.{name}", NOT_GIVEN, context, stack, {})
        # The object is this run's own and nobody has seen it yet: frozen begins now.
        vars(ready).update(inner)
        object.__setattr__(ready, "_lading_context", context)
        # What a subclass yields may be anything.
        made: Any = stack.enter_context(ready.yield_for_execution(context))
        if not isinstance(made, ConfigurableResource):
            yield made
            return
        opened = cast("ConfigurableResource[Any]", made)
        object.__setattr__(opened, "_lading_context", context)
        yield opened.create_resource(context)


def open_alone(
    source: ResourceSource,
    name: str,
    given: Any,
    context: InitResourceContext,
    stack: ExitStack,
    opened: dict[int, Any],
) -> Any:
    """Open a resource and those inside it, without an engine.

    Args:
        source: The resource.
        name: What it is called in messages.
        given: Its config, or NOT_GIVEN.
        context: What it sees.
        stack: Closes all of them.
        opened: What is open already, by identity of its source.

    Raises:
        InvalidConfigError: The config does not fit.
    """
    if id(source) in opened:
        return opened[id(source)]
    dependencies: dict[str, Any] = {}
    for field, inner in source.resource_dependencies.items():
        inside = given.get(field, NOT_GIVEN) if is_mapping(given) else NOT_GIVEN
        dependencies[field] = open_alone(inner, f"{name}.{field}", inside, context, stack, opened)
    bound = source.bind_config(given, name)
    value = stack.enter_context(bound.open(context.replace_config(bound.config), dependencies))
    opened[id(source)] = value
    return value


def closing_resource(source: ResourceSource) -> str | None:
    """The name of a resource that has, or may have, something to tear down; None where there is none."""
    if not isinstance(source, ConfigurableResource):
        return source.resource_cls.__name__ if isinstance(source, PartialResource) else type(source).__name__
    kind = type(cast("ConfigurableResource[Any]", source))
    plainest = cast("type[ConfigurableResource[Any]]", ConfigurableResource)
    if (
        kind.teardown_after_execution is not plainest.teardown_after_execution
        or kind.yield_for_execution is not plainest.yield_for_execution
    ):
        return kind.__name__
    return next(filter(None, map(closing_resource, source.resource_dependencies.values())), None)


def entries_of(kind: type[ConfigurableResource[Any]], given: Any, where: str) -> Mapping[str, Any]:
    """The entries that run config gives.

    Raises:
        ConfigValueError: It gives no mapping.
    """
    if given is NOT_GIVEN:
        return NO_ENTRIES
    if not is_mapping(given):
        raise no_mapping(kind, given, where)
    return given


def without(
    kind: type[ConfigurableResource[Any]], given: Mapping[str, Any], nested: Mapping[str, ResourceSource]
) -> Mapping[str, Any]:
    """The entries that are not meant for the resources inside."""
    if not nested or not given:
        return given
    keys = fields_by_key(kind)
    return {key: value for key, value in given.items() if keys.get(key, key) not in nested}


def takes_resource(kind: type[ConfigurableResource[Any]], name: str, value: Any) -> bool:
    """Whether a field holds a resource, and not config."""
    field = kind.model_fields.get(name)
    marked = field is not None and any(isinstance(mark, DependencyMark) for mark in field.metadata)
    return marked or isinstance(value, ResourceSource)


class PartialResource(ResourceSource):
    """A configurable resource that lacks values until a run starts. Made by ``configure_at_launch``.

    Args:
        resource_cls: The class.
        given: The values known already.

    Raises:
        ConfigValueError: A value does not fit its field, or a field is unknown.
    """

    __slots__ = ("given", "resource_cls")

    def __init__(self, resource_cls: type[ConfigurableResource[Any]], given: Mapping[str, Any]) -> None:
        self.resource_cls = resource_cls
        self.given = given
        check_some(resource_cls, given)

    @property
    def required_resource_keys(self) -> frozenset[str]:
        return NO_KEYS

    @property
    def resource_dependencies(self) -> Mapping[str, ResourceSource]:
        keys = fields_by_key(self.resource_cls)
        return {keys.get(key, key): value for key, value in self.given.items() if isinstance(value, ResourceSource)}

    @property
    def manager_kind(self) -> str | None:
        return self.resource_cls.promised_kind()

    def bind_config(self, given: Any, where: str) -> BoundResource:
        if isinstance(given, self.resource_cls):
            return given.bind_config(NOT_GIVEN, where)
        nested = self.resource_dependencies
        merged = {**self.given, **without(self.resource_cls, entries_of(self.resource_cls, given, where), nested)}
        return self.resource_cls.from_run_config(merged, where).bind_config(NOT_GIVEN, where)

    def hide_secrets(self, given: Any) -> Any:
        return self.resource_cls.hide_secrets(given)

    def __repr__(self) -> str:
        return f"{self.resource_cls.__name__}.configure_at_launch({', '.join(self.given)})"
