"""Each asset names the manager that stores it."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

import lading as dg
from tests.seed.stand_ins import DatabaseIOManager, tables, warehouse


@dg.asset(io_manager_key="fs_io_manager")
def asset_uses_fs():
    return [1, 2, 3]


@dg.asset(io_manager_key="db_io_manager")
def asset_uses_db():
    return {"key": "value"}


defs = dg.Definitions(
    assets=[asset_uses_fs, asset_uses_db],
    resources={
        "fs_io_manager": dg.FilesystemIOManager(base_dir="/data"),
        "db_io_manager": DatabaseIOManager(connection_string="..."),
    },
)

HERE = {
    "fs_io_manager": dg.FilesystemIOManager(base_dir="data"),
    "db_io_manager": DatabaseIOManager(connection_string="warehouse.sqlite"),
}


def test_the_definitions_load_and_touch_nothing() -> None:
    dg.Definitions.validate_loadable(defs)
    assert not Path("...").exists()
    assert list(Path.cwd().iterdir()) == []


def test_each_value_lies_with_its_own_manager() -> None:
    result = defs.get_implicit_global_asset_job_def().execute_in_process(resources=HERE)
    assert result.success
    assert pickle.loads(Path("data/asset_uses_fs").read_bytes()) == [1, 2, 3]
    assert [path.name for path in Path("data").iterdir()] == ["asset_uses_fs"]
    assert tables() == ["asset_uses_db"]
    with warehouse() as connection:
        assert connection.execute("select key, value from asset_uses_db").fetchall() == [("key", "value")]


def test_the_events_name_the_manager() -> None:
    result = defs.get_implicit_global_asset_job_def().execute_in_process(resources=HERE)
    used = {each.step_key: each.event_specific_data.manager_key for each in result.all_events if each.is_handled_output}
    assert used == {"asset_uses_fs": "fs_io_manager", "asset_uses_db": "db_io_manager"}


def test_a_consumer_loads_from_where_each_was_stored() -> None:
    @dg.asset(io_manager_key="fs_io_manager")
    def both(asset_uses_fs, asset_uses_db):
        return [*asset_uses_fs, asset_uses_db["key"]]

    result = dg.materialize([asset_uses_fs, asset_uses_db, both], resources=HERE)
    assert result.output_for_node("both") == [1, 2, 3, "value"]


def test_a_key_that_is_not_given_is_refused_before_anything_runs() -> None:
    with pytest.raises(dg.ResourceMissingError, match="db_io_manager"):
        dg.materialize([asset_uses_fs, asset_uses_db], resources={"fs_io_manager": HERE["fs_io_manager"]})
    assert not Path("data").exists()
