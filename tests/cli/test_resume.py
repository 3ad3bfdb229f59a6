"""``lading resume``: what stopped goes on; and several runs at a time."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time

import pytest

from lading.app.instance import Instance
from lading.values.records import RunStatus
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


def made(shell: Shell, folder: str = "") -> list[str]:
    return (shell.folder / folder / "made.txt").read_text().split()


def killed(shell: Shell, *words: str, **settings: str) -> str:
    """Start a backfill and kill it after five lines of progress; gives the beginning of its id."""
    process = start(*words, folder=shell.folder, **settings)
    assert process.stderr is not None
    backfill = process.stderr.readline().split()[1]
    for _ in range(5):
        process.stderr.readline()
    process.kill()
    process.communicate()
    return backfill


def test_a_killed_backfill_goes_on_and_makes_nothing_again(shell: Shell) -> None:
    shell.write("definitions.py", SLOW)
    backfill = killed(shell, "backfill", "slow", SLOW="0.1")
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


@pytest.mark.crash
@pytest.mark.timeout(60)
def test_several_runs_killed_at_once_go_on_from_anywhere(shell: Shell) -> None:
    path = shell.write("sub/weather.py", SLOW)
    backfill = killed(shell, "backfill", "slow", "-f", str(path), "--max-parallel", "4", SLOW="0.2")
    home = ("--home", "sub/.lading")
    listed = shell("list", "slow", "-f", str(path), "--json").document["assets"][0]["partitions"]["stored"]
    runs = shell("runs", *home)
    assert runs.out.splitlines()[1].split()[-2:] == ["resume", backfill]
    assert runs.out.splitlines()[-1] == f"next: lading resume {backfill} --home sub/.lading"
    (row,) = shell("runs", *home, "--json").document["runs"]
    assert (row["state"], row["resumable"]) == ("cancelled", True)
    # Which file its definitions are in is kept with it.
    planned = shell("resume", backfill, *home, "-n", "--json").document
    before = made(shell, "sub")
    assert planned["backfill_id"].startswith(backfill)
    assert planned["counts"]["waiting"] == 20 - listed
    document = shell("resume", backfill, *home, "--json").document
    assert document["counts"]["stored"] <= 20 - listed
    after = made(shell, "sub")[len(before) :]
    assert sorted(set(before) | set(after)) == ALL
    # Of each of the four that died in the middle the line may be there without the value.
    assert len(set(before) & set(after)) <= 4
    assert shell("list", "slow", "-f", str(path), "--json").document["assets"][0]["partitions"]["stored"] == 20
    (row,) = shell("runs", *home, "--json").document["runs"]
    assert (row["state"], row["counts"]) == ("done", {"done": 20, "total": 20, "failed": 0})
    assert "resume" not in shell("runs", *home).out


@pytest.mark.timeout(60)
def test_functions_that_wait_and_do_not_listen_are_left_after_a_while(shell: Shell) -> None:
    shell.write("definitions.py", SLOW)
    process = start("backfill", "slow", "--max-parallel", "3", folder=shell.folder, SLOW="50")
    assert process.stderr is not None
    backfill = process.stderr.readline().split()[1]
    while len(shell("runs", "--json").document["runs"]) == 0:
        pass
    began = time.monotonic()
    process.send_signal(signal.SIGTERM)
    out, _ = process.communicate(timeout=30)
    assert time.monotonic() - began < 20
    assert process.returncode == 143
    assert out == f"cancelled: 0 of 20 stored, none half-written\nnext: lading resume {backfill}\n"
    with Instance.open(shell.folder / ".lading") as instance:
        assert {run.status for run in instance.get_runs()} == {RunStatus.CANCELED}


def test_functions_that_compute_are_broken_off(shell: Shell) -> None:
    shell.write(
        "definitions.py", SLOW.replace("    time.sleep(", "    while os.environ.get('SLOW'): pass\n    time.sleep(")
    )
    process = start("backfill", "slow", "--max-parallel", "2", folder=shell.folder, SLOW="1")
    assert process.stderr is not None
    backfill = process.stderr.readline().split()[1]
    time.sleep(0.5)
    process.send_signal(signal.SIGINT)
    out, _ = process.communicate(timeout=15)
    assert process.returncode == 130
    assert out == f"cancelled: 0 of 20 stored, none half-written\nnext: lading resume {backfill}\n"
    assert (
        shell("resume", "last", "--max-parallel", "1")
        .err.splitlines()[0]
        .endswith("20 values  ·  20 runs  ·  definitions.py")
    )


def test_what_was_stored_before_counts_when_it_is_cancelled_again(shell: Shell) -> None:
    shell.write(
        "definitions.py", SLOW.replace("    with open", "    assert context.partition_key < stop\n    with open")
    )
    with_stop = (shell.folder / "definitions.py").read_text()
    shell.write("definitions.py", f"stop = '2024-01-08'\n{with_stop}")
    assert shell("backfill", "slow").code == 1
    shell.write("definitions.py", f"stop = '2024-02-01'\n{with_stop}")
    process = start("resume", "last", folder=shell.folder, SLOW="0.3")
    assert process.stderr is not None
    assert "13 of 20 values  ·  13 runs" in process.stderr.readline()
    process.stderr.readline()
    process.send_signal(signal.SIGINT)
    out, _ = process.communicate(timeout=20)
    assert out.startswith("cancelled: ")
    assert " of 20 stored" in out
    assert int(out.split()[1]) == len(set(made(shell)))


def test_a_run_goes_on(shell: Shell) -> None:
    shell.write("definitions.py", SLOW)
    failed = shell("materialize", "fails", "after")
    assert failed.code == 1
    assert failed.out.splitlines()[-1].endswith(f"   |   lading resume {failed.err.split()[1]}")
    shell.write("good.txt", "")
    assert shell("resume", "last", "-n").out == "  fails\n  after\nwould make 2 values in 1 run of 2 steps\n"
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
    backfill = shell("backfill", "fails", "--json").document["backfill_id"][:6]
    near = "z" + backfill[1:]
    assert shell("resume", near, "--json").document["error"]["did_you_mean"] == backfill
    assert f"fix: did you mean {backfill}?" in shell("resume", near).err
    shell.write(
        "definitions.py", SLOW.replace("return 1\n\n@dg.asset\ndef fails", "return 1/0\n\n@dg.asset\ndef fails")
    )
    assert shell("materialize", "slow", "--range", "2024-01-02..2024-01-05").code == 1
    ranged = shell("resume", "last")
    assert "`lading backfill slow --range 2024-01-02..2024-01-05` makes those that are missing" in ranged.err
    shell.write(
        "script.py",
        "import lading as dg\n@dg.asset\ndef lone():\n    raise ValueError\n"
        "with dg.Instance.open('.lading') as home:\n"
        "    dg.materialize([lone], instance=home, raise_on_error=False)\n",
    )
    subprocess.run([sys.executable, "script.py"], cwd=shell.folder, check=True)
    assert "was started from Python" in shell("resume", "last").err


def test_a_run_goes_on_with_the_config_it_was_given(shell: Shell) -> None:
    shell.write(
        "definitions.py",
        """
import os, lading as dg

class Size(dg.Config):
    size: int

@dg.asset
def report(config: Size) -> int:
    if not os.path.exists("good.txt"):
        raise ValueError("not yet")
    return config.size

defs = dg.Definitions(assets=[report], resources={"io_manager": dg.TypedIOManager(base_dir="data")})
""",
    )
    shell.write("run.json", '{"ops": {"report": {"config": {"size": 17}}}}')
    assert shell("materialize", "--config", "run.json").code == 1
    shell.write("good.txt", "")
    assert shell("resume", "last").code == 0
    assert shell("load", "report").out == "17\n"


def test_a_run_that_was_given_secrets_asks_for_them_again(shell: Shell) -> None:
    shell.write(
        "definitions.py",
        """
import os, pydantic, lading as dg

class Login(dg.Config):
    password: pydantic.SecretStr
    user: str

@dg.asset
def report(config: Login) -> str:
    if not os.path.exists("good.txt"):
        raise ValueError("not yet")
    return config.user + config.password.get_secret_value()

defs = dg.Definitions(assets=[report], resources={"io_manager": dg.TypedIOManager(base_dir="data")})
""",
    )
    shell.write("run.json", '{"ops": {"report": {"config": {"password": "hush", "user": "ann "}}}}')
    assert shell("materialize", "--config", "run.json").code == 1
    shell.write("good.txt", "")
    again = shell("resume", "last")
    assert again.code != 0
    assert "was given secrets, which are not kept" in again.err
    assert shell("resume", "last", "--config", "run.json").code == 0
    assert shell("load", "report").out == "ann hush\n"


def test_side_by_side_every_print_and_failure_is_of_its_own_run(shell: Shell) -> None:
    shell.write(
        "definitions.py",
        SLOW.replace(
            "    return 1\n\n@dg.asset\ndef fails",
            """
    print("here ", end="")
    time.sleep(0.01)
    print("is", context.partition_key)
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
