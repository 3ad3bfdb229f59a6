"""How assets are divided, kept beside their history: which partitions there are is then known without user code."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from datetime import UTC
from typing import Any, Final

from lading.abc.history import History, Registry
from lading.abc.partitions import PartitionsDefinition
from lading.definitions.partitions.dynamic import DynamicPartitionsDefinition
from lading.definitions.partitions.multi import MultiPartitionsDefinition
from lading.definitions.partitions.static import StaticPartitionsDefinition
from lading.definitions.partitions.time import TimeWindowPartitionsDefinition
from lading.definitions.partitions.zones import aware
from lading.errors import UnknownTimeZoneError
from lading.values.axis import Axis
from lading.values.keys import AssetKey

KIND: Final = "partitions"
"""The kind under which the registry keeps the rule of an asset's partitions."""
MANY: Final = 1_000
"""Lists of more keys than this are not kept a second time."""

_OURS: Final = TimeWindowPartitionsDefinition.__module__.rpartition(".")[0]


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


# ---------------------------------------------------------------- as plain data


def rule_of(partitions: PartitionsDefinition) -> dict[str, Any] | None:
    """Partitions as plain data, or None where that cannot say all, or would be long."""
    kind = type(partitions)
    # Of a class of the user's nothing is known; ours for days, hours and the like say the same as the general one.
    if isinstance(partitions, TimeWindowPartitionsDefinition) and kind.__module__.startswith(_OURS):
        schedule = partitions.schedule
        return {
            "kind": "windows",
            "cron": partitions.cron_schedule,
            "timezone": schedule.timezone,
            "fmt": schedule.fmt,
            "start": schedule.start,
            "end": partitions.last_moment,
            "end_offset": partitions.end_offset,
            "exclusions": sorted(schedule.rules, key=str),
        }
    if isinstance(partitions, StaticPartitionsDefinition) and kind is StaticPartitionsDefinition:
        keys = partitions.get_partition_keys()
        return {"kind": "static", "keys": list(keys)} if len(keys) <= MANY else None
    if isinstance(partitions, DynamicPartitionsDefinition) and kind is DynamicPartitionsDefinition:
        return None if partitions.name is None else {"kind": "dynamic", "name": partitions.name}
    if isinstance(partitions, MultiPartitionsDefinition) and kind is MultiPartitionsDefinition:
        rules = {each.name: rule_of(each.partitions_def) for each in partitions.partitions_defs}
        return None if None in rules.values() else {"kind": "multi", "dimensions": rules}
    return None


def partitions_of(rule: Any) -> PartitionsDefinition | None:
    """Partitions equal to those that ``rule_of`` told of, or None where a later version told what is not known here."""
    match rule:
        case {"kind": "static", "keys": keys}:
            return StaticPartitionsDefinition(keys)
        case {"kind": "dynamic", "name": name}:
            return DynamicPartitionsDefinition(name=name)
        case {"kind": "multi", "dimensions": rules}:
            found = {name: partitions_of(each) for name, each in rules.items()}
            known = {name: each for name, each in found.items() if each is not None}
            return MultiPartitionsDefinition(known) if len(known) == len(found) else None
        case {"kind": "windows"}:
            return _windows(rule)
        case _:
            return None


def _windows(rule: Mapping[str, Any]) -> TimeWindowPartitionsDefinition:
    end = rule["end"]
    exclusions = [each if isinstance(each, str) else aware(each, UTC) for each in rule["exclusions"]]
    return TimeWindowPartitionsDefinition(
        aware(rule["start"], UTC), rule["fmt"], None if end is None else aware(end, UTC), timezone=rule["timezone"],
        end_offset=rule["end_offset"], cron_schedule=rule["cron"], exclusions=exclusions or None,
    )  # fmt: skip
