"""A run over several partitions: each materialization carries the receipt and the facts of its own value."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import lading as dg

letters = dg.StaticPartitionsDefinition(["a", "b", "c"])


@dg.asset(partitions_def=letters, backfill_policy=dg.BackfillPolicy.single_run())
def tables(context: dg.AssetExecutionContext) -> dict[str, list[dict[str, int]]]:
    return {key: [{"x": 1}] * (ord(key) - ord("a") + 1) for key in context.partition_keys}


def run(folder: Path, first: str, last: str, **more: Any) -> Any:
    tags = {"lading/asset_partition_range_start": first, "lading/asset_partition_range_end": last}
    return dg.materialize([tables], resources={"io_manager": dg.TypedIOManager(base_dir=folder)}, tags=tags, **more)


def test_each_partition_has_its_own_receipt_and_facts(tmp_path: Path) -> None:
    made = run(tmp_path, "a", "c").asset_materializations_for_node("tables")
    assert [each.partition for each in made] == ["a", "b", "c"]
    assert [each.receipt.owner.partition for each in made] == ["a", "b", "c"]
    assert [each.receipt.bytes for each in made] == [
        (tmp_path / "tables" / f"{key}.json").stat().st_size for key in "abc"
    ]
    assert [each.facts["rows"] for each in made] == [1, 2, 3]


@pytest.mark.parametrize("asked", ["range", "key"])
def test_one_partition_of_such_an_asset_is_stored_bare(tmp_path: Path, asked: str) -> None:
    if asked == "range":
        run(tmp_path, "b", "b")
    else:
        dg.materialize([tables], resources={"io_manager": dg.TypedIOManager(base_dir=tmp_path)}, partition_key="b")

    @dg.asset(partitions_def=letters)
    def count(tables: list[dict[str, int]]) -> int:
        return len(tables)

    result = dg.materialize(
        [tables, count],
        resources={"io_manager": dg.TypedIOManager(base_dir=tmp_path)},
        partition_key="b",
        selection=[count],
    )
    assert result.output_for_node("count") == 2
