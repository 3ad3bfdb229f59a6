"""Every type of the catalog: stored, loaded by another process as all that is named there, opened by its own tool."""

from __future__ import annotations

import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import lading as dg
from lading.storage.formats.catalog import CATALOG, Row
from tests.suites.types.every import SAMPLES, asset_name

ROOT = Path(__file__).parents[2]
FIRST = [row for row in CATALOG if row.type in SAMPLES]


def store(row: Row, folder: Path) -> None:
    @dg.asset(name=asset_name(row.type))
    def made() -> Any:
        return SAMPLES[row.type].make()

    resources = {"io_manager": dg.TypedIOManager(base_dir=str(folder / "values"), durability="fast")}
    assert dg.materialize([made], resources=resources).success


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a sample of each type."""
    folder = tmp_path_factory.mktemp("every")
    for row in FIRST:
        if not SAMPLES[row.type].heavy:
            store(row, folder)
    return folder


@pytest.fixture(scope="module")
def loaded(stored: Path) -> dict[tuple[str, str], Any]:
    """What another process found there."""
    subprocess.run([sys.executable, "-m", "tests.suites.types.load", str(stored)], cwd=ROOT, check=True)
    return pickle.loads((stored / "found").read_bytes())


QUICK = [row for row in FIRST if not SAMPLES[row.type].heavy]
PAIRS = [(row.type, kind) for row in QUICK for kind in (row.type, *row.loads)]


def test_every_row_has_a_sample() -> None:
    assert [row.type for row in CATALOG if row.type not in SAMPLES] == []
    assert {row.type for row in CATALOG} == set(SAMPLES)


@pytest.mark.parametrize(("kind", "wanted"), PAIRS, ids=lambda name: name)
def test_what_was_stored_is_loaded_as(kind: str, wanted: str, loaded: dict[tuple[str, str], Any]) -> None:
    sample = SAMPLES[kind]
    name, plain = loaded[kind, wanted]
    assert plain == sample.plain(sample.make())
    if wanted == kind:
        assert name == type(sample.make()).__name__


@pytest.mark.parametrize("row", QUICK, ids=lambda row: row.type)
def test_whoever_asks_for_no_type_gets_what_was_stored(row: Row, loaded: dict[tuple[str, str], Any]) -> None:
    sample = SAMPLES[row.type]
    assert loaded[row.type, ""][1] == sample.plain(sample.make())


@pytest.mark.parametrize("row", QUICK, ids=lambda row: row.type)
def test_its_usual_tool_opens_the_file(row: Row, stored: Path) -> None:
    path = stored / "values" / (asset_name(row.type) + row.format.suffix)
    sample = SAMPLES[row.type]
    assert sample.opened(path) == sample.plain(sample.make())
