"""What a backfill is to do: which assets and partitions, in which runs, upstream first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Literal, TypeAlias

from lading.abc.partitions import PartitionsDefinition
from lading.app.instance import Instance
from lading.definitions.assets import AssetsDefinition
from lading.definitions.backfill import BackfillPolicy
from lading.definitions.lineage import Lineage
from lading.values.keys import AssetKey
from lading.values.partition_set import PartitionSet
from lading.values.partitions import PartitionKeyRange
from lading.values.state import Slot

Which: TypeAlias = Literal["missing", "failed", "all"]
ONE_EACH = BackfillPolicy(1)


@dataclass(frozen=True, slots=True)
class Piece:
    """What one run of a backfill makes: some assets, for some partitions (none: the whole assets).

    ``in_range`` says that the run is asked for by the two ends of a range, not by one key.
    """

    assets: tuple[AssetKey, ...]
    partitions: tuple[str, ...] = ()
    in_range: bool = False

    def slots(self) -> Iterator[Slot]:
        """Every value it is to make."""
        places: Sequence[str | None] = self.partitions or (None,)
        return (Slot(key, place) for place in places for key in self.assets)


@dataclass(frozen=True, slots=True)
class BackfillPlan:
    """What a backfill is to do.

    Attributes:
        pieces: Its runs, in order.
        totals: How many values each asset is to get.
    """

    pieces: Sequence[Piece]
    totals: Mapping[AssetKey, int]

    @property
    def count(self) -> int:
        """How many values it is to make."""
        return sum(self.totals.values())


@dataclass(slots=True)
class _Group:
    """Assets that share their runs: the same partitions, the same policy, the same keys to make."""

    definition: PartitionsDefinition | None
    policy: BackfillPolicy
    targets: Sequence[str]
    units: list[AssetsDefinition]
    keys: list[AssetKey]
    ranges: Sequence[Sequence[str]] = ()


def plan_backfill(
    lineage: Lineage,
    selected: Iterable[AssetKey],
    instance: Instance,
    which: Which = "missing",
    partition_range: PartitionKeyRange | tuple[str, str] | None = None,
) -> BackfillPlan:
    """Work out what a backfill is to do.

    Args:
        lineage: The assets.
        selected: Those that are meant.
        instance: What is stored already.
        which: What of them.
        partition_range: Only partitions between two, both included.

    Raises:
        UnknownPartitionError: An end of the range is no partition of an asset that is meant.
    """
    chosen = set(selected)
    units: dict[int, AssetsDefinition] = {}
    for key in lineage.by_key:
        if key in chosen and (unit := lineage.by_key[key]).node is not None:
            units[id(unit)] = unit
    groups: list[_Group] = []
    place: dict[AssetKey, int] = {}
    for unit in _upstream_first(lineage, list(units.values())):
        keys = [key for key in unit.specs_by_key if key in chosen or not unit.can_subset]
        group = _targets(unit, keys, instance, which, partition_range)
        if not group.units or (group.definition is not None and not group.targets):
            continue
        after = max((place[parent] for key in keys for parent in lineage.parents(key) if parent in place), default=-1)
        index = next(
            (i for i in range(max(after, 0), len(groups)) if _fits(groups[i], group, lineage, i == after)), None
        )
        if index is None:
            groups.append(group)
            index = len(groups) - 1
        else:
            groups[index].units.append(unit)
            groups[index].keys.extend(keys)
        place.update(dict.fromkeys(keys, index))
    totals = {key: max(1, len(group.targets)) for group in groups for key in group.keys}
    return BackfillPlan([piece for group in groups for piece in _pieces(group)], totals)


def _upstream_first(lineage: Lineage, units: Sequence[AssetsDefinition]) -> list[AssetsDefinition]:
    wanted = {id(unit) for unit in units}
    ordered: list[AssetsDefinition] = []
    done: set[int] = set()
    for start in units:
        stack = [(start, iter(_parents(lineage, start, wanted)))]
        if id(start) in done:
            continue
        done.add(id(start))
        while stack:
            unit, parents = stack[-1]
            parent = next((each for each in parents if id(each) not in done), None)
            if parent is None:
                ordered.append(unit)
                stack.pop()
            else:
                done.add(id(parent))
                stack.append((parent, iter(_parents(lineage, parent, wanted))))
    return ordered


def _parents(lineage: Lineage, unit: AssetsDefinition, wanted: set[int]) -> list[AssetsDefinition]:
    keys = (parent for key in unit.specs_by_key for parent in sorted(lineage.parents(key)))
    return [each for key in keys if (each := lineage.by_key.get(key)) is not None and id(each) in wanted]


def _targets(
    unit: AssetsDefinition,
    keys: list[AssetKey],
    instance: Instance,
    which: Which,
    partition_range: PartitionKeyRange | tuple[str, str] | None,
) -> _Group:
    definition = unit.partitions_def
    policy = unit.backfill_policy or ONE_EACH
    if definition is None:
        states = instance.history.asset_states(keys)
        wanted = any(_wanted(states.get(key), which) for key in keys)
        return _Group(None, ONE_EACH, (), [unit] if wanted else [], keys)
    axis = definition.axis(None, instance)
    everything = PartitionSet.all(axis)
    if partition_range is not None:
        name = f'asset "{keys[0].to_user_string()}"'
        ends = [definition.require_partition_key(key, None, instance, where=name) for key in partition_range]
        inside = definition.get_partition_keys_in_range(PartitionKeyRange(ends[0], ends[1]), None, instance)
        everything = PartitionSet.of(axis, inside)
    found = PartitionSet(axis)
    for key in keys:
        if which == "all":
            found = everything
        elif which == "failed":
            known = [each for each in instance.history.failed_partitions(key) if each in everything]
            found = found.union(PartitionSet.of(axis, known))
        else:
            stored = instance.history.partitions(key, axis)
            found = found.union(everything.difference(stored))
    ranges = [list(axis.keys_between(start, stop)) for start, stop in found.runs]
    return _Group(definition, policy, [key for keys in ranges for key in keys], [unit], keys, ranges)


def _wanted(state: Any, which: Which) -> bool:
    if which == "all":
        return True
    if which == "failed":
        return state is not None and bool(state.failed)
    return state is None or not state.whole


def _fits(group: _Group, other: _Group, lineage: Lineage, holds_parent: bool) -> bool:
    if group.definition != other.definition or group.policy != other.policy or group.targets != other.targets:
        return False
    if not holds_parent or group.definition is None:
        return True
    # With an upstream asset in the same run, the same partition of it must be what is loaded.
    unit = other.units[0]
    return not any(parent in unit.partition_mappings for key in other.keys for parent in lineage.parents(key))


def _pieces(group: _Group) -> Iterator[Piece]:
    assets = tuple(group.keys)
    if group.definition is None:
        yield Piece(assets)
        return
    most = group.policy.max_partitions_per_run
    for keys in group.ranges:
        if most == 1:
            yield from (Piece(assets, (key,)) for key in keys)
            continue
        cuts = [*range(0, len(keys), most or len(keys)), len(keys)]
        yield from (Piece(assets, tuple(keys[start:stop]), in_range=True) for start, stop in pairwise(cuts))
