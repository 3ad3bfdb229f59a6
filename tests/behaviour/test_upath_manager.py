"""Managers of one file per value: where files lie, what is told, and what a subclass may replace."""

import asyncio
import pathlib
import uuid

import pytest

import lading as dg
from tests.behaviour.partition_witness import DAYS, GRID, LETTERS, span
from tests.behaviour.witness import files_below

upath = pytest.importorskip("upath")
UPath = upath.UPath


class TextFiles(dg.UPathIOManager):
    extension = ".txt"

    def dump_to_path(self, context, obj, path):
        path.write_text(str(obj))

    def load_from_path(self, context, path):
        return path.read_text()


class Bare(TextFiles):
    extension = None


def run(manager, assets, **how):
    return dg.materialize(assets, resources={"io_manager": manager}, **how)


@dg.asset
def plain():
    return "plain"


@dg.asset(partitions_def=LETTERS)
def lettered(context):
    return context.partition_key


@dg.asset(partitions_def=GRID)
def gridded(context):
    return context.partition_key


# ---------------------------------------------------------------- where


@pytest.mark.parametrize(("kind", "end"), [(TextFiles, ".txt"), (Bare, "")])
def test_layout_of_assets(tmp_path, kind, end):
    @dg.asset(key_prefix=["raw", "sub"])
    def deep():
        return "deep"

    manager = kind(UPath(tmp_path))
    run(manager, [plain, deep])
    run(manager, [lettered], partition_key="a")
    run(manager, [gridded], partition_key="2024-01-02|b")
    assert files_below(tmp_path) == sorted(
        each + end for each in ("plain", "raw/sub/deep", "lettered/a", "gridded/2024-01-02/b")
    )


def test_layout_of_op_outputs(tmp_path):
    @dg.op(out={"left": dg.Out(), "right": dg.Out()})
    def two():
        return 1, 2

    @dg.op
    def take(left):
        return left

    @dg.job(resource_defs={"io_manager": dg.IOManagerDefinition.hardcoded_io_manager(TextFiles(UPath(tmp_path)))})
    def both():
        take(two().left)

    result = both.execute_in_process()
    run_id = result.run_id
    assert files_below(tmp_path) == sorted(f"{run_id}/{each}.txt" for each in ("two/left", "two/right", "take/result"))
    assert result.output_for_node("take") == "1"


def test_layout_of_dynamic_outputs(tmp_path):
    @dg.op(out=dg.DynamicOut())
    def several():
        for each in "xy":
            yield dg.DynamicOutput(each, mapping_key=each)

    @dg.op
    def double(value):
        return value * 2

    @dg.job(resource_defs={"io_manager": dg.IOManagerDefinition.hardcoded_io_manager(TextFiles(UPath(tmp_path)))})
    def mapped():
        several().map(double)

    run_id = mapped.execute_in_process().run_id
    assert files_below(tmp_path) == sorted(
        f"{run_id}/{each}.txt"
        for each in ("several/result/x", "several/result/y", "double[x]/result", "double[y]/result")
    )


@pytest.mark.parametrize("key", ["v1.2", "x/y", "with space", "ünï", "a:b", "%41"])
def test_odd_partition_keys(tmp_path, key):
    @dg.asset(partitions_def=dg.StaticPartitionsDefinition([key, "other"]))
    def odd(context):
        return context.partition_key

    manager = TextFiles(UPath(tmp_path))
    run(manager, [odd], partition_key=key)
    defs = dg.Definitions([odd], resources={"io_manager": manager})
    assert defs.load_asset_value("odd", partition_key=key) == key
    if key != "%41":
        assert files_below(tmp_path) == [f"odd/{key}.txt"]


@pytest.mark.parametrize("key", ["..", "../up", "a/../../../b"])
def test_no_key_leaves_the_folder(tmp_path, key):
    @dg.asset(partitions_def=dg.StaticPartitionsDefinition([key]))
    def odd(context):
        return context.partition_key

    base = tmp_path / "base"
    manager = TextFiles(UPath(base))
    run(manager, [odd], partition_key=key)
    assert all(each.startswith("base/") for each in files_below(tmp_path))
    assert ".." not in {part for each in files_below(tmp_path) for part in each.split("/")}
    defs = dg.Definitions([odd], resources={"io_manager": manager})
    assert defs.load_asset_value("odd", partition_key=key) == key


def test_other_file_systems():
    base = UPath(f"memory://{uuid.uuid4().hex}/root")
    result = run(TextFiles(base), [lettered], partition_key="a")
    path = base / "lettered" / "a.txt"
    assert path.read_text() == "a"
    event = result.get_asset_materialization_events()[0].materialization
    assert event.metadata["path"] == dg.MetadataValue.path(str(path))
    assert event.metadata["path"].value.startswith("memory://")


def test_other_file_systems_load_what_they_hold():
    @dg.asset(partitions_def=LETTERS)
    def reader(lettered):
        return lettered

    @dg.asset
    def whole(lettered):
        return sorted(lettered.items())

    manager = TextFiles(UPath(f"memory://{uuid.uuid4().hex}/root"))
    for each in "abc":
        run(manager, [lettered, reader], partition_key=each)
    result = run(manager, [lettered, whole], selection=[whole])
    assert result.output_for_node("whole") == [("a", "a"), ("b", "b"), ("c", "c")]
    defs = dg.Definitions([lettered, reader], resources={"io_manager": manager})
    assert defs.load_asset_value("reader", partition_key="b") == "b"


def test_other_file_systems_miss_what_they_do_not_hold():
    manager = TextFiles(UPath(f"memory://{uuid.uuid4().hex}/root"))
    with pytest.raises(FileNotFoundError):
        dg.Definitions([plain], resources={"io_manager": manager}).load_asset_value("plain")


def test_the_event_names_the_path(tmp_path):
    event = run(TextFiles(UPath(tmp_path)), [plain]).get_asset_materialization_events()[0].materialization
    assert event.metadata["path"] == dg.MetadataValue.path(str(tmp_path / "plain.txt"))


# ---------------------------------------------------------------- what a subclass says


def test_an_extension_without_a_dot():
    class Wrong(TextFiles):
        extension = "txt"

    with pytest.raises(AssertionError):
        Wrong(UPath("."))


def test_abstract_methods():
    with pytest.raises(TypeError):
        dg.UPathIOManager(UPath("."))


def test_metadata_of_its_own(tmp_path):
    class Telling(TextFiles):
        def get_metadata(self, context, obj):
            return {"length": len(obj), "asset": context.asset_key.to_user_string()}

    event = run(Telling(UPath(tmp_path)), [plain]).get_asset_materialization_events()[0].materialization
    assert event.metadata["length"].value == 5
    assert event.metadata["asset"].value == "plain"
    assert event.metadata["path"].value == str(tmp_path / "plain.txt")


def test_paths_of_its_own(tmp_path):
    class Elsewhere(TextFiles):
        def get_asset_relative_path(self, context):
            return UPath("assets", *context.asset_key.path)

        def get_path_for_partition(self, context, path, partition):
            return path / f"part={partition}"

    manager = Elsewhere(UPath(tmp_path))
    run(manager, [plain])
    run(manager, [lettered], partition_key="a")
    assert files_below(tmp_path) == ["assets/lettered/part=a.txt", "assets/plain.txt"]
    defs = dg.Definitions([plain, lettered], resources={"io_manager": manager})
    assert defs.load_asset_value("plain") == "plain"
    assert defs.load_asset_value("lettered", partition_key="a") == "a"


def test_op_paths_of_its_own(tmp_path):
    class Flat(TextFiles):
        def get_op_output_relative_path(self, context):
            return UPath("ops", context.step_key)

    @dg.op
    def one():
        return 1

    @dg.job(resource_defs={"io_manager": dg.IOManagerDefinition.hardcoded_io_manager(Flat(UPath(tmp_path)))})
    def single():
        one()

    single.execute_in_process()
    assert files_below(tmp_path) == ["ops/one.txt"]


def test_file_operations_of_its_own():
    calls = []

    class Watching(TextFiles):
        def make_directory(self, path):
            calls.append("make_directory")
            super().make_directory(path)

        def path_exists(self, path):
            calls.append("path_exists")
            return super().path_exists(path)

    manager = Watching(UPath(f"memory://{uuid.uuid4().hex}/root"))
    run(manager, [plain])
    assert "make_directory" in calls


def test_has_output(tmp_path):
    manager = TextFiles(UPath(tmp_path))
    context = dg.build_output_context(asset_key="plain")
    assert not manager.has_output(context)
    manager.handle_output(context, "x")
    assert manager.has_output(context)


def test_messages_of_its_own(tmp_path):
    said = []

    class Saying(TextFiles):
        def get_writing_output_log_message(self, path):
            said.append("writing")
            return "writing"

        def get_loading_input_log_message(self, path):
            said.append("loading")
            return "loading"

        def get_loading_input_partition_log_message(self, path, partition_key):
            said.append(partition_key)
            return "loading one"

    @dg.asset
    def all_letters(lettered):
        return 1

    @dg.asset
    def reader(plain):
        return 1

    manager = Saying(UPath(tmp_path))
    for each in "abc":
        run(manager, [lettered], partition_key=each)
    said.clear()
    run(manager, [lettered, all_letters], selection=[all_letters])
    assert sorted(said) == ["a", "b", "c", "writing"]
    said.clear()
    run(manager, [plain, reader])
    assert said == ["writing", "loading", "writing"]


def test_unlink(tmp_path):
    manager = TextFiles(UPath(tmp_path))
    path = UPath(tmp_path / "x.txt")
    path.write_text("x")
    manager.unlink(path)
    assert not path.exists()


def test_contexts_built_by_hand(tmp_path):
    manager = TextFiles(UPath(tmp_path))
    manager.handle_output(
        dg.build_output_context(asset_key=["a", "b"], partition_key="k", asset_partitions_def=None), "v"
    )  # fmt: skip
    assert (tmp_path / "a" / "b" / "k.txt").read_text() == "v"
    assert manager.load_input(dg.build_input_context(asset_key=["a", "b"], partition_key="k")) == "v"


def test_a_range_by_hand(tmp_path):
    manager = TextFiles(UPath(tmp_path))
    for key in ("2024-01-02", "2024-01-03"):
        manager.handle_output(
            dg.build_output_context(asset_key="d", partition_key=key, asset_partitions_def=DAYS), key[-1]
        )  # fmt: skip
    context = dg.build_input_context(
        asset_key="d", asset_partition_key_range=dg.PartitionKeyRange("2024-01-02", "2024-01-03"),
        asset_partitions_def=DAYS,
    )  # fmt: skip
    assert manager.load_input(context) == {"2024-01-02": "2", "2024-01-03": "3"}
    assert manager.load_partitions(context) == {"2024-01-02": "2", "2024-01-03": "3"}


def test_partitions_are_loaded_in_ones_own_way(tmp_path):
    class Joined(TextFiles):
        def load_partitions(self, context):
            return "+".join(sorted(context.asset_partition_keys))

    manager = Joined(UPath(tmp_path))
    for each in "abc":
        run(manager, [lettered], partition_key=each)

    @dg.asset
    def reader(lettered):
        return lettered

    assert run(manager, [lettered, reader], selection=[reader]).output_for_node("reader") == "a+b+c"


# ---------------------------------------------------------------- values


def test_none_is_a_value(tmp_path):
    @dg.asset
    def nothing():
        return None

    @dg.asset
    def silent() -> None:
        return None

    run(TextFiles(UPath(tmp_path)), [nothing, silent])
    assert files_below(tmp_path) == ["nothing.txt"]


def test_async_loads_run_together(tmp_path):
    at_once = []
    now = [0]

    class Async(TextFiles):
        async def load_from_path(self, context, path):
            now[0] += 1
            at_once.append(now[0])
            await asyncio.sleep(0.01)
            now[0] -= 1
            return path.read_text()

    @dg.asset
    def reader(lettered):
        return dict(lettered)

    manager = Async(UPath(tmp_path))
    for each in "abc":
        run(manager, [lettered], partition_key=each)
    result = run(manager, [lettered, reader], selection=[reader])
    assert result.output_for_node("reader") == {"a": "a", "b": "b", "c": "c"}
    assert max(at_once) == 3


def test_async_loads_of_a_plain_asset(tmp_path):
    class Async(TextFiles):
        async def load_from_path(self, context, path):
            return path.read_text()

    @dg.asset
    def reader(plain):
        return plain

    assert run(Async(UPath(tmp_path)), [plain, reader]).output_for_node("reader") == "plain"


def test_missing_partitions_may_be_left_out(tmp_path):
    manager = TextFiles(UPath(tmp_path))
    run(manager, [lettered], partition_key="a")

    @dg.asset(ins={"lettered": dg.AssetIn(metadata={"allow_missing_partitions": True})})
    def lenient(lettered):
        return lettered

    @dg.asset
    def strict(lettered):
        return lettered

    assert run(manager, [lettered, lenient], selection=[lenient]).output_for_node("lenient") == {"a": "a"}
    with pytest.raises(FileNotFoundError):
        run(manager, [lettered, strict], selection=[strict])


def test_several_partitions_without_a_mapping_are_refused(tmp_path):
    result = run(TextFiles(UPath(tmp_path)), [lettered], tags=span("a", "b"), raise_on_error=False)
    assert not result.success
    assert files_below(tmp_path) == []


# ---------------------------------------------------------------- configured


class Configured(dg.ConfigurableIOManager):
    base: str

    def handle_output(self, context, obj):
        TextFiles(UPath(self.base)).handle_output(context, obj)

    def load_input(self, context):
        return TextFiles(UPath(self.base)).load_input(context)


class Factory(dg.ConfigurableIOManagerFactory):
    base: str

    def create_io_manager(self, context):
        return TextFiles(UPath(self.base))


@pytest.mark.parametrize("kind", [Configured, Factory])
def test_behind_a_configurable_one(tmp_path, kind):
    assert run(kind(base=str(tmp_path)), [plain]).success
    assert files_below(tmp_path) == ["plain.txt"]


def test_in_a_function(tmp_path):
    @dg.io_manager(config_schema={"base": str})
    def made(context):
        return TextFiles(UPath(context.resource_config["base"]))

    run(made.configured({"base": str(tmp_path)}), [plain])
    assert pathlib.Path(tmp_path, "plain.txt").read_text() == "plain"


# ---------------------------------------------------------------- the default manager


def test_default_folder(tmp_path):
    with dg.Instance.ephemeral(tempdir=str(tmp_path)) as instance:
        dg.materialize([plain], instance=instance)
    assert files_below(tmp_path / "storage") == ["plain"]


def test_default_layout(tmp_path):
    resources = {"io_manager": dg.FilesystemIOManager(base_dir=str(tmp_path))}
    dg.materialize([lettered], partition_key="a", resources=resources)
    dg.materialize([gridded], partition_key="2024-01-02|b", resources=resources)
    result = dg.materialize([plain], resources=resources)
    assert files_below(tmp_path) == ["gridded/2024-01-02/b", "lettered/a", "plain"]
    event = result.get_asset_materialization_events()[0].materialization
    assert event.metadata["path"] == dg.MetadataValue.path(str(tmp_path / "plain"))


@pytest.mark.parametrize("make", [dg.InMemoryIOManager, lambda: dg.mem_io_manager])
def test_memory_does_not_outlive_a_run(make):
    @dg.asset
    def reader(plain):
        return plain

    manager = make()
    assert run(manager, [plain, reader]).output_for_node("reader") == "plain"
    with pytest.raises(Exception):  # noqa: B017, PT011
        run(manager, [plain, reader], selection=[reader])
