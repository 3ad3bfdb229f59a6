"""What a backfill is to do: which assets and partitions, in which runs, upstream first."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Literal, TypeAlias

from lading.abc.partitions import PartitionsDefinition
from lading.app.instance import Instance
from lading.definitions.assets import AssetsDefinition
from lading.definitions.backfill import BackfillPolicy
from lading.definitions.lineage import Lineage
from lading.definitions.partitions.multi import MultiPartitionsDefinition
from lading.errors import UnknownPartitionError
from lading.values.axis import Axis
from lading.values.keys import AssetKey
from lading.values.partition_set import PartitionSet
from lading.values.partitions import PartitionKeyRange
from lading.values.state import AssetState, Slot

Which: TypeAlias = Literal["missing", "failed", "all"]
Ends: TypeAlias = tuple[str | None, str | None]
Span: TypeAlias = PartitionKeyRange | Ends
ONE_EACH = BackfillPolicy(1)
_STRETCH = 256


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
    """What a backfill is to do. Its pieces are worked out when they are asked for, however many there are.

    Attributes:
        groups: Assets that share their runs, in order.
        totals: How many values each asset is to get.
    """

    groups: Sequence[Group]
    totals: Mapping[AssetKey, int]

    @property
    def pieces(self) -> Iterator[Piece]:
        """Its runs, in order."""
        return (piece for group in self.groups for piece in group.pieces())

    @property
    def runs(self) -> int:
        """How many runs it takes."""
        return sum(group.runs for group in self.groups)

    @property
    def count(self) -> int:
        """How many values it is to make."""
        return sum(self.totals.values())


@dataclass(slots=True)
class Group:
    """Assets that share their runs: the same partitions, the same policy, the same keys to make.

    Attributes:
        definition: Their partitions, or None.
        policy: How their backfill is cut into runs.
        wanted: The keys to make; None where they have no partitions.
        units: The definitions that make them.
        keys: The assets.
    """

    definition: PartitionsDefinition | None
    policy: BackfillPolicy
    wanted: PartitionSet | None
    units: list[AssetsDefinition]
    keys: list[AssetKey]

    @property
    def values(self) -> int:
        """How many values each of its assets is to get."""
        return 1 if self.wanted is None else len(self.wanted)

    @property
    def runs(self) -> int:
        """How many runs it takes."""
        if self.wanted is None:
            return 1
        most = self.policy.max_partitions_per_run
        return sum(1 if most is None else ceil((stop - start) / most) for start, stop in self.wanted.runs)

    def pieces(self) -> Iterator[Piece]:
        """Its runs, in order."""
        assets = tuple(self.keys)
        if self.wanted is None:
            yield Piece(assets)
            return
        axis, most = self.wanted.axis, self.policy.max_partitions_per_run
        for start, stop in self.wanted.runs:
            # Single keys are worked out in stretches: the first of a million is there at once.
            step = _STRETCH if most == 1 else most or stop - start
            for first in range(start, stop, step):
                keys = axis.keys_between(first, min(first + step, stop))
                if most == 1:
                    yield from (Piece(assets, (key,)) for key in keys)
                else:
                    yield Piece(assets, tuple(keys), in_range=True)


def plan_backfill(
    lineage: Lineage,
    selected: Iterable[AssetKey],
    instance: Instance,
    which: Which = "missing",
    partition_range: Span | None = None,
    done: Collection[str] = (),
) -> BackfillPlan:
    """Work out what a backfill is to do.

    Args:
        lineage: The assets.
        selected: Those that are meant.
        instance: What is stored already.
        which: What of them.
        partition_range: Only partitions between two, both included; None at an end leaves that end open.
        done: What one of these runs stored is left out: they are those of the same backfill, taken up again.

    Raises:
        UnknownPartitionError: An end of the range is no partition of an asset that is meant, or none of them has any.
    """
    chosen = set(selected)
    if partition_range is not None and all(lineage.by_key[key].partitions_def is None for key in chosen):
        raise UnknownPartitionError(
            "nothing that is selected has partitions",
            where=f"the range {'..'.join(end or '' for end in partition_range)}", fix="leave the range out",
        )  # fmt: skip
    units: dict[int, AssetsDefinition] = {}
    for key in lineage.by_key:
        if key in chosen and (unit := lineage.by_key[key]).node is not None:
            units[id(unit)] = unit
    groups: list[Group] = []
    place: dict[AssetKey, int] = {}
    for unit in _upstream_first(lineage, list(units.values())):
        keys = [key for key in unit.specs_by_key if key in chosen or not unit.can_subset]
        group = _targets(unit, keys, instance, which, partition_range, frozenset(done))
        if group is None:
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
    return BackfillPlan(groups, {key: group.values for group in groups for key in group.keys})


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
    partition_range: Span | None,
    done: frozenset[str],
) -> Group | None:
    definition = unit.partitions_def
    if definition is None:
        states = instance.history.asset_states(keys)
        wanted = any(_wanted(states.get(key), which, done) for key in keys)
        return Group(None, ONE_EACH, None, [unit], keys) if wanted else None
    axis = definition.axis(None, instance)
    everything = PartitionSet.all(axis)
    if partition_range is not None:
        everything = _between(definition, axis, partition_range, instance, keys[0]) & everything
    found = PartitionSet(axis)
    for key in keys:
        if which == "all":
            made = _made_by(key, done, instance) if done else ()
            found = found.union(everything.difference(made))
        elif which == "failed":
            known = [each for each in instance.history.failed_partitions(key) if each in everything]
            found = found.union(PartitionSet.of(axis, known))
        else:
            stored = instance.history.partitions(key, axis)
            found = found.union(everything.difference(stored))
    return Group(definition, unit.backfill_policy or ONE_EACH, found, [unit], keys) if found else None


def _between(
    definition: PartitionsDefinition, axis: Axis, span: Span, instance: Instance, key: AssetKey
) -> PartitionSet:
    start = span[0] or definition.get_first_partition_key(None, instance)
    end = span[1] or definition.get_last_partition_key(None, instance)
    if start is None or end is None:  # there are no partitions yet
        return PartitionSet(axis)
    name = f'asset "{key.to_user_string()}"'
    start, end = (definition.require_partition_key(each, None, instance, where=name) for each in (start, end))
    first, last = axis.ordinal_of(start), axis.ordinal_of(end)
    if first is None or last is None or isinstance(definition, MultiPartitionsDefinition):
        # Between two keys of two dimensions lies a rectangle, which is no run of places.
        inside = definition.get_partition_keys_in_range(PartitionKeyRange(start, end), None, instance)
        return PartitionSet.of(axis, inside)
    return PartitionSet(axis, [(first, last + 1)])


def _made_by(key: AssetKey, runs: frozenset[str], instance: Instance) -> list[str]:
    """The partitions of an asset whose latest value one of some runs stored."""
    states = instance.history.slot_states(key)
    return [name for name, state in states.items() if name is not None and state.run_id in runs]


def _wanted(state: AssetState | None, which: Which, done: frozenset[str]) -> bool:
    if which == "all":
        return state is None or state.run_id not in done
    if which == "failed":
        return state is not None and bool(state.failed)
    return state is None or not state.whole


def _fits(group: Group, other: Group, lineage: Lineage, holds_parent: bool) -> bool:
    if group.definition != other.definition or group.policy != other.policy or group.wanted != other.wanted:
        return False
    if not holds_parent or group.definition is None:
        return True
    # With an upstream asset in the same run, the same partition of it must be what is loaded.
    unit = other.units[0]
    return not any(parent in unit.partition_mappings for key in other.keys for parent in lineage.parents(key))
