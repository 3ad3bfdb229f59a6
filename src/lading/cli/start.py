"""``lading init``: a working project with its tests."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import click

from lading.cli import words
from lading.cli.options import Settings, command
from lading.cli.session import Session
from lading.cli.tables import wrapped
from lading.errors import StorageError, UsageError

TEMPLATES = Path(__file__).with_name("templates")
MINIMAL = {"definitions.py": "minimal.py.txt"}
FILES = {
    "definitions.py": "definitions.py.txt",
    "managers.py": "managers.py.txt",
    "tests/test_definitions.py": "test_definitions.py.txt",
    "tests/test_managers.py": "test_managers.py.txt",
    "pyproject.toml": "pyproject.toml.txt",
    "README.md": "README.md.txt",
    ".gitignore": "gitignore.txt",
}


class AlreadyThereError(UsageError):
    """A file that would be created is there already."""

    code = "already-there"
    remedy = "choose another folder; nothing was written"


@command(
    "init",
    ("lading init weather", "a project in the folder weather/"),
    ("lading init . --minimal", "one file, here"),
    definitions=False,
)
@click.argument("folder", default=".", metavar="[DIR]")
@click.option("--minimal", is_flag=True, help="definitions.py alone.")
@click.pass_obj
def init_command(settings: Settings, folder: str, minimal: bool) -> int:
    """A working project with its tests. Nothing is overwritten, nothing is fetched."""
    session = Session(settings)
    target = Path(settings.folder, folder)
    files = MINIMAL if minimal else FILES
    _refuse_existing(target, files, folder)
    name = re.sub(r"[^a-z0-9]+", "-", target.resolve().name.lower()).strip("-") or "project"
    _write(target, files, name)
    follow = [] if folder in {".", ""} else [f"cd {words.quoted(folder)}"]
    follow += ["lading backfill", "lading load warmest", *([] if minimal else ["python -m pytest"])]
    if settings.json:
        session.publish(folder=str(target.resolve()), files=list(files), next=follow)
    elif not settings.quiet:
        shown = "" if folder in {".", ""} else f" in {folder.rstrip('/')}/"
        text = f"created {words.plural(len(files), 'file')}{shown}   next: {'; '.join(follow)}"
        for line in wrapped(text, session.screen.width, "  "):
            session.screen.answer(line)
    return 0


def _refuse_existing(target: Path, files: Mapping[str, str], folder: str) -> None:
    if target.exists() and not target.is_dir():
        raise AlreadyThereError(f"{folder} is a file", where=str(target), fix="name a folder")
    there = [name for name in files if (target / name).exists()]
    if there:
        raise AlreadyThereError(f"already there: {', '.join(there)}", where=str(target))


def _write(target: Path, files: Mapping[str, str], name: str) -> None:
    try:
        for path, template in files.items():
            written = target / path
            written.parent.mkdir(parents=True, exist_ok=True)
            text = (TEMPLATES / template).read_text("utf-8").replace("{name}", name)
            with open(written, "x", encoding="utf-8") as opened:
                opened.write(text)
    except OSError as error:
        raise StorageError(
            f"a file cannot be written: {error.strerror}",
            where=str(error.filename or target),
            fix="choose another folder",
        ) from error
