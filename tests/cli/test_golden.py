from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.cli import golden


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return golden.prepare(tmp_path_factory.mktemp("golden") / "project")


@pytest.mark.parametrize(("name", "place"), golden.names())
def test_it_prints_what_it_printed(prepared: Path, name: str, place: str, tmp_path: Path) -> None:
    wanted = (golden.GOLDEN / f"{name}.{place}.txt").read_text("utf-8")
    assert golden.shown(prepared, name, place, tmp_path) == wanted, "python -m tests.cli.golden writes them anew"


@pytest.mark.parametrize("name", [name for name in golden.COMMANDS if "help" not in name])
def test_nothing_wraps_within_a_word(name: str) -> None:
    text = (golden.GOLDEN / f"{name}.terminal40.txt").read_text("utf-8")
    lines = re.sub(r"\\e\[[0-9;]*m", "", text).splitlines()
    wide = [line for line in lines if len(line) > 40]
    # What users wrote or printed, commands to paste and single long words stay whole.
    whole = re.compile(r".* \| |.*frames? of lading|.*(return|lading |fix: )|.{0,13}\S+$")
    assert [line for line in wide if not whole.match(line)] == []
