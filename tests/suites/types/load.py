"""A process that only loads: every stored sample, as itself and as what the catalog names."""

from __future__ import annotations

import pickle
import sys
from pathlib import Path
from typing import Any

import lading as dg
from lading.storage.formats.catalog import CATALOG
from tests.suites.types.every import SAMPLES, asset_name
from tests.suites.types.sample import annotation_of


def loaded(folder: str) -> dict[tuple[str, str], Any]:
    """What is there to compare of each, by type stored and type asked for; "" where none is asked for."""
    manager = dg.TypedIOManager(base_dir=f"{folder}/values")
    found: dict[tuple[str, str], Any] = {}
    for row in CATALOG:
        name = asset_name(row.type)
        if row.type not in SAMPLES or not list(Path(folder, "values").glob(f"{name}.*")):
            continue
        defs = dg.Definitions(assets=[dg.AssetSpec(name)], resources={"io_manager": manager})
        found[row.type, ""] = _plain(row.type, defs.load_asset_value(name))
        for kind in (row.type, *row.loads):
            value = defs.load_asset_value(name, python_type=annotation_of(kind, SAMPLES))
            found[row.type, kind] = _plain(kind, value)
    return found


def _plain(kind: str, value: Any) -> tuple[str, Any]:
    return type(value).__name__, SAMPLES[kind].plain(value)


if __name__ == "__main__":
    Path(sys.argv[1], "found").write_bytes(pickle.dumps(loaded(sys.argv[1])))
