"""The log of events: what it is asked and what it hands out."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Any, Generic, TypeVar

from lading.values.dataclass import dataclass
from lading.values.events import (
    AssetMaterializationPlannedData,
    AssetObservationData,
    ErrorInfo,
    Event,
    EventType,
    LogMessageData,
    RunFailureData,
    StepFailureData,
    StepMaterializationData,
    StepRetryData,
)
from lading.values.keys import AssetKey
from lading.values.materialization import AssetCheckEvaluation, AssetMaterialization, AssetObservation
from lading.values.records import Run

T = TypeVar("T")


class EventLogEntry:
    """One event with the run it belongs to; an event without a run has the id ``""``.

    Args:
        run_id: The run.
        event: The event, or the record that holds it and reads it when it is first asked for.
    """

    __slots__ = ("_event", "run_id")

    def __init__(self, run_id: str, event: Event | EventLogRecord) -> None:
        self.run_id = run_id
        self._event = event

    @property
    def event(self) -> Event:
        """The event."""
        event = self._event
        return event if isinstance(event, Event) else event.event

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, EventLogEntry):
            return NotImplemented
        return (self.run_id, self.event) == (other.run_id, other.event)

    def __hash__(self) -> int:
        return hash((self.run_id, self.event))

    def __repr__(self) -> str:
        return f"EventLogEntry(run_id={self.run_id!r}, event={self.event!r})"

    def __reduce__(self) -> tuple[Any, ...]:
        return EventLogEntry, (self.run_id, self.event)

    @property
    def timestamp(self) -> float:
        """Seconds since 1970 UTC."""
        return self.event.timestamp

    @property
    def step_key(self) -> str | None:
        """The step, or None for the run as a whole."""
        return self.event.step_key

    @property
    def job_name(self) -> str | None:
        """The job of the run."""
        return self.event.job_name

    @property
    def is_dagster_event(self) -> bool:
        """Whether it is more than a line that user code logged."""
        return self.event.event_type is not EventType.LOG_MESSAGE

    @property
    def dagster_event(self) -> Event | None:
        """The event; None for a line that user code logged."""
        return self.event if self.is_dagster_event else None

    def get_dagster_event(self) -> Event:
        """The event, also that of a logged line."""
        return self.event

    @property
    def dagster_event_type(self) -> EventType | None:
        """The kind of event; None for a line that user code logged."""
        return self.event.event_type if self.is_dagster_event else None

    @property
    def message(self) -> str:
        """One sentence for people."""
        return self.event.message

    @property
    def user_message(self) -> str:
        """The text that user code logged, else the message."""
        return self.event.message

    @property
    def level(self) -> int:
        """The level as in :mod:`logging`."""
        data = self.event.event_specific_data
        if isinstance(data, LogMessageData):
            return data.level
        return 40 if self.event.is_failure else 10

    @property
    def error_info(self) -> ErrorInfo | None:
        """The exception that the event tells of."""
        match self.event.event_specific_data:
            case StepFailureData(error=error) | StepRetryData(error=error) | RunFailureData(error=error):
                return error
            case _:
                return None

    @property
    def asset_materialization(self) -> AssetMaterialization | None:
        """The materialization that the event tells of."""
        data = self.event.event_specific_data
        return data.materialization if isinstance(data, StepMaterializationData) else None

    @property
    def asset_observation(self) -> AssetObservation | None:
        """The observation that the event tells of."""
        data = self.event.event_specific_data
        return data.asset_observation if isinstance(data, AssetObservationData) else None

    @property
    def asset_check_evaluation(self) -> AssetCheckEvaluation | None:
        """The verdict of a check that the event tells of."""
        data = self.event.event_specific_data
        return data if isinstance(data, AssetCheckEvaluation) else None


class EventLogRecord:
    """One stored event: its place in the log, its run, and the event.

    Args:
        storage_id: Its place in the log; later events have higher ones.
        run_id: The run, or ``""``.
        event_type: The kind.
        timestamp: Seconds since 1970 UTC.
        event: The event, or a function that reads it when it is first asked for.
    """

    __slots__ = ("_event", "event_type", "run_id", "storage_id", "timestamp")

    def __init__(
        self, storage_id: int, run_id: str, event_type: EventType, timestamp: float, event: Event | Callable[[], Event]
    ) -> None:
        self.storage_id = storage_id
        self.run_id = run_id
        self.event_type = event_type
        self.timestamp = timestamp
        self._event = event

    @property
    def event(self) -> Event:
        """The event."""
        event = self._event
        if not isinstance(event, Event):
            event = self._event = event()
        return event

    @property
    def event_log_entry(self) -> EventLogEntry:
        """The event with the run it belongs to."""
        return EventLogEntry(self.run_id, self)

    @property
    def asset_key(self) -> AssetKey | None:
        """The asset it speaks of."""
        return self.event.asset_key

    @property
    def partition_key(self) -> str | None:
        """The partition it speaks of."""
        return self.event.partition

    @property
    def asset_materialization(self) -> AssetMaterialization | None:
        """The materialization it tells of."""
        return self.event_log_entry.asset_materialization

    @property
    def asset_observation(self) -> AssetObservation | None:
        """The observation it tells of."""
        return self.event_log_entry.asset_observation

    @property
    def asset_event(self) -> AssetMaterialization | AssetObservation | None:
        """The materialization or observation it tells of."""
        return self.asset_materialization or self.asset_observation

    @property
    def asset_check_evaluation(self) -> AssetCheckEvaluation | None:
        """The verdict of a check it tells of."""
        return self.event_log_entry.asset_check_evaluation

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, EventLogRecord):
            return NotImplemented
        return (self.storage_id, self.run_id, self.event) == (other.storage_id, other.run_id, other.event)

    def __hash__(self) -> int:
        return hash((self.storage_id, self.run_id))

    def __repr__(self) -> str:
        return f"EventLogRecord({self.storage_id}, run {self.run_id!r}, {self.event!r})"

    def __reduce__(self) -> tuple[Any, ...]:
        return EventLogRecord, (self.storage_id, self.run_id, self.event_type, self.timestamp, self.event)


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some of the records asked for.

    Attributes:
        records: The records.
        cursor: Ask again with it for those that follow.
        has_more: Whether some follow.
    """

    records: Sequence[T]
    cursor: str
    has_more: bool


@dataclass(frozen=True, slots=True)
class EventQuery:
    """Which events, in which order, how many: all that is given must hold.

    Attributes:
        run_id: Of this run.
        kinds: Of one of these kinds.
        asset_key: Of this asset.
        partitions: Of one of these partitions of it.
        step_key: Of this step.
        after_time: Later than this.
        before_time: Earlier than this.
        after_id: Behind this place in the log.
        before_id: Before this place in the log.
        ids: At one of these places in the log.
        job_names: Of runs of one of these jobs.
        limit: At most so many.
        ascending: Oldest first.
    """

    run_id: str | None = None
    kinds: Collection[EventType] = ()
    asset_key: AssetKey | None = None
    partitions: Collection[str] | None = None
    step_key: str | None = None
    after_time: float | None = None
    before_time: float | None = None
    after_id: int | None = None
    before_id: int | None = None
    ids: Collection[int] | None = None
    job_names: Collection[str] | None = None
    limit: int | None = None
    ascending: bool = False


def planned_events(run: Run, created_at: float) -> list[Event]:
    """One ASSET_MATERIALIZATION_PLANNED event for each asset of the plan."""
    return [
        Event(
            EventType.ASSET_MATERIALIZATION_PLANNED,
            created_at,
            step.step_key,
            AssetMaterializationPlannedData(key, *_places(step.partitions)),
            job_name=run.job_name,
        )
        for step in run.plan
        for key in step.assets
    ]


def _places(partitions: tuple[str, ...]) -> tuple[str | None, tuple[str, ...]]:
    return (partitions[0], ()) if len(partitions) == 1 else (None, partitions)
