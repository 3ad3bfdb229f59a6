"""The state of assets at a moment, as screens show it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from lading.app.instance import Instance
from lading.definitions.assets import AssetsDefinition
from lading.definitions.lineage import Lineage, source_of
from lading.definitions.partitions.default_mapping import default_mapping
from lading.values.dataclass import dataclass, field
from lading.values.keys import AssetKey
from lading.values.state import AssetState, SlotState

MANY = 20_000
"""So many slots of one asset are not compared one by one to find stale ones."""
GAP = 1e-6


@dataclass(frozen=True, slots=True)
class PartitionCounts:
    """How many partitions of an asset are in which state."""

    total: int
    stored: int
    failed: int
    missing: int
    stale: int


@dataclass(frozen=True, slots=True)
class AssetStatus:
    """What is known of an asset.

    Attributes:
        key: The asset.
        state: ``stored``, ``partial``, ``stale``, ``failed``, ``missing`` or, if no run here makes it, ``elsewhere``.
        partitions: The counts of its partitions, or None.
        group: The group it is shown in.
        kinds: Words about it.
        upstream: The assets it is made from.
        rows: The rows of its values, where known.
        bytes: The size of its values, where known.
        stored_at: When a value was last stored.
        format: The format of that.
        run_id: The run of the last failure, else of the last value.
        source: File and line of its function.
    """

    key: AssetKey
    state: str
    partitions: PartitionCounts | None = None
    group: str | None = None
    kinds: Sequence[str] = ()
    upstream: Sequence[AssetKey] = ()
    rows: int | None = None
    bytes: int | None = None
    stored_at: float | None = None
    format: str | None = None
    run_id: str | None = None
    source: str | None = None
    description: str | None = None


def known_assets(instance: Instance) -> list[AssetStatus]:
    """The state of every asset that the history knows of, without any definitions."""
    found: list[AssetStatus] = []
    for key, state in sorted(instance.history.asset_states().items()):
        counts = PartitionCounts(state.stored, state.stored, state.failed, 0, 0) if state.stored else None
        word = "failed" if state.failed else "stored" if state.whole or state.stored else "missing"
        found.append(_status(key, word, counts, state))
    return found


def asset_statuses(lineage: Lineage, instance: Instance, keys: Iterable[AssetKey]) -> list[AssetStatus]:
    """The state of assets, in the order given.

    Args:
        lineage: How they are defined.
        instance: What is known of them.
        keys: Which.
    """
    ages = _Ages(lineage, instance)
    return [ages.status(key) for key in keys]


class _Ages:
    """Compares when assets were stored with when those were stored that they are made from."""

    def __init__(self, lineage: Lineage, instance: Instance) -> None:
        self._lineage = lineage
        self._instance = instance
        self._states: Mapping[AssetKey, AssetState] = instance.history.asset_states()
        self._slots: dict[AssetKey, Mapping[str | None, SlotState]] = {}

    def status(self, key: AssetKey) -> AssetStatus:
        """The state of one asset."""
        definition = self._lineage.by_key[key]
        state = self._states.get(key)
        counts = None
        if definition.partitions_def is not None:
            counts = self._counts(key, definition, state)
            word = _word_of_partitions(counts)
        else:
            word = self._word(key, definition, state)
        if definition.node is None and (state is None or not (state.whole or state.stored)):
            word = "elsewhere"
        spec = definition.specs_by_key[key]
        return _status(
            key, word, counts, state, spec.group_name, sorted(spec.kinds), sorted(self._lineage.parents(key)),
            source_of(definition) if definition.node is not None else None, spec.description,
        )  # fmt: skip

    def _word(self, key: AssetKey, definition: AssetsDefinition, state: AssetState | None) -> str:
        if state is None:
            return "missing"
        if state.failed:
            return "failed"
        if not state.whole:
            return "missing"
        slot = SlotState(key, None, stored_at=state.stored_at)
        return "stale" if self._is_stale(key, definition, slot) else "stored"

    def _counts(self, key: AssetKey, definition: AssetsDefinition, state: AssetState | None) -> PartitionCounts:
        assert definition.partitions_def is not None
        axis = definition.partitions_def.axis(None, self._instance)
        total = axis.count()
        if state is None or not (state.stored or state.failed):
            return PartitionCounts(total, 0, 0, total, 0)
        stored = self._instance.history.partitions(key, axis)
        count = len(stored)
        stale = 0
        if 0 < count <= MANY and any(parent in self._states for parent in self._lineage.parents(key)):
            slots = self._slots_of(key)
            stale = sum(self._is_stale(key, definition, slot) for slot in slots.values() if slot.partition in stored)
        return PartitionCounts(total, count, state.failed, max(0, total - count), stale)

    def _slots_of(self, key: AssetKey) -> Mapping[str | None, SlotState]:
        found = self._slots.get(key)
        if found is None:
            found = self._slots[key] = self._instance.history.slot_states(key)
        return found

    def _is_stale(self, key: AssetKey, definition: AssetsDefinition, slot: SlotState) -> bool:
        if slot.stored_at is None:
            return False
        for parent in self._lineage.parents(key):
            state = self._states.get(parent)
            if parent == key or state is None or state.stored_at is None or state.stored_at <= slot.stored_at + GAP:
                continue
            upstream = self._lineage.by_key.get(parent)
            if upstream is None or upstream.partitions_def is None:
                return True
            if self._any_newer(key, definition, parent, upstream, slot):
                return True
        return False

    def _any_newer(
        self, key: AssetKey, definition: AssetsDefinition, parent: AssetKey, upstream: AssetsDefinition, slot: SlotState
    ) -> bool:
        own, theirs = definition.partitions_def, upstream.partitions_def
        assert theirs is not None
        mapping = definition.partition_mappings.get(parent) or default_mapping(own, theirs)
        asked = [slot.partition] if slot.partition is not None else []
        wanted = mapping.upstream_keys(asked, own, theirs, None, self._instance).keys
        slots = self._slots_of(parent)
        since = (slot.stored_at or 0.0) + GAP
        return any((found := slots.get(each)) is not None and (found.stored_at or 0.0) > since for each in wanted)


def _word_of_partitions(counts: PartitionCounts) -> str:
    if counts.stored < counts.total:
        return "partial" if counts.stored else "failed" if counts.failed else "missing"
    if counts.failed:
        return "failed"
    return "stale" if counts.stale else "stored" if counts.total else "missing"


def _status(
    key: AssetKey,
    word: str,
    counts: PartitionCounts | None,
    state: AssetState | None,
    group: str | None = None,
    kinds: Sequence[str] = (),
    upstream: Sequence[AssetKey] = (),
    source: str | None = None,
    description: str | None = None,
) -> AssetStatus:
    if state is None:
        return AssetStatus(key, word, counts, group, kinds, upstream, source=source, description=description)
    return AssetStatus(
        key, word, counts, group, kinds, upstream, state.rows, state.bytes, state.stored_at, state.format,
        state.failed_run_id or state.run_id, source, description,
    )  # fmt: skip


# ---------------------------------------------------------------- what screens may know without definitions

FACTS = "asset"
"""The kind under which the registry keeps what is declared of assets, for commands that load no user code."""


def keep_facts(lineage: Lineage, instance: Instance, keys: Iterable[AssetKey], label: Any) -> None:
    """Keep what is declared of assets, so that it can be shown without loading user code."""
    for key in keys:
        definition = lineage.by_key[key]
        spec = definition.specs_by_key[key]
        fact = {
            "description": spec.description,
            "source": label(source_of(definition)) if definition.node is not None else None,
            "group": spec.group_name,
            "kinds": sorted(spec.kinds),
            "upstream": sorted(each.to_user_string() for each in lineage.parents(key)),
            "downstream": sorted(each.to_user_string() for each in lineage.children(key)),
        }
        name = key.to_user_string()
        if instance.registry.get(FACTS, name) != fact:
            instance.registry.put(FACTS, name, fact)


@dataclass(frozen=True, slots=True)
class AssetFacts:
    """What was declared of an asset when a run last made it."""

    description: str | None = None
    source: str | None = None
    group: str | None = None
    kinds: Sequence[str] = ()
    upstream: Sequence[str] = ()
    downstream: Sequence[str] = ()
    more: Mapping[str, Any] = field(default_factory=dict[str, Any])


def kept_facts(instance: Instance, key: AssetKey) -> AssetFacts | None:
    """What was kept of an asset, or None."""
    fact = instance.registry.get(FACTS, key.to_user_string())
    if not isinstance(fact, dict):
        return None
    known = {name: fact[name] for name in AssetFacts.__dataclass_fields__ if name in fact}  # pyright: ignore[reportUnknownVariableType] - plain data
    return AssetFacts(**known)  # pyright: ignore[reportUnknownArgumentType] - plain data
