"""Four years of weather in Seattle: the days as they were published, cleaned, put into words, summed up."""

from collections.abc import Iterator

import pandas as pd
import pyarrow as pa
from findings import almanac, climate_chart, season_model
from managers import CsvIOManager, SvgIOManager
from vega_datasets import local_data

import lading as dg

days = dg.DailyPartitionsDefinition(start_date="2012-01-01", end_date="2016-01-01")
months = dg.MonthlyPartitionsDefinition(start_date="2012-01-01", end_date="2016-01-01")
UNITS = {"precipitation": "rain_mm", "temp_max": "temp_max_c", "temp_min": "temp_min_c", "wind": "wind_ms"}
all_at_once = dg.BackfillPolicy.single_run()


@dg.asset(io_manager_key="csv")
def raw_weather() -> pd.DataFrame:
    """The table as it was published."""
    return pd.read_csv(local_data.seattle_weather.filepath)


@dg.asset(
    io_manager_key="typed", partitions_def=days, backfill_policy=all_at_once, metadata={"partition_column": "date"}
)
def weather(context: dg.AssetExecutionContext, raw_weather: pd.DataFrame) -> pa.Table:
    """One row a day, with a real date and units in the names: one run and one table for all days, cut by date."""
    wanted = raw_weather["date"].str.replace("/", "-").isin(context.partition_keys)
    clean = raw_weather[wanted].assign(date=pd.to_datetime(raw_weather["date"])).rename(columns=UNITS)
    return pa.Table.from_pandas(clean, preserve_index=False)


@dg.asset(io_manager_key="typed", partitions_def=days, backfill_policy=dg.BackfillPolicy.multi_run(100))
def bulletin(context: dg.AssetExecutionContext, weather: dg.Partitions[list]) -> Iterator[dg.Output[str]]:
    """A day in a sentence: a hundred days a run, each read, written and recorded before the next is looked at."""
    for key in context.partition_keys:
        (day,) = weather[key]
        text = "{weather}, {rain_mm} mm, {temp_min_c} to {temp_max_c} °C".format(**day)
        yield dg.Output(text, partition_key=key)


@dg.asset(io_manager_key="csv", partitions_def=months)
def weather_monthly(context: dg.AssetExecutionContext, weather: pd.DataFrame) -> pd.DataFrame:
    """The days of a month in one row. They come as one frame."""
    figures = {
        "month": context.partition_key,
        "rain_mm": round(weather["rain_mm"].sum(), 1),
        "temp_max_mean": round(weather["temp_max_c"].mean(), 1),
        "temp_min_mean": round(weather["temp_min_c"].mean(), 1),
        "wet_days": int((weather["rain_mm"] > 0).sum()),
    }
    context.add_output_metadata({name: figures[name] for name in ("rain_mm", "wet_days")})
    return pd.DataFrame([figures])


defs = dg.Definitions(
    assets=[raw_weather, weather, bulletin, weather_monthly, season_model, almanac, climate_chart],
    resources={
        "csv": CsvIOManager(base_path="data"),
        # The days can be made again from the raw table: no need to wait for the disk at each of them.
        "typed": dg.TypedIOManager(base_dir="data", durability="fast"),
        "pickle": dg.FilesystemIOManager(base_dir="data"),
        "svg": SvgIOManager(base_path="data"),
    },
)
