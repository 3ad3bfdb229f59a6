"""A job whose values are pickled into files."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

import lading as dg
from lading import FilesystemIOManager, job, op
from tests.seed.stand_ins import handled, story


@op
def op_1():
    return 1


@op
def op_2(a):
    return a + 1


@job(resource_defs={"io_manager": FilesystemIOManager()})
def my_job():
    op_2(op_1())


def files_below(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def test_each_output_is_a_pickle_file_of_its_run() -> None:
    with dg.Instance.ephemeral(tempdir="home") as instance:
        result = my_job.execute_in_process(instance=instance)
        storage = Path(instance.storage_directory())
    assert storage == Path("home/storage").absolute() or storage == Path("home/storage")
    assert result.success
    assert result.output_for_node("op_2") == 2
    assert files_below(storage) == [f"{result.run_id}/op_1/result", f"{result.run_id}/op_2/result"]
    assert pickle.loads((storage / result.run_id / "op_1" / "result").read_bytes()) == 1
    assert pickle.loads((storage / result.run_id / "op_2" / "result").read_bytes()) == 2


def test_the_events_say_where() -> None:
    with dg.Instance.ephemeral(tempdir="home") as instance:
        result = my_job.execute_in_process(instance=instance)
    assert story(result, "op_2") == [
        "STEP_START", "LOADED_INPUT", "STEP_INPUT", "STEP_OUTPUT", "HANDLED_OUTPUT", "STEP_SUCCESS",
    ]  # fmt: skip
    assert Path(handled(result, "op_2")["path"]).parts[-3:] == (result.run_id, "op_2", "result")
    (loaded,) = [event for event in result.events_for_node("op_2") if event.is_loaded_input]
    data = loaded.event_specific_data
    assert (data.input_name, data.upstream_step_key, data.upstream_output_name) == ("a", "op_1", "result")


def test_by_default_values_lie_below_the_home(own_home: Path) -> None:
    with dg.Instance.get() as instance:
        result = my_job.execute_in_process(instance=instance)
    assert pickle.loads((own_home / "storage" / result.run_id / "op_2" / "result").read_bytes()) == 2


def test_the_default_can_be_overridden() -> None:
    result = my_job.execute_in_process(resources={"io_manager": FilesystemIOManager(base_dir="elsewhere")})
    assert files_below(Path("elsewhere")) == [f"{result.run_id}/op_1/result", f"{result.run_id}/op_2/result"]


def test_a_value_that_cannot_be_pickled_is_refused_and_leaves_nothing() -> None:
    @op
    def unpicklable():
        return lambda: None

    @job(resource_defs={"io_manager": FilesystemIOManager(base_dir="elsewhere")})
    def refused():
        unpicklable()

    with pytest.raises(dg.InvariantViolationError, match="is not picklable"):
        refused.execute_in_process()
    assert files_below(Path("elsewhere")) == []
