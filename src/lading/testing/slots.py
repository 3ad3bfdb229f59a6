"""Where the values of an exam belong, and how they get there: with the contexts that a run would give."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, NoReturn

from lading.abc.contexts.input import InputContext
from lading.abc.contexts.output import OutputContext
from lading.abc.partitions import PartitionsDefinition
from lading.testing.contexts import build_input_context, build_output_context
from lading.testing.resources import build_resources
from lading.values.keys import AssetKey

# Keys that a careless path or table name takes for one another.
CONFUSABLE_ASSETS: Sequence[tuple[tuple[str, ...], tuple[str, ...]]] = (
    (("a", "b"), ("a/b",)),
    (("a", "b"), ("a_b",)),
    (("a", "b"), ("a__b",)),
    (("a", "b"), ("a.b",)),
    (("a", "b"), ("a",)),
    (("a", "b"), ("c", "..", "a", "b")),
    (("a/b",), ("a%2Fb",)),
    (("a",), ("a.b",)),
    (("a",), ("a ",)),
    (("a",), (".", "a")),
    (("\u00e9",), ("e\u0301",)),
    (("x" * 300,), ("x" * 299 + "y",)),
)  # fmt: skip
CONFUSABLE_PARTITIONS: Sequence[tuple[str, str]] = (
    ("a", "a.b"), ("a", "a "), ("a", "a/b"), ("a/b", "a_b"), ("a/b", "a%2Fb"), (".", ".."), ("a:b", "a-b"),
)  # fmt: skip


class Unstorable:
    """A value that no format can hold: writing it fails, after what stands before it was written."""

    def __reduce_ex__(self, protocol: Any) -> NoReturn:
        raise ValueError("this value refuses to be stored")

    def __str__(self) -> NoReturn:
        raise ValueError("this value refuses to be stored")

    def __repr__(self) -> str:
        return "Unstorable()"


@dataclass(frozen=True, slots=True)
class Slot:
    """Where one value of an exam belongs."""

    asset: tuple[str, ...] | None
    partition: str | None = None
    partitions_def: PartitionsDefinition | None = None

    def output(self) -> OutputContext:
        """What the manager sees while it stores the value."""
        # A run makes one partition and a step one asset, so their names go with them.
        names = {"step_key": repr(self.asset), "name": "result", "run_id": f"run of {self.partition}"}
        return build_output_context(**names, **self._asset())

    def input(self) -> InputContext:
        """What the manager sees while it loads the value."""
        return build_input_context(name="value", upstream_output=self.output(), **self._asset())

    def _asset(self) -> dict[str, Any]:
        if self.asset is None:
            return {}
        return {
            "asset_key": AssetKey(list(self.asset)),
            "partition_key": self.partition,
            "asset_partitions_def": self.partitions_def,
        }


@contextmanager
def opened(io_manager: Any) -> Generator[Any]:
    """The manager that a fixture gave, set up as in a run and closed afterwards."""
    with build_resources({"io_manager": io_manager}) as resources:
        yield resources.io_manager


def store(manager: Any, slot: Slot, value: Any) -> OutputContext:
    """Store a value; gives the context, which holds what the manager said."""
    context = slot.output()
    finished(manager.handle_output(context, value))
    return context


def load(manager: Any, slot: Slot) -> Any:
    """Load a value."""
    return finished(manager.load_input(slot.input()))


def refused(manager: Any, slot: Slot, value: Any) -> bool:
    """Whether storing the value fails."""
    try:
        store(manager, slot, value)
    except Exception:  # noqa: BLE001 - whatever a manager raises is a refusal
        return True
    return False


def finished(answer: Any) -> Any:
    """What a manager's method gives, when it is a coroutine, or a generator of events."""
    if inspect.iscoroutine(answer):
        return asyncio.run(answer)
    if inspect.isgenerator(answer):
        for _ in answer:
            pass
        return None
    return answer
