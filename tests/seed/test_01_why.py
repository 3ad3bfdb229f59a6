"""Storing by hand beside storing through an IO manager."""

from __future__ import annotations

import pickle
from pathlib import Path

from pandas import DataFrame, read_parquet

import lading as dg
from lading import asset
from tests.seed.stand_ins import story


class Disk:
    """A frame, and a pandas, whose /data lies below the current folder."""

    def to_parquet(self, path: str) -> None:
        Path(path[1:]).parent.mkdir(parents=True, exist_ok=True)
        compute_data().to_parquet(path[1:])

    def read_parquet(self, path: str) -> DataFrame:
        return read_parquet(path[1:])


df = pd = Disk()


def compute_data() -> DataFrame:
    return DataFrame({"x": [1, 2, 3]})


def process(data: DataFrame) -> int:
    return int(data["x"].sum())


class ByHand:
    # ❌ Without IO Manager - persistence logic mixed with business logic
    @asset
    def upstream():
        data = compute_data()
        # Manual persistence
        df.to_parquet("/data/upstream.parquet")
        return data

    @asset
    def downstream():
        # Manual loading
        data = pd.read_parquet("/data/upstream.parquet")
        return process(data)


# ✅ With IO Manager - clean separation of concerns
@asset
def upstream():
    return compute_data()  # IO manager handles storage


@asset
def downstream(upstream):  # IO manager handles loading
    return process(upstream)


def test_by_hand_the_order_is_the_callers_to_know() -> None:
    assert dg.materialize([ByHand.upstream]).success
    assert Path("data/upstream.parquet").read_bytes()[:4] == b"PAR1"
    result = dg.materialize([ByHand.downstream])
    assert result.output_for_node("downstream") == 6
    # Nothing says that one is made from the other.
    assert "LOADED_INPUT" not in story(result, "downstream")


def test_the_manager_stores_and_loads() -> None:
    with dg.Instance.ephemeral(tempdir="home") as instance:
        result = dg.materialize([upstream, downstream], instance=instance)
    assert result.output_for_node("downstream") == 6
    assert pickle.loads(Path("home/storage/upstream").read_bytes()).equals(compute_data())
    assert pickle.loads(Path("home/storage/downstream").read_bytes()) == 6
    assert story(result, "downstream") == [
        "STEP_START", "LOADED_INPUT", "STEP_INPUT", "STEP_OUTPUT", "ASSET_MATERIALIZATION", "HANDLED_OUTPUT",
        "STEP_SUCCESS",
    ]  # fmt: skip
