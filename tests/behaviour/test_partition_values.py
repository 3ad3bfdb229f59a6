"""Inputs of several partitions: ``Partitions[T]``, one frame, and what is missing."""

from collections import Counter
from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import lading as dg
from tests.behaviour.partition_witness import DAYS, LETTERS, span

JAN = dg.MonthlyPartitionsDefinition("2024-01-01", end_date="2024-02-01")
KEYS = [f"2024-01-0{day}" for day in range(1, 10)]


class Plain(dg.IOManager):
    """Two methods, nothing known of ranges or policies; counts what is read."""

    def __init__(self, values=()) -> None:
        self.values = dict(values)
        self.reads = Counter()

    def handle_output(self, context, obj) -> None:
        self.values[context.asset_partition_key if context.has_asset_partitions else None] = obj

    def load_input(self, context):
        keys = context.asset_partition_keys
        return self.read(keys[0]) if len(keys) == 1 else {key: self.read(key) for key in keys}

    def read(self, key):
        self.reads[key] += 1
        if key not in self.values:
            raise FileNotFoundError(key)
        return self.values[key]


@dg.asset(partitions_def=LETTERS, io_manager_key="letters")
def letters(context) -> int:
    return ord(context.partition_key)


def consume(function, manager=None, instance=None, missing="raise", made="abc", annotation=dg.Partitions[int], **ins):
    """Let a function consume the letters that were made; gives what it returned."""
    manager = Plain() if manager is None else manager
    instance = instance or dg.Instance.ephemeral()
    resources = {"letters": manager, "io_manager": dg.InMemoryIOManager()}
    for key in made:
        dg.materialize([letters], partition_key=key, instance=instance, resources=resources)

    def consumer(letters):
        return function(letters)

    consumer.__annotations__ = {"letters": annotation}
    asset = dg.asset(ins={"letters": dg.AssetIn(missing=missing, **ins)})(consumer)
    result = dg.materialize([letters, asset], selection=[asset], instance=instance, resources=resources)
    return result.output_for_node("consumer")


# ---------------------------------------------------------------- the lazy mapping


def test_nothing_is_read_that_is_not_asked_for():
    manager = Plain()

    def look(values):
        assert list(values) == list(values.keys()) == ["a", "b", "c"]
        assert len(values) == 3
        assert "b" in values
        assert "z" not in values
        assert not values.missing
        assert not manager.reads
        return values["b"]

    assert consume(look, manager) == ord("b")
    assert manager.reads == {"b": 1}


def test_each_is_read_once_by_going_through():
    manager = Plain()
    assert consume(lambda values: sum(values.values()), manager) == sum(map(ord, "abc"))
    assert manager.reads == dict.fromkeys("abc", 1)


@pytest.mark.parametrize(("first", "keys"), [(0, []), (1, KEYS[:1]), (3, KEYS[:3])])
def test_a_mapping_for_none_one_and_many(first, keys):
    days = Plain(dict.fromkeys(KEYS, 1))

    @dg.asset(partitions_def=DAYS, io_manager_key="days")
    def day() -> int:
        return 1

    before = dg.TimeWindowPartitionMapping(
        start_offset=-first, end_offset=-1, allow_nonexistent_upstream_partitions=True
    )

    @dg.asset(partitions_def=DAYS, ins={"day": dg.AssetIn(partition_mapping=before)})
    def trail(day: dg.Partitions[int]) -> list[str]:
        assert isinstance(day, dg.Partitions)
        return list(day)

    key = KEYS[len(keys)]
    result = dg.materialize(
        [day, trail],
        selection=[trail],
        partition_key=key,
        resources={"days": days, "io_manager": dg.InMemoryIOManager()},
    )
    assert result.output_for_node("trail") == keys


def test_what_is_not_asked_for_is_refused():
    def look(values):
        with pytest.raises(KeyError, match='"z" is not among the partitions'):
            values["z"]
        return values.get("z", 5)

    assert consume(look) == 5


def test_after_the_function_it_is_closed():
    kept = []
    consume(lambda values: kept.append(values) or 1)
    for act in (lambda: kept[0]["a"], lambda: kept[0].missing, lambda: dict(kept[0])):
        with pytest.raises(dg.InvariantViolationError, match="closed, because the function"):
            act()


def test_the_type_of_each_is_checked():
    with pytest.raises(dg.TypeCheckDidNotPass, match=r"letters\[a\]"):
        consume(lambda values: values["a"], annotation=dg.Partitions[str])


def test_missing_ones_are_named_without_reading():
    manager = Plain()
    assert consume(lambda values: list(values.missing), manager, made="b") == ["a", "c"]
    assert not manager.reads


def test_the_producer_may_be_in_the_same_run(tmp_path):
    @dg.asset(partitions_def=DAYS)
    def numbers(context) -> dict[str, int]:
        return {key: int(key[-1]) for key in context.partition_keys}

    @dg.asset(partitions_def=DAYS)
    def doubled(context, numbers: dg.Partitions[int]):
        for key in context.partition_keys:
            yield dg.Output(numbers[key] * 2, partition_key=key)

    resources = {"io_manager": dg.TypedIOManager(base_dir=str(tmp_path))}
    result = dg.materialize([numbers, doubled], tags=span(KEYS[2], KEYS[4]), resources=resources)
    assert result.output_for_node("doubled") == {KEYS[2]: 6, KEYS[3]: 8, KEYS[4]: 10}


JOINED = [
    (pd.DataFrame({"n": [1]}), lambda found: found["n"].tolist()),
    (pl.DataFrame({"n": [1]}), lambda found: found["n"].to_list()),
    (pa.table({"n": [1]}), lambda found: found["n"].to_pylist()),
    (np.array([1]), lambda found: found.tolist()),
    ([1], list),
]


@pytest.mark.parametrize(("value", "plain"), JOINED, ids=[type(value).__module__ for value, _ in JOINED])
def test_values_that_follow_each_other_are_joined(value, plain):
    manager = Plain(dict.fromkeys("abc", value))
    assert consume(lambda values: plain(values.concat()), manager, made="", annotation=dg.Partitions) == [1, 1, 1]


def test_values_that_do_not_are_not_joined():
    with pytest.raises(dg.CannotLoadError, match="values of type int cannot be joined"):
        consume(lambda values: values.concat())


def test_partitions_of_plain_values_for_tests():
    values = dg.Partitions.of({"a": [1], "b": [2]}, missing=["c"])
    assert list(values) == ["a", "b", "c"]
    assert values.missing == ("c",)
    with pytest.raises(dg.PartitionsMissing):
        values["c"]


# ---------------------------------------------------------------- what is missing


@pytest.mark.parametrize("manager", ["typed", "pickled", "plain"])
def test_a_mapping_goes_without_or_takes_a_default(manager, tmp_path):
    made = {
        "typed": lambda: dg.TypedIOManager(base_dir=str(tmp_path)),
        "pickled": lambda: dg.FilesystemIOManager(base_dir=str(tmp_path)),
        "plain": Plain,
    }[manager]()
    instance = dg.Instance.ephemeral()
    a, b = ord("a"), ord("b")
    assert consume(dict, made, instance, missing="skip", made="ab") == {"a": a, "b": b}
    assert consume(len, made, instance, missing="skip", made="") == 2
    assert consume(dict, made, instance, missing=dg.DefaultValue(0), made="") == {"a": a, "b": b, "c": 0}
    wanted = dict[str, int]
    assert consume(dict, made, instance, missing="skip", made="", annotation=wanted) == {"a": a, "b": b}
    assert consume(dict, made, instance, missing=dg.DefaultValue(0), made="", annotation=wanted) == {
        "a": a,
        "b": b,
        "c": 0,
    }


@pytest.mark.parametrize("annotation", [dg.Partitions[int], dict[str, int]])
def test_one_error_names_all_and_the_command(annotation, tmp_path):
    manager = dg.TypedIOManager(base_dir=str(tmp_path))
    with pytest.raises(dg.PartitionsMissing) as caught:
        consume(dict, manager, made="b", annotation=annotation)
    assert caught.value.partitions == ("a", "c")
    assert "2 of 3 partitions of letters" in str(caught.value)
    assert "lading backfill letters --range a..c" in str(caught.value)
    assert isinstance(caught.value, FileNotFoundError)


def test_the_same_error_for_one_and_outside_a_run(tmp_path):
    manager = dg.TypedIOManager(base_dir=str(tmp_path))
    defs = dg.Definitions(assets=[letters], resources={"letters": manager})
    with pytest.raises(dg.PartitionsMissing) as caught:
        defs.load_asset_value("letters", partition_key="c")
    assert caught.value.partitions == ("c",)
    assert "lading materialize letters --partition c" in str(caught.value)


def test_the_metadata_of_old_means_skip(tmp_path):
    manager = dg.TypedIOManager(base_dir=str(tmp_path))
    lenient = {"allow_missing_partitions": True}
    assert consume(dict, manager, made="b", metadata=lenient) == {"b": ord("b")}
    assert consume(dict, manager, made="b", metadata=lenient, annotation=dict[str, int]) == {"b": ord("b")}


def test_a_policy_that_is_none():
    with pytest.raises(dg.InvalidDefinitionError, match="means nothing"):
        dg.AssetIn(missing="ignore")  # pyright: ignore[reportArgumentType]


# ---------------------------------------------------------------- one frame


def table(*columns):
    return {name: [1.5 * number for number in range(3)] for name in columns}


@pytest.fixture
def frames(tmp_path):
    """Makes a frame for each of twelve parts; gives a function that has them loaded as a type."""
    parts = dg.StaticPartitionsDefinition([f"p{number:02}" for number in range(12)])

    @dg.asset(partitions_def=parts)
    def frame(context) -> pd.DataFrame:
        more = ["late"] if context.partition_key == "p11" else []
        return pd.DataFrame({"part": [context.partition_key] * 3, **table("x", "y", *more)})

    instance = dg.Instance.ephemeral()
    resources = {"io_manager": dg.TypedIOManager(base_dir=str(tmp_path)), "kept": dg.InMemoryIOManager()}
    for key in parts.get_partition_keys():
        dg.materialize([frame], partition_key=key, instance=instance, resources=resources)

    def load(annotation, act, **ins):
        def seen(frame):
            return act(frame)

        seen.__annotations__ = {"frame": annotation}
        asset = dg.asset(ins={"frame": dg.AssetIn(**ins)}, io_manager_key="kept")(seen)
        result = dg.materialize([frame, asset], selection=[asset], instance=instance, resources=resources)
        return result.output_for_node("seen")

    load.folder = tmp_path / "frame"
    return load


def shape(frame):
    frame = frame.collect() if isinstance(frame, pl.LazyFrame) else frame
    names = frame.column_names if isinstance(frame, pa.Table) else list(frame.columns)
    part = frame["part"].to_pylist() if isinstance(frame, pa.Table) else list(frame["part"])
    return frame.shape[0], names, part[0], part[-1]


@pytest.mark.parametrize("kind", [pd.DataFrame, pl.DataFrame, pl.LazyFrame, pa.Table])
def test_one_frame_of_all_in_order(kind, frames):
    def look(frame):
        assert isinstance(frame, kind)
        return shape(frame)

    assert frames(kind, look) == (36, ["part", "x", "y", "late"], "p00", "p11")
    assert frames(kind, look, metadata={"columns": ["y", "part"]})[1] == ["y", "part"]


def test_columns_are_read_by_the_reader(frames, monkeypatch):
    import pyarrow.parquet

    asked = []
    real = pyarrow.parquet.read_table

    def spy(*args, columns=None, **kwargs):
        asked.append(columns)
        return real(*args, columns=columns, **kwargs)

    monkeypatch.setattr(pyarrow.parquet, "read_table", spy)
    frames(pd.DataFrame, len, metadata={"columns": ["x"]})
    assert asked == [["x"]] * 12


def test_a_column_that_is_not_there(frames):
    with pytest.raises(dg.CannotLoadError, match="no column 'z'"):
        frames(pd.DataFrame, len, metadata={"columns": ["z"]})


def test_a_damaged_part_is_named(frames):
    path: Path = frames.folder / "p05.parquet"
    path.write_bytes(path.read_bytes()[:-9] + b"\0" * 9)
    with pytest.raises(dg.LadingError, match=r"p05"):
        frames(pd.DataFrame, len)


def test_no_partition_is_an_empty_frame(frames):
    assert frames(pd.DataFrame, len, partition_mapping=dg.SpecificPartitionsPartitionMapping([])) == 0
