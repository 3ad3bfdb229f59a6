"""One run over several partitions: each is stored and recorded on its own, however the values are given."""

from collections.abc import Mapping

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import lading as dg
from tests.behaviour.partition_witness import DAYS, GRID, LETTERS, made, span

KEYS = ["2024-01-02", "2024-01-03", "2024-01-04", "2024-01-05"]
FOUR = span(KEYS[0], KEYS[-1])
BY_DAY = {"partition_column": "day"}


@pytest.fixture
def typed(tmp_path):
    return {"io_manager": dg.TypedIOManager(base_dir=str(tmp_path / "values"))}


def run(asset, resources, instance=None, tags=FOUR, **more):
    return dg.materialize([asset], tags=tags, resources=resources, instance=instance, **more)


def run_job(asset, resources, instance):
    """As a job: nothing keeps the values beside what is stored."""
    defs = dg.Definitions(assets=[asset], resources=resources, jobs=[dg.define_asset_job("job", [asset])])
    return defs.get_job_def("job").execute_in_process(instance=instance, tags=FOUR, raise_on_error=False)


def stored(asset, key, resources, instance, kind=None):
    """The value of a partition, as another run would read it."""
    defs = dg.Definitions(assets=[asset], resources=resources)
    return defs.load_asset_value(asset.key, python_type=kind, partition_key=key, instance=instance)


def table():
    return pd.DataFrame({"day": [KEYS[3], KEYS[0], KEYS[0], KEYS[1], KEYS[2]], "n": [40, 1, 2, 20, 30]})


def test_a_mapping(typed):
    @dg.asset(partitions_def=DAYS)
    def values(context) -> dict[str, int]:
        return {key: int(key[-1]) for key in reversed(context.partition_keys)}

    with dg.Instance.ephemeral() as instance:
        result = run(values, typed, instance)
        assert made(result) == [("values", key) for key in KEYS]
        assert [stored(values, key, typed, instance) for key in KEYS] == [2, 3, 4, 5]
        paths = [event.materialization.metadata["path"].value for event in result.get_asset_materialization_events()]
        assert [path.rpartition("/")[2] for path in paths] == [f"{key}.json" for key in KEYS]
        assert set(instance.get_materialized_partitions(values.key)) == set(KEYS)


class Computed(Mapping):
    """A mapping that computes a value each time it is asked for it."""

    def __init__(self, keys, seen) -> None:
        self.keys_, self.seen = list(keys), seen

    def __getitem__(self, key):
        return self.seen(key)

    def __iter__(self):
        return iter(self.keys_)

    def __len__(self) -> int:
        return len(self.keys_)


def test_a_mapping_that_computes_its_values_is_asked_once_for_each_in_its_turn(typed, tmp_path):
    there = []

    def seen(key):
        there.append((key, sorted(path.stem for path in (tmp_path / "values").rglob("*.txt"))))
        return key

    @dg.asset(partitions_def=DAYS)
    def values(context):
        return Computed(context.partition_keys, seen)

    with dg.Instance.ephemeral() as instance:
        assert run_job(values, typed, instance).success
    assert there == [(key, KEYS[:number]) for number, key in enumerate(KEYS)]


FRAMES = {
    "pandas": lambda rows: rows,
    "polars": pl.from_pandas,
    "lazy": lambda rows: pl.from_pandas(rows).lazy(),
    "arrow": pa.Table.from_pandas,
    "duckdb": lambda rows: duckdb.from_arrow(pa.Table.from_pandas(rows)),
}


@pytest.mark.parametrize("name", FRAMES)
def test_a_table_is_cut_by_its_column(name, typed):
    convert = FRAMES[name]

    @dg.asset(partitions_def=DAYS, metadata=BY_DAY)
    def values():
        return convert(table())

    with dg.Instance.ephemeral() as instance:
        result = run(values, typed, instance)
        assert made(result) == [("values", key) for key in KEYS]
        parts = [stored(values, key, typed, instance, pl.DataFrame) for key in KEYS]
        assert [part["n"].to_list() for part in parts] == [[1, 2], [20], [30], [40]]
        assert all(part["day"].to_list() == [key] * len(part) for key, part in zip(KEYS, parts, strict=True))


def test_a_table_of_two_dimensions(typed):
    @dg.asset(partitions_def=GRID, metadata={"partition_column": {"day": "at", "letter": "which"}})
    def cells():
        return pl.DataFrame(
            {"which": ["b", "b", "b"], "at": ["2024-01-02", "2024-01-01", "2024-01-02"], "n": [2, 1, 3]}
        )

    with dg.Instance.ephemeral() as instance:
        result = run(cells, typed, instance, span("2024-01-01|b", "2024-01-02|b"))
        assert [str(part) for _, part in made(result)] == ["2024-01-01|b", "2024-01-02|b"]
        assert stored(cells, "2024-01-02|b", typed, instance, pl.DataFrame)["n"].to_list() == [2, 3]


def test_moments_lie_in_the_window_that_holds_them(typed):
    @dg.asset(partitions_def=DAYS, metadata={"partition_column": "at"})
    def values():
        return pl.DataFrame(
            {"at": pl.datetime_range(pl.datetime(2024, 1, 2), pl.datetime(2024, 1, 5, 23), "6h", eager=True)}
        )

    with dg.Instance.ephemeral() as instance:
        run(values, typed, instance)
        assert [len(stored(values, key, typed, instance, pl.DataFrame)) for key in KEYS] == [4, 4, 4, 4]


def test_a_partition_without_rows_gets_an_empty_table(typed):
    @dg.asset(partitions_def=DAYS, metadata=BY_DAY)
    def values():
        return table()[lambda rows: rows["day"] != KEYS[1]]

    with dg.Instance.ephemeral() as instance:
        run(values, typed, instance)
        empty = stored(values, KEYS[1], typed, instance, pd.DataFrame)
        assert empty.empty
        assert list(empty.columns) == ["day", "n"]


@pytest.mark.parametrize(
    ("give", "said"),
    [
        (lambda keys: dict.fromkeys(keys[:-1], 1), "missing: 2024-01-05"),
        (lambda keys: dict.fromkeys([*keys, "2024-01-09"], 1), "not in the run: 2024-01-09"),
        (lambda keys: table().rename(columns={"day": "date"}), "has no column 'day'"),
        (lambda keys: table().assign(day="2024-01-09"), "2024-01-09"),
        (lambda keys: table().assign(day=None), "day"),
        (lambda keys: 7, "one value cannot be stored as 4 partitions"),
    ],
)
def test_what_does_not_divide_stores_nothing(give, said, typed, tmp_path):
    @dg.asset(partitions_def=DAYS, metadata=BY_DAY)
    def values(context):
        return give(context.partition_keys)

    with dg.Instance.ephemeral() as instance:
        with pytest.raises(dg.CannotStoreError) as caught:
            run(values, typed, instance)
        assert said in str(caught.value)
        assert not instance.get_materialized_partitions(values.key)
    assert [path for path in (tmp_path / "values").rglob("*") if path.is_file()] == []


def test_one_after_the_other(typed):
    there = []

    with dg.Instance.ephemeral() as instance:

        @dg.asset(partitions_def=DAYS)
        def values(context):
            for key in context.partition_keys:
                yield dg.Output(key[-1], partition_key=key, metadata={"rest": 5 - int(key[-1])})
                there.append(stored(values, key, typed, instance))

        result = run(values, typed, instance)
        assert there == ["2", "3", "4", "5"], "each can be read before the next is made"
        found = result.get_asset_materialization_events()
        assert [event.materialization.metadata["rest"].value for event in found] == [3, 2, 1, 0]


def test_what_leaves_no_receipt_is_recorded_before_the_next_is_made():
    there = []

    with dg.Instance.ephemeral() as instance:

        @dg.asset(partitions_def=DAYS)
        def values(context):
            for key in context.partition_keys:
                yield dg.Output(key, partition_key=key)
                there.append(len(instance.get_materialized_partitions(values.key)))

        run(values, {"io_manager": Whole()}, instance)
    assert there == [1, 2, 3, 4]


def test_a_result_without_a_value_for_each():
    @dg.asset(partitions_def=DAYS)
    def values(context):
        for key in context.partition_keys:
            yield dg.MaterializeResult(partition_key=key, metadata={"day": key})

    result = run(values, {})
    assert made(result) == [("values", key) for key in KEYS]
    assert [event.materialization.metadata["day"].value for event in result.get_asset_materialization_events()] == KEYS


@pytest.mark.parametrize("way", ["yields", "mapping"])
def test_a_failure_at_the_fourth_leaves_three(way, typed):
    def value(key):
        if key == KEYS[3]:
            raise ZeroDivisionError(key)
        return key

    @dg.asset(partitions_def=DAYS)
    def yields(context):
        for key in context.partition_keys:
            yield dg.Output(value(key), partition_key=key)

    @dg.asset(partitions_def=DAYS)
    def mapping(context):
        return Computed(context.partition_keys, value)

    asset = {"yields": yields, "mapping": mapping}[way]
    with dg.Instance.ephemeral() as instance:
        result = run_job(asset, typed, instance)
        assert not result.success
        assert set(instance.get_materialized_partitions(asset.key)) == set(KEYS[:3])
        assert [stored(asset, key, typed, instance) for key in KEYS[:3]] == KEYS[:3]
        with pytest.raises(dg.ValueMissing):
            stored(asset, KEYS[3], typed, instance)


@pytest.mark.parametrize(
    ("keys", "kind", "said"),
    [
        (KEYS[:3], dg.StepOutputNotFoundError, "1 of 4 partitions"),
        ([KEYS[0], KEYS[0]], dg.InvariantViolationError, "is given twice"),
        (["2024-01-09"], dg.InvariantViolationError, "is no partition of this run"),
    ],
)
def test_yields_that_are_not_those_of_the_run(keys, kind, said, typed):
    @dg.asset(partitions_def=DAYS)
    def values():
        for key in keys:
            yield dg.Output(1, partition_key=key)

    with pytest.raises(kind, match=said):
        run(values, typed)


def test_each_value_is_checked(typed):
    @dg.asset(partitions_def=LETTERS, dagster_type=int)
    def values():
        yield dg.Output(1, partition_key="a")
        yield dg.Output("two", partition_key="b")

    with dg.Instance.ephemeral() as instance:
        with pytest.raises(dg.TypeCheckDidNotPass):
            run(values, typed, instance, span("a", "b"))
        assert set(instance.get_materialized_partitions(values.key)) == {"a"}


class Whole(dg.IOManager):
    """Two methods, nothing known of dividing."""

    def __init__(self) -> None:
        self.calls = []

    def handle_output(self, context, obj) -> None:
        self.calls.append((list(context.asset_partition_keys), obj))

    def load_input(self, context):
        raise NotImplementedError


def test_a_manager_of_ones_own_gets_the_whole_value_or_each_that_is_yielded():
    @dg.asset(partitions_def=DAYS)
    def mapping(context):
        return dict.fromkeys(context.partition_keys, 1)

    @dg.asset(partitions_def=DAYS)
    def yields(context):
        for key in context.partition_keys:
            yield dg.Output(key, partition_key=key)

    whole, each = Whole(), Whole()
    run(mapping, {"io_manager": whole})
    run(yields, {"io_manager": each})
    assert whole.calls == [(KEYS, dict.fromkeys(KEYS, 1))]
    assert each.calls == [([key], key) for key in KEYS]


def test_a_retry_makes_all_again(typed):
    tries = []

    @dg.asset(partitions_def=DAYS, retry_policy=dg.RetryPolicy(max_retries=1))
    def values(context):
        tries.append(len(tries))
        for key in context.partition_keys:
            if key == KEYS[2] and len(tries) == 1:
                raise ZeroDivisionError
            yield dg.Output(len(tries), partition_key=key)

    with dg.Instance.ephemeral() as instance:
        assert run(values, typed, instance).success
        assert [stored(values, key, typed, instance) for key in KEYS] == [2, 2, 2, 2]


def test_an_async_asset(typed):
    @dg.asset(partitions_def=DAYS)
    async def values(context) -> dict[str, int]:
        return dict.fromkeys(context.partition_keys, 1)

    with dg.Instance.ephemeral() as instance:
        assert made(run(values, typed, instance)) == [("values", key) for key in KEYS]


def test_a_consumer_in_the_same_run_gets_them_by_day(typed):
    seen = {}

    @dg.asset(partitions_def=DAYS, metadata=BY_DAY)
    def values():
        return table()

    @dg.asset(partitions_def=DAYS)
    def counted(values: dict[str, pd.DataFrame]) -> dict[str, int]:
        seen.update(values)
        return {key: len(part) for key, part in values.items()}

    dg.materialize([values, counted], tags=FOUR, resources=typed)
    assert {key: len(part) for key, part in seen.items()} == {KEYS[0]: 2, KEYS[1]: 1, KEYS[2]: 1, KEYS[3]: 1}
