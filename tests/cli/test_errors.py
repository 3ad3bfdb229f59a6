"""Each refusal: its code, its exit code, what, where and the remedy; and no user function was called."""

from __future__ import annotations

from pathlib import Path

import pytest

from lading.cli.main import COMMANDS
from tests.cli.command_lines import Ran, Shell
from tests.cli.projects import NUMBERS, WEATHER

CALLED = "import pathlib\ndef note(): pathlib.Path('called').touch()\n"
HEAD = "import lading as dg\n" + CALLED


def refused(ran: Ran, code: str, exit_code: int, *texts: str) -> None:
    assert ran.code == exit_code, ran.err
    assert ran.err.startswith(f"error[{code}]: "), ran.err
    assert "\n  where: " in ran.err
    assert "\n  fix: " in ran.err
    assert "Traceback" not in ran.err
    for text in texts:
        assert text in ran.err


def not_called(shell: Shell) -> None:
    assert not Path(shell.folder, "called").exists()


def test_no_definitions(shell: Shell) -> None:
    refused(shell("materialize"), "no-definitions", 3, "tried -f, LADING_DEFS, pyproject.toml", "`lading init .`")


def test_no_such_file(shell: Shell) -> None:
    shell.write("defs_of_mine.py", NUMBERS)
    refused(
        shell("check", "-f", "defs_of_mien.py"), "file-missing", 3, "there is no file defs_of_mien.py",
        "did you mean defs_of_mine.py?",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("code", "texts"),
    [
        ("import lading\nx = (1,\n", ("'(' was never closed", "definitions.py:2\n      x = (1,\n          ^")),
        (
            "import nosuch\n",
            ("no module named 'nosuch'", "definitions.py:1", "-m pip install nosuch"),
        ),
        ("import yaml_of_mine.x\n", ("no module named 'yaml_of_mine'",)),
        ("import lading\n\nfoo()\n", ("NameError: name 'foo' is not defined", "definitions.py:3\n      foo()")),
        ("raise SystemExit(3)\n", ("SystemExit",)),
    ],
)
def test_a_file_that_cannot_be_imported(shell: Shell, code: str, texts: tuple[str, ...]) -> None:
    shell.write("definitions.py", code)
    refused(shell("materialize"), "import-failed", 3, *texts)
    assert shell("check", "--json").document["error"]["code"] == "import-failed"


def test_two_definitions(shell: Shell) -> None:
    shell.write("definitions.py", "import lading as dg\ndefs = dg.Definitions()\n\ntest_defs = dg.Definitions()\n")
    refused(shell("list"), "ambiguous-definitions", 3, "definitions.py: defs (line 2), test_defs (line 4)", "`-a defs`")
    assert shell("list", "-a", "defs").code == 0


def test_an_unknown_asset(shell: Shell) -> None:
    shell.write("definitions.py", HEAD + "@dg.asset\ndef numbers(): note()\n")
    refused(
        shell("materialize", "nubmers"), "unknown-asset", 4, 'no asset is called "nubmers"', 'did you mean "numbers"?'
    )
    not_called(shell)
    document = shell("materialize", "nubmers", "--json").document
    assert (document["ok"], document["error"]["did_you_mean"]) == (False, "numbers")


def test_a_selection_that_cannot_be_read(shell: Shell) -> None:
    shell.write("definitions.py", NUMBERS)
    refused(shell("materialize", "total,,squares"), "bad-selection", 2, "cannot be read at `,,`")
    refused(shell("materialize", "group:sum"), "nothing-selected", 4, "groups are: ", 'did you mean "sums"?')
    refused(shell("materialize", "total", "--select", "total"), "bad-argument", 2, "--select are both given")


def test_an_unknown_command_and_option(shell: Shell) -> None:
    refused(shell("materialise"), "unknown-command", 2, "no command materialise", "`lading materialize`?")
    refused(shell("materialize", "--selct", "a"), "unknown-option", 2, "no option --selct", "did you mean --select?")
    refused(shell("--qiuet", "list"), "unknown-option", 2, "--quiet")
    refused(shell("load"), "usage", 2, "`lading load --help`")
    assert "did you mean" not in shell("frobnicate").err


def test_partitions_that_are_needed_unknown_or_not_there(shell: Shell) -> None:
    shell.write("definitions.py", WEATHER)
    refused(
        shell("materialize", "readings"), "partition-needed", 2, "has 3 partitions; which?",
        "`lading backfill readings`", "`--partition latest`",
    )  # fmt: skip
    refused(shell("materialize", "readings", "--partition", "2024-13-01"), "bad-partition", 4, "2024-01-0")
    refused(shell("materialize", "warmest", "--partition", "2024-01-01"), "not-partitioned", 2, "warmest has no")
    refused(shell("materialize", "readings", "--range", "2024-01-01"), "bad-argument", 2, "A..B")


def test_a_value_that_was_never_stored(shell: Shell) -> None:
    shell.write("definitions.py", HEAD + "@dg.asset\ndef numbers(): return 1\n@dg.asset\ndef total(numbers): note()\n")
    ran = shell("materialize", "total")
    assert ran.code == 4
    assert "error[value-missing]: numbers has never been stored, and total needs it" in ran.err
    assert "`lading materialize total --upstream`" in ran.err
    not_called(shell)
    assert shell("materialize", "total", "--upstream").code == 0


UNKNOWN_INPUT = "@dg.asset\ndef numbers(): note()\n@dg.asset\ndef total(nubmers): note()\n"
DUPLICATE = """
@dg.asset(name='a')
def one(): note()
@dg.asset(name='a')
def two(): note()
defs = dg.Definitions([one, two])
"""
CYCLE = "@dg.asset\ndef a(b): note()\n@dg.asset\ndef b(a): note()\n"
NO_MANAGER = "@dg.asset(io_manager_key='db')\ndef a(): note()\ndefs = dg.Definitions([a])\n"


@pytest.mark.parametrize(
    ("code", "name", "texts"),
    [
        (UNKNOWN_INPUT, "unknown-input", ("nubmers", "definitions.py:6", 'did you mean "numbers"?')),
        (DUPLICATE, "duplicate-key", ("definitions.py:5", "definitions.py:7")),
        (CYCLE, "cycle", ("definitions.py:4", "definitions.py:6")),
        (NO_MANAGER, "resource-missing", ('"db"', "definitions.py:4", 'add "db" to Definitions(resources={…})')),
    ],
)
@pytest.mark.parametrize("command", ["materialize", "backfill", "check"])
def test_definitions_that_do_not_fit(shell: Shell, command: str, code: str, name: str, texts: tuple[str, ...]) -> None:
    shell.write("definitions.py", HEAD + code)
    refused(shell(command), name, 3, *texts)
    not_called(shell)


def test_a_variable_that_is_not_set(shell: Shell) -> None:
    shell.write(
        "definitions.py",
        HEAD + "class Db(dg.ConfigurableResource):\n    password: str\n"
        "@dg.asset\ndef a(db: Db): note()\n"
        "defs = dg.Definitions([a], resources={'db': Db(password=dg.EnvVar('NO_SUCH_PASSWORD'))})\n",
    )
    ran = shell("materialize")
    assert ran.code == 3, ran.err
    assert "error[unset-variable]" in ran.err
    assert "NO_SUCH_PASSWORD" in ran.err
    not_called(shell)


def test_a_value_without_a_format(shell: Shell) -> None:
    shell.write("definitions.py", NUMBERS.replace("return [1, 2, 3]", "import socket; return socket"))
    ran = shell("materialize", "numbers")
    assert ran.code == 1
    assert "error[cannot-store]" in ran.err or "error[wrong-type]" in ran.err


def test_an_unknown_run(shell: Shell) -> None:
    shell.write("definitions.py", NUMBERS)
    refused(shell("log", "last"), "run-unknown", 4, "nothing was run yet")
    shell("materialize", "-q")
    refused(shell("log", "zzz"), "run-unknown", 4, "no run begins with zzz", "home .lading, 1 run", "`lading runs`")


def test_a_history_that_cannot_be_read(shell: Shell) -> None:
    shell.write("definitions.py", NUMBERS)
    shell.write(".lading/history.sqlite", "this is no database, and long enough to be looked at" * 50)
    refused(shell("materialize"), "history-trouble", 5, ".lading/history.sqlite")


def test_a_bug_of_ours_leaves_a_report(shell: Shell, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setattr("lading.cli.runs.run_rows", lambda *_: 1 / 0)
    ran = shell("runs")
    refused(ran, "internal", 70, "ZeroDivisionError", "report")
    [report] = tmp_path.glob("lading-report-*.txt")
    assert "Traceback" in report.read_text()


@pytest.mark.parametrize("command", COMMANDS)
def test_the_help_of_each_command_starts_with_two_examples(shell: Shell, command: str) -> None:
    ran = shell(command, "--help")
    assert ran.code == 0
    first, second, empty, usage = ran.out.splitlines()[:4]
    assert first.startswith(f"  lading {command}")
    assert second.startswith(f"  lading {command}")
    assert (empty, usage[:13]) == ("", "Usage: lading")
    assert "--json" in ran.out


def test_lading_alone_prints_help(shell: Shell) -> None:
    alone = shell()
    assert (alone.code, alone.out) == (0, shell("--help").out)
    assert [name for name in COMMANDS if f"  {name} " not in alone.out] == []
    assert shell("--version").out == "lading 0.1.0\n"
