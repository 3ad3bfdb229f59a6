"""Ctrl-C at random moments: the run is cancelled, and every stored value is whole."""

from __future__ import annotations

import random
import signal
import time
from pathlib import Path

import pytest

from tests.cli.command_lines import Ran, Shell, start

FAST = """
import lading as dg

days = dg.DailyPartitionsDefinition(start_date="2012-01-01", end_date="2016-01-01")

@dg.asset(partitions_def=days)
def many(context) -> list[str]:
    return [context.partition_key] * 100

defs = dg.Definitions(assets=[many], resources={"io_manager": dg.TypedIOManager(base_dir="data")})
"""


def interrupted(folder: Path, after: float) -> Ran:
    """A backfill that gets one SIGINT so many seconds after its first line."""
    process = start("backfill", "--json", folder=folder)
    assert process.stderr is not None
    assert process.stderr.readline().startswith("backfill ")
    time.sleep(after)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=20)
    return Ran(process.returncode, out, err)


@pytest.mark.slow
@pytest.mark.timeout(120)
def test_at_random_moments(shell: Shell) -> None:
    shell.write("definitions.py", FAST)
    moments = random.Random(7)  # the same moments each time; what they hit differs with the machine
    done = 0
    for _ in range(8):
        began = time.monotonic()
        ran = interrupted(shell.folder, moments.uniform(0, 0.5))
        assert ran.code == 130, ran.err
        assert time.monotonic() - began < 10
        document = ran.document
        assert document["state"] == "cancelled"
        done += document["counts"]["stored"]
        assert shell("runs", "--json").document["runs"][0]["state"] == "cancelled"
    listed = shell("list", "--json").document["assets"][0]["partitions"]["stored"]
    assert 0 < done == listed
    for path in sorted((shell.folder / "data").rglob("*.json"))[:: max(1, done // 20)]:
        loaded = shell("load", "many", "--partition", path.stem, "--as", "json")
        assert loaded.code == 0, loaded.err
        assert loaded.out.count(path.stem) == 100
    assert [path for path in (shell.folder / "data").rglob("*") if path.name.startswith(".") and path.is_file()] == []


def test_the_second_ctrl_c_ends_at_once(shell: Shell) -> None:
    shell.write(
        "definitions.py",
        "import time, lading as dg\n"
        "@dg.asset\ndef stubborn():\n"
        "    print('begun', flush=True)\n"
        "    while True:\n"
        "        try:\n            time.sleep(60)\n"
        "        except KeyboardInterrupt:\n            print('no', flush=True)\n",
    )
    process = start("materialize", folder=shell.folder)
    assert process.stderr is not None
    while "begun" not in process.stderr.readline():
        pass
    time.sleep(1)  # until it has come to its loop
    process.send_signal(signal.SIGINT)
    assert "no" in process.stderr.readline()
    began = time.monotonic()
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=20)
    assert process.returncode == 130
    assert time.monotonic() - began < 2
