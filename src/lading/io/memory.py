"""Values in the memory of the process, for as long as the manager lives."""

from __future__ import annotations

from typing import Any

from lading.abc.contexts.input import InputContext
from lading.abc.contexts.output import OutputContext
from lading.abc.io import IOManager
from lading.errors import ValueMissing


class ValueNotInMemory(ValueMissing, KeyError):  # noqa: N818 - reads as what it says
    """The value is not in this process's memory: another run or another process made it, or none."""

    code = "value-missing"
    remedy = "run the step that makes it in the same run, or use an IO manager that stores values"

    # KeyError shows its argument with repr() otherwise.
    __str__ = ValueMissing.__str__


class InMemoryIOManager(IOManager):
    """Keeps each value as the object it is, by run, step and output: nothing survives into another run."""

    def __init__(self) -> None:
        self.values: dict[tuple[str, ...], Any] = {}

    def handle_output(self, context: OutputContext, obj: Any) -> None:
        self.values[tuple(context.get_identifier())] = obj

    def load_input(self, context: InputContext) -> Any:
        identifier = tuple(context.get_identifier())
        try:
            return self.values[identifier]
        except KeyError:
            raise ValueNotInMemory(
                f"the value of output {identifier[-1]!r} is not in memory", where="/".join(identifier)
            ) from None
