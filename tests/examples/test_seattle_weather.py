"""The example on real data: what it says of the weather is what the published table says."""

from __future__ import annotations

import csv
import json
import os
import re
import shutil
import subprocess
import sys
from collections import defaultdict
from math import cos, sin, sqrt, tau
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as pq
import pytest
from vega_datasets import local_data

import lading as dg

EXAMPLE = Path(__file__).parents[2] / "examples" / "seattle_weather"
pytestmark = pytest.mark.timeout(180)


def run(folder: Path, *command: str) -> str:
    """What a command prints in a folder."""
    env = {name: value for name, value in os.environ.items() if not name.startswith(("LADING_", "PYTEST_", "COV"))}
    done = subprocess.run(
        [sys.executable, "-W", "error", *command],
        cwd=folder, env=env, capture_output=True, text=True, encoding="utf-8", check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the example in which everything was made."""
    folder = tmp_path_factory.mktemp("example") / EXAMPLE.name
    shutil.copytree(EXAMPLE, folder, ignore=shutil.ignore_patterns("data", ".lading", "__pycache__"))
    run(folder, "-m", "lading", "backfill")
    return folder


@pytest.fixture(scope="module")
def days() -> dict[str, dict[str, str]]:
    """The published table, by day."""
    with open(local_data.seattle_weather.filepath, newline="", encoding="utf-8") as file:
        return {row["date"].replace("/", "-"): row for row in csv.DictReader(file)}


Months = dict[str, list[dict[str, str]]]


def by_month(days: dict[str, dict[str, str]]) -> Months:
    found: Months = defaultdict(list)
    for day, row in days.items():
        found[f"{day[:7]}-01"].append(row)
    return found


def mean(rows: list[dict[str, str]], column: str) -> float:
    return sum(float(row[column]) for row in rows) / len(rows)


def rmse_of_one_wave(days: dict[str, dict[str, str]]) -> float:
    """A yearly wave through the highs of 2012–2014 by normal equations, and how far 2015 is from it."""

    def wave(day: str) -> list[float]:
        number = sum((31, 28 + (int(day[:4]) % 4 == 0), 31, 30, 31, 30, 31, 31, 30, 31, 30)[: int(day[5:7]) - 1])
        angle = tau * (number + int(day[8:])) / 365.25
        return [1.0, cos(angle), sin(angle)]

    known = [(wave(day), float(row["temp_max"])) for day, row in days.items() if day < "2015"]
    left = [[sum(w[i] * w[j] for w, _ in known) for j in range(3)] for i in range(3)]
    right = [sum(w[i] * high for w, high in known) for i in range(3)]
    for i in range(3):  # Gauss and Jordan
        for k in {0, 1, 2} - {i}:
            factor = left[k][i] / left[i][i]
            left[k] = [a - factor * b for a, b in zip(left[k], left[i], strict=True)]
            right[k] -= factor * right[i]
    found = [right[i] / left[i][i] for i in range(3)]
    missed = [
        sum(a * b for a, b in zip(wave(day), found, strict=True)) - float(row["temp_max"])
        for day, row in days.items()
        if day > "2015"
    ]
    return sqrt(sum(each**2 for each in missed) / len(missed))


def sentence(row: dict[str, str]) -> str:
    highs = f"{float(row['temp_min'])} to {float(row['temp_max'])} °C"
    return f"{row['weather']}, {float(row['precipitation'])} mm, {highs}"


def records(days: dict[str, dict[str, str]]) -> dict[str, str]:
    """What the almanac should hold, from the published table by plain pandas."""
    table = pd.read_csv(local_data.seattle_weather.filepath)
    table["date"] = table["date"].str.replace("/", "-")
    hottest = table.sort_values("temp_max", kind="stable")["date"].iloc[-1]
    wettest = table.sort_values("precipitation", kind="stable")["date"].iloc[-1]
    best: list[str] = []
    spell: list[str] = []
    for date, mm in zip(table["date"], table["precipitation"], strict=True):
        spell = [*spell, date] if mm == 0 else []
        best = max(best, spell, key=len)
    return {
        "hottest": f"{hottest}: {sentence(days[hottest])}",
        "wettest": f"{wettest}: {sentence(days[wettest])}",
        "longest dry spell": f"{len(best)} days, {best[0]} to {best[-1]}",
    }


def test_what_the_demo_says_is_what_the_table_says(made: Path, days: dict[str, dict[str, str]]) -> None:
    said = run(made, "demo.py")
    rain = {month[:7]: sum(float(row["precipitation"]) for row in rows) for month, rows in by_month(days).items()}
    wet, dry = max(rain.values()), min(rain.values())
    wettest = [month for month, mm in rain.items() if mm == wet]
    driest = [month for month, mm in rain.items() if mm == dry]
    assert (
        f"In the data: {sum(rain.values()):,.0f} mm of rain in {'four' if len(rain) == 48 else len(rain)} years; "
        f"wettest {' and '.join(wettest)} ({wet:.1f} mm), driest {' and '.join(driest)} ({dry:.1f} mm). "
        f"The model, fitted on 2012–2014, misses the highs of 2015 by {rmse_of_one_wave(days):.1f} °C (RMSE).\n"
    ) in said
    assert f"The records: {'; '.join(f'{name} {what}' for name, what in records(days).items())}.\n" in said
    table = [re.split(r"\s{2,}", line.strip()) for line in said.splitlines()[2:9]]
    sizes = {path.name: path.stat().st_size for path in (made / "data").iterdir() if path.is_file()}
    assert table == [
        ["raw_weather", "csv", "–", "1", "1,461", f"{sizes['raw_weather.csv'] / 1e3:.1f} kB", "raw_weather.csv"],
        ["weather", "typed", "1,461", "1", "1,461", table[1][5], "weather/2012-01-01.parquet .. 2015-12-31.parquet"],
        ["bulletin", "typed", "1,461", "15", "–", table[2][5], "bulletin/2012-01-01.txt .. 2015-12-31.txt"],
        ["weather_monthly", "csv", "48", "48", "48", table[3][5], "weather_monthly/2012-01-01.csv .. 2015-12-01.csv"],
        ["season_model", "pickle", "–", "1", "–", f"{sizes['season_model'] / 1e3:.1f} kB", "season_model"],
        ["almanac", "typed", "–", "1", "–", f"{sizes['almanac.json'] / 1e3:.1f} kB", "almanac.json"],
        ["climate_chart", "svg", "–", "1", "–", f"{sizes['climate_chart.svg'] / 1e3:.1f} kB", "climate_chart.svg"],
    ]
    assert f"--partition {wettest[0]}-01" in said


def test_each_month_is_the_sum_of_its_days(made: Path, days: dict[str, dict[str, str]]) -> None:
    for month, rows in by_month(days).items():
        with open(made / "data" / "weather_monthly" / f"{month}.csv", newline="", encoding="utf-8") as file:
            (stored,) = csv.DictReader(file)
        assert stored["month"] == month
        assert float(stored["rain_mm"]) == pytest.approx(sum(float(row["precipitation"]) for row in rows), abs=0.051)
        assert float(stored["temp_max_mean"]) == pytest.approx(mean(rows, "temp_max"), abs=0.051)
        assert float(stored["temp_min_mean"]) == pytest.approx(mean(rows, "temp_min"), abs=0.051)
        assert int(stored["wet_days"]) == sum(float(row["precipitation"]) > 0 for row in rows)


def test_each_day_is_its_row(made: Path, days: dict[str, dict[str, str]]) -> None:
    stored: dict[str, Any] = {}
    for path in (made / "data" / "weather").iterdir():
        (stored[path.stem],) = pq.ParquetFile(path).read(use_threads=False).to_pylist()
    assert list(days) == sorted(stored)
    for day, row in days.items():
        found = stored[day]
        assert found["date"].strftime("%Y-%m-%d") == day
        assert found["weather"] == row["weather"]
        units = {"precipitation": "rain_mm", "temp_max": "temp_max_c", "temp_min": "temp_min_c", "wind": "wind_ms"}
        assert [found[ours] for ours in units.values()] == [float(row[theirs]) for theirs in units]


def test_each_bulletin_tells_its_day(made: Path, days: dict[str, dict[str, str]]) -> None:
    stored = {path.stem: path.read_text("utf-8") for path in (made / "data" / "bulletin").iterdir()}
    assert stored == {day: sentence(row) for day, row in days.items()}


def test_the_almanac_is_what_pandas_finds_in_the_table(made: Path, days: dict[str, dict[str, str]]) -> None:
    assert json.loads((made / "data" / "almanac.json").read_text("utf-8")) == records(days)


def events_of(instance: dg.Instance, asset: str, kind: dg.EventType) -> list[Any]:
    """The events of a kind that the runs of an asset recorded of it."""
    return [
        (run.run_id, record.event)
        for run in instance.get_runs()
        for record in instance.get_records_for_run(run.run_id, of_type=kind).records
        if record.event.step_key == asset
    ]


@pytest.mark.parametrize(("asset", "runs"), [("weather", 1), ("bulletin", 15)])
def test_each_day_is_recorded_once_however_many_a_run_makes(
    made: Path, days: dict[str, dict[str, str]], asset: str, runs: int
) -> None:
    with dg.Instance.open(made / ".lading") as instance:
        assert instance.get_materialized_partitions(dg.AssetKey(asset)) == set(days)
        stored = events_of(instance, asset, dg.EventType.ASSET_MATERIALIZATION)
        assert [event.materialization.partition for _, event in sorted(stored, key=day_of)] == list(days)
        assert len({run for run, _ in stored}) == runs
        # Each has the digest of its own bytes.
        files = {event.materialization.receipt.url.rpartition("/")[2] for _, event in stored}
        assert files == {path.name for path in (made / "data" / asset).iterdir()}


def day_of(stored: tuple[str, Any]) -> str:
    return stored[1].materialization.partition


def test_of_a_mapping_only_what_is_asked_for_is_read(made: Path, days: dict[str, dict[str, str]]) -> None:
    with dg.Instance.open(made / ".lading") as instance:
        loaded = {
            event.event_specific_data.input_name: event.event_specific_data.digests
            for _, event in events_of(instance, "almanac", dg.EventType.LOADED_INPUT)
        }
    assert list(loaded["weather"]) == list(days)
    record_days = [text[:10] for name, text in records(days).items() if name != "longest dry spell"]
    assert list(loaded["bulletin"]) == record_days


def test_the_metadata_say_it_too(made: Path, days: dict[str, dict[str, str]]) -> None:
    month = json.loads(run(made, "-m", "lading", "show", "weather_monthly", "--partition", "2015-12-01", "--json"))
    assert month["metadata"]["rain_mm"] == 284.5
    assert month["metadata"]["rows"] == 1
    model = json.loads(run(made, "-m", "lading", "show", "season_model", "--json"))
    assert model["metadata"]["rmse_c"] == pytest.approx(rmse_of_one_wave(days), abs=0.0051)


def test_what_is_there_is_not_made_again_and_what_is_lost_can_be(made: Path, tmp_path: Path) -> None:
    folder = tmp_path / made.name
    shutil.copytree(made, folder)
    assert "nothing is missing" in run(folder, "-m", "lading", "backfill")
    day = folder / "data" / "weather" / "2013-04-02.parquet"
    before = pq.ParquetFile(day).read()
    day.unlink()
    run(folder, "-m", "lading", "materialize", "weather", "--partition", "2013-04-02")
    # A single day of an asset that makes all days in one run is a table like any other.
    assert pq.ParquetFile(day).read().equals(before)
