"""``lading resume``: what stopped goes on; and several runs at a time."""

from __future__ import annotations

import json
import signal

from tests.cli.command_lines import Shell, start

SLOW = """
import os, time, lading as dg

days = dg.DailyPartitionsDefinition(start_date="2024-01-01", end_date="2024-01-21")

@dg.asset(partitions_def=days)
def slow(context) -> int:
    time.sleep(float(os.environ.get("SLOW", "0")))
    with open("made.txt", "a") as file:
        file.write(context.partition_key + "\\n")
    return 1

@dg.asset
def fails() -> int:
    if not os.path.exists("good.txt"):
        raise ValueError("not yet")
    return 2

@dg.asset
def after(fails: int) -> int:
    return fails + 1

@dg.op
def first():
    with open("first.txt", "a") as file:
        file.write("x")
    return 1

@dg.op
def second(value):
    if not os.path.exists("good.txt"):
        raise ValueError("not yet")
    return value + 1

@dg.job
def work():
    second(first())

defs = dg.Definitions(
    assets=[slow, fails, after], jobs=[work], resources={"io_manager": dg.TypedIOManager(base_dir="data")}
)
"""
ALL = [f"2024-01-{day:02}" for day in range(1, 21)]


def made(shell: Shell) -> list[str]:
    return (shell.folder / "made.txt").read_text().split()


def test_a_killed_backfill_goes_on_and_makes_nothing_again(shell: Shell) -> None:
    shell.write("definitions.py", SLOW)
    process = start("backfill", "slow", folder=shell.folder, SLOW="0.1")
    assert process.stderr is not None
    backfill = process.stderr.readline().split()[1]
    for _ in range(5):
        process.stderr.readline()
    process.kill()
    process.wait()
    process.stderr.close()
    assert process.stdout is not None
    process.stdout.close()
    (row,) = shell("runs", "--json").document["runs"]
    assert row["state"] == "cancelled"
    before = made(shell)
    assert 5 <= len(before) < 20
    shown = shell("resume", backfill, "--json").document
    assert shown["ok"]
    assert shown["backfill_id"].startswith(backfill)
    # The day it died in had perhaps been written to the file, and not been stored.
    assert sorted(set(made(shell))) == ALL
    assert len(made(shell)) <= 21
    assert shell("resume", backfill).out.startswith("nothing is missing")
    (row,) = shell("runs", "--json").document["runs"]
    assert row["state"] == "done"


def test_an_interrupted_backfill_names_the_way_on(shell: Shell) -> None:
    shell.write("definitions.py", SLOW)
    process = start("backfill", "slow", "--max-parallel", "4", folder=shell.folder, SLOW="0.2")
    assert process.stderr is not None
    head = process.stderr.readline()
    assert "4 at a time" in head
    process.stderr.readline()
    process.send_signal(signal.SIGINT)
    out, _ = process.communicate(timeout=20)
    assert process.returncode == 130
    assert out.startswith("cancelled: ")
    assert f"next: lading resume {head.split()[1]}" in out
    assert all(each["state"] == "cancelled" for each in shell("runs", "--json").document["runs"])
    assert shell("resume", head.split()[1]).code == 0
    assert sorted(set(made(shell))) == ALL


def test_a_run_goes_on(shell: Shell) -> None:
    shell.write("definitions.py", SLOW)
    assert shell("materialize", "fails", "after").code == 1
    shell.write("good.txt", "")
    document = shell("resume", "last", "--json").document
    assert [(step["asset"], step["state"]) for step in document["steps"]] == [("fails", "stored"), ("after", "stored")]
    assert "has done all it was to do" in shell("resume", "last").err


def test_a_job_of_ops_goes_on_after_the_steps_that_are_done(shell: Shell) -> None:
    shell.write("definitions.py", SLOW)
    assert shell("materialize", "--job", "work").code == 1
    shell.write("good.txt", "")
    assert shell("resume", "last").code == 0
    assert (shell.folder / "first.txt").read_text() == "x"


def test_what_cannot_go_on_says_what_to_do(shell: Shell) -> None:
    shell.write("definitions.py", SLOW)
    unknown = shell("resume", "abc")
    assert unknown.code == 4
    assert "no run begins with abc" in unknown.err
    shell.write(
        "definitions.py", SLOW.replace("return 1\n\n@dg.asset\ndef fails", "return 1/0\n\n@dg.asset\ndef fails")
    )
    assert shell("materialize", "slow", "--range", "2024-01-02..2024-01-05").code == 1
    ranged = shell("resume", "last")
    assert "`lading backfill slow --range 2024-01-02..2024-01-05` makes those that are missing" in ranged.err


def test_side_by_side_every_print_and_failure_is_of_its_own_run(shell: Shell) -> None:
    shell.write(
        "definitions.py",
        SLOW.replace(
            "    return 1\n\n@dg.asset\ndef fails",
            """
    print("here is", context.partition_key)
    assert context.partition_key[-1] != "7", context.partition_key
    return 1

@dg.asset
def fails""",
        ),
    )
    ran = shell("backfill", "slow", "--max-parallel", "5", "--json")
    document = ran.document
    assert document["counts"] == {"stored": 18, "failed": 2, "skipped": 0, "not_started": 0}
    (asset,) = document["assets"]
    assert asset["partitions"]["failed"] == ["2024-01-07", "2024-01-17"]
    logs = [json.loads(shell("log", run, "--json").out) for run in document["runs"]]
    assert len(logs) == 20
    for log in logs:
        text = json.dumps(log)
        (key,) = {key for key in ALL if f"here is {key}" in text}
        assert text.count("here is ") == 1
        assert key in text
    assert shell("backfill", "slow", "--max-parallel", "0").code == 2
