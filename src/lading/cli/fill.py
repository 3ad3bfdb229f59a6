"""``lading backfill``: make what is missing, over all partitions."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from typing import Any

import click

from lading.app.backfill_plan import Ends, Which, plan_backfill
from lading.app.backfill_record import BackfillRecord
from lading.app.backfill_run import Backfill
from lading.app.choose import choose_assets
from lading.app.instance import Instance
from lading.app.load import load_project
from lading.app.run_rows import COMMAND_TAG
from lading.app.status import keep_facts
from lading.cli import words
from lading.cli.document import document, error_fields, print_document
from lading.cli.ending import NOT_STARTED, as_recorded, counts_of, load_suggestion, tell_end
from lading.cli.failure import show
from lading.cli.interrupt import Interrupted
from lading.cli.journey import Journey
from lading.cli.make import EventLines
from lading.cli.options import Settings, command
from lading.cli.plans import show_plan
from lading.cli.selecting import selection_words
from lading.cli.session import Session
from lading.cli.steps import StepLine, Trouble
from lading.cli.tidying import tidy
from lading.definitions.lineage import Lineage
from lading.errors import CheckError, LadingError
from lading.values.keys import AssetKey
from lading.values.partition_set import PartitionSet
from lading.values.records import new_id
from lading.values.state import Slot


@command(
    "backfill",
    ("lading backfill", "make every value that was never stored"),
    ("lading backfill weather --range 2015-01-01..2015-12-31 --all", "make a year of weather again"),
)
@click.argument("selection", nargs=-1, metavar="[SEL]...")
@click.option("--select", metavar="SEL", help="The same as the words: assets to make, parted by commas.")
@click.option("--range", "key_range", metavar="A..B", help="Only partitions from A to B, both included.")
@click.option("--missing", "which", flag_value="missing", help="What was never stored. The default.")
@click.option("--failed", "which", flag_value="failed", help="What failed the last time.")
@click.option("--all", "which", flag_value="all", help="Everything, also what is stored.")
@click.option(
    "--max-parallel",
    type=click.IntRange(1),
    default=1,
    metavar="N",
    help="So many runs at a time, in threads: for functions that wait. Default: 1.",
)
@click.option("--allow-empty", is_flag=True, help="An empty selection is no error.")
@click.option("--jsonl", is_flag=True, help="One event a line on stdout, the JSON document last.")
@click.option("-n", "--dry-run", is_flag=True, help="Show what would be made and where it would lie, make nothing.")
@click.pass_obj
def backfill_command(
    settings: Settings, selection: Sequence[str], select: str | None, which: str | None, **asked: Any
) -> int:
    """Make what is missing, over all partitions, upstream first. Assets without partitions count as one."""
    session = Session(settings)
    place = session.find_place()
    session.enter(place)
    definitions = load_project(place).definitions
    chosen = selection_words(selection, select)
    keys = choose_assets(definitions, chosen, allow_empty=asked["allow_empty"])
    with Instance.open(session.home(place)) as instance:
        lineage = definitions.lineage
        kind: Which = which if which in {"failed", "all"} else "missing"  # pyright: ignore[reportAssignmentType] - click gives one of three words
        span = None if asked["key_range"] is None else _ends(asked["key_range"])
        if not asked["dry_run"]:
            tidy(session, definitions, instance, keys)
        plan = plan_backfill(lineage, keys, instance, kind, span)
        if asked["dry_run"]:
            return show_plan(session, plan, definitions, instance)
        record = BackfillRecord(
            new_id(), tuple(keys), kind, span, asked["max_parallel"], definitions=place.label,
            selection=" ".join(chosen), named=session.named(),
        )  # fmt: skip
        running = Backfill(definitions, plan, instance, record, tags={COMMAND_TAG: "backfill"})
        if plan.groups:
            keep_facts(lineage, instance, plan.totals, session.shown_place)
        return Filling(session, running, instance, lineage, asked["jsonl"]).run(len(keys), kind)


def _ends(text: str) -> Ends:
    start, dots, end = text.partition("..")
    if not dots:
        raise CheckError(f"{text!r} is no range", where="--range", fix="write A..B; either end may be left out")
    return start or None, end or None


class Filling:
    """One backfill on the command line, from its first line to its last.

    Args:
        session: What the command works with.
        running: The backfill.
        instance: Where it is recorded.
        lineage: The assets.
        one_line: Whether stdout gets one event a line.
    """

    def __init__(
        self, session: Session, running: Backfill, instance: Instance, lineage: Lineage, one_line: bool = False
    ) -> None:
        self._session = session
        self._running = running
        self._instance = instance
        self._lineage = lineage
        self._one_line = one_line
        self._fatal: LadingError | None = None

    def run(self, assets: int, which: Which) -> int:
        """Make all pieces; gives the exit code.

        Args:
            assets: How many assets were selected.
            which: What of them.
        """
        session, plan = self._session, self._running.plan
        if not plan.groups and not session.settings.json and not self._one_line:
            self._running.run()  # what was taken up and has nothing left is done
            if not session.settings.quiet:
                left = "nothing is missing" if which == "missing" else "nothing to do"
                session.screen.answer(f"{left}: {words.plural(assets, 'asset')}")
            return 0
        journey = Journey(session, {key.to_user_string(): count for key, count in plan.totals.items()})
        events = EventLines(session) if self._one_line else None
        stopped = 0
        with journey:
            if plan.groups:
                record = self._running.record
                side = (f"{record.max_parallel} at a time",) if record.max_parallel > 1 else ()
                made = f"{plan.count:,} of " if plan.count < record.total else ""
                journey.head(
                    f"backfill {words.short_id(record.backfill_id)}",
                    made + words.plural(max(plan.count, record.total), "value"),
                    words.plural(plan.runs, "run"), *side, record.definitions or "",
                )  # fmt: skip
            try:
                self._running.run(
                    journey.observe if events is None else lambda: events.beside_run(journey.observe()),
                    lambda piece, error: journey.note(_refused(piece.slots(), error)), journey.interruptions.check,
                )  # fmt: skip
            except Interrupted as interrupted:
                stopped = interrupted.exit_code
            except LadingError as error:
                self._fatal = error
        return self._end(journey, stopped)

    def _end(self, journey: Journey, stopped: int) -> int:
        session, result = self._session, self._running.result
        lines = [*journey.lines]
        seen = {(line.asset, place) for line in lines for place in line.places}
        for piece in self._running.plan.pieces:
            for slot in piece.slots():
                name = slot.asset_key.to_user_string()
                if (name, slot.partition) not in seen and slot not in result.stored:
                    lines.append(StepLine(name, NOT_STARTED, name, slot.partition))
        if stopped:
            as_recorded(lines, journey, self._instance)
        code = stopped or (self._fatal.exit_code if self._fatal is not None else 0 if result.success else 1)
        state = "cancelled" if stopped else "failed" if code else "done"
        follow = self._next(lines, state, journey)
        if session.settings.json or self._one_line:
            self._publish(journey, lines, state, follow, code)
            return code
        if self._fatal is not None:
            show(self._fatal, session.screen)
        before = max(0, self._running.record.total - self._running.plan.count)
        tell_end(session, journey, lines, state, follow, self._instance, before)
        return code

    def _next(self, lines: Sequence[StepLine], state: str, journey: Journey) -> list[str]:
        session = self._session
        if state == "done":
            return load_suggestion(session, lines)
        again = session.suggest("resume", words.short_id(self._running.record.backfill_id), definitions=True)
        failed = next((line for line in lines if line.state == "failed" and line.trouble is not None), None)
        run = journey.run_of.get(id(failed)) if failed is not None else None
        if failed is None or run is None:
            return [again]
        return [session.suggest("log", words.short_id(run), "--step", failed.step), again]

    def _publish(
        self, journey: Journey, lines: Sequence[StepLine], state: str, follow: Sequence[str], code: int
    ) -> None:
        result = self._running.result
        fields: dict[str, Any] = {
            "backfill_id": result.backfill_id,
            "state": state,
            "seconds": round(time.time() - journey.started, 3),
            "runs": journey.ran,
            "counts": counts_of(lines),
            "partitions": self._partitions(lines, None),
            "assets": [
                {"asset": key.to_user_string(), "partitions": self._partitions(lines, key)}
                for key in self._running.plan.totals
            ],
            "next": list(follow),
        }
        if code:
            fields["error"] = self._error(lines, follow, code)
        content = document("backfill", code == 0, **fields)
        print_document(self._session.screen.out, content, one_line=self._one_line)

    def _error(self, lines: Sequence[StepLine], follow: Sequence[str], code: int) -> dict[str, Any]:
        if self._fatal is not None:
            return error_fields(self._fatal)
        trouble = next((line.trouble for line in lines if line.trouble is not None), None)
        if trouble is None:
            what = "the backfill was cancelled"
            fields: dict[str, Any] = {"code": "cancelled", "what": what, "where": None, "fix": f"`{follow[-1]}`"}
        else:
            fields = trouble.as_fields()
        return {**fields, "did_you_mean": None, "exit": code}

    def _partitions(self, lines: Sequence[StepLine], key: AssetKey | None) -> dict[str, list[str]]:
        """Partitions as ranges, by what became of them; those of all assets together where none is named."""
        if key is None:
            each = [self._partitions(lines, asset) for asset in self._running.plan.totals]
            return {
                name: list(dict.fromkeys(text for found in each for text in found[name]))
                for name in ("stored", "failed", "missing")
            }
        definition = self._lineage.by_key[key].partitions_def
        if definition is None:
            return {"stored": [], "failed": [], "missing": []}
        axis = definition.axis(None, self._instance)
        name = key.to_user_string()
        by_state: dict[str, list[str]] = {"stored": [], "failed": [], "missing": []}
        for line in lines:
            if line.asset == name:
                places = [place for place in line.places if place is not None]
                by_state.get(line.state, by_state["missing"]).extend(places)
        return {state: _ranges(PartitionSet.of(axis, keys)) for state, keys in by_state.items()}


def _ranges(keys: PartitionSet) -> list[str]:
    return [start if start == end else f"{start}..{end}" for start, end in keys.ranges()]


def _refused(slots: Iterable[Slot], error: LadingError) -> list[StepLine]:
    trouble = Trouble(type(error).__name__, error.what, said=error)
    return [
        StepLine(
            slot.asset_key.to_user_string(), "failed", slot.asset_key.to_user_string(), slot.partition, trouble=trouble
        )
        for slot in slots
    ]
