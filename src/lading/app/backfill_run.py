"""A backfill that goes on: its runs one by one or side by side, and what becomes of them."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from threading import RLock
from typing import Protocol

from lading.app.backfill_order import Order
from lading.app.backfill_plan import BackfillPlan, Piece
from lading.app.backfill_record import CANCELLED, DONE, FAILED, BackfillRecord, keep_backfill, kept_backfill
from lading.app.finding_runs import BACKFILL_TAG, TOTAL_TAG
from lading.app.instance import Instance
from lading.app.jobs import Begun, Watch, run_job
from lading.app.processes import this_process
from lading.app.side_by_side import Ended, SideBySide, Stoppable
from lading.definitions.collect import Definitions
from lading.definitions.job import JobDefinition
from lading.errors import CheckError, LadingError
from lading.planning.partitions import RANGE_END, RANGE_START
from lading.values.dataclass import dataclass, field, replace
from lading.values.events import Event, EventType
from lading.values.keys import AssetKey
from lading.values.records import Run
from lading.values.result import RunResult
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


@dataclass(slots=True)
class BackfillResult:
    """What became of a backfill.

    Attributes:
        backfill_id: Its id, a tag of all its runs; :func:`resume_backfill` takes it up again by it.
        plan: What it was to do: ``plan.pieces`` are its runs in order, ``plan.totals`` the values of each asset.
        runs: The ids of its runs, in the order in which they began.
        stored: The values that were stored.
        failed: Those that failed, with why.
        waiting: Those that were not started, because what they are made from failed.
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
            record, total=record.total or plan.count, process=this_process(),
            started_at=record.started_at or time.time(),
        )  # fmt: skip
        self.result = BackfillResult(record.backfill_id, plan)
        self._job: JobDefinition = definitions.get_implicit_global_asset_job_def()
        self._instance = instance
        self._tags = {BACKFILL_TAG: record.backfill_id, TOTAL_TAG: str(self.record.total), **(tags or {})}
        self._order = Order(definitions.lineage, plan, instance)
        self._side = SideBySide()
        self._running: dict[int, Piece] = {}
        self._lock = RLock()
        self._refused: Refused | None = None

    def run(
        self,
        observe: Callable[[], Observer] | None = None,
        refused: Refused | None = None,
        between: Callable[[], None] = lambda: None,
    ) -> None:
        """Make all pieces, and keep how it ended.

        Args:
            observe: Gives what is to watch a run; called for each. One event at a time is handed to all of them.
            refused: Called with each piece whose run was refused before it began, and why.
            between: Called in this thread now and then, where it may be interrupted without harm.

        Raises:
            ResourceFunctionError: A resource does not open; the pieces that are left would meet the same.
            BaseException: What interrupted it; what was stored until then stays.
        """
        self._refused = refused
        if not self.plan.groups and kept_backfill(self._instance, self.record.backfill_id) is None:
            return
        keep_backfill(self._instance, self.record)
        ended = CANCELLED
        try:
            self._make_all(observe, between)
            ended = DONE if self.result.success else FAILED
        except LadingError:
            ended = FAILED
            raise
        finally:
            keep_backfill(self._instance, replace(self.record, state=ended))

    # ------------------------------------------------------------ all pieces

    def _make_all(self, observe: Callable[[], Observer] | None, between: Callable[[], None]) -> None:
        try:
            try:
                self._hand_out(observe, between)
            except Exception:
                # Nothing more is started; what runs may end.
                while self._running:
                    between()
                    self._take_next(calm=True)
                raise
        except BaseException as error:
            if not isinstance(error, Exception):
                self._stop()
            raise

    def _hand_out(self, observe: Callable[[], Observer] | None, between: Callable[[], None]) -> None:
        while True:
            between()
            full = len(self._running) >= self.record.max_parallel
            piece = None if full else self._order.take()
            if piece is not None:
                self._start(piece, observe)
            elif self._running:
                self._take_next()
            else:
                return

    def _start(self, piece: Piece, observe: Callable[[], Observer] | None) -> None:
        if self._order.is_waiting(piece):
            self.result.waiting.update(piece.slots())
            self._order.done(piece, piece.slots())
            return
        seen = None if observe is None else observe()
        watch, begun = (None, None) if seen is None else (self._one_by_one(seen.watch), self._one_by_one(seen.begun))
        if self.record.max_parallel > 1:
            stoppable = Stoppable(watch, begun)
            number = self._side.start(stoppable, lambda: self._make(piece, stoppable.watch, stoppable.begun))
            self._running[number] = piece
            return
        ended = Ended(0)
        try:
            ended.value = self._make(piece, watch, begun)
        except Exception as error:  # noqa: BLE001 - told or raised like that of a thread
            ended.error = error
        self._take(piece, ended)

    def _one_by_one(self, fn: Callable[..., None]) -> Callable[..., None]:
        def alone(*args: object) -> None:
            with self._lock:
                fn(*args)

        return alone

    def _take_next(self, *, calm: bool = False) -> None:
        ended = self._side.next_ended()
        if ended is not None:
            self._take(self._running.pop(ended.number), ended, calm=calm)

    def _stop(self) -> None:
        for ended in self._side.stop():
            self._take(self._running.pop(ended.number), ended, calm=True)
        for each in self._side.running.values():
            # It does not obey, and nobody will wait for it: what is known of it is that it was stopped.
            if each.run is not None:
                cancelled = Event(EventType.RUN_CANCELED, time.time(), job_name=each.run.job_name)
                self._instance.history.append(each.run.run_id, [cancelled])

    # ------------------------------------------------------------ one piece

    def _make(self, piece: Piece, watch: Watch | None, begun: Begun | None) -> RunResult:
        tags = dict(self._tags)
        key = None
        if piece.in_range:
            tags[RANGE_START[0]], tags[RANGE_END[0]] = piece.partitions[0], piece.partitions[-1]
        elif piece.partitions:
            key = piece.partitions[0]

        def noted(run: Run, emit: Watch) -> None:
            self.result.runs.append(run.run_id)
            if begun is not None:
                begun(run, emit)

        return run_job(
            self._job, instance=self._instance, raise_on_error=False, capture=False, watch=watch, begun=noted,
            log_shown=False, partition_key=key, selected=set(piece.assets), tags=tags,
            definitions=self.record.definitions, selection_text=self.record.selection,
        )  # fmt: skip

    def _take(self, piece: Piece, ended: Ended, *, calm: bool = False) -> None:
        """Note what became of a piece; ``calm`` where an error is on its way already."""
        error, result = ended.error, self.result
        if isinstance(error, LadingError):
            result.failed.update(dict.fromkeys(piece.slots(), error))
            self._order.done(piece, piece.slots())
            if self._refused is not None:
                with self._lock:
                    self._refused(piece, error)
            return
        if error is not None:
            if not calm:
                raise error
            return  # stopped in the middle; what it stored stands in the history
        done: RunResult = ended.value
        if done.success:
            result.stored.update(piece.slots())
            self._order.done(piece)
            return
        if isinstance(done.error, LadingError) and done.error.code == "resource-failed" and not calm:
            raise done.error
        made = {
            Slot(each.materialization.asset_key, each.materialization.partition)
            for each in done.get_asset_materialization_events()
        }
        missing = [slot for slot in piece.slots() if slot not in made]
        result.stored |= made
        result.failed.update(dict.fromkeys(missing, _light(done.error or LadingError("the run failed"))))
        self._order.done(piece, missing)


def _light(error: BaseException) -> BaseException:
    """An error without the values that its frames still hold: there may be many."""
    import traceback  # most backfills fail nowhere

    each: BaseException | None = error
    seen: set[int] = set()
    while each is not None and id(each) not in seen:
        seen.add(id(each))
        traceback.clear_frames(each.__traceback__)
        each = each.__cause__ or each.__context__
    return error
