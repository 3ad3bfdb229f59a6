"""What every test stands on: a home of its own, and in CI no skip that nobody announced."""

from __future__ import annotations

import fnmatch
import os
from pathlib import Path

import pytest
from hypothesis import settings

SKIPS = Path(__file__).with_name("skips.txt")

# A busy machine is no reason to fail; the time limit of pytest stands above.
settings.register_profile("lading", deadline=None)
settings.load_profile("lading")


@pytest.fixture(autouse=True)
def own_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Each test keeps its history in a folder of its own and inherits no setting of the machine."""
    home = tmp_path_factory.mktemp("home", numbered=True)
    for name in list(os.environ):
        if name.startswith("LADING_") or name in {"NO_COLOR", "FORCE_COLOR", "COLUMNS", "LINES"}:
            monkeypatch.delenv(name)
    monkeypatch.setenv("LADING_HOME", str(home))
    return home


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A property is a hundred tests, and has the time of a few."""
    for item in items:
        if item.get_closest_marker("hypothesis") and not item.get_closest_marker("timeout"):
            item.add_marker(pytest.mark.timeout(90))


def announced_skips(text: str) -> list[str]:
    """The patterns of skips.txt: one test id a line, its reason behind a #."""
    return [line.split("#")[0].strip() for line in text.splitlines() if line.split("#")[0].strip()]


def unannounced(skipped: list[str], patterns: list[str]) -> list[str]:
    """The skipped tests that no pattern names."""
    return [name for name in skipped if not any(fnmatch.fnmatch(name, pattern) for pattern in patterns)]


def pytest_sessionfinish(session: pytest.Session) -> None:
    """In CI a skip that skips.txt does not name is a failure: nothing falls silent unnoticed."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("CI") != "true" or reporter is None or hasattr(session.config, "workerinput"):
        return
    skipped = [report.nodeid for report in reporter.stats.get("skipped", [])]
    for name in unannounced(skipped, announced_skips(SKIPS.read_text("utf-8"))):
        reporter.write_line(f"\nskipped, but not named in tests/skips.txt: {name}", red=True)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
