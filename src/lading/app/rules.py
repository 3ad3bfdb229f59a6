"""How assets are divided, kept beside their history: which partitions there are is then known without user code."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from typing import Any

from lading.abc.history import History, Registry
from lading.abc.partitions import PartitionsDefinition
from lading.definitions.partitions.dynamic import DynamicPartitionsDefinition
from lading.definitions.partitions.multi import MultiPartitionsDefinition
from lading.definitions.partitions.plain import partitions_of, rule_of
from lading.errors import UnknownTimeZoneError
from lading.values.axis import Axis
from lading.values.keys import AssetKey

KIND = "partitions"
"""The kind under which the registry keeps the rule of an asset's partitions."""


class Rules:
    """The partitions of assets, as code that ran last had them.

    Args:
        history: Is told of their axes.
        registry: Where rules are kept.
    """

    __slots__ = ("_history", "_known", "_read", "_registry")

    def __init__(self, history: History, registry: Registry) -> None:
        self._history = history
        self._registry = registry
        self._known: dict[AssetKey, PartitionsDefinition] = {}
        self._read: dict[AssetKey, tuple[Any, PartitionsDefinition | None]] = {}

    def keep(self, partitions: Mapping[AssetKey, PartitionsDefinition]) -> None:
        """Take note of how assets are divided; what this process has noted before costs a look into a dict."""
        axes: dict[AssetKey, Axis] = {}
        for key, definition in partitions.items():
            if self._known.get(key) is definition:
                continue
            rule, name = rule_of(definition), key.to_string()
            if self._registry.get(KIND, name) != rule:
                self._registry.put(KIND, name, rule)
            if not _grows(definition):
                axes[key] = definition.axis(None, self._registry)
            self._known[key] = definition
        if axes:
            self._history.know_axes(axes)

    def of(self, key: AssetKey) -> PartitionsDefinition | None:
        """The partitions of an asset, or None where no rule is kept."""
        return self._partitions(key, self._registry.get(KIND, key.to_string()))

    def stored(self, key: AssetKey) -> AbstractSet[str]:
        """The partitions of an asset that are stored, over the axis of its rule where that is one of time.

        A PartitionSet then; a frozenset where no such rule is kept, or something is stored that has no place on it.
        """
        partitions = self.of(key)
        if partitions is not None and partitions.has_time_windows:
            found = self._history.partitions(key, partitions.axis(None, self._registry))
            state = self._history.asset_states([key]).get(key)
            if len(found) == (0 if state is None else state.stored):
                return found
        return self._history.partitions(key)

    def all(self) -> dict[AssetKey, PartitionsDefinition]:
        """The partitions of every asset of which a rule is kept."""
        rules = ((AssetKey.from_string(name), rule) for name, rule in self._registry.list(KIND).items())
        found = ((key, self._partitions(key, rule)) for key, rule in rules)
        return {key: partitions for key, partitions in found if partitions is not None}

    def _partitions(self, key: AssetKey, rule: Any) -> PartitionsDefinition | None:
        if rule is None:
            return None
        read = self._read.get(key)
        if read is None or read[0] != rule:
            try:
                read = rule, partitions_of(rule)
            except UnknownTimeZoneError:  # the home was brought here from a machine that knows the zone
                read = rule, None
            self._read[key] = read
        return read[1]


def _grows(partitions: PartitionsDefinition) -> bool:
    """Whether keys come to be while a run lasts, by other ways than that time passes."""
    if isinstance(partitions, MultiPartitionsDefinition):
        return any(_grows(each.partitions_def) for each in partitions.partitions_defs)
    return isinstance(partitions, DynamicPartitionsDefinition)
