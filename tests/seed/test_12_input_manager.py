"""Loading what no asset here has made."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

import lading as dg
from tests.seed.stand_ins import story

SOURCE = {dg.AssetKey("external_data"): [3, 4]}
CALLED: list[object] = []


def read_from_source(key: dg.AssetKey) -> list[int]:
    return SOURCE[key]


def transform(data: list[int]) -> int:
    CALLED.append(data)
    return sum(data)


class MyInputManager(dg.InputManager):
    def load_input(self, context: dg.InputContext):
        # Load from external source
        return read_from_source(context.asset_key)


@dg.asset(ins={"external_data": dg.AssetIn(input_manager_key="my_input_manager")})
def process_external_data(external_data):
    return transform(external_data)


defs = dg.Definitions(
    assets=[process_external_data],
    resources={
        "my_input_manager": MyInputManager(),
    },
)


def test_the_definitions_load_although_nothing_declares_the_external_asset() -> None:
    dg.Definitions.validate_loadable(defs)


def test_the_value_comes_from_the_input_manager_and_goes_to_the_default_one() -> None:
    with dg.Instance.ephemeral(tempdir="home") as instance:
        result = defs.get_implicit_global_asset_job_def().execute_in_process(instance=instance)
    assert result.output_for_node("process_external_data") == 7
    assert [path.name for path in Path("home/storage").iterdir()] == ["process_external_data"]
    assert pickle.loads(Path("home/storage/process_external_data").read_bytes()) == 7


def test_the_events_name_the_input_manager() -> None:
    result = dg.materialize([process_external_data], resources=dict(defs.resources))
    assert story(result, "process_external_data").count("LOADED_INPUT") == 1
    (loaded,) = [event for event in result.all_events if event.is_loaded_input]
    assert loaded.event_specific_data.input_name == "external_data"
    assert loaded.event_specific_data.manager_key == "my_input_manager"
    assert [made.asset_key.path for made in result.asset_materializations_for_node("process_external_data")] == [
        ["process_external_data"]
    ]


def test_it_replaces_only_the_loading_of_an_asset_that_is_made_here() -> None:
    @dg.asset
    def external_data():
        return [100]

    result = dg.materialize(
        [external_data, process_external_data],
        resources={**defs.resources, "io_manager": dg.FilesystemIOManager(base_dir="data")},
    )
    assert result.output_for_node("process_external_data") == 7
    assert pickle.loads(Path("data/external_data").read_bytes()) == [100]


def test_a_missing_input_manager_is_refused_before_anything_runs() -> None:
    CALLED.clear()
    with pytest.raises(dg.ResourceMissingError, match="my_input_manager"):
        dg.materialize([process_external_data])
    assert CALLED == []


def test_an_input_that_nobody_provides_is_refused_with_the_nearest_name() -> None:
    @dg.asset
    def numbers():
        return [1]

    @dg.asset
    def total(nubmers):
        return sum(nubmers)

    with pytest.raises(dg.InvalidDefinitionError, match=r'(?s)nubmers.*"?numbers"?'):
        dg.materialize([numbers, total])


def test_a_failing_source_fails_the_consumer_with_its_own_exception() -> None:
    @dg.asset(ins={"nowhere": dg.AssetIn(input_manager_key="my_input_manager")})
    def lost(nowhere):
        return nowhere

    with pytest.raises(KeyError, match="nowhere"):
        dg.materialize([lost], resources=dict(defs.resources))
