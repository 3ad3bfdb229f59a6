"""Values in the memory of the process, for as long as the manager lives."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, cast

from lading.abc.contexts.input import InputContext
from lading.abc.contexts.output import OutputContext
from lading.abc.io import IOManager
from lading.errors import ValueMissing
from lading.io.dividing import divided


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
        self.values[*context.get_identifier(), *_partition(context)] = obj

    def divide_output(self, context: OutputContext, obj: Any) -> Iterator[tuple[str, Any]] | None:
        """A mapping from the partitions of the run is kept value by value; anything else as one object."""
        keys = context.asset_partition_keys
        if not isinstance(obj, Mapping) or {*cast("Mapping[str, Any]", obj)} != {*keys}:
            return None
        return divided(context, cast("Any", obj))

    def load_input(self, context: InputContext) -> Any:
        identifier = tuple(context.get_identifier())
        found = self.values.get((*identifier, *_partition(context)), _ABSENT)
        if found is not _ABSENT:
            return found
        if not context.has_asset_partitions:
            raise _lost(identifier)
        keys = context.asset_partition_keys
        parts = {str(key): self.values.get((*identifier, str(key)), _ABSENT) for key in keys}
        if not parts or _ABSENT in parts.values():
            raise _lost(identifier)
        return parts[str(keys[0])] if len(keys) == 1 else parts


def _partition(context: OutputContext | InputContext) -> tuple[str, ...]:
    """What is added to the identifier where a value is of one partition."""
    if not context.has_asset_partitions or len(keys := context.asset_partition_keys) != 1:
        return ()
    return (str(keys[0]),)


def _lost(identifier: tuple[str, ...]) -> ValueNotInMemory:
    return ValueNotInMemory(f"the value of output {identifier[-1]!r} is not in memory", where="/".join(identifier))


_ABSENT = object()
