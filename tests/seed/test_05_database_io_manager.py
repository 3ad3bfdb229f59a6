"""Outputs of ops as tables of a database."""

from __future__ import annotations

import pandas as pd
import pytest

import lading as dg
from tests.seed.stand_ins import read_dataframe_from_table, story, tables, write_dataframe_to_table


@dg.op(out={"measured": dg.Out()})
def op_1():
    return pd.DataFrame({"city": ["Seattle", "Portland"], "rain": [10, 20]})


@dg.op(out={"doubled": dg.Out()})
def op_2(table):
    return table.assign(rain=table["rain"] * 2)


class DataframeTableIOManager(dg.ConfigurableIOManager):
    def handle_output(self, context: dg.OutputContext, obj):
        # Use output name as table name
        table_name = context.name
        write_dataframe_to_table(name=table_name, dataframe=obj)

    def load_input(self, context: dg.InputContext):
        # Load from upstream table
        if context.upstream_output:
            table_name = context.upstream_output.name
            return read_dataframe_from_table(name=table_name)


@dg.job(resource_defs={"io_manager": DataframeTableIOManager()})
def my_job():
    op_2(op_1())


def test_each_output_is_a_table() -> None:
    result = my_job.execute_in_process()
    assert result.success
    assert tables() == ["doubled", "measured"]
    assert read_dataframe_from_table("measured")["rain"].tolist() == [10, 20]
    assert read_dataframe_from_table("doubled")["rain"].tolist() == [20, 40]


def test_the_input_comes_from_the_upstream_table() -> None:
    result = my_job.execute_in_process()
    (loaded,) = [event for event in result.events_for_node("op_2") if event.is_loaded_input]
    data = loaded.event_specific_data
    assert (data.input_name, data.manager_key) == ("table", "io_manager")
    assert (data.upstream_step_key, data.upstream_output_name) == ("op_1", "measured")
    assert story(result, "op_1") == ["STEP_START", "STEP_OUTPUT", "HANDLED_OUTPUT", "STEP_SUCCESS"]


def test_outputs_without_a_name_share_the_table_result() -> None:
    @dg.op
    def first():
        return pd.DataFrame({"x": [1]})

    @dg.op
    def second(table):
        return table + 1

    @dg.job(resource_defs={"io_manager": DataframeTableIOManager()})
    def unnamed():
        second(first())

    assert unnamed.execute_in_process().success
    assert tables() == ["result"]
    assert read_dataframe_from_table("result")["x"].tolist() == [2]


def test_a_broken_database_fails_the_step_and_keeps_the_table(monkeypatch: pytest.MonkeyPatch) -> None:
    my_job.execute_in_process()

    def refuse(**_: object) -> None:
        raise ConnectionError("the database is away")

    monkeypatch.setitem(globals(), "write_dataframe_to_table", refuse)
    with pytest.raises(ConnectionError, match="is away"):
        my_job.execute_in_process()
    assert read_dataframe_from_table("doubled")["rain"].tolist() == [20, 40]
