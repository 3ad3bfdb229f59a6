"""A history in memory: appending keeps references, and everything else waits until it is asked for."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from functools import partial
from itertools import islice
from threading import RLock

from lading.abc.history import History
from lading.history.effects import matches, unknown_run, without_planned
from lading.history.memory_state import MemoryRun, MemoryState
from lading.values.axis import Axis
from lading.values.dataclass import replace
from lading.values.event_log import EventLogRecord, EventQuery, Page, planned_events
from lading.values.events import Event, EventType
from lading.values.keys import AssetCheckKey, AssetKey
from lading.values.partition_set import PartitionSet
from lading.values.records import Run, RunQuery, RunRecord, RunsFilter
from lading.values.state import AssetState, Forget, ForgetAssets, ForgetPartitions, ForgetRun, SlotState, Stamp


class MemoryHistory(History):
    """What happened, for as long as the process lives."""

    def __init__(self) -> None:
        self._lock = RLock()
        self._runs: dict[str, MemoryRun] = {}
        self._waiting: deque[tuple[str, Sequence[Event] | None]] = deque()
        self._log: list[EventLogRecord] = []
        self._by_run: dict[str, list[EventLogRecord]] = {}
        self._state = MemoryState()
        self._last = 0

    @property
    def location(self) -> str:
        return "memory"

    # ------------------------------------------------------------ in

    def add_run(self, run: Run) -> None:
        with self._lock:
            if run.run_id in self._runs:
                return
            now = time.time()
            self._settle()
            self._last += 1
            self._runs[run.run_id] = MemoryRun(self._last, run, now)
            self._waiting.append((run.run_id, None))

    def append(self, run_id: str, events: Sequence[Event]) -> None:
        if run_id and run_id not in self._runs:
            raise unknown_run(run_id)
        self._waiting.append((run_id, tuple(events)))

    def know_axes(self, axes: Mapping[AssetKey, Axis]) -> None:
        """Nothing is kept over them: the answer is worked out from what lies in memory."""

    def set_run_tags(self, run_id: str, tags: Mapping[str, str]) -> None:
        with self._lock:
            known = self._runs.get(run_id)
            if known is None:
                raise unknown_run(run_id)
            known.run = known.run.with_tags({**known.run.tags, **tags})

    def forget(self, what: Forget) -> None:
        with self._lock:
            self._settle()
            if isinstance(what, ForgetRun):
                if self._runs.pop(what.run_id, None) is None:
                    return
                kept = [record for record in self._log if record.run_id != what.run_id]
            elif isinstance(what, ForgetAssets):
                keys = set(what.asset_keys)
                kept = [record for record in self._log if record.asset_key not in keys]
            else:
                gone = set(what.partitions)
                kept = [
                    record
                    for record in self._log
                    if record.asset_key != what.asset_key
                    or record.partition_key not in gone
                    or record.event_type is EventType.ASSET_MATERIALIZATION_PLANNED
                ]
            self._rebuild(kept, what)

    def _rebuild(self, log: list[EventLogRecord], what: Forget) -> None:
        self._log = []
        self._by_run = {}
        forgotten = dict(self._state.forgotten)
        if isinstance(what, ForgetAssets):
            forgotten |= {(key, None): self._last for key in what.asset_keys}
        elif isinstance(what, ForgetPartitions):
            forgotten |= {(what.asset_key, partition): self._last for partition in what.partitions}
        self._state = MemoryState(forgotten)
        for record in log:
            self._state.follow(record, self._runs.get(record.run_id))
            self._keep(record)

    def _settle(self) -> None:
        """Give every waiting event its place."""
        while self._waiting:
            run_id, events = self._waiting.popleft()
            run = self._runs.get(run_id)
            if events is None:
                self._plan(run)
                continue
            for event in without_planned(events):
                self._last += 1
                told: Event | partial[Event] = event
                if run is not None:
                    run.follow(event)
                    if event.job_name is None:
                        told = partial(replace, event, job_name=run.run.job_name)
                record = EventLogRecord(self._last, run_id, event.event_type, event.timestamp, told)
                self._state.follow(record, run)
                self._keep(record)

    def _plan(self, known: MemoryRun | None) -> None:
        if known is None:  # forgotten before anybody asked
            return
        for event in planned_events(known.run, known.created):
            self._last += 1
            self._keep(EventLogRecord(self._last, known.run.run_id, event.event_type, known.created, event))

    def _keep(self, record: EventLogRecord) -> None:
        self._log.append(record)
        self._by_run.setdefault(record.run_id, []).append(record)

    # ------------------------------------------------------------ the log

    def events(self, query: EventQuery) -> Page[EventLogRecord]:
        with self._lock:
            self._settle()
            source = self._log if query.run_id is None else self._by_run.get(query.run_id, [])
            found: list[EventLogRecord] = []
            for record in source if query.ascending else reversed(source):
                if matches(record, query):
                    found.append(record)
                    if query.limit is not None and len(found) > query.limit:
                        break
        more = query.limit is not None and len(found) > query.limit
        page = found[: query.limit]
        return Page(page, str(page[-1].storage_id) if page else "", more)

    # ------------------------------------------------------------ runs

    def runs(self, query: RunQuery) -> Page[RunRecord]:
        with self._lock:
            self._settle()
            found = [run for run in self._runs.values() if run.matches(query.filters)]
            if not query.ascending:
                found.reverse()
            if query.cursor is not None and query.cursor in self._runs:
                place = self._runs[query.cursor].storage_id
                found = [
                    run for run in found if (run.storage_id > place) is query.ascending and run.storage_id != place
                ]
            more = query.limit is not None and len(found) > query.limit
            page = [run.record(query.plans) for run in found[: query.limit]]
        return Page(page, page[-1].run.run_id if page else "", more)

    def count_runs(self, filters: RunsFilter) -> int:
        with self._lock:
            self._settle()
            return sum(run.matches(filters) for run in self._runs.values())

    def run(self, run_id: str) -> RunRecord | None:
        with self._lock:
            self._settle()
            known = self._runs.get(run_id)
            return None if known is None else known.record(plan=True)

    # ------------------------------------------------------------ state

    def latest(self, keys: Iterable[AssetKey]) -> dict[AssetKey, EventLogRecord]:
        with self._lock:
            self._settle()
            newest = ((key, self._state.newest(key)) for key in keys)
            return {key: record for key, record in newest if record is not None}

    def latest_slots(
        self, key: AssetKey, partitions: Iterable[str | None] | None = None
    ) -> dict[str | None, EventLogRecord]:
        with self._lock:
            self._settle()
            return self._state.stored(key, partitions)

    def partitions(self, key: AssetKey, axis: Axis | None = None) -> AbstractSet[str]:
        with self._lock:
            self._settle()
            keys = [partition for partition in self._state.stored(key) if partition is not None]
        return frozenset(keys) if axis is None else PartitionSet.placed(axis, sorted(keys))

    def failed_partitions(self, key: AssetKey) -> frozenset[str]:
        states = self.slot_states(key)
        return frozenset(name for name, state in states.items() if name is not None and state.is_failed)

    def asset_keys(self) -> list[AssetKey]:
        with self._lock:
            self._settle()
            return self._state.asset_keys()

    def asset_states(self, keys: Iterable[AssetKey] | None = None) -> dict[AssetKey, AssetState]:
        with self._lock:
            self._settle()
            states = (self._state.asset(key) for key in (self._state.asset_keys() if keys is None else keys))
            return {state.asset_key: state for state in states if state is not None}

    def slot_states(self, key: AssetKey, partitions: Iterable[str | None] | None = None) -> dict[str | None, SlotState]:
        with self._lock:
            self._settle()
            return self._state.slots(key, partitions)

    def stamps(self, key: AssetKey, partitions: Iterable[str | None]) -> list[Stamp]:
        with self._lock:
            self._settle()
            return self._state.stamps(key, partitions)

    def stored_after(self, key: AssetKey, moment: float, limit: int | None = None) -> list[Stamp]:
        found = (each for each in self._stamps(key) if each.stored_at > moment)
        return list(islice(found, limit))

    def made_before(self, key: AssetKey, moment: float) -> list[Stamp]:
        return [each for each in self._stamps(key) if each.made_from < moment]

    def made_before_upstream(self, key: AssetKey, upstream: AssetKey) -> list[tuple[Stamp, Stamp]]:
        above = {each.partition: each for each in self._stamps(upstream)}
        pairs = ((each, above[each.partition]) for each in self._stamps(key) if each.partition in above)
        return [(each, other) for each, other in pairs if other.is_newer_than(each)]

    def _stamps(self, key: AssetKey) -> list[Stamp]:
        """Those of all partitions."""
        with self._lock:
            self._settle()
            return [each for each in self._state.stamps(key, None) if each.partition is not None]

    def latest_checks(self, keys: Iterable[AssetCheckKey]) -> dict[AssetCheckKey, EventLogRecord]:
        with self._lock:
            self._settle()
            return {key: self._state.checks[key] for key in keys if key in self._state.checks}

    # ------------------------------------------------------------ the place

    def last_id(self) -> int:
        with self._lock:
            self._settle()
            return self._last

    def close(self) -> None:
        """Nothing to let go of: what is in memory stays until the object goes."""
