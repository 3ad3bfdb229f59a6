from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.command_lines import Shell, environment

FILES = [".gitignore", "README.md", "definitions.py", "managers.py", "pyproject.toml", "tests"]


def test_the_starter_works_unedited(shell: Shell) -> None:
    made = shell("init", "weather")
    assert made.out == (
        "created 7 files in weather/   next: cd weather; lading backfill; lading load warmest; python -m pytest\n"
    )
    folder = shell.folder / "weather"
    assert sorted(os.listdir(folder)) == FILES
    assert shell("check", folder=folder).out == "good: 3 assets, 2 resources in definitions.py\n"
    filled = shell("backfill", folder=folder)
    assert filled.code == 0, filled.err
    assert shell("load", "warmest", folder=folder).out == "2024-01-03\n"
    assert shell("load", "report", folder=folder).out.splitlines()[-1].split() == [
        "2024-01-03",
        "10.0",
        "6.58",
        "warmest",
    ]
    assert shell("list", folder=folder).out.splitlines()[-1] == "3 assets: 3 stored"


@pytest.mark.timeout(60)
def test_the_starters_own_tests_pass(shell: Shell) -> None:
    shell("init", "weather")
    folder = shell.folder / "weather"
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-W", "error", "-p", "no:randomly", "-p", "no:cacheprovider"],
        cwd=folder, env=environment({}), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert not (folder / "data").exists()


def test_the_minimal_starter_is_one_file(shell: Shell) -> None:
    assert shell("init", ".", "--minimal").out == "created 1 file   next: lading backfill; lading load warmest\n"
    assert os.listdir(shell.folder) == ["definitions.py"]
    assert shell("backfill").code == 0
    assert shell("load", "warmest").out == "2024-01-03\n"


def test_nothing_is_overwritten(shell: Shell) -> None:
    shell.write("weather/README.md", "mine")
    shell.write("weather/managers.py", "mine")
    refused = shell("init", "weather")
    assert refused.code == 2
    assert "error[already-there]: already there: managers.py, README.md" in refused.err
    assert sorted(os.listdir(shell.folder / "weather")) == ["README.md", "managers.py"]
    assert Path(shell.folder, "weather", "README.md").read_text() == "mine"
    assert shell("init", "weather", "--json").document["error"]["exit"] == 2


def test_check_reports_every_missing_resource(shell: Shell) -> None:
    shell.write(
        "definitions.py",
        "import lading as dg\n"
        "@dg.asset(io_manager_key='db')\ndef a(): raise RuntimeError\n"
        "@dg.asset(required_resource_keys={'web'})\ndef b(): raise RuntimeError\n"
        "defs = dg.Definitions([a, b])\n",
    )
    ran = shell("check")
    assert ran.code == 3
    assert ran.err.count("error[resource-missing]") == 2
    assert ran.out == "2 problems in definitions.py; nothing was run\n"
    document = shell("check", "--json").document
    assert [each["code"] for each in document["problems"]] == ["resource-missing"] * 2
    assert document["error"]["exit"] == 3


def test_check_of_good_definitions_makes_nothing(shell: Shell) -> None:
    shell("init", "weather")
    folder = shell.folder / "weather"
    document = shell("check", "--json", folder=folder).document
    assert document["counts"] == {"assets": 3, "jobs": 0, "resources": 2}
    assert {".lading", "data"}.isdisjoint(os.listdir(folder))
