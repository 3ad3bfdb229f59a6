"""Tables cut by a column: no row is lost, none is invented, each lies where it belongs."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import lading as dg
from lading.abc.contexts.output import OutputContext
from lading.io.dividing import divided

texts = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=8)
tables = st.lists(texts, min_size=2, max_size=6, unique=True).flatmap(
    lambda keys: st.tuples(st.just(keys), st.lists(st.sampled_from(keys), max_size=40))
)
moments_there = st.integers(0, 3 * 24 * 60 - 1).map(
    lambda minutes: datetime.fromisoformat("2024-03-30") + timedelta(minutes=minutes)
)
pytestmark = pytest.mark.timeout(60)


def context_of(definition: dg.PartitionsDefinition, start: str, end: str) -> OutputContext:
    return dg.build_output_context(
        asset_key=dg.AssetKey("a"), asset_partitions_def=definition,
        asset_partition_key_range=dg.PartitionKeyRange(start, end), definition_metadata={"partition_column": "key"},
    )  # fmt: skip


MAKE = {
    "pandas": (pd.DataFrame, lambda frame: frame.to_dict("list")),
    "polars": (pl.DataFrame, lambda frame: frame.to_dict(as_series=False)),
    "arrow": (pa.table, lambda frame: frame.to_pydict()),
}


@pytest.mark.parametrize("library", MAKE)
@settings(max_examples=100)
@given(tables)
def test_every_row_lies_in_its_partition_and_in_the_order_it_had(
    library: str, drawn: tuple[list[str], list[str]]
) -> None:
    keys, rows = drawn
    make, plain = MAKE[library]
    columns = {"key": rows, "number": list(range(len(rows)))}
    table = (
        make({"key": pa.array(rows, pa.string()), "number": columns["number"]})
        if library == "arrow"
        else (make(columns, schema={"key": pl.String, "number": pl.Int64}) if library == "polars" else make(columns))
    )
    wanted: dict[str, list[int]] = defaultdict(list)
    for number, key in enumerate(rows):
        wanted[key].append(number)

    found = list(divided(context_of(dg.StaticPartitionsDefinition(keys), keys[0], keys[-1]), table))
    assert [key for key, _ in found] == keys
    for key, part in found:
        cut = plain(part)
        assert cut["number"] == wanted[key]
        assert set(cut["key"]) <= {key}


@settings(max_examples=100)
@given(
    st.lists(
        st.datetimes(pd.Timestamp("2024-03-30").to_pydatetime(), pd.Timestamp("2024-04-01 23:59").to_pydatetime()),
        max_size=30,
    )
)
def test_moments_lie_in_their_day_also_when_the_clock_changes(moments: list[object]) -> None:
    days = dg.DailyPartitionsDefinition("2024-03-30", end_date="2024-04-02", timezone="Europe/Berlin")
    table = pl.DataFrame({"key": moments}, schema={"key": pl.Datetime("us")})
    found = dict(divided(context_of(days, "2024-03-30", "2024-04-01"), table))
    assert sum(len(part) for part in found.values()) == len(moments)
    for key, part in found.items():
        assert {str(moment)[:10] for moment in part["key"].to_list()} <= {key}
