"""The way of one value stays short: counted in frames, modules, statements, commits and syncs, never in seconds."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import apsw
import pytest

import lading as dg
from lading.abc.contexts.input import InputContext
from lading.abc.contexts.output import OutputContext

STEPS = 20
NEVER = {
    "asyncio", "click", "concurrent", "ctypes", "dataclasses", "difflib", "email", "hashlib", "inspect", "logging",
    "multiprocessing", "numpy", "pandas", "pathlib", "pyarrow", "pydantic", "rich", "sqlite3", "traceback",
    "typing_extensions", "urllib", "uuid", "zoneinfo",
}  # fmt: skip


def chain(count: int) -> list[Any]:
    """Assets of which each loads the one before."""

    @dg.asset(name="s0")
    def first() -> int:
        return 0

    made: list[Any] = [first]
    for n in range(1, count):

        @dg.asset(name=f"s{n}", ins={"before": dg.AssetIn(key=f"s{n - 1}")})
        def link(before: int) -> int:
            return before + 1

        made.append(link)
    return made


# ---------------------------------------------------------------- frames


class Depth(dg.IOManager):
    """Notes which functions stand between the call of materialize and itself."""

    def __init__(self) -> None:
        self.put: list[str] = []
        self.get: list[str] = []

    def handle_output(self, context: Any, obj: object) -> None:
        self.put = between()

    def load_input(self, context: Any) -> int:
        self.get = between()
        return 1


def between() -> list[str]:
    """The functions from ``materialize`` (left out) to the caller."""
    found: list[str] = []
    frame = sys._getframe(1)
    while frame is not None and frame.f_code.co_name != "materialize":
        found.append(frame.f_code.co_name)
        frame = frame.f_back
    return found[::-1]


def test_eight_frames_to_the_manager() -> None:
    manager = Depth()
    dg.materialize(chain(2), resources={"io_manager": manager})
    assert manager.put[-1] == "handle_output"
    assert manager.get[-1] == "load_input"
    assert len(manager.put) <= 8, manager.put
    assert len(manager.get) <= 8, manager.get


def test_a_custom_manager_of_a_user_is_as_near() -> None:
    class Configured(dg.ConfigurableIOManager):
        def handle_output(self, context: Any, obj: object) -> None:
            frames.append(between())

        def load_input(self, context: Any) -> None:
            raise AssertionError

    frames: list[list[str]] = []
    dg.materialize(chain(1), resources={"io_manager": Configured()})
    assert len(frames[0]) <= 8, frames[0]


# ---------------------------------------------------------------- modules and contexts


def test_what_a_first_stored_asset_loads(tmp_path: Path) -> None:
    code = """
import sys
before = set(sys.modules)
import lading as dg

@dg.asset
def first():
    return 1

with dg.Instance.open(sys.argv[1]) as instance:
    assert dg.materialize([first], instance=instance).success
print("\\n".join(set(sys.modules) - before))
"""
    run = subprocess.run([sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, check=True)
    loaded = set(run.stdout.split())
    assert {name.split(".")[0] for name in loaded} & NEVER == set()
    assert len({name for name in loaded if name.startswith("lading")}) <= 200
    assert len(loaded) <= 280


def test_one_context_for_each_output_and_two_for_each_input(monkeypatch: pytest.MonkeyPatch) -> None:
    made: Counter[str] = Counter()
    for kind in (OutputContext, InputContext):
        plain = kind.__init__

        def counted(self: Any, *args: Any, _plain: Any = plain, _name: str = kind.__name__, **kwargs: Any) -> None:
            made[_name] += 1
            _plain(self, *args, **kwargs)

        monkeypatch.setattr(kind, "__init__", counted)
    dg.materialize(chain(STEPS), resources={"io_manager": dg.InMemoryIOManager()})
    # An input has a context of its own and shows that of the output it comes from.
    assert made == {"OutputContext": STEPS + (STEPS - 1), "InputContext": STEPS - 1}


# ---------------------------------------------------------------- the database and the disk


class Statements:
    """Counts what SQLite is asked for, by the first word."""

    def __init__(self) -> None:
        self.words: Counter[str] = Counter()

    def hook(self, connection: apsw.Connection) -> None:
        connection.exec_trace = self.note

    def note(self, cursor: object, sql: str, bindings: object) -> bool:
        self.words[sql.split(None, 1)[0].upper()] += 1
        return True


@pytest.fixture
def statements() -> Iterator[Statements]:
    counting = Statements()
    apsw.connection_hooks.append(counting.hook)
    yield counting
    apsw.connection_hooks.remove(counting.hook)


def run_of(count: int, home: Path) -> None:
    with dg.Instance.open(home) as instance:
        manager = dg.FilesystemIOManager(base_dir=str(home / "values"), durability="fast")
        assert dg.materialize(chain(count), instance=instance, resources={"io_manager": manager}).success


def test_statements_and_commits_do_not_follow_events(tmp_path: Path, statements: Statements) -> None:
    run_of(2, tmp_path)  # makes the database
    statements.words.clear()
    run_of(STEPS, tmp_path)
    began = statements.words["BEGIN"] + statements.words["SAVEPOINT"]
    # One for the run, one for each batch of 256 events or 30 ms; a slow machine takes more batches, never one a step.
    assert began <= STEPS // 2, statements.words
    # An insert an event (seven of them), two of state, and at most four questions an asset.
    assert sum(statements.words.values()) <= 14 * STEPS + 40, statements.words


@pytest.mark.parametrize(("durability", "of_step"), [("strict", 2), ("fast", 0)])
def test_syncs_of_a_stored_step(durability: Any, of_step: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    plain = os.fsync

    def counted(descriptor: int) -> None:
        asked.append(descriptor)
        plain(descriptor)

    monkeypatch.setattr(os, "fsync", counted)
    manager = dg.FilesystemIOManager(base_dir=str(tmp_path), durability=durability)
    dg.materialize(chain(1), resources={"io_manager": manager})
    asked.clear()
    dg.materialize(chain(STEPS), resources={"io_manager": manager})
    # The file, and the folder that holds its name.
    assert len(asked) == of_step * STEPS
