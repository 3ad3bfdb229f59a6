"""The plug-in: fixtures for those who install lading, and nothing heavy when pytest starts."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import lading as dg
from lading import testing

TESTS = """
import os
import sys
from pathlib import Path

HEAVY = {"pydantic", "apsw", "click", "numpy", "pandas", "pyarrow", "lading.app.instance"}
AT_START = HEAVY & set(sys.modules)

seen = []

def test_nothing_heavy_was_loaded():
    assert AT_START == set()

def test_home(lading_home):
    assert os.environ["LADING_HOME"] == str(lading_home) and list(lading_home.iterdir()) == []

def test_instance(lading_instance, lading_home):
    import lading as dg

    @dg.asset
    def numbers():
        return [1, 2]

    assert dg.materialize([numbers], instance=lading_instance).success
    assert dg.Instance.get() is not None
    assert dg.Instance.get().get_latest_materialization_event(dg.AssetKey("numbers")) is not None
    seen.append(lading_home)

def test_the_next_one_is_fresh(lading_instance, lading_home):
    import lading as dg

    assert lading_instance.get_latest_materialization_event(dg.AssetKey("numbers")) is None
    assert lading_home not in seen
"""


@pytest.mark.timeout(60)
def test_it_serves_a_project(tmp_path: Path) -> None:
    (tmp_path / "test_project.py").write_text(TESTS)
    # Named, and not found by its entry point, so that it does not matter how this lading was installed.
    command = [sys.executable, "-W", "error", "-m", "pytest", "-q", "-W", "error", "-p", "lading.testing.plugin"]
    env = {"PATH": os.environ["PATH"], "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTHONWARNINGS": "error"}
    run = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    assert "4 passed" in run.stdout


def test_names_are_loaded_when_asked_for() -> None:
    assert testing.IOManagerSuite.__module__ == "lading.testing.io_manager"
    assert testing.build_output_context is dg.build_output_context
    assert testing.instance_for_test is dg.instance_for_test
    assert set(testing.__all__) <= set(dir(testing))
    with pytest.raises(AttributeError, match=r"lading.testing has no suite; it has IOManagerSuite, build_"):
        _ = testing.suite


def test_the_stub_says_the_same() -> None:
    stub = Path(testing.__file__).with_suffix(".pyi").read_text("utf-8")
    lines = {f"from {home} import {name} as {name}" for name, home in testing._HOMES.items()}
    assert lines == {line for line in stub.splitlines() if line.startswith("from ")}
    space: dict[str, object] = {}
    exec(stub, space)
    assert space["__all__"] == testing.__all__
