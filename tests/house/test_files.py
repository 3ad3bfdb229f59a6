"""No drawer for odds and ends, no long file, nothing half done, no brand but our own."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

SRC = Path(__file__).parents[2] / "src" / "lading"
FILES = sorted(path for path in SRC.rglob("*.py*") if path.suffix in {".py", ".pyi"})
DRAWERS = {"utils", "util", "common", "helpers", "helper", "base", "misc", "core", "_core", "shared", "stuff"}
LONGEST = 400
# Lists are as long as what they list.
LISTS = {SRC / "__init__.py", SRC / "__init__.pyi", SRC / "errors.py"}
each_file = pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(SRC).as_posix())


@each_file
def test_no_room_is_a_drawer(path: Path) -> None:
    assert DRAWERS.isdisjoint(part.removesuffix(path.suffix) for part in path.relative_to(SRC).parts)


@each_file
def test_no_file_is_long(path: Path) -> None:
    if path not in LISTS:
        assert len(path.read_text("utf-8").splitlines()) <= LONGEST


@each_file
def test_nothing_is_half_done(path: Path) -> None:
    found = re.findall(r"NotImplementedError|\bTODO\b|\bFIXME\b|\bXXX\b", path.read_text("utf-8"))
    assert found == []


@each_file
def test_the_code_speaks_of_itself_alone(path: Path) -> None:
    if path != SRC / "__init__.py":
        assert "Dagster" not in path.read_text("utf-8")


def test_no_class_is_a_drawer() -> None:
    names = [name for path in FILES for name in re.findall(r"^class (\w+)", path.read_text("utf-8"), re.MULTILINE)]
    assert [name for name in names if re.search(r"Utils?$|Helpers?$|Mixin$|Misc", name)] == []
