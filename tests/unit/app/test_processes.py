"""Whether a process still lives is told by more than its number."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from lading.app.processes import is_dead, this_process


def test_this_process_lives() -> None:
    assert not is_dead(this_process())


def test_a_process_that_ended_is_dead_even_before_anybody_asked_how() -> None:
    code = "from lading.app.processes import this_process; print(this_process())"
    child = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    mark = child.stdout.read().strip()
    child.stdout.close()
    assert mark.split(" ")[2] == str(child.pid)
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    assert is_dead(mark)
    child.wait()
    assert is_dead(mark)


@pytest.mark.parametrize(
    ("place", "other"),
    [(1, "00000000"), (3, "1")],
    ids=["the machine was started anew", "another process has its number"],
)
def test_the_same_number_is_not_the_same_process(place: int, other: str) -> None:
    parts = this_process().split(" ")
    assert parts[place] != "?"
    parts[place] = other
    assert is_dead(" ".join(parts))


@pytest.mark.parametrize("mark", ["", "elsewhere boot 1 1", "no mark", "a b c d"])
def test_what_cannot_be_told_is_not_called_dead(mark: str) -> None:
    assert not is_dead(mark)
