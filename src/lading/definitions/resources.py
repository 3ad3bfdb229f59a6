"""Resources as functions, and the one rule for what may stand in a ``resources=`` mapping."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import Annotated, Any, Final, TypeVar

from lading.abc.config import BoundResource, ResourceSource
from lading.abc.contexts.resource import InitResourceContext
from lading.abc.io import InputManager, IOManager
from lading.definitions.config.schema import Shape
from lading.errors import InvalidDefinitionError, ResourceMissingError

T = TypeVar("T")

NO_KEYS: Final[frozenset[str]] = frozenset()
NO_CONFIG: Final = Shape({})


class ResourceMark:
    """Says of an annotation that the parameter takes a resource."""

    __slots__ = ()
    lading_resource = True


# A parameter annotated ``ResourceParam[T]`` takes the resource of its name; type checkers see a T.
ResourceParam = Annotated[T, ResourceMark()]


class ReadyResource(ResourceSource):
    """An object that needs no opening: it is the resource.

    Args:
        value: The object.
    """

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value

    @property
    def required_resource_keys(self) -> frozenset[str]:
        return NO_KEYS

    @property
    def manager_kind(self) -> str | None:
        return kind_of(self.value)

    def bind_config(self, given: Any, where: str) -> BoundResource:
        # Config meant for the real resource does no harm to the object that stands in for it.
        return BoundResource(None, self._open)

    def _open(self, context: InitResourceContext, dependencies: Mapping[str, Any]) -> AbstractContextManager[Any]:
        return nullcontext(self.value)

    def __repr__(self) -> str:
        return f"ReadyResource({type(self.value).__name__})"


def kind_of(value: object) -> str | None:
    """Which kind of manager an object is: ``"io_manager"``, ``"input_manager"`` or None."""
    if isinstance(value, IOManager):
        return "io_manager"
    return "input_manager" if isinstance(value, InputManager) else None


def as_resource_source(key: str, value: Any) -> ResourceSource:
    """Whatever may stand in a ``resources=`` mapping, as something the engine can open.

    Args:
        key: Its key.
        value: A resource or manager (configurable, made by a decorator, or a plain object of any class).

    Raises:
        InvalidDefinitionError: A class of resources or managers is given where an object is meant.
    """
    if isinstance(value, ResourceSource):
        return value
    if isinstance(value, type) and issubclass(value, (ResourceSource, InputManager)):
        raise InvalidDefinitionError(
            f"{value.__name__} is a class, not a resource",
            where=f'resources["{key}"]',
            fix=f"make an object of it: {value.__name__}(…)",
        )
    return ReadyResource(value)


def require_kind(key: str, source: ResourceSource, kind: str, owner: str) -> None:
    """See, before anything is opened, that a resource is a manager that can do what is asked.

    Args:
        key: Its key.
        source: The resource.
        kind: ``"io_manager"`` (stores and loads) or ``"input_manager"`` (loads).
        owner: Who needs it, for messages.

    Raises:
        ResourceMissingError: It is no such manager.
    """
    if source.manager_kind in ("io_manager", kind):
        return
    made = type(source.value if isinstance(source, ReadyResource) else source).__name__
    raise ResourceMissingError(
        f'the resource "{key}" is of type {made}, which is no {kind.replace("_", " ")}',
        where=owner,
        fix="give an object of a subclass of IOManager, or one made with @io_manager",
    )


def require_manager(key: str, value: Any, kind: str, owner: str) -> Any:
    """The opened resource, if it is a manager that can do what is asked.

    Args:
        key: Its key.
        value: The resource.
        kind: ``"io_manager"`` (stores and loads) or ``"input_manager"`` (loads).
        owner: Who needs it, for messages.

    Raises:
        ResourceMissingError: It is no such manager.
    """
    if isinstance(value, IOManager if kind == "io_manager" else InputManager):
        return value
    raise ResourceMissingError(
        f'resource "{key}" is of type {type(value).__name__}, which is no {kind.replace("_", " ")}',
        where=owner,
        fix=f"give an object of a subclass of {'IOManager' if kind == 'io_manager' else 'InputManager'}",
    )
