"""What a backfill would do: its runs, their steps and partitions, and where values would lie."""

from __future__ import annotations

from typing import Any

from lading.app.backfill_plan import BackfillPlan, Group, Piece
from lading.app.instance import Instance
from lading.app.output_places import place_of
from lading.cli import words
from lading.cli.screen import plain
from lading.cli.session import Session
from lading.cli.tables import wrapped
from lading.definitions.collect import Definitions
from lading.values.keys import AssetKey

MOST = 1_000
"""So many runs stand in a document one by one."""
_RANGES = 3  # so many ranges of partitions are named in a line


def show_plan(session: Session, plan: BackfillPlan, definitions: Definitions, instance: Instance) -> int:
    """Show what a backfill would do; gives the exit code."""
    places = {key: place_of(definitions, instance, key) for key in plan.totals}
    if session.settings.json:
        _publish(session, plan, places)
        return 0
    for group in plan.groups:
        for key in group.keys:
            place = plain(session.shown_place(places[key])) + ("/" if places[key].endswith("/") else "")
            text = f"  {plain(key.to_user_string())}  {_extent(group)}  ->  {place}"
            for line in wrapped(text, session.screen.width, "    "):
                session.screen.answer(line)
    steps = sum(group.runs * len(group.units) for group in plan.groups)
    made = f"would make {words.plural(plan.count, 'value')} in {words.plural(plan.runs, 'run')}"
    session.screen.answer(made if steps == plan.runs else f"{made} of {words.plural(steps, 'step')}")
    return 0


def _extent(group: Group) -> str:
    runs = words.plural(group.runs, "run")
    if group.wanted is None:
        return f"1 value, {runs}"
    found = [start if start == end else f"{start}..{end}" for start, end in group.wanted.ranges()[: _RANGES + 1]]
    more = f" and {len(group.wanted.runs) - _RANGES:,} more" if len(group.wanted.runs) > _RANGES else ""
    shared = f" with {len(group.units) - 1} more" if len(group.units) > 1 else ""
    return f"{words.plural(group.values, 'partition')} {', '.join(map(plain, found[:_RANGES]))}{more}, {runs}{shared}"


def _publish(session: Session, plan: BackfillPlan, places: dict[AssetKey, str]) -> None:
    runs: list[dict[str, Any]] = []
    for piece in plan.pieces:
        if len(runs) == MOST:
            break
        runs.append(_run(piece))
    session.publish(
        backfill_id=None, runs=[], planned_runs=runs, counts={"waiting": plan.count}, total_runs=plan.runs,
        dry_run=True,
        partitions={"stored": [], "failed": [], "missing": []},
        assets=[
            {
                "asset": key.to_user_string(), "waiting": plan.totals[key], "url": places[key],
                "partitions": {"waiting": _ranges(group)},
            }
            for group in plan.groups for key in group.keys
        ],
        next=[],
    )  # fmt: skip


def _run(piece: Piece) -> dict[str, Any]:
    keys = piece.partitions
    return {
        "assets": [key.to_user_string() for key in piece.assets],
        "partitions": [] if not keys else [keys[0] if len(keys) == 1 else f"{keys[0]}..{keys[-1]}"],
        "values": len(piece.assets) * max(1, len(keys)),
    }


def _ranges(group: Group) -> list[str]:
    if group.wanted is None:
        return []
    return [start if start == end else f"{start}..{end}" for start, end in group.wanted.ranges()]
