"""What users ask of an instance, as questions to its history."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable, Sequence
from collections.abc import Set as AbstractSet
from typing import NamedTuple, TypeAlias

from lading.abc.history import History
from lading.errors import CheckError, InvariantViolationError
from lading.values.axis import Axis
from lading.values.dataclass import replace
from lading.values.event_log import EventQuery
from lading.values.events import AssetObservationData, Event, EventType, StepMaterializationData
from lading.values.filters import AssetRecordsFilter, EventRecordsFilter, RunStatusChangeRecordsFilter
from lading.values.keys import AssetKey, CoercibleToAssetKey
from lading.values.materialization import AssetCheckEvaluation, AssetMaterialization, AssetObservation
from lading.values.partition_set import PartitionSet
from lading.values.records import STATUS_OF_EVENT

OfType: TypeAlias = EventType | Collection[EventType] | None


class PaginatedResults(NamedTuple):
    """Some of the results asked for; ``cursor`` asks for those that follow."""

    results: Sequence[str]
    cursor: str
    has_more: bool


def page_of(keys: Sequence[str], limit: int, ascending: bool, cursor: str | None) -> PaginatedResults:
    """Some of the keys, behind the one that is the cursor."""
    ordered = list(keys) if ascending else list(reversed(keys))
    start = ordered.index(cursor) + 1 if cursor in ordered else 0
    page = ordered[start : start + limit]
    return PaginatedResults(page, page[-1] if page else cursor or "", start + limit < len(ordered))


def keys_of(keys: Iterable[CoercibleToAssetKey]) -> list[AssetKey]:
    """The keys; what is none yet becomes one."""
    return [AssetKey.from_coercible(key) for key in keys]


def kinds_of(of_type: OfType) -> frozenset[EventType]:
    """The kinds meant: one, several, or (empty) all."""
    if of_type is None:
        return frozenset()
    return frozenset({of_type}) if isinstance(of_type, EventType) else frozenset(of_type)


def paged(query: EventQuery, cursor: str | None, limit: int | None, ascending: bool) -> EventQuery:
    """The query for the page behind the cursor.

    Raises:
        CheckError: The cursor is none that a page came with.
    """
    query = replace(query, limit=limit, ascending=ascending)
    if not cursor:
        return query
    if not cursor.isdecimal():
        raise CheckError("this is no cursor", where=repr(cursor), fix="pass the .cursor of the page before, or None")
    place = int(cursor)
    if ascending:
        return replace(query, after_id=max(place, query.after_id or 0))
    return replace(query, before_id=place if query.before_id is None else min(place, query.before_id))


def about_asset(kind: EventType, want: CoercibleToAssetKey | AssetRecordsFilter) -> EventQuery:
    """Events of one kind about an asset."""
    if not isinstance(want, AssetRecordsFilter):
        return EventQuery(kinds=(kind,), asset_key=AssetKey.from_coercible(want))
    return EventQuery(
        kinds=(kind,),
        asset_key=AssetKey.from_coercible(want.asset_key),
        partitions=want.asset_partitions,
        after_time=want.after_timestamp,
        before_time=want.before_timestamp,
        after_id=want.after_storage_id,
        before_id=want.before_storage_id,
        ids=want.storage_ids,
    )


def stored_between(
    history: History, key: AssetKey, after: int | None, before: int | None, axis: Axis | None
) -> AbstractSet[str]:
    """The partitions of an asset that were stored between two places in the log."""
    query = about_asset(EventType.ASSET_MATERIALIZATION, key)
    records = history.events(replace(query, after_id=after, before_id=before)).records
    names = {name for record in records if (name := record.partition_key) is not None}
    return frozenset(names) if axis is None else PartitionSet.of(axis, names)


def about_status(want: EventType | RunStatusChangeRecordsFilter) -> EventQuery:
    """Events that tell of a run's status.

    Raises:
        CheckError: Events of the kind tell of none.
    """
    kind = want if isinstance(want, EventType) else want.event_type
    if kind not in STATUS_OF_EVENT:
        raise CheckError(f"{kind} is no change of a run's status", fix="use EventType.RUN_SUCCESS and the like")
    if isinstance(want, EventType):
        return EventQuery(kinds=(want,))
    return EventQuery(
        kinds=(want.event_type,),
        after_time=want.after_timestamp,
        before_time=want.before_timestamp,
        after_id=want.after_storage_id,
        before_id=want.before_storage_id,
        ids=want.storage_ids,
        job_names=want.job_names,
    )


def about_kind(want: EventRecordsFilter) -> EventQuery:
    """Events of one kind."""
    return EventQuery(
        kinds=(want.event_type,),
        asset_key=want.asset_key,
        partitions=want.asset_partitions,
        after_time=want.after_timestamp,
        before_time=want.before_timestamp,
        after_id=want.after_cursor,
        before_id=want.before_cursor,
        ids=want.storage_ids,
    )


def runless_event(item: AssetMaterialization | AssetObservation | AssetCheckEvaluation) -> Event:
    """The event that tells of something outside of any run.

    Raises:
        InvariantViolationError: It is nothing that history keeps of an asset.
    """
    match item:
        case AssetMaterialization():
            return Event(EventType.ASSET_MATERIALIZATION, time.time(), None, StepMaterializationData(item))
        case AssetObservation():
            return Event(EventType.ASSET_OBSERVATION, time.time(), None, AssetObservationData(item))
        case AssetCheckEvaluation():
            return Event(EventType.ASSET_CHECK_EVALUATION, time.time(), None, item)
        case _:  # pyright: ignore[reportUnnecessaryComparison] - callers are not all typed
            raise InvariantViolationError(
                f"a {type(item).__name__} is no event of an asset",
                where=repr(item),
                fix="pass an AssetMaterialization, AssetObservation or AssetCheckEvaluation",
            )
