"""`make demo` and `make test` on a machine whose Python cannot serve: one line that says so."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

TOO_OLD = '#!/bin/sh\n[ "$1" = --version ] && echo "Python 3.8.10" && exit 0\nexit 1\n'
WITHOUT_VENV = '#!/bin/sh\ncase "$2" in *ensurepip*) exit 1;; esac\nexit 0\n'


def make(folder: Path, goal: str, *options: str, python: str | None = None) -> subprocess.CompletedProcess[str]:
    """Run make where the only Python to be found is the given script."""
    shutil.copy(ROOT / "Makefile", folder)
    shutil.copy(ROOT / "pyproject.toml", folder)
    tools = folder / "bin"
    tools.mkdir()
    for name in ("sh", "make", "sed", "head", "touch"):
        found = shutil.which(name)
        assert found is not None
        (tools / name).symlink_to(found)
    if python is not None:
        (tools / "python3").write_text(python)
        (tools / "python3").chmod(0o755)
    return subprocess.run(
        ["make", "-s", goal, *options],
        cwd=folder,
        env={"PATH": str(tools)},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("goal", ["demo", "test"])
@pytest.mark.parametrize(
    ("python", "said"),
    [
        (TOO_OLD, "lading needs Python 3.11 or newer; found Python 3.8.10."),
        (None, "lading needs Python 3.11 or newer; found no python3."),
        (WITHOUT_VENV, "python3 cannot make an environment: it lacks venv or ensurepip."),
    ],
    ids=["too old", "none", "without venv"],
)
def test_a_python_that_cannot_serve_is_told_in_one_line(
    tmp_path: Path, goal: str, python: str | None, said: str
) -> None:
    run = make(tmp_path, goal, python=python)
    assert run.returncode != 0
    lines = run.stderr.splitlines()
    assert lines[0].startswith(said)
    # The second line is make's own.
    assert len(lines) == 2
    assert not (tmp_path / ".venv").exists()


def test_a_named_python_is_the_only_one_tried(tmp_path: Path) -> None:
    run = make(tmp_path, "test", "PYTHON=/nowhere/python3", python=WITHOUT_VENV)
    assert run.stderr.startswith("lading needs Python 3.11 or newer; found no /nowhere/python3.")
