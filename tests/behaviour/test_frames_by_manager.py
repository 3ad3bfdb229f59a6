"""One frame of many partitions, whichever manager stored them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pyarrow.parquet as pq
import pytest

import lading as dg

DAYS = dg.StaticPartitionsDefinition([f"d{number:02}" for number in range(12)])


class Parquets(dg.UPathIOManager):
    extension = ".parquet"

    def dump_to_path(self, context: dg.OutputContext, obj: Any, path: Path) -> None:
        obj.to_parquet(path)

    def load_from_path(self, context: dg.InputContext, path: Path) -> Any:
        return pd.read_parquet(path)


class AsyncParquets(Parquets):
    async def load_from_path(self, context: dg.InputContext, path: Path) -> Any:  # pyright: ignore[reportIncompatibleMethodOverride]
        return pd.read_parquet(path)


@dg.asset(partitions_def=DAYS)
def rows(context: dg.AssetExecutionContext) -> pd.DataFrame:
    return pd.DataFrame({"day": [context.partition_key], "number": [int(context.partition_key[1:])]})


def make(keys: list[str], resources: dict[str, Any], instance: dg.DagsterInstance) -> None:
    for key in keys:
        dg.materialize([rows], partition_key=key, resources=resources, instance=instance)


@pytest.mark.parametrize("manager", [Parquets, AsyncParquets])
def test_a_manager_of_paths_gives_one_frame(manager: type[Parquets], tmp_path: Path) -> None:
    @dg.asset(io_manager_key="kept")
    def total(rows: pd.DataFrame) -> int:
        return int(rows["number"].sum())

    resources = {"io_manager": manager(str(tmp_path)), "kept": dg.InMemoryIOManager()}
    instance = dg.DagsterInstance.ephemeral()
    make(DAYS.get_partition_keys(), resources, instance)
    result = dg.materialize([rows, total], selection=[total], resources=resources, instance=instance)
    assert result.output_for_node("total") == sum(range(12))


@pytest.mark.parametrize("manager", [Parquets, AsyncParquets])
def test_a_frame_stands_for_what_is_missing(manager: type[Parquets], tmp_path: Path) -> None:
    nothing = pd.DataFrame({"day": ["none"], "number": [100]})

    @dg.asset(ins={"rows": dg.AssetIn(missing=dg.DefaultValue(nothing))}, io_manager_key="kept")
    def total(rows: pd.DataFrame) -> int:
        return int(rows["number"].sum())

    resources = {"io_manager": manager(str(tmp_path)), "kept": dg.InMemoryIOManager()}
    instance = dg.DagsterInstance.ephemeral()
    make(["d03", "d05"], resources, instance)
    result = dg.materialize([rows, total], selection=[total], resources=resources, instance=instance)
    assert result.output_for_node("total") == 8 + 10 * 100


def test_a_relation_of_many_partitions_reads_nothing_before_it_is_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    @dg.asset(ins={"rows": dg.AssetIn(metadata={"columns": ["number"]})}, io_manager_key="kept")
    def total(rows: duckdb.DuckDBPyRelation) -> int:
        assert rows.columns == ["number"]
        ((found,),) = rows.aggregate("sum(number)").fetchall()
        return int(found)

    resources = {"io_manager": dg.TypedIOManager(base_dir=str(tmp_path)), "kept": dg.InMemoryIOManager()}
    instance = dg.DagsterInstance.ephemeral()
    make(DAYS.get_partition_keys(), resources, instance)

    def refused(*args: object, **kwargs: object) -> None:
        raise AssertionError("a table was read before it was used")

    monkeypatch.setattr(pq, "read_table", refused)
    monkeypatch.setattr(pq, "ParquetFile", refused)
    result = dg.materialize([rows, total], selection=[total], resources=resources, instance=instance)
    assert result.output_for_node("total") == sum(range(12))


class Numbers(dg.IOManager):
    """Knows nothing of policies: what is not there raises, and several are read at once."""

    def __init__(self) -> None:
        self.values = {"d01": 1, "d04": 4}

    def handle_output(self, context: dg.OutputContext, obj: Any) -> None:
        raise NotImplementedError

    def load_input(self, context: dg.InputContext) -> Any:
        keys = context.asset_partition_keys
        for key in keys:
            if key not in self.values:
                raise FileNotFoundError(key)
        return {key: self.values[key] for key in keys} if len(keys) > 1 else self.values[keys[0]]


@pytest.mark.parametrize(
    ("policy", "expected"), [("skip", {"d01": 1, "d04": 4}), (dg.DefaultValue(0), {"d00": 0, "d01": 1, "d04": 4})]
)
def test_a_manager_that_raises_for_all_gives_those_that_are_there(policy: Any, expected: dict[str, int]) -> None:
    @dg.asset(ins={"numbers": dg.AssetIn(missing=policy)})
    def seen(numbers: dict[str, int]) -> dict[str, int]:
        return {key: number for key, number in numbers.items() if key in expected}

    numbers = dg.AssetSpec("numbers", partitions_def=DAYS, metadata={"dagster/io_manager_key": "numbers"})
    result = dg.materialize([seen, numbers], resources={"numbers": Numbers(), "io_manager": dg.InMemoryIOManager()})
    assert result.output_for_node("seen") == expected
