"""What the four years say as a whole: a model, the records, a chart."""

import pandas as pd
from chart import svg
from season import Season

import lading as dg


def only(*columns: str) -> dg.AssetIn:
    """An input that reads these columns of each day's file, and no others."""
    return dg.AssetIn(metadata={"columns": columns})


@dg.asset(io_manager_key="pickle", ins={"weather": only("date", "temp_max_c")})
def season_model(context: dg.AssetExecutionContext, weather: pd.DataFrame) -> Season:
    """What a day's high should be, learnt from three years and tried on the fourth."""
    known, unseen = (weather[weather["date"].dt.year.isin(years)] for years in ([2012, 2013, 2014], [2015]))
    model = Season.fitted(known["date"], known["temp_max_c"])
    rmse = float(((model.predict(unseen["date"]) - unseen["temp_max_c"]) ** 2).mean() ** 0.5)
    context.add_output_metadata({"fitted_on": "2012–2014", "tried_on": "2015", "rmse_c": round(rmse, 2)})
    return model


@dg.asset(io_manager_key="typed", ins={"weather": only("date", "rain_mm", "temp_max_c")})
def almanac(weather: pd.DataFrame, bulletin: dg.Partitions[str]) -> dict[str, str]:
    """The records: found in one frame of 1,461 days, told by the bulletins of just these days."""
    day = weather.assign(date=weather["date"].dt.strftime("%Y-%m-%d"))
    wet = day["rain_mm"] > 0
    spells = day[~wet].groupby(wet.cumsum())["date"].agg(["size", "min", "max"])
    driest = spells.nlargest(1, "size").iloc[0]
    hottest, wettest = (day.loc[day[column].idxmax(), "date"] for column in ("temp_max_c", "rain_mm"))
    return {
        "hottest": f"{hottest}: {bulletin[hottest]}",
        "wettest": f"{wettest}: {bulletin[wettest]}",
        "longest dry spell": f"{driest['size']} days, {driest['min']} to {driest['max']}",
    }


@dg.asset(io_manager_key="svg")
def climate_chart(weather_monthly: dg.Partitions[pd.DataFrame], season_model: Season) -> str:
    """Rain and highs by month, beside what the model expects."""
    table = weather_monthly.concat()
    middles = pd.to_datetime(table["month"]) + pd.Timedelta(days=14)
    return svg(table, season_model.predict(middles))
