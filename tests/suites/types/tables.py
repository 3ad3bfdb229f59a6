"""Samples of tables and arrays."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from tests.suites.types.sample import Sample

ROWS = [{"a": 1, "b": "x", "f": 0.5}, {"a": 2, "b": None, "f": 1.5}, {"a": 3, "b": "ü", "f": None}]


def rows(value: Any) -> list[dict[str, Any]]:
    """A table of any library as rows of plain values; what is missing is None."""
    if isinstance(value, list):
        return value
    if isinstance(value, pl.LazyFrame):
        value = value.collect()
    if isinstance(value, pl.DataFrame):
        return value.to_dicts()
    if isinstance(value, duckdb.DuckDBPyRelation):
        value = value.to_arrow_table()
    if isinstance(value, pa.Table):
        return value.to_pylist()
    return value.astype(object).where(value.notna(), None).to_dict("records")


def parquet(path: Path) -> list[dict[str, Any]]:
    assert rows(duckdb.read_parquet(str(path))) == rows(pd.read_parquet(path)) == rows(pl.read_parquet(path))
    return rows(pq.read_table(path))


def array(value: Any) -> Any:
    return str(value.dtype), value.shape, value.tolist()


TABLE = pa.Table.from_pylist(ROWS)
SAMPLES = {
    "pandas.DataFrame": Sample(lambda: pd.DataFrame(ROWS), rows, parquet),
    "polars.DataFrame": Sample(lambda: pl.DataFrame(ROWS), rows, parquet),
    "polars.LazyFrame": Sample(lambda: pl.LazyFrame(ROWS), rows, parquet),
    "pyarrow.Table": Sample(lambda: TABLE, rows, parquet),
    "duckdb.DuckDBPyRelation": Sample(lambda: duckdb.from_arrow(TABLE), rows, parquet),
    "numpy.ndarray": Sample(lambda: np.arange(6.0).reshape(2, 3), array, lambda path: array(np.load(path))),
    "numpy.generic": Sample(lambda: np.float32(0.5), array, lambda path: array(np.load(path))),
}
