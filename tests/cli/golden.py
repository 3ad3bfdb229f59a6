"""What commands print on terminals of three widths, into a pipe and as a document, kept in ``golden/``.

`python -m tests.cli.golden` writes them anew; `git diff` then shows the difference.
"""

from __future__ import annotations

import re
import shutil
import tempfile
from pathlib import Path

from lading.app.finding_runs import BACKFILL_TAG
from lading.app.instance import Instance
from tests.cli.command_lines import Ran, finish, on_terminal
from tests.cli.projects import FAILING, NUMBERS, WEATHER

GOLDEN = Path(__file__).with_name("golden")
NUMBERS_ONCE = ("return [1, 2, 3]", "return [3, 2, 1]")
PROJECT = (
    NUMBERS.split("defs =")[0]
    + WEATHER.split("import lading as dg\n")[1].split("defs =")[0]
    + FAILING.split("import lading as dg\n")[1].split("defs =")[0].split("    return [1, 2]")[1].replace("- 2", "- 3")
    + "defs = dg.Definitions(assets=[numbers, squares, total, readings, warmest, ratio, report], "
    'resources={"io_manager": dg.TypedIOManager(base_dir="data")})\n'
)
COMMANDS: dict[str, tuple[str, ...]] = {
    "help": ("--help",),
    "materialize_help": ("materialize", "--help"),
    "materialize": ("materialize", "numbers", "squares", "total"),
    "materialize_failed": ("materialize", "ratio", "report"),
    "materialize_dry_run": ("materialize", "numbers", "squares", "-n"),
    "backfill": ("backfill", "readings", "warmest", "--all"),
    "backfill_dry_run": ("backfill", "--all", "-n"),
    "check": ("check",),
    "list": ("list",),
    "list_tree": ("list", "--tree"),
    "show": ("show", "squares"),
    "show_partition": ("show", "readings", "--partition", "2024-01-02"),
    "load": ("load", "numbers"),
    "runs": ("runs", "--limit", "2"),
    "log": ("log", "last"),
    "unknown_asset": ("materialize", "nubmers"),
    "unknown_option": ("list", "--sleect", "a"),
}  # fmt: skip
CHANGING = {"materialize", "backfill"}
PLACES = {"terminal80": 80, "terminal40": 40, "terminal200": 200, "pipe": 0, "json": 0}
# What differs from run to run, by words of the same width.
CHANGES = [
    (r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b", "00000000-0000-0000-0000-000000000000"),
    (r"blake3:[0-9a-f]{64}", "blake3:" + "0" * 64),
    (r"(today|yesterday) \d\d:\d\d(:\d\d)?", lambda found: "today 09:14" + (":07" if found[2] else "")),
    (r"(?m)^\d\d:\d\d:\d\d  ", "09:14:07  "),
    (r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", "2024-01-01T08:14:07.000Z"),
    (r'"seconds": [0-9.e-]+', '"seconds": 0.1'),
    (r" +[0-9.]+ (ms|s)(?= |\n|$|,|\.|\x1b)", "  0.1 s"),
    (r"\b[0-9a-f]{8}(?=\b|…)", "00000000"),
]


def prepare(folder: Path) -> Path:
    """A project in which something was made, something failed, and something is missing or stale."""
    folder.mkdir(exist_ok=True)
    definitions = folder / "definitions.py"
    # What is squared are other numbers than those that are stored in the end.
    definitions.write_text(PROJECT.replace(*NUMBERS_ONCE), "utf-8")
    finish("backfill", "-q", folder=folder)
    definitions.write_text(PROJECT, "utf-8")
    finish("materialize", "numbers", "-q", folder=folder)
    return folder


def shown(prepared: Path, name: str, place: str, scratch: Path) -> str:
    """What a command prints in one place, with what differs from run to run made alike.

    Args:
        prepared: The prepared project; a command that changes something is given a copy.
        name: The command.
        place: Where it prints.
        scratch: A folder for the copy.
    """
    words = COMMANDS[name]
    folder = prepared
    if words[0] in CHANGING:
        folder = scratch / f"{name}-{place}"
        shutil.copytree(prepared, folder)
    if place == "json":
        ran = finish(*words, "--json", folder=folder)
    elif place == "pipe":
        ran = finish(*words, folder=folder)
    else:
        ran = on_terminal(*words, "--no-progress", folder=folder, width=PLACES[place])
    return alike(ran, folder, prepared)


def alike(ran: Ran, *folders: Path) -> str:
    """The text of a command, made alike."""
    err = f"\n--- stderr\n{ran.err}" if ran.err else ""
    text = f"{ran.out}{err}\n--- exit {ran.code}\n"
    for folder in folders:
        text = text.replace(str(folder.resolve()), "/project")
        for identifier in _run_ids(folder):
            text = text.replace(identifier, "0" * 8 + identifier[8:]).replace(identifier[:6], "000000")
    text = re.sub(r"/\S+/lading/", "/lading/", text.replace("\x1b", "\\e"))
    for pattern, by in CHANGES:
        text = re.sub(pattern, by, text)
    return text


def _run_ids(folder: Path) -> set[str]:
    with Instance.open(folder / ".lading") as instance:
        records = instance.get_run_records()
    ids = {record.run.run_id for record in records}
    return ids | {record.run.tags[BACKFILL_TAG] for record in records if BACKFILL_TAG in record.run.tags}


def names() -> list[tuple[str, str]]:
    """Every command in every place; help has no document."""
    return [(name, place) for name in COMMANDS for place in PLACES if not (place == "json" and "help" in name)]


def write() -> None:
    """Write all of them anew."""
    shutil.rmtree(GOLDEN, ignore_errors=True)
    GOLDEN.mkdir()
    with tempfile.TemporaryDirectory(prefix="lading-golden-") as scratch:
        prepared = prepare(Path(scratch) / "project")
        for name, place in names():
            text = shown(prepared, name, place, Path(scratch))
            (GOLDEN / f"{name}.{place}.txt").write_text(text, "utf-8")


if __name__ == "__main__":
    write()
