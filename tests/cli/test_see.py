from __future__ import annotations

import csv
import io
import json

import pytest

from tests.cli.command_lines import Shell
from tests.cli.projects import FAILING, NUMBERS, WEATHER

TABLE = """
import lading as dg
import pandas as pd

@dg.asset
def weather() -> pd.DataFrame:
    days = pd.date_range("2015-12-01", periods=25)
    return pd.DataFrame({"day": days, "rain_mm": [float(n) / 2 for n in range(25)], "kind": ["rain"] * 24 + [None]})

defs = dg.Definitions(assets=[weather], resources={"io_manager": dg.TypedIOManager(base_dir="data")})
"""


def test_list_before_anything_was_made(shell: Shell) -> None:
    shell.write("definitions.py", NUMBERS)
    assert shell("list").out == (
        "asset    state    partitions  rows  size  stored  kind\n"
        "numbers  missing  –              –     –  –       –\n"
        "squares  missing  –              –     –  –       –\n"
        "total    missing  –              –     –  –       python\n"
        "3 assets: 3 missing      next: lading backfill\n"
    )


def test_list_with_and_without_definitions(shell: Shell) -> None:
    shell.write("a.py", NUMBERS)
    shell("materialize", "-f", "a.py", "numbers", "squares")
    named = shell("list", "-f", "a.py", "--json").document["assets"]
    assert [(each["asset"], each["state"]) for each in named] == [
        ("numbers", "stored"), ("squares", "stored"), ("total", "missing")
    ]  # fmt: skip
    assert named[1]["upstream"] == ["numbers"]
    assert named[2]["group"] == "sums"
    assert named[0]["code_location"] == "a.py:4"
    known = shell("list", "--json").document["assets"]
    assert [each["asset"] for each in known] == ["numbers", "squares"]


def test_list_tells_what_is_stale(shell: Shell) -> None:
    shell.write("definitions.py", NUMBERS)
    shell("materialize")
    shell("materialize", "numbers")

    def states() -> dict[str, str]:
        return {each["asset"]: each["state"] for each in shell("list", "--json").document["assets"]}

    assert states() == {"numbers": "stored", "squares": "stored", "total": "stored"}  # the same numbers again
    shell.write("definitions.py", NUMBERS.replace("[1, 2, 3]", "[1, 2, 4]"))
    shell("materialize", "numbers")
    assert states() == {"numbers": "stored", "squares": "stale", "total": "stored"}
    assert shell("list", "--stale").out.splitlines()[-1].endswith("next: lading materialize squares")
    assert shell("show", "squares", "--json").document["state"] == "stale"
    assert shell("show", "total", "--json").document["state"] == "stored"


def test_list_counts_partitions(shell: Shell) -> None:
    shell.write("definitions.py", WEATHER)
    shell("materialize", "readings", "--partition", "2024-01-02")
    first = shell("list", "--json").document["assets"][0]
    assert first["state"] == "partial"
    assert first["partitions"] == {
        "total": 3, "stored": 1, "failed": 0, "missing": 2, "stale": 0,
        "ranges": {
            "stored": ["2024-01-02"], "failed": [], "missing": ["2024-01-01", "2024-01-03"], "stale": []
        },
        "more_ranges": {"stored": 0, "failed": 0, "missing": 0, "stale": 0},
    }  # fmt: skip
    shell("backfill")
    shell.write("definitions.py", WEATHER.replace("day + 0.5", "day + 9.5"))
    shell("materialize", "readings", "--partition", "2024-01-02")
    states = {each["asset"]: each["state"] for each in shell("list", "--json").document["assets"]}
    assert states == {"readings": "stored", "warmest": "stale"}


PARTS = """
import lading as dg

days = dg.DailyPartitionsDefinition(start_date="2024-01-01", end_date="2024-02-10")

@dg.asset(partitions_def=days)
def readings(context) -> int:
    return CONTENT

@dg.asset(partitions_def=days)
def doubled(context, readings: int) -> int:
    if context.partition_key == "2024-01-06":
        raise ValueError("no")
    return readings * 2

defs = dg.Definitions(assets=[readings, doubled], resources={"io_manager": dg.TypedIOManager(base_dir="data")})
"""


def test_partitions_by_state(shell: Shell) -> None:
    shell.write("definitions.py", PARTS.replace("CONTENT", "1"))
    shell("backfill", "--range", "2024-01-03..2024-01-06")
    shell("backfill", "--range", "2024-01-20..2024-01-21")
    shell.write("definitions.py", PARTS.replace("CONTENT", "2"))
    for day in ("2024-01-04", "2024-01-20", "2024-01-25"):
        shell("materialize", "readings", "--partition", day)
    cells = [line.split("  ")[2:4] for line in shell("list").out.splitlines()[1:3]]
    assert [cell for row in cells for cell in row if "/" in cell] == ["7/40", "5/40, 1 failed, 2 stale"]
    lines = shell("show", "doubled").out.splitlines()
    at = next(place for place, line in enumerate(lines) if line.startswith("  partitions"))
    assert lines[at:] == [
        "  partitions 5 of 40 stored",
        "             1 failed: 2024-01-06",
        "             35 missing: 2024-01-01..2024-01-02, 2024-01-06..2024-01-19, 2024-01-22..2024-02-09",
        "             2 stale: 2024-01-04, 2024-01-20",
    ]
    document = shell("show", "doubled", "--json").document
    assert document["state"] == "partial"
    assert document["partitions"]["ranges"]["stale"] == ["2024-01-04", "2024-01-20"]
    assert shell("show", "doubled", "--partition", "2024-01-20", "--json").document["state"] == "stale"
    assert shell("show", "doubled", "--partition", "2024-01-21", "--json").document["state"] == "stored"
    # Two days apart, day by day: more ranges than anybody wants to read.
    for day in range(1, 25, 2):
        shell("materialize", "readings", "--partition", f"2024-01-{day:02}")
    (missing,) = (line for line in shell("show", "readings").out.splitlines() if " missing: " in line)
    assert missing.endswith("and 5 more ranges")


def test_show_a_list_of_partitions_and_the_nearest_stored_one(shell: Shell) -> None:
    letters = PARTS.replace(
        'dg.DailyPartitionsDefinition(start_date="2024-01-01", end_date="2024-02-10")',
        'dg.StaticPartitionsDefinition(["beta", "alpha", "gamma"])',
    )
    shell.write("definitions.py", letters.replace("CONTENT", "1"))
    shell("materialize", "readings", "--partition", "alpha")
    assert "  partitions 1 of 3 stored" in shell("show", "readings").out.splitlines()
    assert "             2 missing: beta, gamma" in shell("show", "readings").out.splitlines()
    wrong = shell("show", "readings", "--partition", "alphq")
    assert wrong.code == 4
    assert "nearest: alpha" in wrong.err
    assert "1 partition stored, alpha..alpha" in wrong.err
    # A list too long to be kept a second time: what is missing is not known without definitions.
    long = letters.replace('["beta", "alpha", "gamma"]', "[str(n) for n in range(1001)]")
    shell.write("definitions.py", long.replace("CONTENT", "1"))
    shell("materialize", "readings", "--partition", "7")
    assert "  partitions 2 stored" in shell("show", "readings").out.splitlines()
    found = shell("show", "readings", "--json").document
    assert (found["state"], found["partitions"]["total"], found["partitions"]["missing"]) == ("stored", None, None)
    assert found["partitions"]["ranges"]["stored"] is None
    (shell.folder / "definitions.py").unlink()
    assert "2           " in shell("list").out


def test_list_as_a_tree(shell: Shell) -> None:
    shell.write("definitions.py", NUMBERS)
    out = shell("list", "--tree").out
    assert out.startswith("numbers  missing\n  squares  missing\n    total  missing\n")


def test_show_needs_no_definitions(shell: Shell) -> None:
    shell.write("a.py", NUMBERS)
    shell("materialize", "-f", "a.py")
    (shell.folder / "a.py").unlink()
    lines = shell("show", "numbers").out.splitlines()
    assert lines[0] == "numbers    Three numbers.    a.py:4"
    assert lines[1].startswith("  stored     today ")
    assert lines[2].startswith("  where      data/numbers.json    json, 18 B, blake3 ") or "json" in lines[2]
    assert "  value      list, 3 items" in lines
    assert "  read by    squares" in lines
    document = shell("show", "squares", "--json").document
    assert document["inputs"] == ["numbers"]
    assert document["consumers"] == ["total"]
    assert document["materialization"]["format"] == "json"
    assert len(document["history"]) == 1


def test_show_a_partition(shell: Shell) -> None:
    shell.write("definitions.py", WEATHER)
    shell("backfill")
    assert shell("show", "readings", "--partition", "2024-01-02", "--json").document["partition"] == "2024-01-02"
    assert shell("show", "readings", "--partition", "latest", "--json").document["partition"] == "2024-01-03"
    wrong = shell("show", "readings", "--partition", "2024-01-20")
    assert wrong.code == 4
    assert "nearest: 2024-01-0" in wrong.err


def test_load_needs_definitions_for_a_pickle_only(shell: Shell) -> None:
    shell.write("a.py", NUMBERS.replace('"io_manager": dg.TypedIOManager(base_dir="data")', ""))
    made = shell("materialize", "-f", "a.py")
    assert made.out.endswith("next: lading load total -f a.py\n")
    refused = shell("load", "total")
    assert refused.code == 2
    assert "error[unsafe-format]" in refused.err
    assert shell("load", "total", "-f", "a.py").out == "14\n"
    assert shell("load", "total", "--allow-pickle").out == "14\n"


def test_load_a_table_in_every_form(shell: Shell) -> None:
    pytest.importorskip("pandas")
    pytest.importorskip("pyarrow")
    shell.write("definitions.py", TABLE)
    assert shell("materialize").code == 0
    whole = shell("load", "weather")
    assert whole.err == "(pandas.DataFrame, 25 rows × 3 columns)\n"
    lines = whole.out.splitlines()
    assert lines[:2] == ["day         rain_mm  kind", "2015-12-01      0.0  rain"]
    assert lines[-1] == "2015-12-25     12.0  –"
    few = shell("load", "weather", "--rows", "2", "--columns", "rain_mm,day", "--as", "csv")
    assert few.out == "rain_mm,day\n0.0,2015-12-01\n0.5,2015-12-02\n"
    assert "the first 2 are shown" in few.err
    rows = list(csv.reader(io.StringIO(shell("load", "weather", "--as", "csv").out)))
    assert len(rows) == 26
    assert json.loads(shell("load", "weather", "--as", "json").out)[1]["rain_mm"] == 0.5
    document = shell("load", "weather", "--json").document
    assert (document["rows"], len(document["preview"]), document["truncated"]) == (25, 10, True)
    assert document["columns"][1] == {"name": "rain_mm", "type": "float64"}
    assert shell("load", "weather", "-o", "out.csv").code == 0
    assert (shell.folder / "out.csv").read_text().count("\n") == 26
    wrong = shell("load", "weather", "--columns", "rian_mm")
    assert wrong.code == 2
    assert "columns are: day, rain_mm, kind" in wrong.err


def test_load_says_where_it_lies(shell: Shell) -> None:
    shell.write("definitions.py", NUMBERS)
    shell("materialize")
    assert shell("load", "numbers", "--path").out == f"{shell.folder}/data/numbers.json\n"
    assert shell("load", "numbers", "--as", "csv").code == 2


def test_load_asks_which_partition(shell: Shell) -> None:
    shell.write("definitions.py", WEATHER)
    shell("backfill")
    which = shell("load", "readings")
    assert which.code == 2
    assert "error[partition-needed]: readings has 3 partitions; which?" in which.err
    assert "`lading load readings --partition latest`" in which.err
    assert shell("load", "readings", "--partition", "latest").out == "[3.5, 10.0, 6.25]\n"


def test_load_what_was_never_stored(shell: Shell) -> None:
    shell.write("definitions.py", NUMBERS)
    missing = shell("load", "numbers")
    assert missing.code == 4
    assert "error[value-missing]" in missing.err


def test_load_refuses_damaged_bytes(shell: Shell) -> None:
    shell.write("definitions.py", NUMBERS)
    shell("materialize")
    path = shell.folder / "data" / "numbers.json"
    with open(path, "r+b") as opened:  # the same file, so that its record stays
        opened.write(b"[9")
    damaged = shell("load", "numbers")
    assert damaged.code == 1
    assert "error[damaged]" in damaged.err


def test_runs_and_their_logs(shell: Shell) -> None:
    shell.write("definitions.py", FAILING)
    shell("materialize")
    shell("materialize", "numbers")
    rows = shell("runs", "--json").document["runs"]
    assert [(row["state"], row["selection"]) for row in rows] == [("done", "numbers"), ("failed", "")]
    assert rows[1]["counts"] == {"done": 1, "total": 3, "failed": 1}
    out = shell("runs").out
    assert out.splitlines()[1].endswith("done    1 of 1  materialize numbers")
    assert out.splitlines()[2].endswith("failed  1 of 3  materialize (all)")
    failed = shell("runs", "--failed", "--since", "2h", "--json").document["runs"]
    assert [row["run_id"] for row in failed] == [rows[1]["run_id"]]
    log = shell("log", rows[1]["run_id"][:8], "--step", "ratio").out
    assert "definitions.py:11 in ratio" in log
    assert "ZeroDivisionError: division by zero" in log
    assert "numbers" not in log.replace("sum(numbers)", "")
    document = shell("log", "last", "--json").document
    assert document["run_id"] == rows[0]["run_id"]
    assert "STEP_SUCCESS" in [event["kind"] for event in document["events"]]


def test_runs_say_when_there_are_more(shell: Shell) -> None:
    shell.write("definitions.py", NUMBERS)
    assert shell("runs").out == "nothing was run yet\n"
    for _ in range(3):
        shell("materialize", "numbers")
    assert shell("runs", "--limit", "2", "--json").document["truncated"] is True
    assert shell("runs", "--limit", "3", "--json").document["truncated"] is False
    assert "(the last 2; more with --limit)" in shell("runs", "--limit", "2").out


def test_show_tells_of_a_failure_only_where_it_belongs(shell: Shell) -> None:
    shell.write("definitions.py", SOMETIMES)
    shell("backfill")
    other = shell("show", "sometimes", "--partition", "a").out
    assert "1 failed: b" in other
    assert "by run" in other.splitlines()[1]
    assert not other.splitlines()[1].lstrip().startswith("failed")
    shell.write("definitions.py", SOMETIMES.replace('== "b"', '== "c"'))
    shell("backfill")
    shell.write("definitions.py", SOMETIMES)
    shell("materialize", "sometimes", "--partition", "b")
    own = shell("show", "sometimes", "--partition", "b").out
    assert own.splitlines()[1].lstrip().startswith("failed")


SOMETIMES = """
import lading as dg


@dg.asset(partitions_def=dg.StaticPartitionsDefinition(["a", "b"]))
def sometimes(context):
    if context.partition_key == "b":
        raise ValueError("not b")
    return context.partition_key
"""
