"""What contexts and planning may ask of a definition of partitions, and of a mapping between two of them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Protocol

from lading.errors import InvalidInvocationError, InvariantViolationError, UnknownPartitionError
from lading.values.axis import Axis
from lading.values.dataclass import dataclass, field
from lading.values.partitions import PartitionKeyRange, TimeWindow


class DynamicPartitionsStore(Protocol):
    """Where the keys of dynamic partitions are kept; an Instance is one."""

    def get_dynamic_partitions(self, name: str, /) -> Sequence[str]:
        """Return the keys in the order in which they were added; none for an unknown name."""
        ...

    def has_dynamic_partition(self, name: str, key: str, /) -> bool:
        """Return whether the key was added under this name."""
        ...


# ---------------------------------------------------------------- now and the store


@dataclass(frozen=True, slots=True)
class PartitionLoading:
    """The moment and the store that questions about partitions go by when they name none themselves."""

    effective_dt: datetime
    dynamic_partitions_store: DynamicPartitionsStore | None


_loading: ContextVar[PartitionLoading | None] = ContextVar("partition_loading", default=None)


@contextmanager
def partition_loading_context(
    effective_dt: datetime | None = None, dynamic_partitions_store: DynamicPartitionsStore | None = None
) -> Generator[PartitionLoading, None, None]:
    """Fix "now" and the store of dynamic partitions for everything asked within the block.

    Args:
        effective_dt: The moment to go by; a naive one is read as UTC. Left out: that of the enclosing block, else the
            moment at which the block is entered.
        dynamic_partitions_store: The store to go by, as a rule the instance. Left out: that of the enclosing block.
    """
    outer = _loading.get()
    if effective_dt is None:
        effective_dt = outer.effective_dt if outer else datetime.now(UTC)
    elif effective_dt.tzinfo is None:
        effective_dt = effective_dt.replace(tzinfo=UTC)
    if dynamic_partitions_store is None and outer is not None:
        dynamic_partitions_store = outer.dynamic_partitions_store
    loading = PartitionLoading(effective_dt, dynamic_partitions_store)
    token = _loading.set(loading)
    try:
        yield loading
    finally:
        _loading.reset(token)


def effective_now() -> datetime:
    """Return the moment set by the enclosing ``partition_loading_context``, else the present one."""
    loading = _loading.get()
    return datetime.now(UTC) if loading is None else loading.effective_dt


def effective_store() -> DynamicPartitionsStore | None:
    """Return the store set by the enclosing ``partition_loading_context``, if any."""
    loading = _loading.get()
    return None if loading is None else loading.dynamic_partitions_store


# ---------------------------------------------------------------- definitions


class PartitionsDefinition(ABC):
    """How an asset or a job is divided into partitions.

    Everything is answered through the axis, which gives each key a place. Where a method takes ``current_time`` and
    ``dynamic_partitions_store``, those of the enclosing ``partition_loading_context`` stand in for what is left out.
    """

    @abstractmethod
    def axis(
        self, current_time: datetime | None = None, dynamic_partitions_store: DynamicPartitionsStore | None = None
    ) -> Axis:
        """Return what gives every key its place, with the keys that exist at the given moment."""

    @abstractmethod
    def describe_keys(self) -> str:
        """Return a few words on what keys look like, for messages."""

    def nearest(
        self,
        key: str,
        current_time: datetime | None = None,
        dynamic_partitions_store: DynamicPartitionsStore | None = None,
    ) -> str | None:
        """Return the existing key that was probably meant, or None."""
        return None

    def get_partition_keys(
        self, current_time: datetime | None = None, dynamic_partitions_store: DynamicPartitionsStore | None = None
    ) -> Sequence[str]:
        """Return all keys that exist, in order."""
        axis = self.axis(current_time, dynamic_partitions_store)
        return [key for start, stop in axis.extents() for key in axis.keys_between(start, stop)]

    def has_partition_key(
        self,
        partition_key: str,
        current_time: datetime | None = None,
        dynamic_partitions_store: DynamicPartitionsStore | None = None,
    ) -> bool:
        """Return whether the key exists, spelled exactly like this; never fails."""
        axis = self.axis(current_time, dynamic_partitions_store)
        place = axis.ordinal_of(partition_key)
        return place is not None and any(start <= place < stop for start, stop in axis.extents())

    def get_first_partition_key(
        self, current_time: datetime | None = None, dynamic_partitions_store: DynamicPartitionsStore | None = None
    ) -> str | None:
        """Return the first key that exists, or None."""
        axis = self.axis(current_time, dynamic_partitions_store)
        extents = axis.extents()
        return axis.key_of(extents[0][0]) if extents else None

    def get_last_partition_key(
        self, current_time: datetime | None = None, dynamic_partitions_store: DynamicPartitionsStore | None = None
    ) -> str | None:
        """Return the last key that exists, or None."""
        axis = self.axis(current_time, dynamic_partitions_store)
        extents = axis.extents()
        return axis.key_of(extents[-1][1] - 1) if extents else None

    def get_num_partitions(
        self, current_time: datetime | None = None, dynamic_partitions_store: DynamicPartitionsStore | None = None
    ) -> int:
        """Return how many keys exist."""
        return self.axis(current_time, dynamic_partitions_store).count()

    def get_partition_keys_in_range(
        self,
        partition_key_range: PartitionKeyRange,
        current_time: datetime | None = None,
        dynamic_partitions_store: DynamicPartitionsStore | None = None,
    ) -> Sequence[str]:
        """Return the keys from one to another, both included; a reversed range holds none.

        Raises:
            InvalidInvocationError: One of the two keys does not exist.
        """
        start, end = partition_key_range
        axis = self.axis(current_time, dynamic_partitions_store)
        extents = axis.extents()
        places: list[int] = []
        for key in (start, end):
            place = axis.ordinal_of(key)
            if place is None or not any(first <= place < stop for first, stop in extents):
                raise self._outside(partition_key_range, key, current_time, dynamic_partitions_store)
            places.append(place)
        low, high = places[0], places[1] + 1
        return [
            key
            for first, stop in extents
            if first < high and stop > low
            for key in axis.keys_between(max(first, low), min(stop, high))
        ]

    def as_partition_key(self, text: str) -> str:
        """Return the key that a text, typed by a person, stands for; the text itself but for several dimensions."""
        return text

    def require_partition_key(
        self,
        partition_key: str,
        current_time: datetime | None = None,
        dynamic_partitions_store: DynamicPartitionsStore | None = None,
        *,
        where: str | None = None,
    ) -> str:
        """Return the key as ``as_partition_key`` gives it, if it exists.

        Args:
            partition_key: The key, or its text.
            current_time: The moment to go by.
            dynamic_partitions_store: The store to go by.
            where: Whose partitions they are, for the message: ``asset "orders"``.

        Raises:
            UnknownPartitionError: It does not exist; the message names the nearest one that does.
        """
        if self.has_partition_key(partition_key, current_time, dynamic_partitions_store):
            return self.as_partition_key(partition_key)
        nearest = self.nearest(partition_key, current_time, dynamic_partitions_store)
        fix = self.describe_keys() if nearest is None else f'{self.describe_keys()}; the nearest is "{nearest}"'
        raise UnknownPartitionError(
            f'"{partition_key}" is no partition', where=where or repr(self), fix=fix, did_you_mean=nearest
        )

    # ------------------------------------------------------------ time

    @property
    def has_time_windows(self) -> bool:
        """Whether each partition stands for a span of time."""
        return False

    def time_window_for_partition_key(self, partition_key: str) -> TimeWindow:
        """Return the span of time that a partition stands for, whether or not it exists.

        Raises:
            InvariantViolationError: These partitions do not stand for spans of time.
            ValueError: The text is no key.
        """
        raise InvariantViolationError(
            f'partition "{partition_key}" stands for no span of time',
            where=repr(self),
            fix="ask for the partition key instead, or use time partitions (DailyPartitionsDefinition, …)",
        )

    def time_window_for_range(self, partition_key_range: PartitionKeyRange) -> TimeWindow:
        """Return the span from the start of the first partition to the end of the last.

        Raises:
            InvariantViolationError: These partitions do not stand for spans of time.
            ValueError: One of the texts is no key.
        """
        first, last = partition_key_range
        start = self.time_window_for_partition_key(first)
        end = start if first == last else self.time_window_for_partition_key(last)
        return TimeWindow(start.start, end.end)

    def _outside(
        self,
        span: PartitionKeyRange,
        key: str,
        current_time: datetime | None,
        store: DynamicPartitionsStore | None,
    ) -> InvalidInvocationError:
        nearest = self.nearest(key, current_time, store)
        return InvalidInvocationError(
            f'the range "{span.start}" to "{span.end}" ends at a partition that does not exist: "{key}"',
            where=repr(self),
            fix=self.describe_keys() if nearest is None else f'{self.describe_keys()}; the nearest is "{nearest}"',
            did_you_mean=nearest,
        )


# ---------------------------------------------------------------- mappings


@dataclass(frozen=True, slots=True)
class UpstreamKeys:
    """What a mapping answers.

    Attributes:
        keys: The upstream partitions to load, in order, each once; all of them exist.
        nonexistent: Further ones that the mapping asks for and the upstream definition does not have (starts later,
            ends earlier, knows no such text). Running must fail on them.
    """

    keys: list[str]
    nonexistent: list[str] = field(default_factory=list[str])


class PartitionMapping(ABC):
    """Which partitions of an upstream asset a partition of a downstream asset is made from."""

    @abstractmethod
    def upstream_keys(
        self,
        downstream_keys: Sequence[str],
        downstream: PartitionsDefinition | None,
        upstream: PartitionsDefinition,
        now: datetime | None = None,
        store: DynamicPartitionsStore | None = None,
    ) -> UpstreamKeys:
        """Return the upstream keys that the downstream keys are made from.

        Args:
            downstream_keys: What is to be made; empty if the downstream asset is not partitioned.
            downstream: The partitions of the downstream asset, None if it has none.
            upstream: The partitions of the upstream asset.
            now: The moment to go by.
            store: The store of dynamic partitions to go by.

        Raises:
            InvalidDefinitionError: The mapping does not fit the two definitions.
            ValueError: A downstream key cannot be read.
        """

    def check(self, downstream: PartitionsDefinition | None, upstream: PartitionsDefinition) -> None:  # noqa: B027 - most mappings fit any two definitions
        """See, before anything runs, that the mapping fits the two definitions.

        Raises:
            InvalidDefinitionError: It does not.
        """

    def looks_back_within(self, partitions: PartitionsDefinition) -> bool:
        """Whether an asset with these partitions would be made only from earlier partitions of itself."""
        return False
