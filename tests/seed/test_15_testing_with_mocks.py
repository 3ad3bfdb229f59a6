"""Assets examined with a manager that keeps values in a dict."""

from __future__ import annotations

import lading as dg

MOCKS: list[dg.IOManager] = []


@dg.asset
def upstream_asset():
    return 5


@dg.asset
def downstream_asset(upstream_asset):
    return upstream_asset + 1


class MockIOManager(dg.IOManager):
    def __init__(self):
        self.storage = {}
        MOCKS.append(self)

    def handle_output(self, context, obj):
        self.storage[context.asset_key] = obj

    def load_input(self, context):
        return self.storage[context.asset_key]


def test_asset_pipeline():
    result = dg.materialize(
        [upstream_asset, downstream_asset],
        resources={"io_manager": MockIOManager()},
    )
    assert result.success


def test_the_mock_holds_both_values() -> None:
    MOCKS.clear()
    test_asset_pipeline()
    (mock,) = MOCKS
    assert mock.storage == {dg.AssetKey("upstream_asset"): 5, dg.AssetKey("downstream_asset"): 6}


def test_a_mock_that_was_filled_feeds_a_part_of_the_pipeline() -> None:
    mock = MockIOManager()
    mock.storage[dg.AssetKey("upstream_asset")] = 41
    result = dg.materialize(
        [upstream_asset, downstream_asset], resources={"io_manager": mock}, selection=[downstream_asset]
    )
    assert result.output_for_node("downstream_asset") == 42
    assert mock.storage[dg.AssetKey("upstream_asset")] == 41
    assert {each.step_key for each in result.all_node_events} == {"downstream_asset"}
