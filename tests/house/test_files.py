"""No drawer for odds and ends, no long file, nothing half done, no brand but our own."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
SRC = ROOT / "src" / "lading"
FILES = sorted(path for path in SRC.rglob("*.py*") if path.suffix in {".py", ".pyi"})
DRAWERS = {"utils", "util", "common", "helpers", "helper", "base", "misc", "core", "_core", "shared", "stuff"}
LONGEST = 400
# Lists are as long as what they list.
LISTS = {SRC / "__init__.py", SRC / "__init__.pyi", SRC / "errors.py"}


def name_of(path: Path) -> str:
    return path.relative_to(SRC).as_posix()


def test_no_room_is_a_drawer() -> None:
    parts = {name_of(path): {part.removesuffix(path.suffix) for part in path.relative_to(SRC).parts} for path in FILES}
    assert [name for name, found in parts.items() if found & DRAWERS] == []


def test_no_file_is_long() -> None:
    lengths = {name_of(path): len(path.read_text("utf-8").splitlines()) for path in FILES if path not in LISTS}
    assert {name: length for name, length in lengths.items() if length > LONGEST} == {}


def test_nothing_is_half_done() -> None:
    mark = re.compile(r"NotImplementedError|\bTODO\b|\bFIXME\b|\bXXX\b")
    assert [name_of(path) for path in FILES if mark.search(path.read_text("utf-8"))] == []


def test_the_code_speaks_of_itself_alone() -> None:
    others = [path for path in FILES if path != SRC / "__init__.py"]
    assert [name_of(path) for path in others if "Dagster" in path.read_text("utf-8")] == []


def test_each_extra_that_an_error_names_exists() -> None:
    extras = set(tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"])
    named = {name for path in FILES for name in re.findall(r"lading\[([\w,]+)\]", path.read_text("utf-8"))}
    assert named
    assert {part for name in named for part in name.split(",")} <= extras


def test_no_class_is_a_drawer() -> None:
    names = [name for path in FILES for name in re.findall(r"^class (\w+)", path.read_text("utf-8"), re.MULTILINE)]
    assert [name for name in names if re.search(r"Utils?$|Helpers?$|Mixin$|Misc", name)] == []
