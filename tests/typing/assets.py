"""A project's own code with the decorators, as strict type checkers see it. Checked by `make types`, never run."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import assert_type

import lading as dg

days = dg.DailyPartitionsDefinition(start_date="2024-01-01", end_date="2024-01-04")
months = dg.MonthlyPartitionsDefinition(start_date="2024-01-01")
regions = dg.StaticPartitionsDefinition(["eu", "us"])
both = dg.MultiPartitionsDefinition({"date": days, "region": regions})
users = dg.DynamicPartitionsDefinition(name="users")


@dg.asset
def numbers() -> list[int]:
    return [1, 2, 3]


@dg.asset(
    name="summed",
    key_prefix=["a", "b"],
    ins={"numbers": dg.AssetIn(key="numbers", metadata={"columns": ["a"]})},
    deps=["other", numbers, dg.AssetKey(["x", "y"])],
    metadata={"table": "summed"},
    description="All of them.",
    group_name="figures",
    io_manager_key="files",
    owners=["team:data"],
    tags={"domain": "figures"},
    kinds={"python"},
    code_version="1",
    retry_policy=dg.RetryPolicy(max_retries=2, delay=0.5, backoff=dg.Backoff.EXPONENTIAL, jitter=dg.Jitter.FULL),
)
def total(context: dg.AssetExecutionContext, numbers: list[int]) -> int:
    context.log.info("adding")
    context.add_output_metadata({"rows": len(numbers), "where": dg.MetadataValue.path("/tmp")})
    assert_type(context.asset_key, dg.AssetKey)
    return sum(numbers)


@dg.asset(partitions_def=days, backfill_policy=dg.BackfillPolicy.single_run())
def readings(context: dg.AssetExecutionContext) -> dict[str, list[float]]:
    assert_type(context.partition_key_range, dg.PartitionKeyRange)
    assert_type(context.partition_time_window, dg.TimeWindow)
    assert_type(context.has_partition_key, bool)
    return {key: [1.0] for key in context.partition_keys}


@dg.asset(
    partitions_def=months,
    ins={"readings": dg.AssetIn(partition_mapping=dg.TimeWindowPartitionMapping(start_offset=-1))},
)
def monthly(context: dg.AssetExecutionContext, readings: dict[str, list[float]]) -> dg.Output[float]:
    assert_type(context.partition_key, str)
    return dg.Output(max(map(max, readings.values())), metadata={"days": len(readings)})


@dg.asset(deps=[monthly])
def told() -> dg.MaterializeResult[None]:
    return dg.MaterializeResult(metadata={"rows": 3})


@dg.multi_asset(
    outs={"good": dg.AssetOut(io_manager_key="files"), "bad": dg.AssetOut(is_required=False)}, can_subset=True
)
def split(context: dg.AssetExecutionContext, numbers: list[int]) -> Iterator[dg.Output[list[int]]]:
    for name in context.selected_output_names:
        yield dg.Output([number for number in numbers if number > 1], output_name=name)


@dg.multi_asset(specs=[dg.AssetSpec("left", deps=[numbers]), dg.AssetSpec("right", group_name="hands")])
def hands() -> Iterator[dg.MaterializeResult[None]]:
    yield dg.MaterializeResult(asset_key="left")
    yield dg.MaterializeResult(asset_key="right")


@dg.asset_check(asset=numbers, blocking=True)
def not_empty(numbers: list[int]) -> dg.AssetCheckResult:
    return dg.AssetCheckResult(passed=bool(numbers), severity=dg.AssetCheckSeverity.WARN, metadata={"n": len(numbers)})


@dg.observable_source_asset
def feed() -> dg.DataVersion:
    return dg.DataVersion("1")


@dg.asset
async def waited(numbers: list[int]) -> int:
    return len(numbers)


assert_type(numbers, dg.AssetsDefinition)
assert_type(total, dg.AssetsDefinition)
assert_type(split, dg.AssetsDefinition)
assert_type(not_empty, dg.AssetChecksDefinition)
assert_type(numbers.key, dg.AssetKey)

nightly = dg.define_asset_job("nightly", selection=dg.AssetSelection.assets(numbers, "summed").upstream(depth=1))
everything = dg.AssetSelection.groups("figures") | dg.AssetSelection.all() - dg.AssetSelection.assets("feed")
assert_type(everything, dg.AssetSelection)

defs = dg.Definitions(
    assets=[numbers, total, readings, monthly, told, split, hands, feed, waited, dg.AssetSpec("external")],
    asset_checks=[not_empty],
    jobs=[nightly],
    resources={"files": dg.FilesystemIOManager(base_dir="data"), "io_manager": dg.TypedIOManager(base_dir="data")},
    executor=dg.in_process_executor,
)


def run() -> None:
    with dg.instance_for_test() as instance:
        assert_type(instance, dg.Instance)
        result = dg.materialize(
            [numbers, total],
            instance=instance,
            partition_key=None,
            resources={"files": dg.mem_io_manager},
            selection=dg.AssetSelection.assets(total),
            tags={"who": "me"},
            raise_on_error=False,
        )
        assert_type(result, dg.RunResult)
        assert_type(result.success, bool)
        for event in result.get_asset_materialization_events():
            assert_type(event, dg.Event)
        number: int = result.output_for_node("summed")
        assert number == 6
        dg.materialize_to_memory([numbers])
        instance.add_dynamic_partitions("users", ["a"])
        latest = instance.get_latest_materialization_event(dg.AssetKey("numbers"))
        if latest is not None and latest.asset_materialization is not None:
            assert_type(latest.asset_materialization, dg.AssetMaterialization)
    value: list[int] = defs.load_asset_value("numbers", instance=None)
    job = defs.get_job_def("nightly")
    assert_type(job, dg.JobDefinition)
    assert_type(job.execute_in_process(), dg.RunResult)
    # Called directly, a definition gives what its function gives.
    direct: int = total(dg.build_asset_context(), [1, 2])
    assert value == [direct]


def partitions() -> None:
    assert_type(days.get_partition_keys(), Sequence[str])
    assert_type(days.has_partition_key("2024-01-01"), bool)
    assert_type(days.time_window_for_partition_key("2024-01-01"), dg.TimeWindow)
    assert_type(days.get_last_partition_key(), str | None)
    key = dg.MultiPartitionKey({"date": "2024-01-01", "region": "eu"})
    assert_type(key.keys_by_dimension["region"], str)
    assert both.has_partition_key(key)
    assert users.name


@dg.asset(partitions_def=days, ins={"readings": dg.AssetIn(missing="skip")})
def warm(context: dg.AssetExecutionContext, readings: dg.Partitions[float]) -> Iterator[dg.Output[int]]:
    assert_type(readings["2024-01-01"], float)
    assert_type(readings.get("2024-01-01"), float | None)
    assert_type(readings.missing, Sequence[str])
    assert_type(readings.concat(), float)
    for key, reading in readings.items():
        assert_type(reading, float)
        yield dg.Output(round(reading), partition_key=key)


def values_for_tests() -> None:
    assert_type(dg.Partitions.of({"a": 1}), dg.Partitions[int])
    dg.AssetIn(missing=dg.DefaultValue(0.0))


def filled() -> None:
    result = dg.backfill(defs, "warm", partition_range=("2024-01-01", "2024-01-02"), max_parallel=2, dry_run=True)
    assert_type(result, dg.BackfillResult)
    assert_type(result.backfill_id, str)
    assert_type(result.plan.count, int)
