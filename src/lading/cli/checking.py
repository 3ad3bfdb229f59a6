"""``lading check``: every error in the definitions, and nothing run."""

from __future__ import annotations

import os
from collections.abc import Mapping

import click

from lading.app.check import problems
from lading.app.instance import Instance
from lading.app.load import load_project
from lading.cli import words
from lading.cli.document import document, error_fields, print_document
from lading.cli.failure import show
from lading.cli.options import Settings, command
from lading.cli.session import Session
from lading.cli.tables import wrapped
from lading.errors import LadingError


@command(
    "check",
    ("lading check", "every error in the definitions of this project"),
    ("lading check -f defs.py --json", "the same of a file, as data"),
)
@click.pass_obj
def check_command(settings: Settings) -> int:
    """Load the definitions and report every error; run nothing."""
    session = Session(settings)
    place = session.find_place()
    session.enter(place)
    definitions = load_project(place).definitions
    with Instance.open(session.home(place)) as instance:
        found = problems(definitions, instance)
    code = found[0].exit_code if found else 0
    if found and code not in {2, 4, 5}:
        code = 3
    counts = {
        "assets": 0 if found and not _has_lineage(found) else len(definitions.lineage.by_key),
        "jobs": len(definitions.jobs),
        "resources": len(definitions.resources),
    }
    if settings.json:
        fields = {"counts": counts, "problems": [error_fields(each) for each in found]}
        more = {"error": {**error_fields(found[0]), "exit": code}} if found else {}
        print_document(session.screen.out, document("check", not found, **fields, **more))
        return code
    for each in found:
        show(each, session.screen)
    if not settings.quiet:
        _show_sum(session, found, counts, os.path.basename(place.label))
    return code


def _has_lineage(found: list[LadingError]) -> bool:
    return not any(each.code in {"duplicate-key", "cycle", "unknown-input"} for each in found)


def _show_sum(session: Session, found: list[LadingError], counts: Mapping[str, int], label: str) -> None:
    if found:
        text = f"{words.plural(len(found), 'problem')} in {label}; nothing was run"
    else:
        parts = [words.plural(number, name.removesuffix("s")) for name, number in counts.items() if number]
        text = f"{session.screen.paint_out('done', 'good')}: {', '.join(parts) or 'nothing'} in {label}"
    for line in wrapped(text, session.screen.width):
        session.screen.answer(line)
