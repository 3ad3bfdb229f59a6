"""One function, two assets, each with a manager of its own."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import lading as dg
from tests.seed.stand_ins import DatabaseIOManager, story, tables, warehouse


def fetch_raw_data() -> list[tuple[str, int]]:
    return [("apples", 3), ("pears", 4)]


def transform(raw: list[tuple[str, int]]) -> dict[str, int]:
    return {name: count * 10 for name, count in raw}


@dg.multi_asset(
    outs={
        "raw_data": dg.AssetOut(io_manager_key="fs_io_manager"),
        "transformed_data": dg.AssetOut(io_manager_key="db_io_manager"),
    }
)
def extract_and_transform():
    raw = fetch_raw_data()
    transformed = transform(raw)

    yield dg.Output(raw, output_name="raw_data")
    yield dg.Output(transformed, output_name="transformed_data")


def run(raise_on_error: bool = True) -> Any:
    return dg.materialize(
        [extract_and_transform],
        resources={
            "fs_io_manager": dg.FilesystemIOManager(base_dir="data"),
            "db_io_manager": DatabaseIOManager(connection_string="warehouse.sqlite"),
        },
        raise_on_error=raise_on_error,
    )


def test_each_output_lies_with_its_own_manager() -> None:
    assert run().success
    assert pickle.loads(Path("data/raw_data").read_bytes()) == [("apples", 3), ("pears", 4)]
    assert tables() == ["transformed_data"]
    with warehouse() as connection:
        rows = connection.execute("select key, value from transformed_data").fetchall()
    assert rows == [("apples", 30), ("pears", 40)]


def test_outputs_are_stored_one_after_another_as_they_are_yielded() -> None:
    result = run()
    assert story(result, "extract_and_transform") == [
        "STEP_START",
        *("STEP_OUTPUT", "ASSET_MATERIALIZATION", "HANDLED_OUTPUT"),
        *("STEP_OUTPUT", "ASSET_MATERIALIZATION", "HANDLED_OUTPUT"),
        "STEP_SUCCESS",
    ]
    made = result.asset_materializations_for_node("extract_and_transform")
    assert [each.asset_key.path for each in made] == [["raw_data"], ["transformed_data"]]
    keys = [each.event_specific_data.manager_key for each in result.all_events if each.is_handled_output]
    assert keys == ["fs_io_manager", "db_io_manager"]


def test_what_was_stored_before_a_failure_stays_with_its_materialization() -> None:
    run()
    # The table is there already, and this manager only makes new ones.
    Path("data/raw_data").unlink()
    result = run(raise_on_error=False)
    assert not result.success
    assert pickle.loads(Path("data/raw_data").read_bytes()) == [("apples", 3), ("pears", 4)]
    made = result.asset_materializations_for_node("extract_and_transform")
    assert [each.asset_key.path for each in made] == [["raw_data"]]
