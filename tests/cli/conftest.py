from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.command_lines import Shell


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shell:
    """`lading` in an empty folder, with its home beside the project."""
    monkeypatch.delenv("LADING_HOME")
    return Shell(tmp_path, monkeypatch)
