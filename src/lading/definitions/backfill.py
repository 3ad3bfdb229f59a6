"""How a backfill over many partitions is cut into runs."""

from __future__ import annotations

from lading.errors import CheckError
from lading.values.dataclass import dataclass


@dataclass(frozen=True, slots=True)
class BackfillPolicy:
    """How a backfill is cut into runs. Make one with :meth:`single_run` or :meth:`multi_run`.

    Args:
        max_partitions_per_run: At most so many partitions in one run; None puts all of them into one.
    """

    max_partitions_per_run: int | None = 1

    @staticmethod
    def single_run() -> BackfillPolicy:
        """All partitions in one run."""
        return BackfillPolicy(None)

    @staticmethod
    def multi_run(max_partitions_per_run: int = 1) -> BackfillPolicy:
        """Runs of at most ``max_partitions_per_run`` partitions.

        Raises:
            CheckError: The number is less than one.
        """
        if max_partitions_per_run < 1:
            raise CheckError("a run holds at least one partition", where=f"multi_run({max_partitions_per_run})")
        return BackfillPolicy(max_partitions_per_run)
