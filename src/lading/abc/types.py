"""The face of ``context.dagster_type``: what contexts and planning may know of a type."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

from lading.values.outputs import TypeCheck


class TypeFace(ABC):
    """A type of the type system: a name to show and a check."""

    __slots__ = ()

    @property
    @abstractmethod
    def key(self) -> str:
        """What names the type uniquely."""

    @property
    @abstractmethod
    def display_name(self) -> str:
        """The name to show."""

    @property
    @abstractmethod
    def typing_type(self) -> Any:
        """The Python annotation it stands for."""

    @property
    @abstractmethod
    def is_nothing(self) -> bool:
        """Whether it says that no value travels."""

    @property
    @abstractmethod
    def accepts_all(self) -> bool:
        """Whether every value passes, so that the check can be left out."""

    @abstractmethod
    def check(self, value: object) -> TypeCheck:
        """The verdict on a value."""
