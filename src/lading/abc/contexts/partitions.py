"""What a context knows of partitions: the run's, and those of the asset it speaks of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lading.abc.partitions import PartitionsDefinition
from lading.errors import CheckError, InvalidInvocationError, InvariantViolationError
from lading.values.partitions import PartitionKeyRange, TimeWindow


class PartitionFacts:
    """The partitions of a run and of one asset in it; what is derived from them is derived when asked.

    Args:
        run_key: The run's own partition, or None.
        keys: The asset's partitions this context speaks of; None where the asset has none.
        definition: The asset's partitions definition, where known.
        key_range: First and last of ``keys``, where only those are known.
        run_keys: All partitions of a range run, or None.
        run_definition: The partitions definition of the run, where known.
        checked: Whether ``keys`` are known to be partitions of ``definition``.
        together: Whether one run may make several partitions of the asset, as its backfill policy says.
    """

    __slots__ = ("checked", "definition", "key_range", "keys", "run_definition", "run_key", "run_keys", "together")

    def __init__(
        self,
        run_key: str | None = None,
        keys: Sequence[str] | None = None,
        definition: PartitionsDefinition | None = None,
        key_range: PartitionKeyRange | None = None,
        run_keys: Sequence[str] | None = None,
        run_definition: PartitionsDefinition | None = None,
        *,
        checked: bool = True,
        together: bool = False,
    ) -> None:
        self.run_key = run_key
        self.keys = keys
        self.definition = definition
        self.key_range = key_range
        self.run_keys = run_keys
        self.run_definition = run_definition
        self.checked = checked
        self.together = together

    def only(self, key: str) -> PartitionFacts:
        """The facts of one of the asset's partitions."""
        return PartitionFacts(
            self.run_key, (key,), self.definition, run_keys=self.run_keys, run_definition=self.run_definition
        )

    def require_run_key(self, who: str) -> str:
        """The run's partition."""
        if self.run_key is not None:
            return self.run_key
        if self.run_keys is not None:
            raise CheckError(
                f"the number of partitions of {who} != 1",
                where=f"a run over {len(self.run_keys)} partitions",
                fix="ask for partition_keys, partition_key_range or partition_time_window instead",
            )
        raise CheckError(
            f"{who} has no partition",
            where="partition_key",
            fix="give the asset a partitions_def and the run a partition_key=; ask has_partition_key first",
        )

    def require_keys(self, who: str) -> list[str]:
        """The asset's partitions."""
        if self.keys is not None:
            if not self.checked and self.definition is not None:
                for key in self.keys:
                    if not self.definition.has_partition_key(key):
                        raise InvalidInvocationError(
                            f'"{key}" is no partition of the definition that was given',
                            where=who,
                            fix="pass a key of asset_partitions_def",
                        )
            return list(self.keys)
        if self.key_range is not None:
            if self.definition is None:
                raise CheckError(
                    f"the keys of a range of {who} are not known without its definition",
                    where=f"{self.key_range.start}..{self.key_range.end}",
                    fix="pass asset_partitions_def= as well",
                )
            return list(self.definition.get_partition_keys_in_range(self.key_range))
        raise CheckError(
            f"{who} has no asset partitions",
            where="the asset has no partitions_def"
            + (f', although the run has the partition "{self.run_key}"' if self.run_key is not None else ""),
            fix="ask `context.has_asset_partitions` (not `has_partition_key`) before reading asset_partition_key",
        )

    def require_key(self, who: str) -> str:
        """The one partition of the asset."""
        keys = self.require_keys(who)
        if len(keys) != 1:
            raise CheckError(
                f"the number of {who} partitions != 1",
                where=f"{len(keys)} partitions" + (f", {keys[0]}..{keys[-1]}" if keys else ""),
                fix="ask for asset_partition_keys, asset_partition_key_range or asset_partitions_time_window instead",
            )
        return keys[0]

    def require_range(self, who: str) -> PartitionKeyRange:
        """First and last partition of the asset."""
        if self.key_range is not None:
            return self.key_range
        keys = self.require_keys(who)
        if not keys:
            raise CheckError(f"{who} has no partitions here", where="an empty set of partitions")
        return PartitionKeyRange(keys[0], keys[-1])

    def require_definition(self, who: str) -> PartitionsDefinition:
        """The asset's partitions definition."""
        if self.definition is None:
            raise InvariantViolationError(
                f"{who} has no partitions definition",
                where="asset_partitions_def",
                fix="ask has_asset_partitions first; in a built context pass asset_partitions_def=",
            )
        return self.definition

    def require_window(self, who: str) -> TimeWindow:
        """The span of time of all the asset's partitions."""
        if self.definition is None:
            if self.keys is None and self.key_range is None:
                return self._no_window(self.require_keys(who))
            raise InvariantViolationError(
                f"{who} has no time window",
                where="its partitions definition is not known",
                fix="pass asset_partitions_def= as well",
            )
        span = self.require_range(who) if self.key_range is not None else None
        keys = [span.start, span.end] if span is not None else self.require_keys(who)
        return window_of(self.definition, keys, who)

    def _no_window(self, keys: Any) -> TimeWindow:
        raise InvariantViolationError("there is no time window here", where=str(keys))


def window_of(definition: PartitionsDefinition, keys: Sequence[str], who: str) -> TimeWindow:
    """From the start of the first key's window to the end of the last one's.

    Raises:
        InvariantViolationError: The partitions are not spans of time, or there are none.
    """
    if not definition.has_time_windows:
        raise InvariantViolationError(
            f"{who} has no time window",
            where=f"its partitions are not spans of time: {definition!r}",
            fix="use time partitions, or read the keys instead",
        )
    if not keys:
        raise InvariantViolationError(f"{who} has no time window", where="an empty set of partitions")
    first = definition.time_window_for_partition_key(keys[0])
    if len(keys) == 1:
        return first
    last = definition.time_window_for_partition_key(keys[-1])
    return TimeWindow(min(first.start, last.start), max(first.end, last.end))


NO_PARTITIONS = PartitionFacts()
