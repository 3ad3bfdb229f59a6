"""What the two streams carry: into pipes, narrow encodings, closed readers, and on a terminal."""

from __future__ import annotations

import re
import subprocess
import time

import pytest

from tests.cli.command_lines import LADING, Shell, environment, finish, on_terminal, start
from tests.cli.projects import NUMBERS

SLOW = """
import time
import lading as dg

days = dg.DailyPartitionsDefinition(start_date="2024-01-01", end_date="2024-04-10")

@dg.asset(partitions_def=days)
def many(context) -> str:
    time.sleep(0.02)
    return context.partition_key

@dg.asset
def long() -> int:
    for _ in range(200):
        time.sleep(0.05)
    return 1

@dg.asset
def after(long: int) -> int:
    return long

defs = dg.Definitions(assets=[many, long, after], resources={"io_manager": dg.TypedIOManager(base_dir="data")})
"""


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "cp437"])
def test_what_an_encoding_lacks_is_put_another_way(shell: Shell, encoding: str) -> None:
    shell.write("definitions.py", NUMBERS.replace('"""Three numbers."""', '"""Zahlen: ж · …"""'))
    assert shell("materialize", encoding=encoding).code == 0
    assert shell("list", encoding=encoding).code == 0
    shown = shell("show", "numbers", encoding=encoding)
    assert shown.code == 0
    assert "\\u0436" in shown.out


def test_ascii_twins(shell: Shell) -> None:
    shell.write("definitions.py", NUMBERS)
    assert "  |  3 steps  |  definitions.py" in shell("materialize", encoding="ascii").err
    assert shell("list", encoding="ascii").out.splitlines()[1].split()[2] == "-"


def test_a_hostile_name_does_not_move_the_cursor(shell: Shell) -> None:
    shell.write(
        "definitions.py",
        "import lading as dg\n"
        "@dg.asset(metadata={'x': 1})\n"
        "def a(context):\n"
        "    context.add_output_metadata({'note\\x1b[2J': 'evil\\x1b[1A\\r\\n'})\n"
        "    print('printed \\x1b[2J\\x1b[31mred\\x1b[0m')\n"
        "    return 1\n",
    )
    made = shell("materialize", "--color", "always")
    assert "\x1b[2J" not in made.err
    assert "\x1b[31mred\x1b[0m" in made.err
    assert "\x1b" not in shell("materialize").err
    assert "\x1b" not in shell("show", "a").out


def test_no_colour_into_a_pipe_and_colour_where_it_is_asked_for(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    shell.write("definitions.py", NUMBERS)
    assert "\x1b" not in shell("materialize").err
    assert "\x1b[32mstored" in shell("list", "--color", "always").out
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert "\x1b[32mstored" in shell("list").out
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b" not in shell("list").out


def test_a_reader_that_has_seen_enough(shell: Shell) -> None:
    shell.write("definitions.py", "import lading as dg\n@dg.asset\ndef a(): return list(range(200000))\n")
    assert shell("materialize", "-q").code == 0
    process = start("load", "a", "--as", "json", folder=shell.folder)
    assert process.stdout is not None
    assert process.stdout.readline() == "[\n"
    process.stdout.close()
    assert process.stderr is not None
    text = process.stderr.read()
    process.stderr.close()
    assert process.wait(30) == 0
    assert "Traceback" not in text
    assert "Broken" not in text


def test_a_closed_stdin_is_no_trouble(shell: Shell) -> None:
    shell.write("definitions.py", NUMBERS)
    command = f"exec {' '.join(LADING)} materialize 0<&-"
    ran = subprocess.run(["sh", "-c", command], cwd=shell.folder, env=environment({}), capture_output=True, check=False)
    assert ran.returncode == 0, ran.stderr


def test_json_is_one_document_whatever_users_print(shell: Shell) -> None:
    shell.write("definitions.py", NUMBERS)
    ran = finish("materialize", "--json", folder=shell.folder)
    assert ran.document["counts"]["stored"] == 3
    assert "total | adding up" in ran.err


def test_a_narrow_terminal_loses_the_least_useful_columns(shell: Shell) -> None:
    shell.write("definitions.py", NUMBERS)
    assert shell("materialize", "-q").code == 0
    wide = on_terminal("list", folder=shell.folder, width=200).out
    assert "kind" in wide
    narrow = bare(on_terminal("list", folder=shell.folder, width=40).out)
    assert "numbers" in narrow
    assert "stored" in narrow
    assert "(left out: " in narrow
    assert max(map(len, narrow.splitlines())) <= 40


def test_the_moving_line_comes_late_and_leaves_nothing(shell: Shell) -> None:
    shell.write("definitions.py", SLOW)
    ran = on_terminal("backfill", "many", folder=shell.folder)
    assert ran.code == 0
    assert re.search(r"many +#+\.+ +\d+/100   to 2024-0", ran.out)
    assert "about" not in ran.out.split("stored 100")[1]
    # What is drawn is erased: the last drawing is followed by an erasure before the sum line.
    assert re.search(r"\x1b\[\d+A\r?\x1b\[J[^#]*stored 100 in", ran.out)
    quick = on_terminal("backfill", "many", "--range", "2024-01-01..2024-01-03", "--all", folder=shell.folder)
    assert "\x1b[J" not in quick.out
    silent = on_terminal("backfill", "many", "--all", "--no-progress", folder=shell.folder)
    assert "\x1b[J" not in silent.out


def test_ctrl_c_ends_a_run_in_good_order(shell: Shell) -> None:
    shell.write("definitions.py", SLOW)
    ran = on_terminal("materialize", "long", "after", folder=shell.folder, interrupt_at="running  long 0.5 s")
    assert ran.code == 130
    assert "cancelled: 0 of 2 stored, none half-written" in ran.out
    [row] = shell("runs", "--json").document["runs"]
    assert row["state"] == "cancelled"
    assert f"next: lading resume {row['run_id'][:6]}\n" in ran.out


@pytest.mark.timeout(60)
def test_sigterm_ends_a_backfill_and_what_is_stored_stays(shell: Shell) -> None:
    shell.write("definitions.py", SLOW)
    process = start("backfill", "many", "--json", folder=shell.folder)
    assert process.stderr is not None
    assert process.stderr.readline().startswith("backfill ")
    time.sleep(0.7)
    process.terminate()
    out, err = process.communicate(timeout=20)
    assert process.returncode == 143, err
    [row] = shell("runs", "--json").document["runs"]
    assert row["state"] == "cancelled"
    assert 0 < row["counts"]["done"] < row["counts"]["total"] == 100
    stored = shell("list", "many", "--json").document["assets"][0]["partitions"]["stored"]
    assert stored == row["counts"]["done"]
    assert f'"stored": {stored}' in out
    rest = shell("backfill", "many", "--json").document
    assert rest["counts"]["stored"] == 100 - stored


def bare(text: str) -> str:
    """Text without colours."""
    return re.sub(r"\x1b\[[0-9;]*m", "", text)
