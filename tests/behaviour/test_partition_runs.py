"""Running one partition: what is asked for, what is refused before anything runs, and the tags of the run."""

import pytest

import lading as dg
from tests.behaviour.partition_witness import DAYS, GRID, LETTERS, Notes, files, made, refused

RAN = []


@pytest.fixture(autouse=True)
def nothing_ran_yet():
    RAN.clear()


@dg.asset(partitions_def=LETTERS)
def lettered(context):
    RAN.append(context.partition_key)
    return context.partition_key.upper()


@dg.asset(partitions_def=DAYS)
def daily(context):
    RAN.append(context.partition_key)
    return context.partition_key


@dg.asset(partitions_def=GRID)
def gridded(context):
    RAN.append(context.partition_key)
    return dict(context.partition_key.keys_by_dimension)


@dg.asset
def plain():
    RAN.append("plain")
    return "plain"


def run(assets, **how):
    how.setdefault("resources", {"io_manager": Notes()})
    return dg.materialize(assets, **how)


def test_one_partition():
    result = run([lettered], partition_key="b")
    assert result.success
    assert made(result) == [("lettered", "b")]
    assert result.output_for_node("lettered") == "B"
    assert result.asset_value("lettered") == "B"


def test_the_run_is_tagged_with_its_partition():
    with dg.Instance.ephemeral() as instance:
        found = instance.get_run_by_id(run([lettered], partition_key="b", instance=instance, tags={"x": "y"}).run_id)
    assert found.tags["dagster/partition"] == "b"
    assert found.tags["x"] == "y"
    assert found.tags["dagster/partition_set"] == "__ephemeral_asset_job___partition_set"


def test_a_key_of_two_dimensions_is_tagged_by_dimension():
    with dg.Instance.ephemeral() as instance:
        key = dg.MultiPartitionKey({"day": "2024-01-02", "letter": "c"})
        result = run([gridded], partition_key=key, instance=instance)
        tags = instance.get_run_by_id(result.run_id).tags
        event = instance.get_latest_materialization_event(dg.AssetKey("gridded"))
    assert tags["dagster/partition"] == "2024-01-02|c"
    assert tags["dagster/partition/day"] == "2024-01-02"
    assert tags["dagster/partition/letter"] == "c"
    assert event.asset_materialization.partition == "2024-01-02|c"
    assert event.asset_materialization.tags["dagster/partition/day"] == "2024-01-02"
    assert event.asset_materialization.tags["dagster/partition/letter"] == "c"


def test_a_key_of_two_dimensions_may_be_text():
    assert run([gridded], partition_key="2024-01-02|c").output_for_node("gridded") == {
        "day": "2024-01-02", "letter": "c"}  # fmt: skip


@pytest.mark.parametrize("key", ["zebra", "A", "a "])
def test_an_unknown_static_key(key):
    refused(dg.UnknownPartitionError, key, lambda: run([lettered], partition_key=key), RAN)


@pytest.mark.parametrize("key", ["2023-12-31", "2024-01-10", "2024-1-2", "nonsense"])
def test_an_unknown_day(key):
    refused(dg.UnknownPartitionError, key, lambda: run([daily], partition_key=key), RAN)


def test_a_day_that_is_not_over_yet():
    @dg.asset(partitions_def=dg.DailyPartitionsDefinition("2024-01-01"))
    def future():
        RAN.append("future")

    refused(dg.UnknownPartitionError, "2190", lambda: run([future], partition_key="2190-01-01"), RAN)


def test_dimensions_in_the_wrong_order():
    refused(dg.UnknownPartitionError, "c.2024", lambda: run([gridded], partition_key="c|2024-01-02"), RAN)


def test_an_unknown_dynamic_key():
    @dg.asset(partitions_def=dg.DynamicPartitionsDefinition(name="colours"))
    def coloured(context):
        RAN.append(context.partition_key)
        return context.partition_key

    with dg.Instance.ephemeral() as instance:
        act = lambda: run([coloured], partition_key="red", instance=instance)  # noqa: E731
        refused(dg.UnknownPartitionError, "red", act, RAN)
        instance.add_dynamic_partitions("colours", ["red"])
        assert act().output_for_node("coloured") == "red"


def test_partitioned_and_plain_assets_share_a_run():
    assert sorted(made(run([daily, plain], partition_key="2024-01-02"))) == [("daily", "2024-01-02"), ("plain", None)]


def test_two_definitions_do_not_share_a_run():
    refused(dg.InvalidDefinitionError, "artition", lambda: run([daily, lettered], partition_key="a"), RAN)


def test_equal_definitions_share_a_run():
    @dg.asset(partitions_def=dg.StaticPartitionsDefinition(["a", "b", "c"]))
    def also():
        return 1

    assert len(made(run([lettered, also], partition_key="a"))) == 2


def test_a_key_where_nothing_has_partitions():
    refused(dg.CheckError, "no PartitionsDefinition", lambda: run([plain], partition_key="a"), RAN)


def test_a_selection_decides_which_definitions_meet():
    assert made(run([daily, lettered], partition_key="a", selection=[lettered])) == [("lettered", "a")]


def test_a_failing_partition_is_not_recorded():
    @dg.asset(partitions_def=LETTERS)
    def broken():
        raise ValueError("no")

    with dg.Instance.ephemeral() as instance:
        result = run([broken], partition_key="a", instance=instance, raise_on_error=False)
        assert not result.success
        assert set(instance.get_materialized_partitions(dg.AssetKey("broken"))) == set()


def test_a_partition_that_is_made_again_replaces_only_itself(tmp_path):
    turn = []

    @dg.asset(partitions_def=LETTERS)
    def counted():
        turn.append(1)
        return len(turn)

    for key in "aba":
        dg.materialize([counted], partition_key=key, resources=files(tmp_path))
    defs = dg.Definitions(assets=[counted], resources=files(tmp_path))
    assert [defs.load_asset_value("counted", partition_key=key) for key in "ab"] == [3, 2]


# ---------------------------------------------------------------- jobs


def test_a_job_with_partitions():
    @dg.op
    def tell(context: dg.OpExecutionContext):
        return context.has_partition_key, context.partition_key

    @dg.job(partitions_def=LETTERS, resource_defs={"io_manager": dg.mem_io_manager})
    def telling():
        tell()

    assert telling.execute_in_process(partition_key="b").output_for_node("tell") == (True, "b")
    refused(dg.UnknownPartitionError, "zebra", lambda: telling.execute_in_process(partition_key="zebra"))


def test_static_partitioned_config():
    @dg.static_partitioned_config(partition_keys=["x", "y"])
    def by_key(partition_key: str):
        return {"ops": {"greet": {"config": {"who": partition_key * 2}}}}

    @dg.op(config_schema={"who": str})
    def greet(context):
        return f"hi {context.op_config['who']}"

    @dg.job(config=by_key, resource_defs={"io_manager": dg.mem_io_manager})
    def greeting():
        greet()

    assert greeting.execute_in_process(partition_key="y").output_for_node("greet") == "hi yy"
    refused(dg.UnknownPartitionError, "z", lambda: greeting.execute_in_process(partition_key="z"))


@pytest.mark.parametrize(
    ("decorate", "key", "said"),
    [
        (dg.daily_partitioned_config(start_date="2024-01-01"), "2024-01-31", "01-31 00..02-01 00"),
        (dg.monthly_partitioned_config(start_date="2024-01-01"), "2024-02-01", "02-01 00..03-01 00"),
        (dg.weekly_partitioned_config(start_date="2024-01-01"), "2024-01-07", "01-07 00..01-14 00"),
        (dg.hourly_partitioned_config(start_date="2024-01-01-00:00"), "2024-01-01-05:00", "01-01 05..01-01 06"),
    ],
)
def test_time_partitioned_config(decorate, key, said):
    @decorate
    def by_time(start, end):
        return {"ops": {"tell": {"config": {"text": f"{start:%m-%d %H}..{end:%m-%d %H}"}}}}

    @dg.op(config_schema={"text": str})
    def tell(context):
        return context.op_config["text"]

    @dg.job(config=by_time, resource_defs={"io_manager": dg.mem_io_manager})
    def telling():
        tell()

    assert telling.execute_in_process(partition_key=key).output_for_node("tell") == said


def test_an_asset_job_takes_a_partition():
    defs = dg.Definitions(
        assets=[lettered, plain], jobs=[dg.define_asset_job("letters", selection=["lettered"])],
        resources={"io_manager": Notes()},
    )  # fmt: skip
    job = defs.get_job_def("letters")
    assert made(job.execute_in_process(partition_key="c")) == [("lettered", "c")]
    RAN.clear()
    refused(dg.UnknownPartitionError, "zebra", lambda: job.execute_in_process(partition_key="zebra"), RAN)


def test_an_asset_job_with_partitions_of_its_own():
    defs = dg.Definitions(
        assets=[lettered], jobs=[dg.define_asset_job("letters", partitions_def=LETTERS)],
        resources={"io_manager": Notes()},
    )  # fmt: skip
    assert made(defs.get_job_def("letters").execute_in_process(partition_key="a")) == [("lettered", "a")]
