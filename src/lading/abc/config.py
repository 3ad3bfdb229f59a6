"""The faces of configuration: how floors that know no pydantic recognise and build configured objects."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Any

from lading.abc.contexts.resource import InitResourceContext


class ConfigFace:
    """A class that a function may annotate its ``config`` parameter with."""

    __slots__ = ()

    @classmethod
    def from_run_config(cls, given: Mapping[str, Any], where: str) -> Any:
        """A validated object from plain config.

        Raises:
            InvalidConfigError: The config does not fit; ``where`` says whose it is.
        """
        raise TypeError(f"{cls.__name__} cannot be built from config ({where})")

    @classmethod
    def default_run_config(cls) -> Mapping[str, Any] | None:
        """The config that stands when none is given, or None where some must be given."""
        return None

    def as_run_config(self) -> Mapping[str, Any]:
        """The plain config that builds an equal object."""
        raise TypeError(f"{type(self).__name__} has no plain config")


class ResourceSource(ABC):
    """What may stand in a ``resources=`` mapping and be opened for a run.

    The engine opens ``dependencies`` first (each source once per run), then the source itself.
    """

    __slots__ = ()

    @property
    @abstractmethod
    def required_resource_keys(self) -> frozenset[str]:
        """Keys of other resources of the run that :meth:`open_resource` reads from its context."""

    @property
    def resource_dependencies(self) -> Mapping[str, ResourceSource]:
        """Sources nested inside this one, by field name."""
        return {}

    @property
    def manager_kind(self) -> str | None:
        """``"io_manager"``, ``"input_manager"``, or None where it is any resource."""
        return None

    @abstractmethod
    def resolve_config(self, given: Mapping[str, Any] | None, where: str) -> Any:
        """The validated config for one run; ``given`` is ``run_config["resources"][key]["config"]`` or None.

        Raises:
            InvalidConfigError: The config does not fit, or an environment variable is not set.
        """

    @abstractmethod
    def open_resource(
        self, context: InitResourceContext, dependencies: Mapping[str, Any]
    ) -> AbstractContextManager[Any]:
        """Open it for one run; ``context.resource_config`` is what :meth:`resolve_config` gave.

        Leaving the block tears it down.
        """
