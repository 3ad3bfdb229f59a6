"""Backfill: make what is missing over all partitions, upstream first, in as few runs as the policies allow."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from lading.app.backfill_plan import BackfillPlan, Piece, Which, plan_backfill
from lading.app.finding_runs import BACKFILL_KIND, BACKFILL_TAG, TOTAL_TAG
from lading.app.instance import Instance
from lading.app.jobs import Begun, Watch, run_job
from lading.definitions.collect import Definitions
from lading.definitions.job import JobDefinition
from lading.definitions.selection import as_selection
from lading.errors import LadingError
from lading.planning.partitions import RANGE_END, RANGE_START, upstream_partitions
from lading.values.keys import AssetKey
from lading.values.partitions import PartitionKeyRange
from lading.values.state import Slot


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
