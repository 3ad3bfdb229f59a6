"""Annotated code of users is clean under both strict type checkers, and what is wrong in it is seen."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent

WRONG = """
import lading as dg

@dg.asset(nmae="x")
def a() -> int:
    return 1

@dg.op(retry_policy=3)
def b() -> int:
    return 1

class M(dg.ConfigurableIOManager):
    folder: str

    def handle_output(self, context: dg.OutputContext, obj: int) -> None:
        context.add_output_metadta({})

    def load_input(self, context: dg.InputContext) -> int:
        return context.asset_key

M(foldr="x")
dg.materialize([a], partition_key=3)
dg.build_output_context(asset_kye="a")
dg.NoSuchThing
"""
LINES = {4, 8, 16, 19, 21, 22, 23, 24}


def checked(*command: str) -> subprocess.CompletedProcess[str]:
    name, *arguments = command
    env = {**os.environ, "NO_COLOR": "1"}
    return subprocess.run([str(BIN / name), *arguments], cwd=ROOT, env=env, capture_output=True, text=True, check=False)


def lines_of(run: subprocess.CompletedProcess[str]) -> set[int]:
    """The lines of wrong.py that a checker names."""
    return {int(line) for line in re.findall(r"wrong\.py:(\d+):.*error", run.stdout)}


@pytest.mark.slow
@pytest.mark.timeout(180)
@pytest.mark.parametrize("command", [("basedpyright", "tests/typing"), ("mypy",)], ids=lambda command: command[0])
def test_annotated_code_of_users_is_clean(command: tuple[str, ...]) -> None:
    run = checked(*command)
    assert run.returncode == 0, run.stdout + run.stderr


@pytest.mark.slow
@pytest.mark.timeout(180)
@pytest.mark.parametrize("command", [("basedpyright",), ("mypy", "--strict")], ids=lambda command: command[0])
def test_wrong_code_of_users_is_seen(command: tuple[str, ...], tmp_path: Path) -> None:
    path = tmp_path / "wrong.py"
    path.write_text(WRONG)
    assert lines_of(checked(*command, str(path))) == LINES
