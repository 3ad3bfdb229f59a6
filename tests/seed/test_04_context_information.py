"""What the two contexts tell."""

from __future__ import annotations

from typing import Any

import pytest

import lading as dg
from lading import OutputContext
from tests.seed.stand_ins import handled, materialized

SEEN: list[tuple[Any, ...]] = []


def handle_output(self, context: OutputContext, obj):
    # Asset/op metadata
    context.asset_key  # AssetKey for the asset
    context.name  # Output name
    context.metadata  # User-defined metadata

    # Partitioning
    context.has_partition_key  # Whether output is partitioned
    context.partition_key  # The specific partition

    # Type information
    context.dagster_type  # Dagster type of output

    # Add metadata to materialization event
    context.add_output_metadata({"rows": len(obj)})


class Page(dg.IOManager):
    handle_output = handle_output

    def load_input(self, context):
        return []


class Witness(dg.IOManager):
    """Keeps values, and each context it was shown."""

    def __init__(self) -> None:
        self.values: dict[Any, Any] = {}
        self.outputs: dict[str, dg.OutputContext] = {}
        self.inputs: dict[str, dg.InputContext] = {}

    def handle_output(self, context, obj):
        self.outputs[context.step_key] = context
        self.values[tuple(context.get_identifier())] = obj

    def load_input(self, context):
        self.inputs[context.name] = context
        return self.values[tuple(context.get_identifier())]


days = dg.DailyPartitionsDefinition(start_date="2024-01-01", end_date="2024-01-04")


@dg.asset(partitions_def=days, metadata={"owner": "weather desk"})
def readings() -> list[float]:
    return [1.5, 2.5]


@dg.asset(partitions_def=days, ins={"readings": dg.AssetIn(metadata={"unit": "°C"})})
def warmest(readings: list[float]) -> float:
    return max(readings)


def test_the_page_reads_each_of_them() -> None:
    result = dg.materialize([readings], resources={"io_manager": Page()}, partition_key="2024-01-02")
    assert handled(result, "readings") == {"rows": 2}
    assert materialized(result, "readings") == {"rows": 2}
    (made,) = result.asset_materializations_for_node("readings")
    assert made.partition == "2024-01-02"


def test_what_an_output_context_says_in_a_run() -> None:
    witness = Witness()
    result = dg.materialize([readings], resources={"io_manager": witness}, partition_key="2024-01-02")
    context = witness.outputs["readings"]
    assert context.asset_key == dg.AssetKey("readings")
    assert context.name == "result"
    assert context.metadata == context.definition_metadata
    assert context.metadata["owner"] == "weather desk"
    assert context.has_partition_key
    assert context.partition_key == context.asset_partition_key == "2024-01-02"
    assert context.dagster_type.typing_type == list[float]
    assert context.step_key == "readings"
    assert context.run_id == result.run_id
    assert context.has_asset_key
    assert context.asset_partitions_def == days
    assert context.asset_partitions_time_window.start.date().isoformat() == "2024-01-02"
    assert list(context.get_asset_identifier()) == ["readings", "2024-01-02"]
    assert list(context.get_identifier()) == [result.run_id, "readings", "result"]


def test_what_an_input_context_says_in_a_run() -> None:
    witness = Witness()
    result = dg.materialize([readings, warmest], resources={"io_manager": witness}, partition_key="2024-01-03")
    context = witness.inputs["readings"]
    assert context.asset_key == dg.AssetKey("readings")
    assert context.name == "readings"
    assert context.metadata == {"unit": "°C"}
    assert context.has_partition_key
    assert context.partition_key == context.asset_partition_key == "2024-01-03"
    assert context.dagster_type.typing_type == list[float]
    upstream = context.upstream_output
    assert upstream is not None
    assert (upstream.name, upstream.step_key, upstream.run_id) == ("result", "readings", result.run_id)
    assert upstream.asset_key == context.asset_key
    assert upstream.metadata["owner"] == "weather desk"
    assert result.output_for_node("warmest") == 2.5


def test_an_op_has_neither_asset_nor_partition() -> None:
    @dg.op(out=dg.Out(int, metadata={"unit": "mm"}))
    def rain():
        return 3

    @dg.job(resource_defs={"io_manager": (witness := Witness())})
    def measured():
        rain()

    measured.execute_in_process()
    context = witness.outputs["rain"]
    assert (context.name, context.metadata) == ("result", {"unit": "mm"})
    assert context.dagster_type.typing_type is int
    assert not context.has_asset_key
    assert not context.has_partition_key
    with pytest.raises(dg.InvariantViolationError, match="asset_key"):
        _ = context.asset_key
    with pytest.raises(dg.CheckError, match="has_partition_key"):
        _ = context.partition_key


def test_metadata_must_have_a_kind_and_a_key_of_its_own() -> None:
    context = dg.build_output_context(name="result", step_key="s")
    context.add_output_metadata({"rows": 2})
    with pytest.raises(dg.InvalidMetadataError, match="already added"):
        context.add_output_metadata({"rows": 3})
    with pytest.raises(dg.InvalidMetadataError):
        context.add_output_metadata({"other": object()})
    assert context.get_logged_metadata() == {"rows": dg.MetadataValue.int(2)}
