"""A writer that is killed at any moment leaves the earlier value or the new one, whole."""

from __future__ import annotations

import os
import random
import statistics
import subprocess
import sys
import time
from pathlib import Path

import pytest

from lading.storage.formats.pickle import PICKLE
from lading.storage.parcel import unpack
from lading.storage.stores import local
from lading.storage.sweep import leftovers, sweep
from lading.storage.trust import Reading
from lading.values.receipt import Owner
from tests.crash.writer import is_whole

pytestmark = [pytest.mark.crash, pytest.mark.slow, pytest.mark.timeout(300)]

WRITER = Path(__file__).with_name("writer.py")
KILLS = 50  # that fell into the write
ATTEMPTS = 200


def start(base: Path, durability: str, keeps: str, tag: str) -> subprocess.Popen[str]:
    command = [sys.executable, str(WRITER), str(base), durability, keeps, tag]
    path = os.pathsep.join([str(WRITER.parents[2]), *filter(None, [os.environ.get("PYTHONPATH")])])
    child = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=os.environ | {"PYTHONPATH": path})
    assert child.stdout is not None
    assert child.stdout.readline() == "start\n"
    return child


def finished(base: Path, durability: str, keeps: str, tag: str) -> float:
    said = start(base, durability, keeps, tag).communicate()[0]
    assert said.startswith("done"), said
    return float(said.split()[1])


@pytest.mark.parametrize(("durability", "keeps"), [("strict", "attributes"), ("fast", "records")])
def test_the_old_value_or_the_new_one(tmp_path: Path, durability: str, keeps: str) -> None:
    base = tmp_path / "base"
    store = local.LocalStore(base)
    # How long a write takes changes with the machine's mood: the last few that came to their end tell.
    took = [finished(base, durability, keeps, "old") for _ in range(3)]
    moments = random.Random(7)
    current, seen, killed = "old", {"old": 0, "new": 0}, 0
    for number in range(ATTEMPTS):
        if killed >= KILLS and min(seen.values()) > 0:
            break
        tag = f"v{number}"
        child = start(base, durability, keeps, tag)
        # Steps of the golden ratio leave no part of the write out by chance; the range ends a little beyond it.
        moment = (number * 0.618 + moments.random() / KILLS) % 1
        time.sleep(1.2 * moment * statistics.median(took[-5:]))
        child.kill()
        assert child.stdout is not None
        said = child.stdout.read()
        if said.startswith("done"):
            took.append(float(said.split()[1]))
        else:
            killed += 1
        child.wait()
        child.stdout.close()
        value, receipt = unpack(
            store, "big", {"pickle": PICKLE}, owner=Owner(("big",)), reading=Reading("always", "refuse")
        )
        assert is_whole(value), f"torn after kill {number}"
        assert not receipt.foreign
        assert value["tag"] in {current, tag}, f"neither the earlier value nor the new one after kill {number}"
        seen["new" if value["tag"] == tag else "old"] += 1
        current = value["tag"]
    else:
        pytest.fail(f"{killed} of {ATTEMPTS} kills fell into the write; seen afterwards: {seen}")
    # What the dead left is found and removed, and nothing else is.
    assert list(leftovers(base))
    sweep(base)
    assert list(store.list("")) == ["big"]
    assert [name for name in os.listdir(base) if name.startswith(".lading-")] == []
