"""The built-in manager in Definitions."""

from __future__ import annotations

import pickle
from pathlib import Path

import lading as dg
from lading import FilesystemIOManager
from tests.seed.stand_ins import materialized


@dg.asset
def my_asset():
    return {"answer": 42}


defs = dg.Definitions(
    assets=[my_asset],
    resources={"io_manager": FilesystemIOManager(base_dir="/data/storage")},
)

HERE = {"io_manager": FilesystemIOManager(base_dir="data/storage")}


def test_the_definitions_load_and_touch_nothing() -> None:
    dg.Definitions.validate_loadable(defs)
    assert defs.get_assets_def("my_asset").key == dg.AssetKey("my_asset")
    assert defs.resources["io_manager"].base_dir == "/data/storage"
    assert list(Path.cwd().iterdir()) == []


def test_the_value_is_a_pickle_file_in_the_folder() -> None:
    result = defs.get_implicit_global_asset_job_def().execute_in_process(resources=HERE)
    assert pickle.loads(Path("data/storage/my_asset").read_bytes()) == {"answer": 42}
    assert Path(materialized(result, "my_asset")["path"]).resolve() == Path("data/storage/my_asset").resolve()
    assert [path.name for path in Path("data/storage").iterdir()] == ["my_asset"]


def test_the_value_is_loaded_outside_a_run() -> None:
    here = dg.Definitions(assets=[my_asset], resources=HERE)
    here.get_implicit_global_asset_job_def().execute_in_process()
    assert here.load_asset_value("my_asset") == {"answer": 42}
    # Another process finds it by its definitions alone.
    assert dg.Definitions(assets=[my_asset], resources=HERE).load_asset_value("my_asset") == {"answer": 42}


def test_a_new_run_replaces_it_whole() -> None:
    with dg.Instance.ephemeral() as instance:
        for _ in range(2):
            dg.materialize([my_asset], resources=HERE, instance=instance)
        records = instance.fetch_materializations(dg.AssetKey("my_asset"), limit=10).records
    assert len(records) == 2
    assert [path.name for path in Path("data/storage").iterdir()] == ["my_asset"]
