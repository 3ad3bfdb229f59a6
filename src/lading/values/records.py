"""Runs: what they were asked to do, how far they have come, and how to ask for them."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from enum import Enum
from typing import Any, NamedTuple

from lading.values.dataclass import dataclass, field, replace
from lading.values.events import EventType
from lading.values.keys import AssetKey
from lading.values.state import Slot


def new_id() -> str:
    """A new random id, in the form of a UUID of version 4 (whose module costs more than all ids a run needs)."""
    number = int.from_bytes(os.urandom(16)) & ~(0xF000C << 60) | 0x40008 << 60
    text = f"{number:032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


class RunStatus(Enum):
    """How far a run has come."""

    QUEUED = "QUEUED"
    NOT_STARTED = "NOT_STARTED"
    STARTING = "STARTING"
    STARTED = "STARTED"
    SUCCESS = "SUCCESS"
    FAILURE = "FAILURE"
    CANCELING = "CANCELING"
    CANCELED = "CANCELED"


FINISHED_STATUSES = frozenset({RunStatus.SUCCESS, RunStatus.FAILURE, RunStatus.CANCELED})

STATUS_OF_EVENT: Mapping[EventType, RunStatus] = {
    EventType.RUN_ENQUEUED: RunStatus.QUEUED,
    EventType.RUN_STARTING: RunStatus.STARTING,
    EventType.RUN_START: RunStatus.STARTED,
    EventType.RUN_SUCCESS: RunStatus.SUCCESS,
    EventType.RUN_FAILURE: RunStatus.FAILURE,
    EventType.RUN_CANCELING: RunStatus.CANCELING,
    EventType.RUN_CANCELED: RunStatus.CANCELED,
}


class PlannedStep(NamedTuple):
    """A step that a run means to run, the assets it is to make, and their partitions (none: the whole assets)."""

    step_key: str
    assets: tuple[AssetKey, ...] = ()
    partitions: tuple[str, ...] = ()

    def slots(self) -> Iterator[Slot]:
        """Every value that the step is to make."""
        places: Sequence[str | None] = self.partitions or (None,)
        return (Slot(key, place) for key in self.assets for place in places)


@dataclass(frozen=True, slots=True)
class Run:
    """A run: what it was asked to do and how far it has come.

    Attributes:
        run_id: Its id.
        job_name: The job it runs.
        status: How far it has come.
        tags: Facts given by users and by lading.
        run_config: The configuration it was started with.
        plan: The steps it means to run.
        parent_run_id: The run that it takes up again.
        root_run_id: The first run of such a chain.
        definitions: Where its definitions came from: a file or module.
        selection: What was asked for, as text.
        process: Which process runs it, so that others can tell whether it still lives.
    """

    run_id: str
    job_name: str = "__ephemeral_asset_job__"
    status: RunStatus = RunStatus.NOT_STARTED
    tags: Mapping[str, str] = field(default_factory=dict[str, str])
    run_config: Mapping[str, Any] = field(default_factory=dict[str, Any])
    plan: tuple[PlannedStep, ...] = ()
    parent_run_id: str | None = None
    root_run_id: str | None = None
    definitions: str | None = None
    selection: str | None = None
    process: str | None = None

    @property
    def is_finished(self) -> bool:
        """Whether nothing more will happen in it."""
        return self.status in FINISHED_STATUSES

    @property
    def is_success(self) -> bool:
        """Whether it did all it was to do."""
        return self.status is RunStatus.SUCCESS

    @property
    def is_failure(self) -> bool:
        """Whether it failed."""
        return self.status is RunStatus.FAILURE

    @property
    def is_failure_or_canceled(self) -> bool:
        """Whether it ended without having done all."""
        return self.status in {RunStatus.FAILURE, RunStatus.CANCELED}

    @property
    def is_resume_retry(self) -> bool:
        """Whether it takes up another run."""
        return self.parent_run_id is not None

    @property
    def asset_selection(self) -> frozenset[AssetKey]:
        """The assets it is to make."""
        return frozenset(key for step in self.plan for key in step.assets)

    @property
    def step_keys_to_execute(self) -> list[str]:
        """The steps it is to run."""
        return [step.step_key for step in self.plan]

    def planned_slots(self) -> Iterator[Slot]:
        """Every value that the run is to make."""
        return (slot for step in self.plan for slot in step.slots())

    def with_status(self, status: RunStatus) -> Run:
        """The same run, as far as ``status``."""
        return replace(self, status=status)

    def with_tags(self, tags: Mapping[str, str]) -> Run:
        """The same run with other tags."""
        return replace(self, tags=tags)


class RunCounts(NamedTuple):
    """What became of a run's steps, and how many values it was to store and stored."""

    steps: int = 0
    done: int = 0
    failed: int = 0
    skipped: int = 0
    planned: int = 0
    stored: int = 0


NO_COUNTS = RunCounts()


@dataclass(frozen=True, slots=True)
class RunRecord:
    """A run as history keeps it. Times are seconds since 1970 UTC; None for what has not happened yet."""

    storage_id: int
    dagster_run: Run
    created_at: float
    updated_at: float
    start_time: float | None = None
    end_time: float | None = None
    counts: RunCounts = NO_COUNTS

    @property
    def run(self) -> Run:
        """The run."""
        return self.dagster_run

    @property
    def create_timestamp(self) -> datetime:
        """When it was handed in."""
        return datetime.fromtimestamp(self.created_at, UTC)

    @property
    def update_timestamp(self) -> datetime:
        """When its status last changed."""
        return datetime.fromtimestamp(self.updated_at, UTC)

    @property
    def seconds(self) -> float | None:
        """How long it took."""
        return None if self.start_time is None or self.end_time is None else self.end_time - self.start_time


@dataclass(frozen=True, slots=True)
class RunsFilter:
    """Which runs: all that is given must hold.

    Attributes:
        run_ids: One of these ids.
        job_name: This job.
        statuses: One of these statuses.
        tags: Each of these tags, with the value or one of a list of values.
        snapshot_id: Accepted for those who migrate; no run has one.
        updated_after: Last changed later than this (aware datetime).
        updated_before: Last changed earlier.
        created_after: Handed in later.
        created_before: Handed in earlier.
        exclude_subruns: Accepted for those who migrate; lading has no subruns.
    """

    run_ids: Sequence[str] | None = None
    job_name: str | None = None
    statuses: Sequence[RunStatus] | None = None
    tags: Mapping[str, str | Sequence[str]] | None = None
    snapshot_id: str | None = None
    updated_after: datetime | None = None
    updated_before: datetime | None = None
    created_after: datetime | None = None
    created_before: datetime | None = None
    exclude_subruns: bool | None = None


@dataclass(frozen=True, slots=True)
class RunQuery:
    """Which runs, in which order, how many.

    Attributes:
        filters: Which.
        cursor: Only runs that come after this run id in the order asked for.
        limit: At most so many.
        ascending: Oldest first.
        plans: Whether they are to come with their plans, which can be long.
    """

    filters: RunsFilter = field(default_factory=RunsFilter)
    cursor: str | None = None
    limit: int | None = None
    ascending: bool = False
    plans: bool = False
