"""Where values lie: neighbours in any order, keys that would share a path, and the layout of Hive."""

from __future__ import annotations

import itertools
import json
import os
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import polars as pl
import pyarrow.dataset
import pytest

import lading as dg
from lading.errors import PathRefusedError
from lading.storage.stores import local

KEYS = dg.StaticPartitionsDefinition(["a", "a/b", "k", "2024"])


class JsonFiles(dg.UPathIOManager):
    extension = ".json"

    def dump_to_path(self, context: Any, obj: Any, path: Path) -> None:
        path.write_text(json.dumps(obj))

    def load_from_path(self, context: Any, path: Path) -> Any:
        return json.loads(path.read_text())


def managers(base: Path) -> dict[str, Any]:
    return {
        "pickle": dg.FilesystemIOManager(base_dir=str(base)),
        "typed": dg.TypedIOManager(base_dir=str(base)),
        "own": JsonFiles(str(base)),
    }


def asset(key: list[str], partitions_def: Any = None, **more: Any) -> Any:
    @dg.asset(key=key, partitions_def=partitions_def, **more)
    def made(context: dg.AssetExecutionContext) -> str:
        return f"{'/'.join(key)} {context.partition_key if context.has_partition_key else ''}"

    return made


@pytest.mark.parametrize("manager", ["pickle", "typed", "own"])
@pytest.mark.parametrize("attributes", [True, False], ids=["attributes", "records"])
@pytest.mark.parametrize("order", list(itertools.permutations(range(3))), ids=str)
def test_a_value_and_a_folder_of_one_name_lie_side_by_side(
    tmp_path: Path, manager: str, attributes: bool, order: tuple[int, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    if not attributes:
        monkeypatch.setitem(local._keeping, os.stat(tmp_path).st_dev, False)
    resources = {"io_manager": managers(tmp_path / "data")[manager]}
    assets = [asset(["x"]), asset(["x", "y"]), asset(["x", "y", "z"])]
    divided = asset(["p"], KEYS)
    defs = dg.Definitions(assets=[*assets, divided], resources=resources)
    with dg.Instance.ephemeral() as instance:
        for number in (*order, *order):
            dg.materialize([assets[number]], resources=resources, instance=instance)
            key = ["a", "a/b", "2024"][number]
            dg.materialize([divided], resources=resources, instance=instance, partition_key=key)
        for each in assets:
            name = each.key.to_user_string()
            assert defs.load_asset_value(each.key, instance=instance).strip() == name
        for key in ("a", "a/b", "2024"):
            assert defs.load_asset_value("p", partition_key=key, instance=instance) == f"p {key}"


@pytest.mark.parametrize("manager", ["pickle", "typed", "own"])
def test_an_asset_at_the_path_of_a_partition_is_refused_before_anything_runs(tmp_path: Path, manager: str) -> None:
    resources = {"io_manager": managers(tmp_path)[manager]}
    with dg.Instance.ephemeral() as instance:
        with pytest.raises(PathRefusedError, match='asset "x/k" and partition "k" of asset "x" would lie at one path'):
            dg.materialize(
                [asset(["x"], KEYS), asset(["x", "k"])], resources=resources, instance=instance, selection=["x/k"]
            )
        assert instance.get_runs() == []
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(PathRefusedError):
        dg.materialize([asset(["x"], KEYS), asset(["x", "a", "b"])], resources=resources, partition_key="a")


def test_two_dimensions_make_two_folders(tmp_path: Path) -> None:
    cells = dg.MultiPartitionsDefinition({"day": dg.StaticPartitionsDefinition(["1"]), "zone": KEYS})
    with pytest.raises(PathRefusedError, match=r'asset "x/1/k" and partition "1\|k" of asset "x"'):
        dg.materialize(
            [asset(["x"], cells), asset(["x", "1", "k"])],
            selection=["x/1/k"],
            resources={"io_manager": dg.TypedIOManager(base_dir=str(tmp_path))},
        )


def test_other_managers_and_other_keys_are_free(tmp_path: Path) -> None:
    def run(*assets: Any, **resources: Any) -> bool:
        given = {"io_manager": dg.TypedIOManager(base_dir=str(tmp_path)), **resources}
        return dg.materialize(list(assets), resources=given, partition_key="k").success

    assert run(asset(["x"], KEYS), asset(["x", "other"]))
    assert run(asset(["x"], KEYS), asset(["x", "k"], io_manager_key="memory"), memory=dg.InMemoryIOManager())
    assert run(asset(["x"], KEYS), asset(["x", "k"]), io_manager=dg.InMemoryIOManager())
    assert run(
        asset(["x"], KEYS),
        asset(["x", "k"]),
        io_manager=dg.TypedIOManager(base_dir=str(tmp_path / "hive"), layout="hive"),
    )


@pytest.mark.parametrize("manager", ["pickle", "typed", "own"])
@pytest.mark.parametrize("first", ["asset", "partition"])
def test_what_the_definitions_did_not_know_is_refused_by_the_owner(tmp_path: Path, manager: str, first: str) -> None:
    resources = {"io_manager": managers(tmp_path)[manager]}
    keys = dg.DynamicPartitionsDefinition(name="names")
    pair = [asset(["x"], keys), asset(["x", "k"])]
    if first == "asset":
        pair.reverse()
    with dg.Instance.ephemeral() as instance:
        instance.add_dynamic_partitions("names", ["k"])
        outcome = [
            dg.materialize(
                [each], resources=resources, instance=instance, raise_on_error=False,
                partition_key="k" if each.partitions_def else None,
            )
            for each in pair
        ]  # fmt: skip
        assert [each.success for each in outcome] == [True, False]
        kept = pair[0]
        defs = dg.Definitions(assets=[kept], resources=resources)
        key = "k" if kept.partitions_def else None
        assert defs.load_asset_value(kept.key, partition_key=key, instance=instance).startswith(kept.key.parts[0])


# ---------------------------------------------------------------- Hive

ODD = ["eu", "a b", "x=y/z:ü%", "..", "#1", "2024-01-01"]


@pytest.fixture
def hive(tmp_path: Path) -> Path:
    """Three assets in the layout of Hive."""
    days = dg.DailyPartitionsDefinition("2024-01-01", end_date="2024-01-04")
    zones = dg.StaticPartitionsDefinition(ODD)

    @dg.asset(partitions_def=days, metadata={"partition_column": "date"})
    def orders(context: dg.AssetExecutionContext) -> pd.DataFrame:
        return pd.DataFrame({"n": [int(context.partition_key[-2:])]})

    @dg.asset(partitions_def=zones)
    def zoned(context: dg.AssetExecutionContext) -> pd.DataFrame:
        return pd.DataFrame({"text": [context.partition_key]})

    cell_keys = {"date": days, "zone": dg.StaticPartitionsDefinition(["eu", "a=b c"])}

    @dg.asset(partitions_def=dg.MultiPartitionsDefinition(cell_keys))
    def cells(context: dg.AssetExecutionContext) -> pl.DataFrame:
        return pl.DataFrame({"text": [context.partition_key]})

    @dg.asset
    def seen(
        orders: pl.LazyFrame, zoned: dict[str, pd.DataFrame], cells: dg.Partitions[pd.DataFrame]
    ) -> dict[str, object]:
        assert all(frame["text"].item() == key for key, frame in zoned.items())
        assert all(cells[key]["text"].item() == key for key in cells)
        return {"orders": orders.collect()["n"].to_list(), "zoned": list(zoned), "missing": list(cells.missing)}

    manager = dg.TypedIOManager(base_dir=str(tmp_path), layout="hive")
    defs = dg.Definitions(assets=[orders, zoned, cells, seen], resources={"io_manager": manager})
    with dg.Instance.ephemeral() as instance:
        assert dg.backfill(defs, instance=instance).success
        assert defs.load_asset_value("seen", instance=instance) == {"orders": [1, 2, 3], "zoned": ODD, "missing": []}
    return tmp_path


def test_hive_paths_are_written_and_read_back(hive: Path) -> None:
    files = {str(path.relative_to(hive)) for path in hive.rglob("*.parquet")}
    assert {f"orders/date=2024-01-0{day}/part.parquet" for day in (1, 2, 3)} < files
    assert "cells/date=2024-01-02/zone=a%3Db c/part.parquet" in files
    assert "zoned/partition=%2E%2E/part.parquet" in files
    assert (hive / "seen.json").exists()


def test_other_tools_read_the_columns_off_the_path(hive: Path) -> None:
    days = ["2024-01-01", "2024-01-02", "2024-01-03"]
    scanned = pl.scan_parquet(hive / "orders/**/*.parquet", hive_partitioning=True).collect()
    assert [str(day) for day in scanned["date"]] == days
    assert scanned["n"].to_list() == [1, 2, 3]
    assert pyarrow.dataset.dataset(hive / "orders", partitioning="hive").to_table().to_pydict() == {
        "n": [1, 2, 3], "date": days
    }  # fmt: skip
    frame = pd.read_parquet(hive / "zoned")
    assert sorted(zip(frame["text"], frame["partition"].astype(str), strict=True)) == sorted(zip(ODD, ODD, strict=True))
    odd = pl.scan_parquet(hive / "zoned/**/*.parquet", hive_partitioning=True).collect()
    assert odd["text"].to_list() == odd["partition"].cast(pl.String).to_list()
    files = f"read_parquet('{hive}/cells/**/*.parquet', hive_partitioning=true)"
    rows = duckdb.sql(f"SELECT text, date::VARCHAR || '|' || zone FROM {files}").fetchall()
    assert len(rows) == 6
    assert all(text == path for text, path in rows)


def test_pickles_lie_in_the_same_layout(tmp_path: Path) -> None:
    manager = dg.FilesystemIOManager(base_dir=str(tmp_path), layout="hive")
    dg.materialize([asset(["x"], KEYS)], resources={"io_manager": manager}, partition_key="a/b")
    assert (tmp_path / "x/partition=a%2Fb/part").exists()


@pytest.mark.parametrize("manager", [dg.FilesystemIOManager, dg.TypedIOManager])
def test_an_unknown_layout_is_refused(tmp_path: Path, manager: Any) -> None:
    with pytest.raises(Exception, match="'plain' or 'hive'"):
        manager(base_dir=str(tmp_path), layout="hvie")


def test_columns_for_each_dimension_are_asked_for(tmp_path: Path) -> None:
    cells = dg.MultiPartitionsDefinition({"day": dg.StaticPartitionsDefinition(["1"]), "zone": KEYS})
    made = asset(["x"], cells, metadata={"partition_column": {"day": "d", "zone": "z"}})
    manager = dg.TypedIOManager(base_dir=str(tmp_path), layout="hive")
    dg.materialize([made], resources={"io_manager": manager}, partition_key="1|k")
    assert (tmp_path / "x/d=1/z=k/part.txt").exists()
