"""A manager of one's own, configured by its fields."""

from __future__ import annotations

from pathlib import Path

import pytest

import lading as dg
from tests.seed.stand_ins import read_csv, story, write_csv


class MyIOManager(dg.ConfigurableIOManager):
    path_prefix: list[str] = []

    def _get_path(self, context) -> str:
        return "/".join(self.path_prefix + context.asset_key.path)

    def handle_output(self, context: dg.OutputContext, obj):
        write_csv(self._get_path(context), obj)

    def load_input(self, context: dg.InputContext):
        return read_csv(self._get_path(context))


@dg.asset(key_prefix=["shop"])
def orders():
    return [["apples", 3], ["pears", 4]]


@dg.asset
def total(orders):
    return [sum(count for _, count in orders)]


def test_values_lie_where_the_manager_puts_them() -> None:
    result = dg.materialize([orders, total], resources={"io_manager": MyIOManager(path_prefix=["store", "csv"])})
    assert result.success
    assert Path("store/csv/shop/orders").read_bytes() == b'"apples",3\r\n"pears",4\r\n'
    assert Path("store/csv/total").read_bytes() == b"7.0\r\n"


def test_the_prefix_may_be_left_out() -> None:
    dg.materialize([orders], resources={"io_manager": MyIOManager()})
    assert Path("shop/orders").read_bytes() == b'"apples",3\r\n"pears",4\r\n'


def test_the_consumer_gets_what_was_stored_and_not_what_was_computed() -> None:
    dg.materialize([orders], resources={"io_manager": MyIOManager()})
    Path("shop/orders").write_text('"apples",30\r\n')
    result = dg.materialize([orders, total], resources={"io_manager": MyIOManager()}, selection=[total])
    assert result.output_for_node("total") == [30]
    assert story(result, "total")[1] == "LOADED_INPUT"


def test_two_managers_do_not_share_the_default_prefix() -> None:
    first = MyIOManager()
    assert first.path_prefix == []
    assert first.path_prefix is not MyIOManager().path_prefix


def test_a_misspelt_field_is_refused_when_the_manager_is_made() -> None:
    with pytest.raises(ValueError, match="path_prefix"):
        MyIOManager(path_prefx=["store"])


def test_a_failure_to_store_is_the_producers_own_exception() -> None:
    result = dg.materialize(
        [orders, total], resources={"io_manager": MyIOManager(path_prefix=["\0"])}, raise_on_error=False
    )
    assert result.get_failed_step_keys() == {"shop__orders"}
    assert result.is_node_untouched("total")
    assert "ASSET_MATERIALIZATION" not in story(result, "shop__orders")
    with pytest.raises(ValueError, match="null"):
        dg.materialize([orders], resources={"io_manager": MyIOManager(path_prefix=["\0"])})
