"""The managers that come with the library, and where they put things."""

import os
import pathlib
import pickle

import pytest

import lading as dg
from tests.behaviour.witness import events, files_below, made, plain, run_ops


def unpickled(path):
    return pickle.loads(pathlib.Path(path).read_bytes())


@dg.op
def one():
    return 1


@dg.op
def increment(value):
    return value + 1


def test_assets_lie_at_their_key(tmp_path):
    @dg.asset(key=["a", "b", "c"])
    def deep():
        return {"x": 1}

    manager = dg.FilesystemIOManager(base_dir=str(tmp_path))
    assert files_below(tmp_path) == []
    dg.materialize([deep], resources={"io_manager": manager})
    assert files_below(tmp_path) == ["a/b/c"]
    assert unpickled(tmp_path / "a/b/c") == {"x": 1}


def test_a_second_run_overwrites(tmp_path):
    values = iter([1, 2])

    @dg.asset
    def a():
        return next(values)

    for _ in range(2):
        dg.materialize([a], resources={"io_manager": dg.FilesystemIOManager(base_dir=str(tmp_path))})
    assert files_below(tmp_path) == ["a"]
    assert unpickled(tmp_path / "a") == 2


def test_partitions_lie_below_their_asset(tmp_path):
    @dg.asset(partitions_def=dg.StaticPartitionsDefinition(["p", "q"]), key_prefix="k")
    def parted(context):
        return context.partition_key

    manager = dg.FilesystemIOManager(base_dir=str(tmp_path))
    for key in ("p", "q"):
        dg.materialize([parted], partition_key=key, resources={"io_manager": manager})
    assert files_below(tmp_path) == ["k/parted/p", "k/parted/q"]
    assert unpickled(tmp_path / "k/parted/q") == "q"


def test_op_outputs_lie_by_run_step_and_output(tmp_path):
    @dg.op(out={"x": dg.Out(), "y": dg.Out()})
    def pair():
        return 1, 2

    @dg.graph
    def inner():
        increment(one())

    result = run_ops(lambda: (pair(), inner()) and None, dg.FilesystemIOManager(base_dir=str(tmp_path)))
    run = result.run_id
    assert files_below(tmp_path) == sorted(
        [f"{run}/pair/x", f"{run}/pair/y", f"{run}/inner.one/result", f"{run}/inner.increment/result"]
    )


def test_dynamic_outputs_lie_by_mapping_key(tmp_path):
    @dg.op(out=dg.DynamicOut())
    def many():
        for n in (1, 2):
            yield dg.DynamicOutput(n, mapping_key=f"k{n}")

    @dg.op
    def total(values):
        return sum(values)

    result = run_ops(lambda: total(many().map(increment).collect()), dg.FilesystemIOManager(base_dir=str(tmp_path)))
    run = result.run_id
    assert files_below(tmp_path) == sorted(
        [
            f"{run}/many/result/k1", f"{run}/many/result/k2", f"{run}/increment[k1]/result",
            f"{run}/increment[k2]/result", f"{run}/total/result",
        ]
    )  # fmt: skip


def test_a_graph_asset_stores_inner_values_by_run_and_the_last_by_key(tmp_path):
    @dg.graph_asset(key_prefix="p")
    def whole():
        return increment(one())

    result = dg.materialize([whole], resources={"io_manager": dg.FilesystemIOManager(base_dir=str(tmp_path))})
    inner = next(e.step_key for e in events(result, "STEP_START"))
    assert files_below(tmp_path) == sorted([f"{result.run_id}/{inner}/result", "p/whole"])


def test_path_metadata(tmp_path):
    @dg.asset
    def up():
        return 1

    @dg.asset
    def down(up):
        return up

    result = dg.materialize([up, down], resources={"io_manager": dg.FilesystemIOManager(base_dir=str(tmp_path))})
    (m,) = made(result, "up")
    assert type(m.metadata["path"]) is dg.PathMetadataValue
    assert m.metadata["path"].value == os.path.join(str(tmp_path), "up")
    (handled,) = events(result, "HANDLED_OUTPUT", step="up")
    assert plain(handled.event_specific_data.metadata)["path"] == os.path.join(str(tmp_path), "up")
    (loaded,) = events(result, "LOADED_INPUT")
    assert dict(loaded.event_specific_data.metadata) == {}


def test_the_default_folder_is_that_of_the_instance(own_home):
    @dg.asset
    def a():
        return 1

    with dg.Instance.get() as instance:
        dg.materialize([a], instance=instance)
    assert unpickled(own_home / "storage" / "a") == 1


def test_a_throw_away_instance_with_a_folder(tmp_path):
    @dg.asset
    def a():
        return 1

    with dg.Instance.ephemeral(tempdir=str(tmp_path)) as instance:
        dg.materialize([a], instance=instance, resources={"io_manager": dg.FilesystemIOManager()})
    assert unpickled(tmp_path / "storage" / "a") == 1


def test_without_an_instance_nothing_is_left_in_the_home(own_home):
    @dg.asset
    def a():
        return 1

    dg.materialize([a])
    run_ops(one)
    assert files_below(own_home) == []


def test_a_job_of_ops_keeps_values_in_memory():
    class Unpicklable:
        def __reduce__(self):
            raise TypeError("never pickled")

    thing = Unpicklable()
    seen = []

    @dg.op
    def make():
        return thing

    @dg.op
    def use(value):
        seen.append(value is thing)

    assert run_ops(lambda: use(make())).success
    assert seen == [True]


def test_a_value_that_cannot_be_pickled_leaves_nothing_behind(tmp_path):
    @dg.asset
    def stubborn():
        return lambda: 1

    manager = dg.FilesystemIOManager(base_dir=str(tmp_path))
    with pytest.raises(dg.InvariantViolationError, match="not picklable"):
        dg.materialize([stubborn], resources={"io_manager": manager})


def test_a_missing_file_fails_the_consumer(tmp_path):
    ran = []

    @dg.asset
    def up():
        return 1

    @dg.asset
    def down(up):
        ran.append(up)

    how = {"selection": [down], "resources": {"io_manager": dg.FilesystemIOManager(base_dir=str(tmp_path))}}
    with pytest.raises(FileNotFoundError):
        dg.materialize([up, down], **how)
    result = dg.materialize([up, down], raise_on_error=False, **how)
    assert result.get_failed_step_keys() == {"down"}
    assert ran == []


@pytest.mark.parametrize("name", ["mem_io_manager", "fs_io_manager"])
def test_managers_by_function(name, tmp_path):
    manager = getattr(dg, name)
    if name == "fs_io_manager":
        manager = manager.configured({"base_dir": str(tmp_path)})
    result = run_ops(lambda: increment(one()), manager)
    assert result.output_for_node("increment") == 2
    assert bool(files_below(tmp_path)) is (name == "fs_io_manager")


def test_memory_gives_the_same_object_back_within_a_run_only():
    thing = object()
    seen = []

    @dg.asset
    def up():
        return thing

    @dg.asset
    def down(up):
        seen.append(up is thing)

    manager = dg.InMemoryIOManager()
    assert dg.materialize([up, down], resources={"io_manager": manager}).success
    assert seen == [True]
    with pytest.raises(KeyError):
        dg.materialize([up, down], selection=[down], resources={"io_manager": manager})


def test_in_memory_every_key_is_served():
    @dg.asset(io_manager_key="special")
    def up():
        return 1

    @dg.asset
    def plain_down(up):
        return up + 1

    result = dg.materialize_to_memory([up, plain_down])
    assert result.output_for_node("plain_down") == 2


@pytest.mark.parametrize("key", ["io_manager", "special"])
def test_in_memory_takes_no_manager(key):
    ran = []

    @dg.asset(io_manager_key=key)
    def up():
        ran.append(1)

    with pytest.raises(dg.InvariantViolationError):
        dg.materialize_to_memory([up], resources={key: dg.InMemoryIOManager()})
    assert ran == []


def test_load_asset_value(tmp_path):
    @dg.asset(metadata={"declared": 1})
    def a():
        return [1, 2]

    defs = dg.Definitions([a], resources={"io_manager": dg.FilesystemIOManager(base_dir=str(tmp_path))})
    with pytest.raises(FileNotFoundError):
        defs.load_asset_value("a")
    defs.resolve_implicit_global_asset_job_def().execute_in_process()
    assert defs.load_asset_value("a") == [1, 2]
    with defs.get_asset_value_loader() as loader:
        assert loader.load_asset_value(dg.AssetKey("a"), python_type=list) == [1, 2]


def test_what_a_loading_manager_sees():
    seen = {}

    class Shown(dg.IOManager):
        def handle_output(self, context, obj):
            pass

        def load_input(self, context):
            up = context.upstream_output
            seen.update(
                key=context.asset_key,
                kind=context.dagster_type.typing_type,
                metadata=dict(context.definition_metadata),
                upstream=up.definition_metadata["declared"],
                upstream_key=up.asset_key,
            )
            with pytest.raises(dg.InvariantViolationError):
                _ = up.dagster_type
            with pytest.raises(dg.InvariantViolationError):
                _ = up.step_key
            return 1

    @dg.asset(metadata={"declared": 1})
    def a():
        return 1

    defs = dg.Definitions([a], resources={"io_manager": Shown()})
    assert defs.load_asset_value("a", python_type=int, metadata={"given": 2}) == 1
    assert seen == {
        "key": dg.AssetKey("a"), "kind": int, "metadata": {"given": 2}, "upstream": 1, "upstream_key": dg.AssetKey("a"),
    }  # fmt: skip
