"""What is refused here and elsewhere only fails late."""

import pytest

import lading as dg
from tests.behaviour.partition_witness import DAYS, LETTERS, Notes, files, made, refused, span
from tests.behaviour.witness import files_below

RAN = []


@pytest.fixture(autouse=True)
def nothing_ran_yet():
    RAN.clear()


@dg.asset
def plain():
    RAN.append("plain")


@dg.asset(partitions_def=LETTERS)
def lettered():
    RAN.append("lettered")


def test_a_partitioned_asset_needs_a_key():
    act = lambda: dg.materialize([lettered, plain], resources={"io_manager": Notes()})  # noqa: E731
    error = refused(dg.PartitionNeededError, "3 partitions", act, RAN)
    assert "partition_key=" in error.fix
    assert "--partition" in error.fix


def test_a_partitioned_asset_job_needs_a_key():
    defs = dg.Definitions(assets=[lettered], jobs=[dg.define_asset_job("letters")])
    refused(dg.PartitionNeededError, "3 partitions", lambda: defs.get_job_def("letters").execute_in_process(), RAN)


def test_an_unknown_key_names_the_nearest():
    error = refused(dg.UnknownPartitionError, "B", lambda: dg.materialize([lettered], partition_key="B"), RAN)
    assert '"b"' in error.fix


def test_an_empty_key_is_a_key():
    refused(dg.UnknownPartitionError, '""', lambda: dg.materialize([lettered], partition_key=""), RAN)


# ---------------------------------------------------------------- ranges


def test_a_reversed_range_is_refused():
    @dg.asset(partitions_def=DAYS)
    def day() -> None:
        RAN.append("day")

    tags = span("2024-01-03", "2024-01-02")
    error = refused(dg.UnknownPartitionError, "no partition", lambda: dg.materialize([day], tags=tags), RAN)
    assert "earlier end first" in error.fix


def test_a_range_where_nothing_has_partitions():
    refused(dg.NotPartitionedError, "has partitions", lambda: dg.materialize([plain], tags=span("a", "b")), RAN)


def test_a_dict_is_stored_by_partition(tmp_path):
    @dg.asset(partitions_def=DAYS)
    def day(context):
        return {key: key[-1] for key in context.partition_keys}

    result = dg.materialize([day], tags=span("2024-01-02", "2024-01-04"), resources=files(tmp_path))
    assert made(result) == [("day", f"2024-01-0{each}") for each in (2, 3, 4)]
    defs = dg.Definitions([day], resources=files(tmp_path))
    assert defs.load_asset_value("day", partition_key="2024-01-03") == "3"


@pytest.mark.parametrize("given", [{"2024-01-02": 1}, {"2024-01-02": 1, "2024-01-03": 2, "zebra": 3}, 7, "ab", None])
def test_what_is_not_a_value_for_each_partition_is_not_stored(tmp_path, given):
    @dg.asset(partitions_def=DAYS)
    def day():
        return given

    with pytest.raises(dg.CannotStoreError, match="partitions") as caught:
        dg.materialize([day], tags=span("2024-01-02", "2024-01-03"), resources=files(tmp_path))
    assert "partition_keys" in caught.value.fix
    assert files_below(tmp_path) == []


# ---------------------------------------------------------------- one shape for all


def test_letters_arrive_in_the_order_of_the_definition(tmp_path):
    @dg.asset(partitions_def=dg.StaticPartitionsDefinition(["z", "m", "a"]))
    def letter(context):
        return context.partition_key

    @dg.asset
    def every(letter) -> None:
        RAN.extend(letter)

    for each in "amz":
        dg.materialize([letter], partition_key=each, resources=files(tmp_path))
    dg.materialize([letter, every], selection=[every], resources=files(tmp_path))
    assert RAN == ["z", "m", "a"]


def test_one_partition_arrives_bare_from_an_async_load(tmp_path):
    class Async(dg.UPathIOManager):
        def dump_to_path(self, context, obj, path):
            path.write_text(obj)

        async def load_from_path(self, context, path):
            return path.read_text()

    @dg.asset(partitions_def=LETTERS)
    def letter(context):
        return context.partition_key

    @dg.asset(partitions_def=LETTERS)
    def reader(letter) -> None:
        RAN.append(letter)

    dg.materialize([letter, reader], partition_key="b", resources={"io_manager": Async(str(tmp_path))})
    assert RAN == ["b"]


def test_forgetting_partitions(tmp_path):
    with dg.Instance.local_temp(str(tmp_path)) as instance:
        for each in "ab":
            dg.materialize([lettered], partition_key=each, instance=instance)
        instance.wipe_asset_partitions(dg.AssetKey("lettered"), ["a"])
        assert instance.get_materialized_partitions(dg.AssetKey("lettered")) == {"b"}
        assert (tmp_path / "history.sqlite").exists()


def test_a_job_with_partitions_needs_a_key():
    @dg.op
    def one():
        RAN.append("one")

    @dg.job(partitions_def=LETTERS)
    def single():
        one()

    refused(dg.PartitionNeededError, "3 partitions", single.execute_in_process, RAN)


def test_an_unknown_partition_is_not_loaded():
    defs = dg.Definitions([lettered])
    error = refused(dg.UnknownPartitionError, "zebra", lambda: defs.load_asset_value("lettered", partition_key="zebra"))
    assert '"a", "b", "c"' in error.fix


def test_a_mapping_of_partitions_is_not_asked_of_what_has_none() -> None:
    ran: list[str] = []

    @dg.asset
    def whole() -> int:
        ran.append("whole")
        return 1

    @dg.asset
    def reader(whole: dg.Partitions[int]) -> int:
        return len(whole)

    with pytest.raises(dg.LadingError, match='input "whole" is annotated with Partitions'):
        dg.materialize([whole, reader])
    assert ran == []
