"""IO managers and input managers made by functions."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, overload

from lading.abc.io import IOManager
from lading.definitions.resource_functions import ResourceDefinition, is_function
from lading.definitions.resources import require_manager


class IOManagerDefinition(ResourceDefinition):
    """An IO manager made by a function. Usually made with :func:`io_manager`.

    Args:
        resource_fn: Takes the :class:`InitResourceContext` (or nothing) and returns or yields the IO manager.
        config_schema: What its config must look like.
        description: For people.
        required_resource_keys: Other resources it reads from its context.
        version: Accepted and kept.
        input_config_schema: What the config of each input it loads must look like.
        output_config_schema: What the config of each output it stores must look like.
    """

    __slots__ = ("input_config_schema", "output_config_schema")

    def __init__(
        self,
        resource_fn: Callable[..., Any],
        config_schema: Any = None,
        description: str | None = None,
        required_resource_keys: Iterable[str] | None = None,
        version: str | None = None,
        input_config_schema: Any = None,
        output_config_schema: Any = None,
    ) -> None:
        super().__init__(resource_fn, config_schema, description, required_resource_keys, version)
        self.input_config_schema = input_config_schema
        self.output_config_schema = output_config_schema

    @classmethod
    def hardcoded_io_manager(cls, value: IOManager, description: str | None = None) -> IOManagerDefinition:
        """A definition that is always ``value``."""
        return IOManagerDefinition(lambda: value, description=description)

    @property
    def manager_kind(self) -> str | None:
        return "io_manager"

    def checked(self, value: Any) -> Any:
        return require_manager(getattr(self.resource_fn, "__name__", ""), value, "io_manager", self.where)


class InputManagerDefinition(ResourceDefinition):
    """An input manager made by a function. Usually made with :func:`input_manager`.

    Args:
        resource_fn: Takes the :class:`InitResourceContext` (or nothing) and returns or yields the input manager.
        config_schema: What its config must look like.
        description: For people.
        required_resource_keys: Other resources it reads from its context.
        version: Accepted and kept.
        input_config_schema: What the config of each input it loads must look like.
    """

    __slots__ = ("input_config_schema",)

    def __init__(
        self,
        resource_fn: Callable[..., Any],
        config_schema: Any = None,
        description: str | None = None,
        required_resource_keys: Iterable[str] | None = None,
        version: str | None = None,
        input_config_schema: Any = None,
    ) -> None:
        super().__init__(resource_fn, config_schema, description, required_resource_keys, version)
        self.input_config_schema = input_config_schema

    @property
    def manager_kind(self) -> str | None:
        return "input_manager"

    def checked(self, value: Any) -> Any:
        return require_manager(getattr(self.resource_fn, "__name__", ""), value, "input_manager", self.where)


@overload
def io_manager(  # pyright: ignore[reportOverlappingOverload] - a schema may be a class, and be called
    config_schema_or_fn: Callable[..., Any], /
) -> IOManagerDefinition: ...
@overload
def io_manager(
    config_schema_or_fn: Any = None,
    description: str | None = None,
    output_config_schema: Any = None,
    input_config_schema: Any = None,
    required_resource_keys: Iterable[str] | None = None,
    version: str | None = None,
    *,
    config_schema: Any = None,
) -> Callable[[Callable[..., Any]], IOManagerDefinition]: ...
def io_manager(
    config_schema_or_fn: Any = None,
    description: str | None = None,
    output_config_schema: Any = None,
    input_config_schema: Any = None,
    required_resource_keys: Iterable[str] | None = None,
    version: str | None = None,
    *,
    config_schema: Any = None,
) -> IOManagerDefinition | Callable[[Callable[..., Any]], IOManagerDefinition]:
    """Make an IO manager of a function that returns (or yields) one.

    Args:
        config_schema_or_fn: The function, or what its config must look like.
        description: For people.
        output_config_schema: What the config of each output it stores must look like.
        input_config_schema: What the config of each input it loads must look like.
        required_resource_keys: Other resources it reads from its context.
        version: Accepted and kept.
        config_schema: What its config must look like.

    Returns:
        The IO manager, for a ``resources=`` mapping.

    Raises:
        InvalidDefinitionError: The function needs more than one argument.
    """
    if is_function(config_schema_or_fn):
        return IOManagerDefinition(config_schema_or_fn)
    schema = config_schema if config_schema_or_fn is None else config_schema_or_fn

    def decorate(fn: Callable[..., Any]) -> IOManagerDefinition:
        return IOManagerDefinition(
            fn, schema, description, required_resource_keys, version, input_config_schema, output_config_schema
        )

    return decorate


@overload
def input_manager(  # pyright: ignore[reportOverlappingOverload] - a schema may be a class, and be called
    config_schema_or_fn: Callable[..., Any], /
) -> InputManagerDefinition: ...
@overload
def input_manager(
    config_schema_or_fn: Any = None,
    description: str | None = None,
    input_config_schema: Any = None,
    required_resource_keys: Iterable[str] | None = None,
    version: str | None = None,
    *,
    config_schema: Any = None,
) -> Callable[[Callable[..., Any]], InputManagerDefinition]: ...
def input_manager(
    config_schema_or_fn: Any = None,
    description: str | None = None,
    input_config_schema: Any = None,
    required_resource_keys: Iterable[str] | None = None,
    version: str | None = None,
    *,
    config_schema: Any = None,
) -> InputManagerDefinition | Callable[[Callable[..., Any]], InputManagerDefinition]:
    """Make an input manager of a function that returns (or yields) one.

    Args:
        config_schema_or_fn: The function, or what its config must look like.
        description: For people.
        input_config_schema: What the config of each input it loads must look like.
        required_resource_keys: Other resources it reads from its context.
        version: Accepted and kept.
        config_schema: What its config must look like.

    Returns:
        The input manager, for a ``resources=`` mapping.

    Raises:
        InvalidDefinitionError: The function needs more than one argument.
    """
    if is_function(config_schema_or_fn):
        return InputManagerDefinition(config_schema_or_fn)
    schema = config_schema if config_schema_or_fn is None else config_schema_or_fn

    def decorate(fn: Callable[..., Any]) -> InputManagerDefinition:
        return InputManagerDefinition(fn, schema, description, required_resource_keys, version, input_config_schema)

    return decorate
