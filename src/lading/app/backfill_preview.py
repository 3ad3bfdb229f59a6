"""What the runs of a backfill would do, one by one: their steps, and what each would store where."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lading.app.backfill_plan import Piece
from lading.app.instance import Instance
from lading.app.jobs import Prepared, prepare
from lading.app.output_places import Places
from lading.definitions.job import JobDefinition
from lading.engine.desk import types_of
from lading.errors import LadingError
from lading.planning.partitions import RANGE_END, RANGE_START
from lading.values.dataclass import dataclass, field
from lading.values.keys import AssetKey


@dataclass(frozen=True, slots=True)
class PlannedWrite:
    """A value that a run would make.

    Attributes:
        step: The step that makes it.
        asset: The asset.
        partition: The partition, or None.
        place: Where it would lie; None where its IO manager cannot say, or where the function stores it itself.
    """

    step: str
    asset: AssetKey
    partition: str | None = None
    place: str | None = None


@dataclass(frozen=True, slots=True)
class Preview:
    """What one run would do.

    Attributes:
        steps: Its steps, in order.
        writes: What it would make; of many partitions as many as were asked for.
        refused: Why it would be refused before it begins, or None.
    """

    steps: Sequence[str] = ()
    writes: Sequence[PlannedWrite] = field(default_factory=list[PlannedWrite])
    refused: LadingError | None = None


def preview_piece(job: JobDefinition, instance: Instance, piece: Piece, places: Places, most: int) -> Preview:
    """Work out what one run of a backfill would do, without running anything.

    Args:
        job: The job that makes all assets.
        instance: What is stored.
        piece: What the run is to make.
        places: Where values will lie.
        most: So many partitions of each asset are told at most.
    """
    tags = {} if not piece.in_range else {RANGE_START[0]: piece.partitions[0], RANGE_END[0]: piece.partitions[-1]}
    key = piece.partitions[0] if piece.partitions and not piece.in_range else None
    try:
        prepared = prepare(job, instance, partition_key=key, selected=set(piece.assets), tags=tags)
    except LadingError as error:
        return Preview(refused=error)
    writes = list(_writes(prepared, piece.partitions[:most], places))
    return Preview([step.key for step in prepared.plan.steps], writes)


def _writes(prepared: Prepared, partitions: Sequence[str], places: Places) -> Iterator[PlannedWrite]:
    for step in prepared.plan.steps:
        kinds = types_of(prepared.workload.uses[step.key]).outputs
        for out in step.outputs:
            key = out.asset_key
            if key is None or not out.selected:
                continue
            for partition in partitions if out.partitions is not None else (None,):
                place = None if kinds[out.name].is_nothing else places.of_value(key, partition)
                yield PlannedWrite(step.key, key, partition, place)
