"""Configurable managers: pydantic models that store and load values, or make what does."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any, Generic, TypeVar

from lading.abc.contexts.resource import InitResourceContext
from lading.abc.io import InputManager, IOManager
from lading.config.resource import ConfigurableResource
from lading.errors import CheckError

M_co = TypeVar("M_co", bound=IOManager, covariant=True)


class ConfigurableIOManager(ConfigurableResource[Any], IOManager):
    """An IO manager whose config is its fields.

    Subclass it, declare fields, and implement ``handle_output`` and ``load_input``.

    Raises:
        ConfigValueError: A value does not fit its field, or a field is unknown. It is a ValueError.
        TypeError: ``handle_output`` or ``load_input`` is not implemented.
    """

    __slots__ = ()

    @classmethod
    def promised_kind(cls) -> str | None:
        return "io_manager"


class ConfigurableInputManager(ConfigurableResource[Any], InputManager):
    """An input manager whose config is its fields.

    Subclass it, declare fields, and implement ``load_input``.

    Raises:
        ConfigValueError: A value does not fit its field, or a field is unknown. It is a ValueError.
        TypeError: ``load_input`` is not implemented.
    """

    __slots__ = ()

    @classmethod
    def promised_kind(cls) -> str | None:
        return "input_manager"


class ConfigurableIOManagerFactory(ConfigurableResource[Any], Generic[M_co]):
    """Makes an IO manager for each run from its fields.

    Subclass it, declare fields, and implement :meth:`create_io_manager`. What a run stores goes through one manager
    object, so that may keep state.

    Raises:
        ConfigValueError: A value does not fit its field, or a field is unknown. It is a ValueError.
        TypeError: ``create_io_manager`` is not implemented.
    """

    __slots__ = ()

    @abstractmethod
    def create_io_manager(self, context: InitResourceContext) -> M_co:
        """The IO manager of one run."""

    def create_resource(self, context: InitResourceContext) -> Any:
        made: Any = self.create_io_manager(context)
        if not isinstance(made, IOManager):
            raise CheckError(
                f"create_io_manager gave {type(made).__name__}, which is no IO manager",
                where=type(self).__name__,
                fix="return an object of a subclass of IOManager",
            )
        return made

    @classmethod
    def promised_kind(cls) -> str | None:
        return "io_manager"
