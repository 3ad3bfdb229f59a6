"""Inputs annotated ``Partitions[T]``: read while the function runs, partition by partition."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from lading.abc.contexts.input import InputContext
from lading.abc.io import SupportsReceipts
from lading.abc.partition_values import Partitions
from lading.definitions.types import PartitionsType
from lading.engine.desk import Manager
from lading.engine.loaded import emit_loaded, emit_observations, wrong_type
from lading.engine.work import Work
from lading.errors import InvariantViolationError, PartitionsMissing
from lading.planning.plan import StepInput
from lading.values.keys import AssetKey
from lading.values.missing import ALLOW_MISSING, Missing, missing_error
from lading.values.receipt import Receipt


class LazyInput:
    """One such input, until its function has ended.

    Args:
        work: The step.
        each: The input, as planned.
        asset_key: The asset it reads.
        opened: The manager that loads it.
        context: What the manager would see of all its partitions.
        kind: Its type.
    """

    __slots__ = ("_asset_key", "_context", "_kind", "_opened", "_places", "_receipts", "_work", "partitions")

    def __init__(
        self, work: Work, asset_key: AssetKey, keys: Collection[str], opened: Manager, context: InputContext,
        kind: PartitionsType,
    ) -> None:  # fmt: skip
        self._work = work
        self._asset_key = asset_key
        self._opened = opened
        self._context = context
        self._kind = kind
        self._places = {str(key): key for key in keys}
        self._receipts: list[Receipt] = []
        policy: Missing = context.missing
        if policy == "raise" and context.definition_metadata.get(ALLOW_MISSING):
            policy = "skip"
        name = f'input "{context.name}" of step "{work.step.key}"'
        self.partitions: Partitions[Any] = Partitions(
            self._places, self._load, self._stored, name, kind.item.typing_type, policy
        )

    def _load(self, key: str) -> Any:
        context = self._context.for_partition(self._places[key], self._kind.item)
        try:
            value = self._opened.manager.load_input(context)
            if self._opened.is_async and hasattr(value, "__await__"):
                value = self._work.desk.loop.run(value)
        except PartitionsMissing as error:
            missing = self.partitions.missing or (key,)
            raise missing_error(self._asset_key.to_user_string(), missing, len(self._places), error.where) from error
        self._receipts.extend(context.receipts)
        emit_observations(self._work, context)
        item = self._kind.item
        if not item.accepts_all:
            found = item.check(value)
            if not found.success:
                raise wrong_type(f"{context.name}[{key}]", self._work.step.key, item, found.description)
        return value

    def _stored(self) -> Collection[str]:
        manager = self._opened.manager
        if isinstance(manager, SupportsReceipts):
            return {str(key) for key in manager.find_receipts(self._context)}
        return self._work.desk.stored_partitions(self._asset_key)

    def close(self) -> None:
        """The function has ended: read no more, and record what was read."""
        self.partitions.close()
        emit_loaded(self._work, self._context, self._opened.key, self._receipts)


def lazy_input(
    work: Work, each: StepInput, opened: Manager, context: InputContext, kind: PartitionsType
) -> Partitions[Any]:
    """The mapping that a function gets for an input annotated ``Partitions[T]``.

    Raises:
        InvariantViolationError: The input reads nothing that has partitions.
    """
    if each.partitions is None or each.asset_key is None:
        raise InvariantViolationError(
            f'input "{each.name}" is annotated {kind.display_name}, but reads nothing that has partitions',
            where=f"step {work.step.key}", fix="annotate it with the type of its one value",
        )  # fmt: skip
    lazy = LazyInput(work, each.asset_key, each.partitions, opened, context, kind)
    work.lazy.append(lazy)
    return lazy.partitions


def close_lazy(work: Work) -> None:
    """The function has ended: its lazy inputs read no more."""
    for each in work.lazy:
        each.close()
    work.lazy.clear()
