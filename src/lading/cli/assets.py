"""``lading list``: assets, their state, size and when they were stored."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import click

from lading.app.instance import Instance
from lading.app.kept import AssetStatus, known_assets
from lading.app.load import load_project
from lading.app.status import asset_statuses
from lading.cli import words
from lading.cli.options import Settings, command
from lading.cli.partitions import partition_cell, partition_fields
from lading.cli.screen import columns_of, plain
from lading.cli.selecting import selection_words
from lading.cli.session import Session
from lading.cli.tables import Column, next_lines, render, wrapped
from lading.definitions.lineage import Lineage
from lading.definitions.selection_words import parse_cli_selection
from lading.errors import InvalidSubsetError
from lading.values.keys import AssetKey

COLUMNS = (
    Column("asset", 9), Column("state", 9), Column("partitions", 7), Column("rows", 3, right=True),
    Column("size", 4, right=True), Column("stored", 6), Column("kind", 2),
)  # fmt: skip
RANGES = 100
"""So many ranges of each state are named in JSON, asset by asset; ``lading show`` names more."""
NEEDS_WORK = {"stale", "missing", "partial", "failed"}


@command(
    "list",
    ("lading list", "every asset and its state"),
    ("lading list group:weather --stale", "those of a group that are not up to date"),
)
@click.argument("selection", nargs=-1, metavar="[SEL]...")
@click.option("--select", metavar="SEL", help="The same as the words.")
@click.option("--tree", is_flag=True, help="Each below what it is made from.")
@click.option("--stale", is_flag=True, help="Only those that are stale, missing, partial or failed.")
@click.option("--allow-empty", is_flag=True, help="An empty selection is no error.")
@click.pass_obj
def list_command(settings: Settings, selection: Sequence[str], select: str | None, **asked: Any) -> int:
    """Assets: their state, size and when they were stored. Without definitions: those that the history knows."""
    session = Session(settings)
    chosen = selection_words(selection, select)
    place = session.find_place_if_any()
    lineage: Lineage | None = None
    if place is not None:
        session.enter(place)
        lineage = load_project(place).definitions.lineage
    with Instance.open(session.home(place)) as instance:
        if lineage is None:
            found = _known(instance, chosen)
        else:
            keys = parse_cli_selection(
                chosen, lineage, include_sources=True, allow_empty=asked["allow_empty"] or not chosen
            )
            found = asset_statuses(lineage, instance, keys)
    if asked["stale"]:
        found = [each for each in found if each.state in NEEDS_WORK]
    if settings.json:
        session.publish(assets=[as_fields(each, session) for each in found])
        return 0
    if settings.quiet:
        return 0
    if asked["tree"] and lineage is not None:
        _show_tree(session, lineage, found)
    elif found:
        _show_table(session, found)
    _show_sum(session, found)
    return 0


def _known(instance: Instance, chosen: Sequence[str]) -> list[AssetStatus]:
    found = known_assets(instance)
    if not chosen:
        return found
    wanted = [name.strip() for word in chosen for name in word.split(",")]
    names = {each.key.to_user_string(): each for each in found}
    for name in wanted:
        if name not in names:
            raise InvalidSubsetError(
                f'no asset is called "{name}"', where=f"the history knows {len(names)}; no definitions were found",
                fix="`lading list` without words, or name the definitions with `-f FILE`",
            )  # fmt: skip
    return [names[name] for name in wanted]


def as_fields(status: AssetStatus, session: Session) -> dict[str, Any]:
    """The state of an asset as data."""
    return {
        "asset": status.key.to_user_string(),
        "group": status.group,
        "kinds": list(status.kinds),
        "state": status.state,
        "partitions": partition_fields(status.partitions, RANGES),
        "rows": status.rows,
        "bytes": status.bytes,
        "stored_at": words.iso(status.stored_at),
        "upstream": [key.to_user_string() for key in status.upstream],
        "code_location": None if status.source is None else session.shown_place(status.source),
    }


def _show_table(session: Session, found: Sequence[AssetStatus]) -> None:
    rows = [
        [
            each.key.to_user_string(),
            each.state,
            partition_cell(each.partitions),
            words.count(each.rows),
            words.size(each.bytes),
            words.moment(each.stored_at),
            each.format or ", ".join(each.kinds) or words.DASH,
        ]
        for each in found
    ]
    for line in render(COLUMNS, rows, session.screen.width, session.screen.painter):
        session.screen.answer(line)


def _show_tree(session: Session, lineage: Lineage, found: Sequence[AssetStatus]) -> None:
    by_key = {each.key: each for each in found}
    shown: set[AssetKey] = set()

    def walk(key: AssetKey, depth: int) -> None:
        again = key in shown
        shown.add(key)
        name = plain(key.to_user_string())
        children = [child for child in sorted(lineage.children(key)) if child in by_key and child != key]
        note = "  (see above)" if again and children else ""
        session.screen.answer(f"{'  ' * depth}{name}  {session.screen.paint_out(by_key[key].state)}{note}")
        for child in () if again else children:
            walk(child, depth + 1)

    for each in found:
        if not any(parent in by_key and parent != each.key for parent in lineage.parents(each.key)):
            walk(each.key, 0)


def _show_sum(session: Session, found: Sequence[AssetStatus]) -> None:
    counts: dict[str, int] = {}
    for each in found:
        counts[each.state] = counts.get(each.state, 0) + 1
    text = words.plural(len(found), "asset")
    if counts:
        text += ": " + ", ".join(f"{number:,} {state}" for state, number in counts.items())
    follow = _next(session, found)
    width = session.screen.width
    both = "      ".join([text, *next_lines(follow, None)])
    if width is None or columns_of(both) <= width:
        session.screen.answer(both)
        return
    for line in [*wrapped(text, width, "  "), *next_lines(follow, width)]:
        session.screen.answer(line)


def _next(session: Session, found: Sequence[AssetStatus]) -> list[str]:
    if not found and session.find_place_if_any() is None:
        return [session.suggest("init", ".")]
    missing = [each for each in found if each.state in {"missing", "partial"}]
    stale = [each for each in found if each.state == "stale"]
    failed = [each for each in found if each.state == "failed"]
    commands: list[str] = []
    if len(missing) > 1 and len(missing) == len(found):
        commands.append(session.suggest("backfill", definitions=True))
    elif missing:
        commands.append(session.suggest("backfill", missing[0].key.to_user_string(), definitions=True))
    if failed and failed[0].run_id is not None:
        commands.append(session.suggest("log", words.short_id(failed[0].run_id)))
    if stale:
        verb = "materialize" if stale[0].partitions is None else "backfill"
        more = ("--all",) if verb == "backfill" else ()
        commands.append(session.suggest(verb, stale[0].key.to_user_string(), *more, definitions=True))
    return commands[:2]
