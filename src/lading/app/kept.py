"""The state of assets as far as it is known without definitions: from the history and what runs kept of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from lading.app.instance import Instance
from lading.app.mapping_rules import mapping_of
from lading.app.partition_status import PartitionCounts, count_partitions
from lading.app.staleness import Made, Staleness, Upstream
from lading.values.dataclass import dataclass, field
from lading.values.keys import AssetKey
from lading.values.state import AssetState

FACTS = "asset"
"""The kind under which the registry keeps what is declared of assets, for commands that load no user code."""


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
        description: What it is.
        failed_at: When an attempt last failed, if any of the last attempts did.
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
    failed_at: float | None = None


def asset_status(
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
    """The state of an asset, out of what is known and declared of it."""
    if state is None:
        return AssetStatus(key, word, counts, group, kinds, upstream, source=source, description=description)
    return AssetStatus(
        key, word, counts, group, kinds, upstream, state.rows, state.bytes, state.stored_at, state.format,
        state.failed_run_id or state.run_id, source, description, state.failed_at,
    )  # fmt: skip


def word_of(made: Made, state: AssetState | None, staleness: Staleness) -> str:
    """The state of an asset without partitions in a word."""
    if state is None:
        return "missing"
    if state.failed:
        return "failed"
    if not state.whole:
        return "missing"
    return "stale" if staleness.is_stale(made) else "stored"


def word_of_partitions(counts: PartitionCounts) -> str:
    """The state of an asset with partitions in a word."""
    if counts.missing:
        return "partial" if counts.stored else "failed" if counts.failed else "missing"
    if counts.failed:
        return "failed"
    return "stale" if counts.stale else "stored" if counts.total else "missing"


# ---------------------------------------------------------------- without definitions


def known_assets(instance: Instance) -> list[AssetStatus]:
    """The state of every asset that the history knows of, without any definitions; what is stale is not asked."""
    rules = instance.rules.all()
    found: list[AssetStatus] = []
    for key, state in sorted(instance.history.asset_states().items()):
        word = "failed" if state.failed else "stored" if state.whole or state.stored else "missing"
        counts = None
        if state.stored or (key in rules and not state.whole):
            counts = count_partitions(Made(key, rules.get(key)), state, instance.history, instance)
            word = word if counts.missing is None else word_of_partitions(counts)
        found.append(asset_status(key, word, counts, state))
    return found


@dataclass(frozen=True, slots=True)
class AssetFacts:
    """What was declared of an asset when a run last made it.

    Attributes:
        description: What it is.
        source: File and line of its function.
        group: The group it is shown in.
        kinds: Words about it.
        upstream: The assets it is made from.
        downstream: The assets made from it.
        mappings: By which mappings it loads assets with partitions, as plain data; those by default are left out.
        divided: Which of itself and the assets it is made from have partitions; None where that was not kept.
    """

    description: str | None = None
    source: str | None = None
    group: str | None = None
    kinds: Sequence[str] = ()
    upstream: Sequence[str] = ()
    downstream: Sequence[str] = ()
    mappings: Mapping[str, Any] = field(default_factory=dict[str, Any])
    divided: Sequence[str] | None = None


def kept_facts(instance: Instance, key: AssetKey) -> AssetFacts | None:
    """What was kept of an asset, or None."""
    fact = instance.registry.get(FACTS, key.to_user_string())
    if not isinstance(fact, dict):
        return None
    known = {name: fact[name] for name in AssetFacts.__dataclass_fields__ if name in fact}  # pyright: ignore[reportUnknownVariableType] - plain data
    return AssetFacts(**known)  # pyright: ignore[reportUnknownArgumentType] - plain data


def made_as_kept(instance: Instance, key: AssetKey, facts: AssetFacts, states: Mapping[AssetKey, AssetState]) -> Made:
    """An asset and what it is made from, as far as it was kept.

    Args:
        instance: Where it was kept.
        key: The asset.
        facts: What was kept of it.
        states: What is known of it and of what it is made from.
    """
    upstream: list[Upstream] = []
    for name in facts.upstream:
        parent = AssetKey.from_user_string(name)
        partitions, state = instance.rules.of(parent), states.get(parent)
        divided = bool(state and state.stored) if facts.divided is None else name in facts.divided
        rules = facts.mappings.get(name, [None])
        mappings = [mapping_of(rule) for rule in rules]
        lost = any(rule is not None and mapping is None for rule, mapping in zip(rules, mappings, strict=True))
        known = (partitions is not None) is divided and not lost
        upstream.append(Upstream(parent, partitions if divided else None, mappings, known))
    own = instance.rules.of(key) if facts.divided is None or key.to_user_string() in facts.divided else None
    return Made(key, own, upstream)


def status_as_kept(instance: Instance, key: AssetKey, facts: AssetFacts) -> AssetStatus | None:
    """The state of an asset, as far as it can be told without definitions; None where nothing is known of it."""
    states = instance.history.asset_states([key, *map(AssetKey.from_user_string, facts.upstream)])
    state = states.get(key)
    if state is None:
        return None
    made = made_as_kept(instance, key, facts, states)
    staleness = Staleness(instance.history, instance, states)
    divided = made.partitions is not None or (state.stored and not state.whole)
    if not divided:
        return asset_status(key, word_of(made, state, staleness), None, state)
    counts = count_partitions(made, state, instance.history, instance, staleness)
    word = "failed" if state.failed else "stored" if state.stored else "missing"
    return asset_status(key, word if counts.missing is None else word_of_partitions(counts), counts, state)
