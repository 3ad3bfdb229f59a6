"""A partition, a file."""

from __future__ import annotations

from pathlib import Path

import pytest

import lading as dg
from tests.seed.stand_ins import read_csv, write_csv


class MyPartitionedIOManager(dg.IOManager):
    def _get_path(self, context) -> str:
        if context.has_partition_key:
            # Store each partition in a separate file
            return "/".join(context.asset_key.path + [context.asset_partition_key])
        else:
            return "/".join(context.asset_key.path)

    def handle_output(self, context: dg.OutputContext, obj):
        write_csv(self._get_path(context), obj)

    def load_input(self, context: dg.InputContext):
        return read_csv(self._get_path(context))


days = dg.DailyPartitionsDefinition(start_date="2024-01-01", end_date="2024-01-04")
CALLED: list[str] = []


@dg.asset(partitions_def=days)
def readings(context):
    return [int(context.partition_key[-2:]), 7]


@dg.asset(partitions_def=days)
def doubled(readings):
    return [2 * each for each in readings]


@dg.asset
def stations():
    return ["north", "south"]


@dg.asset(partitions_def=days)
def by_station(context, stations):
    CALLED.append(context.partition_key)
    return stations


def test_each_partition_is_a_file() -> None:
    for day in ("2024-01-01", "2024-01-03"):
        result = dg.materialize(
            [readings, doubled], resources={"io_manager": MyPartitionedIOManager()}, partition_key=day
        )
        made = result.asset_materializations_for_node("doubled") + result.asset_materializations_for_node("readings")
        assert [each.partition for each in made] == [day, day]
    assert sorted(path.name for path in Path("doubled").iterdir()) == ["2024-01-01", "2024-01-03"]
    assert Path("readings/2024-01-03").read_bytes() == b"3\r\n7\r\n"
    assert Path("doubled/2024-01-01").read_bytes() == b"2.0\r\n14.0\r\n"


def test_an_asset_without_partitions_is_one_file() -> None:
    dg.materialize([stations], resources={"io_manager": MyPartitionedIOManager()})
    assert Path("stations").read_bytes() == b'"north"\r\n"south"\r\n'


def test_an_upstream_without_partitions_in_a_partitioned_run_is_answered_with_the_remedy() -> None:
    """The run has a partition, the upstream has none: the question to ask is has_asset_partitions."""
    CALLED.clear()
    dg.materialize([stations], resources={"io_manager": MyPartitionedIOManager()})
    with pytest.raises(dg.CheckError) as refusal:
        dg.materialize(
            [stations, by_station],
            resources={"io_manager": MyPartitionedIOManager()},
            partition_key="2024-01-02",
            selection=[by_station],
        )
    said = str(refusal.value)
    assert "has_asset_partitions" in said
    assert "2024-01-02" in said
    assert CALLED == []
    assert not Path("by_station").exists()


def test_with_the_remedy_it_works() -> None:
    class Mended(MyPartitionedIOManager):
        def _get_path(self, context) -> str:
            parts = context.asset_key.path
            return "/".join([*parts, context.asset_partition_key] if context.has_asset_partitions else parts)

    for asset, day in ((stations, None), (by_station, "2024-01-02")):
        dg.materialize([stations, by_station], resources={"io_manager": Mended()}, partition_key=day, selection=[asset])
    assert Path("by_station/2024-01-02").read_bytes() == Path("stations").read_bytes()


def test_a_partition_that_does_not_exist_is_refused_before_anything_runs() -> None:
    CALLED.clear()
    with pytest.raises(dg.UnknownPartitionError, match="2024-01-04"):
        dg.materialize(
            [stations, by_station], resources={"io_manager": MyPartitionedIOManager()}, partition_key="2024-01-04"
        )
    assert CALLED == []
    assert not Path("stations").exists()
