"""What is refused here and elsewhere only fails late."""

import pytest

import lading as dg
from tests.behaviour.partition_witness import LETTERS, Notes, refused

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
