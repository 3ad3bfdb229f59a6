"""The pytest plug-in: fixtures for a home and an instance of one test.

It is found by its entry point; nothing is to be imported or named. The rest of lading is loaded by the tests that
ask for a fixture.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lading import testing

# So that a failing exam shows the two values that differ.
pytest.register_assert_rewrite("lading.testing.io_manager")


@pytest.fixture
def lading_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of its own for the test: ``LADING_HOME`` names it until the test ends."""
    home = tmp_path / "lading-home"
    home.mkdir()
    monkeypatch.setenv("LADING_HOME", str(home))
    return home


@pytest.fixture
def lading_instance(lading_home: Path) -> Iterator[Any]:
    """An instance with a history on disk, in ``lading_home``; ``Instance.get()`` gives the same one."""
    with testing.instance_for_test(temp_dir=str(lading_home)) as instance:
        yield instance
