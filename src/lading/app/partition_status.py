"""Which partitions of an asset are stored, failed, missing and stale."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lading.abc.history import History
from lading.app.staleness import Made, Staleness
from lading.values.dataclass import dataclass, field
from lading.values.partition_set import PartitionSet
from lading.values.state import AssetState


@dataclass(frozen=True, slots=True)
class PartitionCounts:
    """How many partitions of an asset are in which state; a number that is not known is None.

    A partition may be in several: one whose last attempt failed is missing if it was never stored, and may be stale if
    it was.

    Attributes:
        total: How many exist.
        stored: How many are stored.
        failed: Of how many the last attempt failed.
        missing: How many exist and were never stored.
        stale: How many are stored and older than what they are made from.
        sets: Which they are, by the name of the state; without those that are not known.
    """

    total: int | None
    stored: int
    failed: int
    missing: int | None = None
    stale: int | None = None
    sets: Mapping[str, PartitionSet] = field(default_factory=dict[str, PartitionSet], compare=False)

    def ranges(self, state: str, limit: int | None = None) -> list[str] | None:
        """Which are in a state, as ranges ``first..last``, the first so many; None where that is not known."""
        found = self.sets.get(state)
        if found is None:
            return None
        return [start if start == end else f"{start}..{end}" for start, end in found.ranges(limit)]

    def count_ranges(self, state: str) -> int:
        """How many ranges there are of a state."""
        found = self.sets.get(state)
        return 0 if found is None else found.count_ranges()


def count_partitions(
    made: Made, state: AssetState | None, history: History, store: Any, staleness: Staleness | None = None
) -> PartitionCounts:
    """The state of an asset's partitions.

    Args:
        made: The asset, its partitions, and what it is made from.
        state: What is known of it.
        history: Where that is kept.
        store: The store of dynamic partitions.
        staleness: Tells which are stale; left out: that is not asked.
    """
    if made.partitions is None:
        return PartitionCounts(None, 0 if state is None else state.stored, 0 if state is None else state.failed)
    axis = made.partitions.axis(None, store)
    none = PartitionSet(axis)
    if state is None or not (state.stored or state.failed):
        everything = PartitionSet.all(axis)
        sets = {"stored": none, "failed": none, "missing": everything, "stale": none}
        return PartitionCounts(axis.count(), 0, 0, len(everything), 0, sets)
    stored = history.partitions(made.key, axis)
    assert isinstance(stored, PartitionSet)
    failed = PartitionSet.placed(axis, history.failed_partitions(made.key)) if state.failed else none
    sets = {"stored": stored, "failed": failed, "missing": PartitionSet.all(axis) - stored}
    names = None if staleness is None else staleness.stale_partitions(made) if stored else ()
    if names is not None:
        # Those of partitions that the asset does not have any more say nothing.
        sets["stale"] = PartitionSet.placed(axis, sorted(names)) & stored if names else none
    counts = {name: len(found) for name, found in sets.items()}
    return PartitionCounts(
        axis.count(), counts["stored"], counts["failed"], counts["missing"], counts.get("stale"), sets
    )
