"""What people type when they do not know better yet: refused before anything runs, with a remedy."""

import pytest

import lading as dg

calls = []


@dg.asset
def one():
    calls.append("one")
    return 1


@pytest.fixture(autouse=True)
def nothing_is_called():
    calls.clear()
    yield
    assert calls == []


def refused(kind, match, act):
    with pytest.raises(kind, match=match) as caught:
        act()
    assert caught.value.fix


def test_one_asset_instead_of_a_list():
    refused(dg.CheckError, "given as a list", lambda: dg.materialize(one))


def test_something_that_is_no_asset():
    refused(dg.CheckError, "is no asset", lambda: dg.materialize([one, 5]))
    refused(dg.CheckError, "is no asset", lambda: dg.Definitions(assets=[lambda: 1]))


def test_a_key_that_is_no_text():
    refused(dg.CheckError, "made of texts", lambda: dg.AssetKey(5))
    refused(dg.CheckError, "is a text", lambda: dg.AssetKey(["a", 5]))


def test_an_asset_inside_a_job():
    def body():
        one()

    refused(dg.InvalidDefinitionError, "inside a graph", lambda: dg.job(body))


def test_a_class_instead_of_a_manager():
    refused(
        dg.InvalidDefinitionError,
        "is a class",
        lambda: dg.materialize([one], resources={"io_manager": dg.FilesystemIOManager}),
    )


def test_a_text_instead_of_a_manager():
    refused(dg.InvalidDefinitionError, "no io manager", lambda: dg.materialize([one], resources={"io_manager": "data"}))


def test_a_misspelt_entry_of_run_config():
    refused(dg.InvalidConfigError, "opps", lambda: dg.materialize([one], run_config={"opps": {}}))
    refused(dg.InvalidConfigError, 'names "ones"', lambda: dg.materialize([one], run_config={"ops": {"ones": {}}}))


def test_a_partition_of_what_has_none():
    refused(dg.NotPartitionedError, "nothing of it has partitions", lambda: dg.materialize([one], partition_key="x"))


def test_a_constant_inside_a_job():
    @dg.op
    def takes(value):
        calls.append("takes")
        return value

    def body():
        takes(5)

    refused(dg.InvalidDefinitionError, "plain int", lambda: dg.job(body))


def test_a_name_that_does_not_exist():
    with pytest.raises(AttributeError, match="did you mean materialize"):
        _ = dg.materialise
