"""A manager for one type of value."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest

import lading as dg
from tests.seed.stand_ins import handled, materialized


class ParquetIOManager(dg.ConfigurableIOManager):
    base_path: str

    def _get_path(self, context) -> str:
        return f"{self.base_path}/{'/'.join(context.asset_key.path)}.parquet"

    def handle_output(self, context: dg.OutputContext, obj: pd.DataFrame):
        path = self._get_path(context)
        obj.to_parquet(path)

        context.add_output_metadata(
            {
                "num_rows": len(obj),
                "num_columns": len(obj.columns),
                "path": path,
            }
        )

    def load_input(self, context: dg.InputContext) -> pd.DataFrame:
        return pd.read_parquet(self._get_path(context))


@dg.asset
def measured() -> pd.DataFrame:
    return pd.DataFrame({"city": ["Seattle", "Portland"], "rain": [10.5, 20.0]})


@dg.asset
def wettest(measured: pd.DataFrame) -> pd.DataFrame:
    return measured.nlargest(1, "rain").reset_index(drop=True)


def test_each_frame_is_a_parquet_file(tmp_path: Path) -> None:
    result = dg.materialize([measured, wettest], resources={"io_manager": ParquetIOManager(base_path=str(tmp_path))})
    assert result.success
    assert sorted(path.name for path in tmp_path.iterdir()) == ["measured.parquet", "wettest.parquet"]
    assert pq.read_table("measured.parquet").to_pydict() == {"city": ["Seattle", "Portland"], "rain": [10.5, 20.0]}
    assert pq.read_table("wettest.parquet").to_pydict() == {"city": ["Portland"], "rain": [20.0]}


def test_the_events_say_how_large_and_where() -> None:
    result = dg.materialize([measured], resources={"io_manager": ParquetIOManager(base_path=".")})
    assert handled(result, "measured") == {"num_rows": 2, "num_columns": 2, "path": "./measured.parquet"}
    assert materialized(result, "measured") == handled(result, "measured")


def test_another_type_is_refused_before_the_manager_sees_it() -> None:
    @dg.asset
    def mistaken() -> pd.DataFrame:
        return [1, 2]  # type: ignore[return-value]

    with pytest.raises(dg.TypeCheckDidNotPass, match="DataFrame"):
        dg.materialize([mistaken], resources={"io_manager": ParquetIOManager(base_path=".")})
    assert not Path("mistaken.parquet").exists()


def test_the_folder_may_be_decided_at_launch(tmp_path: Path) -> None:
    result = dg.materialize(
        [measured],
        resources={"io_manager": ParquetIOManager.configure_at_launch()},
        run_config={"resources": {"io_manager": {"config": {"base_path": str(tmp_path)}}}},
    )
    assert result.success
    assert (tmp_path / "measured.parquet").exists()
