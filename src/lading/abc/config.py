"""The faces of configuration: how floors that know no pydantic recognise and build configured objects."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from typing import Any

from lading.abc.contexts.resource import InitResourceContext
from lading.values.dataclass import dataclass


class ConfigFace:
    """A class that a function may annotate its ``config`` parameter with."""

    __slots__ = ()

    @classmethod
    def from_run_config(cls, given: Any, where: str) -> Any:
        """A validated object from plain config.

        Raises:
            InvalidConfigError: The config does not fit; ``where`` says whose it is.
        """
        raise TypeError(f"{cls.__name__} cannot be built from {type(given).__name__} ({where})")

    @classmethod
    def default_run_config(cls) -> Mapping[str, Any] | None:
        """The config that stands when none is given, or None where some must be given."""
        return None

    def as_run_config(self) -> Mapping[str, Any]:
        """The plain config that builds an equal object."""
        raise TypeError(f"{type(self).__name__} has no plain config")

    def field_values(self) -> Mapping[str, Any]:
        """Its validated values by field; nested Configs as mappings."""
        raise TypeError(f"{type(self).__name__} has no fields")

    @classmethod
    def hide_secrets(cls, given: Any) -> Any:
        """Plain config with stars for what is declared to be secret: the form that is kept with a run."""
        return given


@dataclass(frozen=True, slots=True)
class BoundResource:
    """A source together with its config for one run: all that is known before anything is opened.

    Attributes:
        config: What the resource sees as ``context.resource_config``; None where it has no config.
        open: Takes the context and the opened dependencies by field name; entering the block opens the resource,
            leaving it tears it down.
    """

    config: Any
    open: Callable[[InitResourceContext, Mapping[str, Any]], AbstractContextManager[Any]]


class ResourceSource(ABC):
    """What may stand in a ``resources=`` mapping and be opened for a run.

    The engine binds the config of all sources, then opens ``resource_dependencies`` first (each source once per run),
    then the source itself.
    """

    __slots__ = ()

    @property
    @abstractmethod
    def required_resource_keys(self) -> frozenset[str]:
        """Keys of other resources of the run that it reads from its context."""

    def hide_secrets(self, given: Any) -> Any:
        """Plain config with stars for what is declared to be secret: the form that is kept with a run."""
        return given

    @property
    def resource_dependencies(self) -> Mapping[str, ResourceSource]:
        """Sources nested inside this one, by field name.

        A nested source takes its config from the entry of that name in the config of this one.
        """
        return NO_SOURCES

    @property
    def manager_kind(self) -> str | None:
        """``"io_manager"``, ``"input_manager"``, or None where it is any resource."""
        return None

    @abstractmethod
    def bind_config(self, given: Any, where: str) -> BoundResource:
        """Validate its config for one run; nothing is opened yet.

        Args:
            given: ``run_config["resources"][key]["config"]``, or NOT_GIVEN. Entries named after
                :attr:`resource_dependencies` belong to those.
            where: Whose config it is, for messages.

        Raises:
            InvalidConfigError: The config does not fit, or an environment variable is not set.
        """


NO_SOURCES: Mapping[str, ResourceSource] = {}
