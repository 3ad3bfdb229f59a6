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

import pyarrow.parquet as pq
import pytest
from vega_datasets import local_data

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
    table = [re.split(r"\s{2,}", line.strip()) for line in said.splitlines()[2:7]]
    sizes = {path.name: path.stat().st_size for path in (made / "data").iterdir() if path.is_file()}
    assert table == [
        ["raw_weather", "csv", "–", "1,461", f"{sizes['raw_weather.csv'] / 1e3:.1f} kB", "raw_weather.csv"],
        ["weather", "parquet", "1,461", "1,461", table[1][4], "weather/2012-01-01.parquet .. 2015-12-31.parquet"],
        ["weather_monthly", "csv", "48", "48", table[2][4], "weather_monthly/2012-01-01.csv .. 2015-12-01.csv"],
        ["season_model", "pickle", "–", "–", f"{sizes['season_model'] / 1e3:.1f} kB", "season_model"],
        ["climate_chart", "text", "–", "–", f"{sizes['climate_chart.svg'] / 1e3:.1f} kB", "climate_chart.svg"],
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


def test_the_metadata_say_it_too(made: Path, days: dict[str, dict[str, str]]) -> None:
    month = json.loads(run(made, "-m", "lading", "show", "weather_monthly", "--partition", "2015-12-01", "--json"))
    assert month["metadata"]["rain_mm"] == 284.5
    assert month["metadata"]["rows"] == 1
    model = json.loads(run(made, "-m", "lading", "show", "season_model", "--json"))
    assert model["metadata"]["rmse_c"] == pytest.approx(rmse_of_one_wave(days), abs=0.0051)


def test_what_is_there_is_not_made_again_and_what_is_lost_is_named(made: Path) -> None:
    assert "nothing is missing" in run(made, "-m", "lading", "backfill")
    day = made / "data" / "weather" / "2013-04-02.parquet"
    before = pq.ParquetFile(day).read()
    day.unlink()
    run(made, "-m", "lading", "materialize", "weather", "--partition", "2013-04-02")
    # A single day of an asset that makes all days in one run is a table like any other.
    assert pq.ParquetFile(day).read().equals(before)
