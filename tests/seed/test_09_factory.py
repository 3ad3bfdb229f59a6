"""A manager with state, made anew for each run."""

from __future__ import annotations

import pytest

import lading as dg
from tests.seed.stand_ins import CALLS, EXTERNAL, fetch_from_external_system, store_in_external_system


class ExternalIOManager(dg.IOManager):
    def __init__(self, api_token):
        self._api_token = api_token
        self._cache = {}  # Stateful cache

    def handle_output(self, context: dg.OutputContext, obj):
        # Store via external API
        store_in_external_system(self._api_token, context.asset_key, obj)

    def load_input(self, context: dg.InputContext):
        # Check cache first
        if context.asset_key in self._cache:
            return self._cache[context.asset_key]

        # Load from external system
        data = fetch_from_external_system(self._api_token, context.asset_key)
        self._cache[context.asset_key] = data
        return data


class ConfigurableExternalIOManager(dg.ConfigurableIOManagerFactory):
    api_token: str

    def create_io_manager(self, context) -> ExternalIOManager:
        return ExternalIOManager(self.api_token)


@dg.asset
def source():
    return [1, 2]


@dg.asset
def left(source):
    return source[0]


@dg.asset
def right(source):
    return source[1]


ASSETS = [source, left, right]


@pytest.fixture(autouse=True)
def _empty() -> None:
    EXTERNAL.clear()
    CALLS.clear()


def test_values_go_to_the_external_system_with_the_token() -> None:
    assert dg.materialize(ASSETS, resources={"io_manager": ConfigurableExternalIOManager(api_token="t1")}).success
    assert dict(EXTERNAL) == {
        ("t1", dg.AssetKey("source")): [1, 2],
        ("t1", dg.AssetKey("left")): 1,
        ("t1", dg.AssetKey("right")): 2,
    }


def test_one_manager_a_run_so_its_cache_serves_both_consumers() -> None:
    factory = ConfigurableExternalIOManager(api_token="t1")
    result = dg.materialize(ASSETS, resources={"io_manager": factory})
    assert CALLS.count(("fetch", "source")) == 1
    assert [event.is_loaded_input for event in result.all_events].count(True) == 2
    dg.materialize(ASSETS, resources={"io_manager": factory})
    # A new run, a new cache.
    assert CALLS.count(("fetch", "source")) == 2


def test_the_token_may_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    manager = ConfigurableExternalIOManager(api_token=dg.EnvVar("EXTERNAL_TOKEN"))
    with pytest.raises(dg.LadingError, match="EXTERNAL_TOKEN"):
        dg.materialize([source], resources={"io_manager": manager})
    assert CALLS == []
    monkeypatch.setenv("EXTERNAL_TOKEN", "t2")
    dg.materialize([source], resources={"io_manager": manager})
    assert list(EXTERNAL) == [("t2", dg.AssetKey("source"))]


def test_a_factory_without_its_token_is_refused_at_once() -> None:
    with pytest.raises(ValueError, match="api_token"):
        ConfigurableExternalIOManager()
