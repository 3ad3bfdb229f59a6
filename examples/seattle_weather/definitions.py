"""Four years of weather in Seattle: the days as they were published, cleaned, summed up, modelled and drawn."""

import pandas as pd
import pyarrow as pa
from chart import svg
from managers import CsvIOManager, SvgIOManager
from season import Season
from vega_datasets import local_data

import lading as dg

days = dg.DailyPartitionsDefinition(start_date="2012-01-01", end_date="2016-01-01")
months = dg.MonthlyPartitionsDefinition(start_date="2012-01-01", end_date="2016-01-01")


@dg.asset(io_manager_key="csv")
def raw_weather() -> pd.DataFrame:
    """The table as it was published."""
    return pd.read_csv(local_data.seattle_weather.filepath)


@dg.asset(io_manager_key="parquet", partitions_def=days, backfill_policy=dg.BackfillPolicy.single_run())
def weather(context: dg.AssetExecutionContext, raw_weather: pd.DataFrame) -> dict[str, pa.Table]:
    """One row a day, with a real date and units in the names."""
    units = {"precipitation": "rain_mm", "temp_max": "temp_max_c", "temp_min": "temp_min_c", "wind": "wind_ms"}
    clean = raw_weather.assign(date=pd.to_datetime(raw_weather["date"])).rename(columns=units)
    rows = {day: row for row, day in enumerate(clean["date"].dt.strftime("%Y-%m-%d"))}
    table = pa.Table.from_pandas(clean)
    return {day: table.slice(rows[day], 1) for day in context.partition_keys}


@dg.asset(io_manager_key="csv", partitions_def=months)
def weather_monthly(context: dg.AssetExecutionContext, weather: dict[str, pa.Table]) -> pd.DataFrame:
    """The days of a month in one row."""
    month = pa.concat_tables(weather.values()).to_pandas()
    figures = {
        "month": context.partition_key,
        "rain_mm": round(month["rain_mm"].sum(), 1),
        "temp_max_mean": round(month["temp_max_c"].mean(), 1),
        "temp_min_mean": round(month["temp_min_c"].mean(), 1),
        "wet_days": int((month["rain_mm"] > 0).sum()),
    }
    context.add_output_metadata({name: figures[name] for name in ("rain_mm", "wet_days")})
    return pd.DataFrame([figures])


@dg.asset(io_manager_key="pickle")
def season_model(context: dg.AssetExecutionContext, weather: dict[str, pa.Table]) -> Season:
    """What a day's high should be, learnt from three years and tried on the fourth."""
    table = pa.concat_tables(weather.values()).to_pandas()
    known, unseen = (table[table["date"].dt.year.isin(years)] for years in ([2012, 2013, 2014], [2015]))
    model = Season.fitted(known["date"], known["temp_max_c"])
    rmse = float(((model.predict(unseen["date"]) - unseen["temp_max_c"]) ** 2).mean() ** 0.5)
    context.add_output_metadata({"fitted_on": "2012–2014", "tried_on": "2015", "rmse_c": round(rmse, 2)})
    return model


@dg.asset(io_manager_key="text")
def climate_chart(weather_monthly: dict[str, pd.DataFrame], season_model: Season) -> str:
    """Rain and highs by month, beside what the model expects."""
    table = pd.concat(weather_monthly.values())
    middles = pd.to_datetime(table["month"]) + pd.Timedelta(days=14)
    return svg(table, season_model.predict(middles))


defs = dg.Definitions(
    assets=[raw_weather, weather, weather_monthly, season_model, climate_chart],
    resources={
        "csv": CsvIOManager(base_path="data"),
        # The days can be made again from the raw table: no need to wait for the disk 1,461 times.
        "parquet": dg.TypedIOManager(base_dir="data", durability="fast"),
        "pickle": dg.FilesystemIOManager(base_dir="data"),
        "text": SvgIOManager(base_path="data"),
    },
)
