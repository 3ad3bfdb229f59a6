"""The promise of an IO manager: store an output, load an input."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

from lading.abc.contexts.input import InputContext
from lading.abc.contexts.output import OutputContext


class InputManager(ABC):
    """Loads inputs that no output of lading's stands behind.

    Subclass it and implement :meth:`load_input`.
    """

    @abstractmethod
    def load_input(self, context: InputContext) -> Any:
        """The value for the input that ``context`` speaks of."""


class IOManager(InputManager):
    """Stores outputs and loads them as inputs.

    Subclass it and implement :meth:`handle_output` and :meth:`load_input`.
    """

    @abstractmethod
    def handle_output(self, context: OutputContext, obj: Any) -> Any:
        """Store ``obj``, the value of the output that ``context`` speaks of."""

    @abstractmethod
    def load_input(self, context: InputContext) -> Any:
        """The value for the input that ``context`` speaks of."""
