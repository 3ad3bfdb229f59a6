"""What a manager says of what it stored stands on the event."""

from __future__ import annotations

import pandas as pd

import lading as dg
from tests.seed.stand_ins import (
    handled,
    materialized,
    read_dataframe_from_table,
    story,
    tables,
    write_dataframe_to_table,
)


class DataframeTableIOManagerWithMetadata(dg.ConfigurableIOManager):
    def handle_output(self, context: dg.OutputContext, obj):
        table_name = context.name
        write_dataframe_to_table(name=table_name, dataframe=obj)

        # Add metadata visible in the UI
        context.add_output_metadata(
            {
                "num_rows": len(obj),
                "table_name": table_name,
                "columns": list(obj.columns),
            }
        )

    def load_input(self, context: dg.InputContext):
        if context.upstream_output:
            table_name = context.upstream_output.name
            return read_dataframe_from_table(name=table_name)


SAID = {"num_rows": 2, "table_name": "cities", "columns": ["city", "rain"]}


def frame() -> pd.DataFrame:
    return pd.DataFrame({"city": ["Seattle", "Portland"], "rain": [10, 20]})


@dg.op(out={"cities": dg.Out()})
def cities_op():
    return frame()


@dg.job(resource_defs={"io_manager": DataframeTableIOManagerWithMetadata()})
def cities_job():
    cities_op()


@dg.multi_asset(outs={"cities": dg.AssetOut()})
def cities_asset():
    return dg.Output(frame(), output_name="cities", metadata={"source": "by hand", "num_rows": -1})


def test_an_op_says_it_on_the_handled_output() -> None:
    result = cities_job.execute_in_process()
    assert tables() == ["cities"]
    assert handled(result, "cities_op") == SAID


def test_each_value_has_its_kind() -> None:
    (event,) = [each for each in cities_job.execute_in_process().all_events if each.is_handled_output]
    assert event.event_specific_data.metadata == {
        "num_rows": dg.MetadataValue.int(2),
        "table_name": dg.MetadataValue.text("cities"),
        "columns": dg.MetadataValue.json(["city", "rain"]),
    }


def test_an_asset_says_it_on_the_materialization_above_what_its_function_said() -> None:
    result = dg.materialize([cities_asset], resources={"io_manager": DataframeTableIOManagerWithMetadata()})
    assert handled(result, "cities_asset") == SAID
    assert materialized(result, "cities_asset") == {"source": "by hand", **SAID}
    assert story(result, "cities_asset")[-3:] == ["ASSET_MATERIALIZATION", "HANDLED_OUTPUT", "STEP_SUCCESS"]


def test_history_keeps_it() -> None:
    with dg.Instance.ephemeral() as instance:
        dg.materialize(
            [cities_asset], resources={"io_manager": DataframeTableIOManagerWithMetadata()}, instance=instance
        )
        event = instance.get_latest_materialization_event(dg.AssetKey("cities"))
    assert event is not None
    assert event.asset_materialization is not None
    assert event.asset_materialization.metadata["num_rows"] == dg.MetadataValue.int(2)
