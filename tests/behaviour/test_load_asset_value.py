"""Values loaded outside of a run."""

import pytest

import lading as dg
from tests.behaviour.partition_witness import DAYS, GRID, LETTERS, Notes, files, refused


@dg.asset(metadata={"declared": 1})
def plain():
    return "plain"


@dg.asset(partitions_def=LETTERS)
def lettered(context):
    return context.partition_key.upper()


@dg.asset(partitions_def=DAYS)
def daily(context):
    return context.partition_key[-2:]


@dg.asset(partitions_def=GRID, key_prefix=["raw"])
def gridded(context):
    return context.partition_key


ALL = [plain, lettered, daily, gridded]


@pytest.fixture
def defs(tmp_path):
    resources = files(tmp_path)
    dg.materialize([plain], resources=resources)
    for each in "ab":
        dg.materialize([lettered], partition_key=each, resources=resources)
    for each in ("2024-01-02", "2024-01-03"):
        dg.materialize([daily], partition_key=each, resources=resources)
    dg.materialize([gridded], partition_key="2024-01-02|a", resources=resources)
    return dg.Definitions(assets=ALL, resources=resources)


@pytest.mark.parametrize("key", ["plain", dg.AssetKey("plain"), dg.AssetKey(["plain"]), ["plain"]])
def test_a_value(defs, key):
    assert defs.load_asset_value(key) == "plain"


def test_a_value_of_a_partition(defs):
    assert defs.load_asset_value("lettered", partition_key="b") == "B"
    assert defs.load_asset_value(["raw", "gridded"], partition_key="2024-01-02|a") == "2024-01-02|a"
    key = dg.MultiPartitionKey({"letter": "a", "day": "2024-01-02"})
    assert defs.load_asset_value(["raw", "gridded"], partition_key=key) == "2024-01-02|a"


def test_a_loader(defs):
    with defs.get_asset_value_loader() as loader:
        assert loader.load_asset_value("plain") == "plain"
        assert loader.load_asset_value("lettered", partition_key="a") == "A"
        days = dg.PartitionKeyRange("2024-01-02", "2024-01-03")
        assert loader.load_asset_value("daily", partition_key_range=days) == {"2024-01-02": "02", "2024-01-03": "03"}


def test_a_loader_with_an_instance(tmp_path):
    with dg.Instance.ephemeral(tempdir=str(tmp_path)) as instance:
        dg.materialize([plain], instance=instance)
        defs = dg.Definitions([plain])
        assert defs.load_asset_value("plain", instance=instance) == "plain"
        with defs.get_asset_value_loader(instance=instance) as loader:
            assert loader.load_asset_value("plain") == "plain"


def test_the_default_instance_is_that_of_the_home():
    with dg.Instance.get() as instance:
        dg.materialize([plain], instance=instance)
    assert dg.Definitions([plain]).load_asset_value("plain") == "plain"


def test_dynamic_partitions(tmp_path):
    @dg.asset(partitions_def=dg.DynamicPartitionsDefinition(name="colours"))
    def coloured(context):
        return context.partition_key

    with dg.Instance.ephemeral(tempdir=str(tmp_path)) as instance:
        instance.add_dynamic_partitions("colours", ["red"])
        dg.materialize([coloured], partition_key="red", instance=instance)
        assert dg.Definitions([coloured]).load_asset_value("coloured", partition_key="red", instance=instance) == "red"


# ---------------------------------------------------------------- what the manager sees


def test_what_the_manager_sees():
    seen = {}

    def read(context):
        seen.update(
            metadata=dict(context.definition_metadata), kind=context.dagster_type.typing_type,
            upstream=dict(context.upstream_output.definition_metadata), key=context.asset_key.path,
            partitions=context.has_asset_partitions, run_key=context.has_partition_key,
        )  # fmt: skip
        with pytest.raises(dg.InvariantViolationError):
            _ = context.name

    defs = dg.Definitions([plain], resources={"io_manager": Notes(read=read, gives=5)})
    assert defs.load_asset_value("plain", python_type=str, metadata={"columns": ["a"]}) == 5
    assert seen == {
        "metadata": {"columns": ["a"]}, "kind": str, "upstream": {"declared": 1}, "key": ["plain"],
        "partitions": False, "run_key": False,
    }  # fmt: skip


def test_what_the_manager_sees_of_a_partition():
    seen = []
    notes = Notes(read=lambda c: seen.append((c.asset_partition_key, c.asset_partitions_def)), gives=5)
    dg.Definitions([lettered], resources={"io_manager": notes}).load_asset_value("lettered", partition_key="c")
    assert seen == [("c", LETTERS)]


def test_a_loader_passes_metadata_and_config():
    seen = {}

    class Configured(dg.ConfigurableIOManager):
        place: str

        def handle_output(self, context, obj): ...

        def load_input(self, context):
            seen.update(place=self.place, metadata=dict(context.definition_metadata))
            return 3

    defs = dg.Definitions([plain], resources={"io_manager": Configured.configure_at_launch()})
    with defs.get_asset_value_loader() as loader:
        assert loader.load_asset_value(
            "plain", input_definition_metadata={"a": 1}, resource_config={"io_manager": {"config": {"place": "x"}}}
        ) == 3  # fmt: skip
    assert seen == {"place": "x", "metadata": {"a": 1}}


def test_the_assets_own_manager_is_asked():
    notes = Notes(gives="own")

    @dg.asset(io_manager_key="mine")
    def special():
        return 1

    defs = dg.Definitions([special], resources={"mine": notes})
    assert defs.load_asset_value("special") == "own"


def test_sources_can_be_loaded():
    notes = Notes(read=lambda c: dict(c.upstream_output.definition_metadata), gives="outside")
    source = dg.SourceAsset("source", io_manager_key="mine", metadata={"table": "t"})
    spec = dg.AssetSpec("spec", metadata={"table": "u"}).with_io_manager_key("mine")
    defs = dg.Definitions([source, spec], resources={"mine": notes})
    assert defs.load_asset_value("source") == "outside"
    assert defs.load_asset_value("spec") == "outside"
    assert notes.reads[0]["table"] == "t"
    assert notes.reads[1]["table"] == "u"


# ---------------------------------------------------------------- refused


def test_an_unknown_asset(defs):
    refused(dg.CheckError, "zebra", lambda: defs.load_asset_value("zebra"))


def test_a_value_that_was_never_stored(tmp_path):
    defs = dg.Definitions([plain, lettered], resources=files(tmp_path))
    refused(FileNotFoundError, "plain", lambda: defs.load_asset_value("plain"))
    refused(FileNotFoundError, "c", lambda: defs.load_asset_value("lettered", partition_key="c"))


def test_an_unknown_partition(defs):
    with dg.Instance.ephemeral() as instance, pytest.raises(Exception, match="zebra"):
        defs.load_asset_value("lettered", partition_key="zebra", instance=instance)


# ---------------------------------------------------------------- results


def test_values_of_a_result(tmp_path):
    @dg.multi_asset(outs={"left": dg.AssetOut(), "right": dg.AssetOut()})
    def two():
        return 1, 2

    result = dg.materialize([plain, two], resources=files(tmp_path))
    assert result.asset_value("left") == 1
    assert result.asset_value(dg.AssetKey("right")) == 2
    assert result.output_for_node("plain") == "plain"
    assert result.output_for_node("two", "right") == 2
    with pytest.raises(dg.InvariantViolationError):
        result.asset_value("zebra")
    with pytest.raises(dg.InvariantViolationError):
        result.output_for_node("zebra")
