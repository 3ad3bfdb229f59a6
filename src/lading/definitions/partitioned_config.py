"""Run config that follows from the partition."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from lading.abc.partitions import PartitionsDefinition
from lading.definitions.partitions.dynamic import DynamicPartitionsDefinition
from lading.definitions.partitions.periods import (
    DailyPartitionsDefinition,
    HourlyPartitionsDefinition,
    MonthlyPartitionsDefinition,
    WeeklyPartitionsDefinition,
)
from lading.definitions.partitions.static import StaticPartitionsDefinition


class PartitionedConfig:
    """Run config that follows from the partition: given as the ``config`` of a job, it also gives its partitions.

    Attributes:
        partitions_def: The partitions.
        decorated_fn: The function behind it.
    """

    __slots__ = ("_config_of", "decorated_fn", "partitions_def")

    def __init__(
        self, partitions_def: PartitionsDefinition, config_of: Callable[[str], Any], decorated_fn: Callable[..., Any]
    ) -> None:
        self.partitions_def = partitions_def
        self._config_of = config_of
        self.decorated_fn = decorated_fn

    def get_run_config_for_partition_key(self, partition_key: str) -> Mapping[str, Any]:
        """The run config of a partition.

        Raises:
            UnknownPartitionError: There is no such partition.
        """
        key = self.partitions_def.require_partition_key(partition_key)
        found = self._config_of(key)
        return found.to_config_dict() if hasattr(found, "to_config_dict") else found

    def get_partition_keys(self, current_time: datetime | None = None) -> Sequence[str]:
        """All partitions."""
        return self.partitions_def.get_partition_keys(current_time)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call the function itself."""
        return self.decorated_fn(*args, **kwargs)


Decorator = Callable[[Callable[..., Any]], PartitionedConfig]


def _by_key(definition: PartitionsDefinition) -> Decorator:
    def decorate(fn: Callable[..., Any]) -> PartitionedConfig:
        return PartitionedConfig(definition, fn, fn)

    return decorate


def _by_window(definition: PartitionsDefinition) -> Decorator:
    def decorate(fn: Callable[..., Any]) -> PartitionedConfig:
        def config_of(key: str) -> Any:
            window = definition.time_window_for_partition_key(key)
            return fn(window.start, window.end)

        return PartitionedConfig(definition, config_of, fn)

    return decorate


def static_partitioned_config(partition_keys: Sequence[str]) -> Decorator:
    """Run config from a function of a partition key, one of these."""
    return _by_key(StaticPartitionsDefinition(partition_keys))


def dynamic_partitioned_config(partition_fn: Callable[..., Sequence[str]]) -> Decorator:
    """Run config from a function of a partition key, one of those that ``partition_fn`` gives."""
    return _by_key(DynamicPartitionsDefinition(partition_fn))


def hourly_partitioned_config(
    start_date: datetime | str,
    minute_offset: int = 0,
    timezone: str | None = None,
    fmt: str | None = None,
    end_offset: int = 0,
) -> Decorator:
    """Run config from a function of the start and end of an hour."""
    return _by_window(
        HourlyPartitionsDefinition(
            start_date, minute_offset=minute_offset, timezone=timezone, fmt=fmt, end_offset=end_offset
        )
    )


def daily_partitioned_config(
    start_date: datetime | str,
    minute_offset: int = 0,
    hour_offset: int = 0,
    timezone: str | None = None,
    fmt: str | None = None,
    end_offset: int = 0,
) -> Decorator:
    """Run config from a function of the start and end of a day."""
    return _by_window(
        DailyPartitionsDefinition(
            start_date, minute_offset=minute_offset, hour_offset=hour_offset, timezone=timezone, fmt=fmt,
            end_offset=end_offset,
        )
    )  # fmt: skip


def weekly_partitioned_config(
    start_date: datetime | str,
    minute_offset: int = 0,
    hour_offset: int = 0,
    day_offset: int = 0,
    timezone: str | None = None,
    fmt: str | None = None,
    end_offset: int = 0,
) -> Decorator:
    """Run config from a function of the start and end of a week."""
    return _by_window(
        WeeklyPartitionsDefinition(
            start_date, minute_offset=minute_offset, hour_offset=hour_offset, day_offset=day_offset, timezone=timezone,
            fmt=fmt, end_offset=end_offset,
        )
    )  # fmt: skip


def monthly_partitioned_config(
    start_date: datetime | str,
    minute_offset: int = 0,
    hour_offset: int = 0,
    day_offset: int = 1,
    timezone: str | None = None,
    fmt: str | None = None,
    end_offset: int = 0,
) -> Decorator:
    """Run config from a function of the start and end of a month."""
    return _by_window(
        MonthlyPartitionsDefinition(
            start_date, minute_offset=minute_offset, hour_offset=hour_offset, day_offset=day_offset, timezone=timezone,
            fmt=fmt, end_offset=end_offset,
        )
    )  # fmt: skip
