from __future__ import annotations

import json
import os

from tests.cli.command_lines import Shell, check_document
from tests.cli.projects import FAILING, NUMBERS, WEATHER


def test_two_commands_show_a_stored_value(shell: Shell) -> None:
    shell.write("a.py", NUMBERS)
    made = shell("materialize", "-f", "a.py")
    assert made.code == 0
    assert made.out.startswith("stored 3 in ")
    assert "->  .lading/ (home)  data/ (values)\n" in made.out
    assert made.out.endswith("next: lading load total\n")
    shown = shell("load", "numbers")
    assert (shown.code, shown.out, shown.err) == (0, "[1, 2, 3]\n", "(list, 3 items)\n")


def test_each_step_has_a_line_on_stderr(shell: Shell) -> None:
    shell.write("definitions.py", NUMBERS)
    lines = shell("materialize").err.splitlines()
    assert lines[0].startswith("run ")
    assert lines[0].endswith("  ·  3 steps  ·  definitions.py")
    assert lines[1].split()[:7] == ["stored", "numbers", "list,", "3", "items", "JSON", lines[1].split()[6]]
    assert "  total | adding up" in lines
    assert "  total | three of them" in lines


def test_prints_are_kept_with_their_step(shell: Shell) -> None:
    shell.write("definitions.py", NUMBERS)
    assert shell("materialize").code == 0
    log = shell("log", "last", "--step", "total").out
    assert "total | adding up" in log
    assert "total | three of them" in log
    assert "adding up" not in shell("log", "last", "--step", "numbers").out


def test_a_selection_can_take_along_what_it_needs(shell: Shell) -> None:
    shell.write("definitions.py", NUMBERS)
    assert shell("materialize", "squares", "--upstream").out.startswith("stored 2 in")
    assert shell("materialize", "squares", "--downstream").out.startswith("stored 2 in")
    assert shell("materialize", "--select", "numbers,total").out.startswith("stored 2 in")


def test_a_dry_run_makes_nothing(shell: Shell) -> None:
    shell.write("definitions.py", NUMBERS)
    plan = shell("materialize", "squares", "-n")
    assert plan.out == "  squares\nwould make 1 value in 1 run of 1 step\n"
    assert {".lading", "data"}.isdisjoint(os.listdir(shell.folder))
    document = shell("materialize", "-n", "--json").document
    assert document["dry_run"] is True
    assert [step["state"] for step in document["steps"]] == ["waiting"] * 3


def test_a_failure_shows_the_users_frames_only(shell: Shell) -> None:
    shell.write("definitions.py", FAILING)
    ran = shell("materialize")
    assert ran.code == 1
    assert "           definitions.py:11 in ratio\n               return sum(numbers) / zero\n" in ran.err
    assert "ZeroDivisionError: division by zero" in ran.err
    assert "frames of lading hidden: -v)" in ran.err
    assert "site-packages" not in ran.err
    assert "engine" not in ran.err
    assert ran.out.startswith("stored 1, failed 1, not started 1 in ")
    assert "--step ratio   |   lading resume " in ran.out
    assert "lading/engine/step.py" in shell("materialize", "-v").err


def test_a_failure_says_that_the_earlier_value_is_unchanged(shell: Shell) -> None:
    shell.write("definitions.py", FAILING.replace("- 2", "- 1"))
    assert shell("materialize").code == 0
    earlier = shell("runs", "--json").document["runs"][0]["run_id"]
    shell.write("definitions.py", FAILING)
    ran = shell("materialize")
    assert f"The earlier value of ratio (run {earlier[:6]}) is unchanged." in ran.out
    assert shell("load", "ratio").out == "3.0\n"


def test_the_document_of_a_run(shell: Shell) -> None:
    shell.write("definitions.py", NUMBERS)
    document = shell("materialize", "--json").document
    assert document["ok"] is True
    assert document["state"] == "done"
    assert document["counts"] == {"stored": 3, "skipped": 0, "failed": 0, "not_started": 0}
    first = document["steps"][0]
    assert (first["asset"], first["state"], first["format"], first["rows"]) == ("numbers", "stored", "json", 3)
    assert first["url"] == str(shell.folder / "data" / "numbers.json")
    assert first["bytes"] == len((shell.folder / "data" / "numbers.json").read_bytes())


def test_the_document_of_a_failed_run(shell: Shell) -> None:
    shell.write("definitions.py", FAILING)
    ran = shell("materialize", "--json")
    assert ran.code == 1
    document = ran.document
    assert (document["ok"], document["state"]) == (False, "failed")
    assert [step["state"] for step in document["steps"]] == ["stored", "failed", "not started"]
    assert document["error"]["code"] == "step-failed"
    assert document["error"]["exit"] == 1
    assert document["steps"][1]["error"]["what"] == "ZeroDivisionError: division by zero"


def test_events_as_they_happen_and_the_document_last(shell: Shell) -> None:
    shell.write("definitions.py", NUMBERS)
    *events, last = [json.loads(line) for line in shell("materialize", "--jsonl").out.splitlines()]
    assert [event["event"] for event in events].count("STEP_SUCCESS") == 3
    assert events[0]["event"] == "RUN_START"
    check_document(last)
    assert last["counts"]["stored"] == 3


def test_one_partition_a_range_and_the_latest(shell: Shell) -> None:
    shell.write("weather.py", WEATHER.replace("context.partition_key[-2:]", "context.partition_keys[0][-2:]"))
    one = shell("materialize", "-f", "weather.py", "readings", "--partition", "2024-01-02")
    assert one.code == 0
    assert "stored   readings 2024-01-02" in one.err
    assert one.out.endswith("next: lading load readings --partition 2024-01-02\n")
    latest = shell("materialize", "-f", "weather.py", "readings", "--partition", "latest", "--json").document
    assert [step["partition"] for step in latest["steps"]] == ["2024-01-03"]
    plan = shell("materialize", "-f", "weather.py", "readings", "--range", "..2024-01-02", "-n")
    assert plan.out == "  readings  2 partitions, 2024-01-01..2024-01-02\nwould make 2 values in 1 run of 1 step\n"


def test_quiet_says_errors_only(shell: Shell) -> None:
    shell.write("definitions.py", NUMBERS)
    ran = shell("materialize", "-q")
    assert (ran.code, ran.out, ran.err) == (0, "", "")


def test_options_stand_before_or_after_the_command(shell: Shell) -> None:
    shell.write("a.py", NUMBERS)
    assert shell("-f", "a.py", "-q", "materialize").code == 0
    assert shell("--json", "-f", "a.py", "list").document["assets"][0]["state"] == "stored"


def test_a_project_runs_from_a_folder_below_it(shell: Shell) -> None:
    shell.write("pyproject.toml", '[tool.lading]\ndefs = "assets/definitions.py"\n')
    shell.write("assets/definitions.py", NUMBERS)
    below = shell.folder / "assets" / "deep"
    below.mkdir()
    assert shell("materialize", folder=below).code == 0
    assert (shell.folder / "data" / "numbers.json").exists()
    assert (shell.folder / ".lading" / "history.sqlite").exists()
    assert shell("load", "numbers", "-o", "here.json", folder=below).code == 0
    assert (below / "here.json").read_text() == "[\n  1,\n  2,\n  3\n]\n"


def test_an_empty_selection_is_refused_or_allowed(shell: Shell) -> None:
    shell.write("definitions.py", NUMBERS)
    assert shell("materialize", "group:nobody").code == 4
    assert shell("materialize", "group:nobody", "--allow-empty").code == 0


def test_a_job_and_its_config(shell: Shell) -> None:
    shell.write(
        "definitions.py",
        "import lading as dg\n"
        "@dg.op(config_schema={'n': int})\n"
        "def give(context): print('n is', context.op_config['n'])\n"
        "@dg.job\n"
        "def nightly(): give()\n",
    )
    shell.write("run.json", '{"ops": {"give": {"config": {"n": 7}}}}')
    ran = shell("materialize", "--job", "nightly", "--config", "run.json")
    assert ran.code == 0, ran.err
    assert "  give | n is 7\n" in ran.err
    wrong = shell("materialize", "--job", "nigthly")
    assert wrong.code == 4
    assert 'did you mean "nightly"?' in wrong.err
