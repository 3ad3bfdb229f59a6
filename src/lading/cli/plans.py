"""What a backfill would do: its runs, their steps and partitions, and where values would lie."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lading.app.backfill_plan import BackfillPlan, Group, Piece
from lading.app.backfill_preview import Preview, preview_piece
from lading.app.instance import Instance
from lading.app.output_places import Places
from lading.cli import words
from lading.cli.document import document, print_document
from lading.cli.screen import plain
from lading.cli.session import Session
from lading.cli.tables import wrapped
from lading.definitions.collect import Definitions
from lading.values.partition_set import PartitionSet

MOST = 1_000
"""So many runs are told one by one, and so many values of them."""
_RANGES = 3  # so many ranges of partitions are named in a line


def show_plan(
    session: Session, plan: BackfillPlan, definitions: Definitions, instance: Instance, backfill_id: str | None = None
) -> int:
    """Show what a backfill would do; gives the exit code.

    Args:
        session: What the command works with.
        plan: What is to be done.
        definitions: The assets and their resources.
        instance: What is stored.
        backfill_id: The backfill that would be taken up, or None.
    """
    job = definitions.get_implicit_global_asset_job_def()
    with Places(definitions, instance) as places:

        def previews() -> Iterator[tuple[Piece, Preview]]:
            left = MOST
            for number, piece in enumerate(plan.pieces):
                if left <= 0 or number == MOST:
                    return
                preview = preview_piece(job, instance, piece, places, left)
                left -= len(preview.writes)
                yield piece, preview

        if session.settings.json:
            _publish(session, plan, places, previews(), backfill_id)
        elif not session.settings.quiet:
            _show(session, plan, places, previews())
    return 0


def _show(session: Session, plan: BackfillPlan, places: Places, previews: Iterator[tuple[Piece, Preview]]) -> None:
    answer, width = session.screen.answer, session.screen.width
    for group in plan.groups:
        for key in group.keys:
            text = f"  {plain(key.to_user_string())}  {_extent(group)}  ->  {_shown(session, places.of_asset(key))}"
            for line in wrapped(text, width, "    "):
                answer(line)
    if session.settings.verbose:
        for number, (piece, preview) in enumerate(previews, 1):
            for text in _lines(session, number, piece, preview):
                for line in wrapped(text, width, "    "):
                    answer(line)
    steps = sum(group.runs * len(group.units) for group in plan.groups)
    made = f"would make {words.plural(plan.count, 'value')} in {words.plural(plan.runs, 'run')}"
    answer(made if steps == plan.runs else f"{made} of {words.plural(steps, 'step')}")


def _extent(group: Group) -> str:
    runs = words.plural(group.runs, "run")
    if group.wanted is None:
        return f"1 value, {runs}"
    found = _ranges(PartitionSet(group.wanted.axis, group.wanted.runs[:_RANGES]))
    more = f" and {len(group.wanted.runs) - _RANGES:,} more" if len(group.wanted.runs) > _RANGES else ""
    shared = f" with {len(group.units) - 1} more" if len(group.units) > 1 else ""
    return f"{words.plural(group.values, 'partition')} {', '.join(map(plain, found))}{more}, {runs}{shared}"


def _lines(session: Session, number: int, piece: Piece, preview: Preview) -> Iterator[str]:
    head = f"run {number}  " + (f"{plain(_span(piece))}  " if piece.partitions else "")
    if preview.refused is not None:
        yield f"{head}refused: {plain(preview.refused.what)}"
        return
    yield head + ", ".join(map(plain, preview.steps))
    for write in preview.writes:
        name = plain(write.asset.to_user_string() + (f" {write.partition}" if write.partition else ""))
        place = words.DASH if write.place is None else _shown(session, write.place)
        yield f"  {name}  ->  {place}"


def _shown(session: Session, place: str) -> str:
    return plain(session.shown_place(place)) + ("/" if place.endswith("/") else "")


def _publish(
    session: Session,
    plan: BackfillPlan,
    places: Places,
    previews: Iterator[tuple[Piece, Preview]],
    backfill_id: str | None,
) -> None:
    runs = [_run(piece, preview) for piece, preview in previews]
    told = sum(len(run["writes"]) if run["refused"] is None else run["values"] for run in runs)
    content = document(
        "backfill", backfill_id=backfill_id, runs=[], planned_runs=runs, counts={"waiting": plan.count},
        total_runs=plan.runs, dry_run=True, truncated=told < plan.count,
        partitions={"stored": [], "failed": [], "missing": []},
        assets=[
            {
                "asset": key.to_user_string(), "waiting": plan.totals[key], "url": places.of_asset(key),
                "partitions": {
                    "stored": [], "failed": [], "missing": [],
                    "waiting": [] if group.wanted is None else _ranges(group.wanted),
                },
            }
            for group in plan.groups for key in group.keys
        ],
        next=[],
    )  # fmt: skip
    print_document(session.screen.out, content)


def _run(piece: Piece, preview: Preview) -> dict[str, Any]:
    return {
        "assets": [key.to_user_string() for key in piece.assets],
        "partitions": [_span(piece)] if piece.partitions else [],
        "values": len(piece.assets) * max(1, len(piece.partitions)),
        "steps": list(preview.steps),
        "writes": [
            {
                "step": write.step,
                "asset": write.asset.to_user_string(),
                "partition": write.partition,
                "url": write.place,
            }
            for write in preview.writes
        ],
        "refused": None if preview.refused is None else preview.refused.what,
    }


def _span(piece: Piece) -> str:
    keys = piece.partitions
    return keys[0] if len(keys) == 1 else f"{keys[0]}..{keys[-1]}"


def _ranges(keys: PartitionSet) -> list[str]:
    return [start if start == end else f"{start}..{end}" for start, end in keys.ranges()]
