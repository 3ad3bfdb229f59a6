"""Backfill: make what is missing over all partitions, upstream first, in as few runs as the policies allow."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from threading import Event as Flag
from threading import Lock
from typing import Any, Protocol

from lading.app.backfill_order import Order
from lading.app.backfill_plan import BackfillPlan, Piece, Which, plan_backfill
from lading.app.backfill_record import (
    RUNNING,
    BackfillRecord,
    begun_again,
    find_backfill,
    keep_backfill,
    runs_of,
)
from lading.app.finding_runs import BACKFILL_TAG, TOTAL_TAG
from lading.app.instance import Instance
from lading.app.jobs import Begun, Watch, run_job
from lading.app.output_places import place_of
from lading.app.processes import this_process
from lading.app.recover import recover_runs
from lading.definitions.collect import Definitions
from lading.definitions.job import JobDefinition
from lading.definitions.selection import as_selection
from lading.errors import CheckError, InvariantViolationError, LadingError
from lading.planning.partitions import RANGE_END, RANGE_START
from lading.values.dataclass import dataclass, field, replace
from lading.values.events import Event, EventType
from lading.values.keys import AssetKey
from lading.values.partitions import PartitionKeyRange
from lading.values.records import Run, new_id
from lading.values.state import Slot

Refused = Callable[[Piece, LadingError], object]


class Observer(Protocol):
    """Watches one run."""

    def begun(self, run: Run, emit: Watch, /) -> None:
        """Take the run before its first event, and what takes further events for its log."""
        ...

    def watch(self, event: Event, /) -> None:
        """Take an event as it happens."""
        ...


_STORED = {EventType.ASSET_MATERIALIZATION, EventType.HANDLED_OUTPUT}


@dataclass(slots=True)
class BackfillResult:
    """What became of a backfill.

    Attributes:
        backfill_id: Its id, a tag of all its runs; :func:`resume_backfill` takes it up again by it.
        runs: Their ids.
        stored: The values that were stored.
        failed: Those that failed, with why.
        waiting: Those that were not started, because what they are made from failed.
        plan: What it was to do: ``plan.pieces`` are its runs in order, ``plan.totals`` the values of each asset.
        places: After a dry run, where the values of each asset would lie.
    """

    backfill_id: str
    plan: BackfillPlan
    runs: list[str] = field(default_factory=list[str])
    stored: set[Slot] = field(default_factory=set[Slot])
    failed: dict[Slot, BaseException] = field(default_factory=dict[Slot, BaseException])
    waiting: set[Slot] = field(default_factory=set[Slot])
    places: dict[AssetKey, str] = field(default_factory=dict[AssetKey, str])

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
    max_parallel: int = 1,
    dry_run: bool = False,
    watch: Watch | None = None,
) -> BackfillResult:
    """Make what is missing, over all partitions, upstream first.

    How the partitions of an asset are cut into runs its ``backfill_policy`` says: one run for each (the default), one
    for so many, or one for all.

    Args:
        definitions: The assets and their resources.
        selection: Only these assets.
        instance: Where it is recorded; a throw-away one when left out.
        which: ``"missing"``, ``"failed"`` (where the last attempt failed), or ``"all"``.
        partition_range: Only partitions between two, both included.
        max_parallel: So many runs go on at a time, in threads of this process; it helps functions that wait. A run
            never starts before what it is made from is done.
        dry_run: Make nothing: the result holds the plan, and where values would lie.
        watch: Called with each event as it happens, one at a time.

    Returns:
        What became of it. A failure in one partition does not stop the others.

    Raises:
        LadingError: Whatever is wrong before the first run.
    """
    instance = Instance.ephemeral() if instance is None else instance
    lineage = definitions.lineage
    chosen = as_selection(selection).resolve(lineage) & set(lineage.materializable_keys)
    if not dry_run:
        recover_runs(definitions, instance, chosen)
    span = None if partition_range is None else (str(partition_range[0]), str(partition_range[1]))
    plan = plan_backfill(lineage, chosen, instance, which, span)
    record = BackfillRecord(new_id(), tuple(sorted(chosen)), which, span, max_parallel)
    running = Backfill(definitions, plan, instance, record)
    if dry_run:
        running.result.places = {key: place_of(definitions, instance, key) for key in plan.totals}
    else:
        running.run(_observed_by(watch))
    return running.result


def _observed_by(watch: Watch | None) -> Callable[[], Observer] | None:
    return None if watch is None else lambda: _Watched(watch)


class _Watched:
    """Watches a run with one function."""

    def __init__(self, watch: Watch) -> None:
        self._watch = watch

    def watch(self, event: Event) -> None:
        """Take an event as it happens."""
        self._watch(event)

    def begun(self, run: Run, emit: Watch) -> None:
        """Nothing to do."""


def resume_backfill(
    definitions: Definitions, backfill_id: str, *, instance: Instance, watch: Watch | None = None
) -> BackfillResult:
    """Take up a backfill that was interrupted, or of which something failed: what is not stored yet is made.

    Args:
        definitions: The assets and their resources.
        backfill_id: Its id, or the beginning of it.
        instance: Where it is recorded.
        watch: Called with each event as it happens, one at a time.

    Raises:
        RunNotFoundError: There is no such backfill, or there are several.
        InvariantViolationError: It is still going on.
        LadingError: Whatever else is wrong before the first run.
    """
    running = resumed(definitions, find_backfill(instance, backfill_id, instance.history.location), instance)
    running.run(_observed_by(watch))
    return running.result


def resumed(
    definitions: Definitions, record: BackfillRecord, instance: Instance, tags: Mapping[str, str] | None = None
) -> Backfill:
    """A backfill taken up again, ready to run.

    Args:
        definitions: The assets and their resources.
        record: What is kept of it.
        instance: Where it is recorded.
        tags: Further tags of its runs.

    Raises:
        InvariantViolationError: It is still going on.
        InvalidSubsetError: One of its assets is no longer defined.
    """
    if record.current_state == RUNNING and record.process != this_process():
        raise InvariantViolationError(
            f"backfill {record.backfill_id[:6]} is still going on", where=f"process {record.process}",
            fix="wait for its end, or stop it with Ctrl-C",
        )  # fmt: skip
    lineage = definitions.lineage
    for key in record.assets:
        lineage.require(key)
    recover_runs(definitions, instance, record.assets)
    done = runs_of(instance, record.backfill_id) if record.which == "all" else ()
    plan = plan_backfill(lineage, record.assets, instance, record.which, record.partition_range, done)
    return Backfill(definitions, plan, instance, begun_again(record), tags=tags)


class Stopped(BaseException):
    """Leaves a run that goes on in a thread, when the backfill is to end."""


class Backfill:
    """A backfill that goes on, piece by piece.

    Args:
        definitions: The assets and their resources.
        plan: What is to be done.
        instance: Where it is recorded.
        record: What is kept of it.
        tags: Further tags of its runs.

    Raises:
        CheckError: Less than one run is to go on at a time.
    """

    def __init__(
        self,
        definitions: Definitions,
        plan: BackfillPlan,
        instance: Instance,
        record: BackfillRecord,
        *,
        tags: Mapping[str, str] | None = None,
    ) -> None:
        if record.max_parallel < 1:
            raise CheckError(f"max_parallel={record.max_parallel} starts nothing", fix="give a number from 1 on")
        self.plan = plan
        self.record = replace(
            record, total=record.total or plan.count, process=this_process(), started_at=record.started_at
        )
        self.result = BackfillResult(record.backfill_id, plan)
        self._job: JobDefinition = definitions.get_implicit_global_asset_job_def()
        self._instance = instance
        self._tags = {BACKFILL_TAG: record.backfill_id, TOTAL_TAG: str(self.record.total), **(tags or {})}
        self._order = Order(definitions.lineage, plan, instance)
        self._lock = Lock()
        self._stop = Flag()

    def run(self, observe: Callable[[], Observer] | None = None, refused: Refused | None = None) -> None:
        """Make all pieces, and keep how it ended.

        Args:
            observe: Gives what is to watch a run; called for each. One event at a time is handed to all of them.
            refused: Called with each piece whose run was refused before it began, and why.

        Raises:
            ResourceFunctionError: A resource does not open; the pieces that are left would meet the same.
            BaseException: What interrupted it; what was stored until then stays.
        """
        if not self.plan.groups:
            return
        keep_backfill(self._instance, self.record)
        ended = "cancelled"
        try:
            if self.record.max_parallel == 1:
                while (piece := self._order.take()) is not None:
                    seen = None if observe is None else observe()
                    self._make(
                        piece, None if seen is None else seen.watch, None if seen is None else seen.begun, refused
                    )
            else:
                self._run_together(observe, refused)
            ended = "done" if self.result.success else "failed"
        except LadingError:
            ended = "failed"
            raise
        finally:
            keep_backfill(self._instance, replace(self.record, state=ended))

    def _run_together(self, observe: Callable[[], Observer] | None, refused: Refused | None) -> None:
        running: set[Future[None]] = set()
        with ThreadPoolExecutor(self.record.max_parallel, "lading-run") as threads:
            try:
                while True:
                    while len(running) < self.record.max_parallel and (piece := self._order.take()) is not None:
                        seen = None if observe is None else observe()
                        running.add(threads.submit(self._make, piece, self._watch(seen), self._begun(seen), refused))
                    if not running:
                        break
                    # A short wait at a time: only then is a signal noticed.
                    for future in wait(running, timeout=0.2, return_when=FIRST_COMPLETED).done:
                        running.discard(future)
                        future.result()
            except BaseException:
                self._stop.set()
                raise

    def _watch(self, seen: Observer | None) -> Watch:
        def watch(event: Event) -> None:
            if self._stop.is_set() and event.event_type not in _STORED:
                raise Stopped
            if seen is not None:
                with self._lock:
                    seen.watch(event)

        return watch

    def _begun(self, seen: Observer | None) -> Begun:
        def begun(run: Run, emit: Watch) -> None:
            if seen is not None:
                with self._lock:
                    seen.begun(run, emit)

        return begun

    def _make(self, piece: Piece, watch: Watch | None, begun: Begun | None, refused: Refused | None) -> None:
        """Make one piece."""
        if self._order.is_waiting(piece):
            self.result.waiting.update(piece.slots())
            self._order.done(piece, piece.slots())
            return
        tags = dict(self._tags)
        key = None
        if piece.in_range:
            tags[RANGE_START[0]], tags[RANGE_END[0]] = piece.partitions[0], piece.partitions[-1]
        elif piece.partitions:
            key = piece.partitions[0]
        try:
            done = run_job(
                self._job, instance=self._instance, raise_on_error=False, capture=False, watch=watch, begun=begun,
                log_shown=False, partition_key=key, selected=set(piece.assets), tags=tags,
                definitions=self.record.definitions, selection_text=self.record.selection,
            )  # fmt: skip
        except LadingError as error:
            self.result.failed.update(dict.fromkeys(piece.slots(), error))
            self._order.done(piece, piece.slots())
            if refused is not None:
                with self._lock:
                    refused(piece, error)
            return
        self.result.runs.append(done.run_id)
        if done.success:
            self.result.stored.update(piece.slots())
            self._order.done(piece)
            return
        if isinstance(done.error, LadingError) and done.error.code == "resource-failed":
            raise done.error
        made = {
            Slot(e.materialization.asset_key, e.materialization.partition)
            for e in done.get_asset_materialization_events()
        }
        missing = [slot for slot in piece.slots() if slot not in made]
        self.result.stored |= made
        self.result.failed.update(dict.fromkeys(missing, done.error or LadingError("the run failed")))
        self._order.done(piece, missing)
