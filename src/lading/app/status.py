"""The state of assets at a moment, as screens show it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from lading.abc.partitions import PartitionMapping, PartitionsDefinition
from lading.app.instance import Instance
from lading.app.kept import FACTS, AssetStatus, asset_status, word_of, word_of_partitions
from lading.app.mapping_rules import rule_of_mapping
from lading.app.partition_status import count_partitions
from lading.app.staleness import Made, Staleness, Upstream
from lading.definitions.assets import AssetsDefinition
from lading.definitions.lineage import Lineage, source_of
from lading.planning.partitions import declared_mapping
from lading.values.keys import AssetKey
from lading.values.state import AssetState


def asset_statuses(lineage: Lineage, instance: Instance, keys: Iterable[AssetKey]) -> list[AssetStatus]:
    """The state of assets, in the order given.

    Args:
        lineage: How they are defined.
        instance: What is known of them.
        keys: Which.
    """
    states = instance.history.asset_states()
    staleness = Staleness(instance.history, instance, states)
    return [_status_of(lineage, instance, key, states.get(key), staleness) for key in keys]


def _status_of(
    lineage: Lineage, instance: Instance, key: AssetKey, state: AssetState | None, staleness: Staleness
) -> AssetStatus:
    definition = lineage.by_key[key]
    parents = sorted(lineage.parents(key))
    made = Made(key, definition.partitions_def, () if state is None else _upstream(lineage, definition, parents))
    counts = None
    if definition.partitions_def is not None:
        counts = count_partitions(made, state, instance.history, instance, staleness)
        word = word_of_partitions(counts)
    else:
        word = word_of(made, state, staleness)
    if definition.node is None and (state is None or not (state.whole or state.stored)):
        word = "elsewhere"
    spec = definition.specs_by_key[key]
    return asset_status(
        key, word, counts, state, spec.group_name, sorted(spec.kinds), parents,
        source_of(definition) if definition.node is not None else None, spec.description,
    )  # fmt: skip


def _upstream(lineage: Lineage, definition: AssetsDefinition, parents: Iterable[AssetKey]) -> list[Upstream]:
    found: list[Upstream] = []
    for parent in parents:
        above = lineage.by_key.get(parent)
        if above is None or above.partitions_def is None:
            found.append(Upstream(parent))
        else:
            found.append(Upstream(parent, above.partitions_def, mappings_of(definition, parent)))
    return found


def mappings_of(definition: AssetsDefinition, upstream: AssetKey) -> Sequence[PartitionMapping | None]:
    """By which mappings the inputs of a definition load an asset; None stands for the default."""
    inputs = [name for name, key in definition.keys_by_input.items() if key == upstream] or [None]
    found: list[PartitionMapping | None] = []
    for name in inputs:
        mapping = declared_mapping(definition, upstream, name)
        if mapping not in found:
            found.append(mapping)
    return found


def keep_facts(lineage: Lineage, instance: Instance, keys: Iterable[AssetKey], label: Any) -> None:
    """Keep what is declared of assets, so that it can be shown without loading user code."""
    chosen = list(keys)
    divided: dict[AssetKey, PartitionsDefinition] = {}
    for key in chosen:
        definition = lineage.by_key[key]
        spec = definition.specs_by_key[key]
        parents = lineage.parents(key)
        for each in (key, *parents):
            above = lineage.by_key.get(each)
            if above is not None and above.partitions_def is not None:
                divided[each] = above.partitions_def
        fact = {
            "description": spec.description,
            "source": label(source_of(definition)) if definition.node is not None else None,
            "group": spec.group_name,
            "kinds": sorted(spec.kinds),
            "upstream": sorted(each.to_user_string() for each in parents),
            "downstream": sorted(each.to_user_string() for each in lineage.children(key)),
            "mappings": {
                each.to_user_string(): rules
                for each in sorted(parents)
                if each in divided and (rules := _rules_of(mappings_of(definition, each))) != [None]
            },
            "divided": sorted(each.to_user_string() for each in (key, *parents) if each in divided),
        }
        name = key.to_user_string()
        if instance.registry.get(FACTS, name) != fact:
            instance.registry.put(FACTS, name, fact)
    instance.rules.keep(divided)


def _rules_of(mappings: Sequence[PartitionMapping | None]) -> list[Any]:
    return [None if each is None else rule_of_mapping(each) or {"kind": "unknown"} for each in mappings]
