from __future__ import annotations

import pytest

from tests.cli.command_lines import Shell
from tests.cli.projects import WEATHER

BAD_DAY = WEATHER.replace(
    "    day = int(", "    assert context.partition_key != '2024-01-02', 'a bad day'\n    day = int("
)
MONTHS = """
import lading as dg
days = dg.DailyPartitionsDefinition(start_date="2024-01-30", end_date="2024-02-03")
mapping = dg.TimeWindowPartitionMapping(allow_nonexistent_upstream_partitions=True)
months = dg.MonthlyPartitionsDefinition(start_date="2024-01-01", end_date="2024-03-01")
seen = []

@dg.asset(partitions_def=days)
def weather(context) -> str:
    if context.partition_key == BAD:
        raise ValueError("a bad day")
    return context.partition_key

@dg.asset(partitions_def=days)
def cleaned(weather: str) -> str:
    return weather.upper()

@dg.asset(partitions_def=months, ins={"cleaned": dg.AssetIn(partition_mapping=mapping)})
def monthly(context, cleaned) -> int:
    return len(cleaned)

defs = dg.Definitions(assets=[monthly, cleaned, weather], resources={"io_manager": dg.TypedIOManager(base_dir="data")})
"""


def test_what_the_readme_shows(shell: Shell) -> None:
    shell.write("weather.py", WEATHER)
    made = shell("backfill", "-f", "weather.py")
    assert made.code == 0
    lines = made.err.splitlines()
    assert lines[0].endswith("  ·  4 values  ·  4 runs  ·  weather.py")
    assert [line.split()[1:3] for line in lines[1:4]] == [["readings", f"2024-01-0{day}"] for day in (1, 2, 3)]
    assert lines[4].split()[:2] == ["stored", "warmest"]
    assert made.out.startswith("stored 4 in ")
    assert made.out.endswith("->  .lading/ (home)  data/ (values)\nnext: lading load warmest\n")
    assert shell("load", "warmest").out == "2024-01-03\n"


def test_only_what_is_missing_is_made(shell: Shell) -> None:
    shell.write("definitions.py", WEATHER)
    shell("materialize", "readings", "--partition", "2024-01-02")
    assert shell("backfill", "-n").out == (
        "  readings  2 partitions 2024-01-01, 2024-01-03, 2 runs  ->  data/readings/\n"
        "  warmest  1 value, 1 run  ->  data/warmest.*\nwould make 3 values in 3 runs\n"
    )
    document = shell("backfill", "--json").document
    assert document["counts"]["stored"] == 3
    assert document["partitions"]["stored"] == ["2024-01-01", "2024-01-03"]
    assert shell("backfill").out == "nothing is missing: 2 assets\n"
    assert shell("backfill", "--all").out.startswith("stored 4 in")


def test_the_plan_as_a_document_is_what_then_happens(shell: Shell) -> None:
    shell.write("definitions.py", MONTHS.replace("BAD", "None"))
    planned = shell("backfill", "-n", "--json").document
    assert planned["total_runs"] == len(planned["planned_runs"]) == 6
    assert planned["truncated"] is False
    assert planned["assets"][2]["partitions"]["waiting"] == ["2024-01-01..2024-02-01"]
    done = shell("backfill", "--json").document
    assert planned["counts"]["waiting"] == done["counts"]["stored"]
    for plan, run in zip(planned["planned_runs"], done["runs"], strict=True):
        assert plan["refused"] is None
        events = shell("log", run, "--json").document["events"]
        started = [event["step"] for event in events if event["kind"] == "STEP_START"]
        assert started == plan["steps"]
        made = {(e["step"], e["asset"], e["partition"]) for e in events if e["kind"] == "ASSET_MATERIALIZATION"}
        assert made == {(each["step"], each["asset"], each["partition"]) for each in plan["writes"]}
        for each in plan["writes"]:
            found = shell("show", each["asset"], "--partition", each["partition"], "--json").document
            ending = "json" if each["asset"] == "monthly" else "txt"
            assert found["materialization"]["url"] == each["url"].removesuffix("*") + ending


def test_the_plan_names_each_run_if_asked(shell: Shell) -> None:
    shell.write("definitions.py", WEATHER)
    assert shell("backfill", "readings", "--range", "2024-01-02..", "-n", "-v").out == (
        "  readings  2 partitions 2024-01-02..2024-01-03, 2 runs  ->  data/readings/\n"
        "run 1  2024-01-02  readings\n"
        "  readings 2024-01-02  ->  data/readings/2024-01-02.*\n"
        "run 2  2024-01-03  readings\n"
        "  readings 2024-01-03  ->  data/readings/2024-01-03.*\n"
        "would make 2 values in 2 runs\n"
    )


def test_a_plan_says_which_runs_will_be_refused(shell: Shell) -> None:
    shell.write("definitions.py", MONTHS.replace("BAD", "None").replace("(partition_mapping=mapping)", "()"))
    planned = shell("backfill", "monthly", "-n", "--json").document["planned_runs"]
    assert all("that do not exist" in run["refused"] and run["writes"] == [] for run in planned)
    assert shell("backfill", "monthly", "-n", "-v").out.count("  refused: ") == 2


def test_a_plan_of_many_is_cut_and_says_so(shell: Shell) -> None:
    code = WEATHER.replace("2024-01-01", "2020-01-01").replace('"data"', '"memory://many"')
    shell.write("definitions.py", code)
    planned = shell("backfill", "readings", "-n", "--json").document
    assert planned["truncated"] is True
    assert len(planned["planned_runs"]) == 1000
    assert planned["total_runs"] == 1464
    assert planned["assets"][0]["partitions"]["waiting"] == ["2020-01-01..2024-01-03"]


def test_a_manager_that_does_not_open_hides_no_plan(shell: Shell) -> None:
    code = WEATHER.split("defs =")[0] + (
        "@dg.io_manager\ndef broken():\n    raise OSError('no disk')\n"
        "defs = dg.Definitions(assets=[readings, warmest], resources={'io_manager': broken})\n"
    )
    shell.write("definitions.py", code)
    shown = shell("backfill", "-n").out
    assert "readings  3 partitions 2024-01-01..2024-01-03, 3 runs  ->  (resource" in shown
    assert shown.endswith("would make 4 values in 4 runs\n")
    planned = shell("backfill", "-n", "--json").document["planned_runs"]
    assert {each["url"] for run in planned for each in run["writes"]} == {None}


def test_a_range_limits_the_partitions(shell: Shell) -> None:
    shell.write("definitions.py", WEATHER)
    assert shell("backfill", "readings", "--range", "2024-01-02..").out.startswith("stored 2 in")
    wrong = shell("backfill", "readings", "--range", "2024-01-02..2025-01-01")
    assert wrong.code == 4
    assert "error[bad-partition]" in wrong.err


def test_a_bad_day_stops_only_what_needs_it(shell: Shell) -> None:
    shell.write("definitions.py", BAD_DAY)
    ran = shell("backfill", "--json")
    assert ran.code == 1
    document = ran.document
    assert document["counts"] == {"stored": 2, "failed": 1, "skipped": 0, "not_started": 1}
    assert document["assets"][0]["partitions"] == {
        "stored": ["2024-01-01", "2024-01-03"], "failed": ["2024-01-02"], "missing": []
    }  # fmt: skip
    assert document["error"]["what"] == "AssertionError: a bad day"
    shell.write("definitions.py", WEATHER)
    assert shell("backfill", "--failed", "-n").out.endswith("would make 1 value in 1 run\n")
    assert shell("backfill", "--failed").out.startswith("stored 1 in")
    assert shell("backfill").out.startswith("stored 1 in")


def test_months_wait_for_their_days(shell: Shell) -> None:
    shell.write("definitions.py", MONTHS.replace("BAD", "'2024-02-01'"))
    document = shell("backfill", "--json").document
    parts = {each["asset"]: each["partitions"] for each in document["assets"]}
    assert parts["weather"]["failed"] == ["2024-02-01"]
    assert parts["cleaned"]["missing"] == ["2024-02-01"]
    assert parts["monthly"] == {"stored": ["2024-01-01"], "failed": [], "missing": ["2024-02-01"]}


def test_a_partition_that_cannot_be_planned_is_a_failure_of_its_own(shell: Shell) -> None:
    shell.write("definitions.py", MONTHS.replace("BAD", "'2024-02-01'").replace("(partition_mapping=mapping)", "()"))
    ran = shell("backfill", "--json")
    assert ran.code == 1
    parts = {each["asset"]: each["partitions"] for each in ran.document["assets"]}
    assert parts["monthly"] == {"stored": [], "failed": ["2024-01-01..2024-02-01"], "missing": []}
    assert "that do not exist" in ran.err


def test_assets_with_the_same_partitions_share_their_runs(shell: Shell) -> None:
    shell.write("definitions.py", MONTHS.replace("BAD", "None"))
    document = shell("backfill", "--json").document
    assert len(document["runs"]) == 4 + 2
    assert document["counts"]["stored"] == 4 + 4 + 2


def with_policy(policy: str, body: str) -> str:
    head = "import lading as dg\ndays = dg.DailyPartitionsDefinition(start_date='2024-01-01', end_date='2024-01-04')\n"
    how = f"@dg.asset(partitions_def=days, backfill_policy=dg.BackfillPolicy.{policy})\n"
    return f"{head}{how}def readings(context):\n    return {body}\n"


@pytest.mark.parametrize(
    ("policy", "runs"), [("single_run()", 1), ("multi_run(2)", 2), ("multi_run(3)", 1), ("multi_run()", 3)]
)
def test_the_policy_says_how_many_runs(shell: Shell, policy: str, runs: int) -> None:
    body = "1" if policy == "multi_run()" else "{key: key for key in context.partition_keys}"
    shell.write("definitions.py", with_policy(policy, body))
    ran = shell("backfill", "readings", "--json")
    assert ran.code == 0, ran.err
    assert len(ran.document["runs"]) == runs
    assert ran.document["partitions"]["stored"] == ["2024-01-01..2024-01-03"]


def test_a_gap_parts_a_single_run(shell: Shell) -> None:
    shell.write("definitions.py", with_policy("single_run()", "{key: key for key in context.partition_keys}"))
    shell("materialize", "readings", "--partition", "2024-01-02")
    assert shell("backfill", "readings", "-n").out.endswith("would make 2 values in 2 runs\n")


def test_a_backfill_is_one_line_of_runs(shell: Shell) -> None:
    shell.write("definitions.py", BAD_DAY)
    backfill = shell("backfill", "--json").document["backfill_id"]
    [row] = shell("runs", "--json").document["runs"]
    assert (row["run_id"], row["state"]) == (backfill, "failed")
    assert row["counts"] == {"done": 2, "total": 4, "failed": 1}
    log = shell("log", backfill[:6])
    assert log.code == 0
    assert "AssertionError: a bad day" in log.out


@pytest.mark.timeout(60)
def test_many_partitions_into_a_pipe_are_few_lines(shell: Shell) -> None:
    # In memory: what counts is the lines, not the disk.
    code = WEATHER.replace("2024-01-01", "2020-01-01").replace('"data"', '"memory://many"')
    shell.write("definitions.py", code)
    ran = shell("backfill", "readings")
    assert ran.out.startswith("stored 1,464 in") or ran.out.startswith("stored 1,4")
    assert len(ran.err.splitlines()) + len(ran.out.splitlines()) <= 40


def test_a_resource_that_does_not_open_ends_it(shell: Shell) -> None:
    code = WEATHER.replace("def readings(context)", "def readings(context, db: dg.ResourceParam[object])").replace(
        "resources={", 'resources={"db": dg.ResourceDefinition(lambda _: 1 / 0), '
    )  # fmt: skip
    shell.write("definitions.py", code)
    ran = shell("backfill")
    assert ran.code == 5, ran.err
    assert ran.err.count("error[resource-failed]") == 1
    assert shell("runs", "--json").document["runs"][0]["state"] == "failed"
