"""Where values will lie, told before anything is made."""

from __future__ import annotations

from contextlib import ExitStack
from types import TracebackType
from typing import Self

from lading.abc.contexts.output import OutputContext
from lading.abc.contexts.partitions import NO_PARTITIONS, PartitionFacts
from lading.abc.io import SupportsPlaces
from lading.app.instance import Instance
from lading.app.values import opened_manager
from lading.definitions.collect import Definitions
from lading.engine.desk import Manager
from lading.errors import ResourceFunctionError
from lading.values.keys import AssetKey


class Places:
    """Asks IO managers where values will lie; each is opened once, and closed at the end of the block.

    Args:
        definitions: The assets and their resources.
        instance: Where values lie by default.
    """

    def __init__(self, definitions: Definitions, instance: Instance) -> None:
        self._definitions = definitions
        self._instance = instance
        self._opened: dict[AssetKey, Manager | str] = {}
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.__exit__(kind, error, trace)

    def of_asset(self, key: AssetKey) -> str:
        """Where the values of an asset will lie; the name of its IO manager where that cannot say."""
        found = self._manager(key)
        if isinstance(found, str):
            return found
        manager: object = found.manager
        if not isinstance(manager, SupportsPlaces):
            return f"{type(manager).__name__} ({found.key})"
        return manager.describe_place(self._context(found, key, ()))

    def of_value(self, key: AssetKey, partition: str | None) -> str | None:
        """Where the value of an asset, or of one of its partitions, will lie; None where its IO manager cannot say."""
        found = self._manager(key)
        manager: object = None if isinstance(found, str) else found.manager
        if isinstance(found, str) or not isinstance(manager, SupportsPlaces):
            return None
        return manager.describe_place(self._context(found, key, () if partition is None else (partition,)))

    def _manager(self, key: AssetKey) -> Manager | str:
        known = self._opened.get(key)
        if known is None:
            definition = self._definitions.lineage.by_key[key]
            opened = opened_manager(definition, key, self._definitions.resources, self._instance)
            try:
                known = self._stack.enter_context(opened)
            except ResourceFunctionError as error:
                known = f"({error.what})"  # the run will meet it; what is to be made is known all the same
            self._opened[key] = known
        return known

    def _context(self, manager: Manager, key: AssetKey, partitions: tuple[str, ...]) -> OutputContext:
        definition = self._definitions.lineage.by_key[key]
        spec = definition.specs_by_key[key]
        divided = definition.partitions_def
        facts = NO_PARTITIONS if divided is None else PartitionFacts(None, partitions, divided)
        return OutputContext(
            "result", "none", definition_metadata=spec.metadata, resource_config=manager.config,
            resources=manager.resources, asset_key=key, asset_spec=spec, partitions=facts, instance=self._instance,
        )  # fmt: skip
