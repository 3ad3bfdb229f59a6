"""Backfill: make what is missing over all partitions, upstream first, in as few runs as the policies allow."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any, Literal, TypeAlias

from lading.abc.partitions import PartitionsDefinition
from lading.app.finding_runs import BACKFILL_KIND, BACKFILL_TAG, TOTAL_TAG
from lading.app.instance import Instance
from lading.app.jobs import Begun, Watch, run_job
from lading.definitions.assets import AssetsDefinition
from lading.definitions.backfill import BackfillPolicy
from lading.definitions.collect import Definitions
from lading.definitions.job import JobDefinition
from lading.definitions.lineage import Lineage
from lading.definitions.selection import as_selection
from lading.errors import LadingError
from lading.planning.partitions import RANGE_END, RANGE_START, upstream_partitions
from lading.values.dataclass import dataclass, field
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
class BackfillResult:
    """What became of a backfill.

    Attributes:
        backfill_id: Its id, a tag of all its runs.
        runs: Their ids.
        stored: The values that were stored.
        failed: Those that failed, with why.
        waiting: Those that were not started, because what they are made from failed.
    """

    backfill_id: str
    runs: list[str] = field(default_factory=list[str])
    stored: set[Slot] = field(default_factory=set[Slot])
    failed: dict[Slot, BaseException] = field(default_factory=dict[Slot, BaseException])
    waiting: set[Slot] = field(default_factory=set[Slot])

    @property
    def success(self) -> bool:
        """Whether all was stored."""
        return not self.failed and not self.waiting


def backfill(
    definitions: Definitions,
    selection: Any = None,
    *,
    instance: Instance | None = None,
    which: Which = "missing",
    partition_range: PartitionKeyRange | tuple[str, str] | None = None,
    watch: Watch | None = None,
) -> BackfillResult:
    """Make what is missing, over all partitions, upstream first.

    Args:
        definitions: The assets and their resources.
        selection: Only these assets.
        instance: Where it is recorded; a throw-away one when left out.
        which: ``"missing"``, ``"failed"`` (where the last attempt failed), or ``"all"``.
        partition_range: Only partitions between two, both included.
        watch: Called with each event as it happens.

    Returns:
        What became of it. A failure in one partition does not stop the others.

    Raises:
        LadingError: Whatever is wrong before the first run.
    """
    instance = Instance.ephemeral() if instance is None else instance
    lineage = definitions.lineage
    chosen = as_selection(selection).resolve(lineage) & set(lineage.materializable_keys)
    plan = plan_backfill(lineage, chosen, instance, which, partition_range)
    running = Backfill(definitions, plan, instance)
    for piece in plan.pieces:
        running.run(piece, watch=watch)
    running.end("done" if running.result.success else "failed")
    return running.result


# ---------------------------------------------------------------- the plan


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


# ---------------------------------------------------------------- the runs


class Backfill:
    """A backfill that goes on, piece by piece.

    Args:
        definitions: The assets and their resources.
        plan: What is to be done.
        instance: Where it is recorded.
        tags: Further tags of its runs.
        label: Where the definitions came from, for the record.
        selection_text: What was asked for, for the record.
    """

    def __init__(
        self,
        definitions: Definitions,
        plan: BackfillPlan,
        instance: Instance,
        *,
        tags: Mapping[str, str] | None = None,
        label: str | None = None,
        selection_text: str | None = None,
    ) -> None:
        self.plan = plan
        self.result = BackfillResult(str(uuid.uuid4()))
        self._job: JobDefinition = definitions.get_implicit_global_asset_job_def()
        self._lineage = definitions.lineage
        self._instance = instance
        self._tags = {BACKFILL_TAG: self.result.backfill_id, TOTAL_TAG: str(plan.count), **(tags or {})}
        self._label = label
        self._text = selection_text
        self._bad: dict[AssetKey, set[str | None]] = {}

    def run(self, piece: Piece, watch: Watch | None = None, begun: Begun | None = None) -> LadingError | None:
        """Make one piece.

        Args:
            piece: The piece.
            watch: Called with each event as it happens.
            begun: Called before the first event of the run.

        Returns:
            Why the run was refused before it began, or None.

        Raises:
            ResourceFunctionError: A resource does not open; the pieces after it would meet the same.
        """
        if self._is_waiting(piece):
            self._give_up(piece.slots(), self.result.waiting)
            return None
        tags = dict(self._tags)
        key = None
        if piece.in_range:
            tags[RANGE_START[0]], tags[RANGE_END[0]] = piece.partitions[0], piece.partitions[-1]
        elif piece.partitions:
            key = piece.partitions[0]
        try:
            done = run_job(
                self._job, instance=self._instance, raise_on_error=False, capture=False, watch=watch, begun=begun,
                log_shown=False, partition_key=key, selected=set(piece.assets), tags=tags, definitions=self._label,
                selection_text=self._text,
            )  # fmt: skip
        except LadingError as error:
            self.result.failed.update(dict.fromkeys(piece.slots(), error))
            self._give_up(piece.slots(), set())
            return error
        self.result.runs.append(done.run_id)
        if done.success:
            self.result.stored.update(piece.slots())
            return None
        made = {
            Slot(e.materialization.asset_key, e.materialization.partition)
            for e in done.get_asset_materialization_events()
        }
        if isinstance(done.error, LadingError) and done.error.code == "resource-failed":
            raise done.error
        missing = [slot for slot in piece.slots() if slot not in made]
        self.result.stored |= made
        self.result.failed.update(dict.fromkeys(missing, done.error or LadingError("the run failed")))
        self._give_up(missing, set())
        return None

    def end(self, state: str) -> None:
        """Keep how it ended: ``done``, ``failed`` or ``cancelled``."""
        if self.plan.pieces:
            self._instance.registry.put(BACKFILL_KIND, self.result.backfill_id, {"state": state})

    def _give_up(self, slots: Iterable[Slot], into: set[Slot]) -> None:
        for slot in slots:
            into.add(slot)
            self._bad.setdefault(slot.asset_key, set()).add(slot.partition)

    def _is_waiting(self, piece: Piece) -> bool:
        if not self._bad:
            return False
        own = set(piece.assets)
        for key in piece.assets:
            for parent in self._lineage.parents(key):
                bad = self._bad.get(parent)
                if bad and parent not in own and self._needs(key, parent, piece.partitions, bad):
                    return True
        return False

    def _needs(self, key: AssetKey, parent: AssetKey, keys: tuple[str, ...], bad: set[str | None]) -> bool:
        upstream = self._lineage.by_key[parent].partitions_def
        if upstream is None:
            return True
        name = f'asset "{key.to_user_string()}"'
        try:
            found = upstream_partitions(self._lineage.by_key[key], parent, upstream, keys, self._instance, name)
        except LadingError:
            return False  # the run of the piece is refused for it, and says why
        return any(each in bad for each in found)
