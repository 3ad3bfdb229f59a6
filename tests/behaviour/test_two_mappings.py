"""Two inputs from one asset, each by its own mapping."""

import lading as dg

days = dg.DailyPartitionsDefinition("2024-01-01", end_date="2024-01-04")
BEFORE = dg.TimeWindowPartitionMapping(start_offset=-1, end_offset=-1)


@dg.asset(partitions_def=days)
def sales(context):
    return int(context.partition_key[-2:])


def run(consumer, tmp_path):
    resources = {"io_manager": dg.FilesystemIOManager(base_dir=str(tmp_path))}
    for key in ("2024-01-02", "2024-01-03"):
        dg.materialize([sales], partition_key=key, resources=resources)
    return dg.materialize(
        [sales, consumer], selection=[consumer], partition_key="2024-01-03", resources=resources
    ).asset_value(consumer.key)


def test_one_by_default_and_one_by_a_mapping(tmp_path):
    @dg.asset(partitions_def=days, ins={"before": dg.AssetIn("sales", partition_mapping=BEFORE)})
    def growth(sales, before):
        return (sales, before)

    assert run(growth, tmp_path) == (3, 2)


def test_both_by_mappings(tmp_path):
    both = dg.TimeWindowPartitionMapping(start_offset=-1, end_offset=0)

    @dg.asset(
        partitions_def=days,
        ins={
            "two": dg.AssetIn("sales", partition_mapping=both),
            "before": dg.AssetIn("sales", partition_mapping=BEFORE),
        },
    )
    def growth(two, before):
        return (two, before)

    assert run(growth, tmp_path) == ({"2024-01-02": 2, "2024-01-03": 3}, 2)
