"""What lies where, and what the data say: read back from the history and the stored values, after `lading backfill`."""

import os
from pathlib import Path

import pandas as pd
from definitions import defs

import lading as dg

COLUMNS = "  {:<16}  {:<8}  {:<11}  {:<5}  {:<6}  {:<8}  {}"
NUMBERS = ("no", "one", "two", "three", "four")
HERE = ". .venv/bin/activate; cd examples/seattle_weather"
WHERE = "where (below examples/seattle_weather/data)"


def table(instance: dg.Instance) -> str:
    """Every asset, and what the history knows of it."""
    lines = [COLUMNS.format("asset", "manager", "partitions", "runs", "rows", "size", WHERE)]
    for key in (assets.key for assets in defs.assets):
        state = instance.history.asset_states([key])[key]
        stored = instance.get_records_for_run(state.run_id, of_type=dg.EventType.HANDLED_OUTPUT).records
        (manager,) = {
            each.event.event_specific_data.manager_key for each in stored if [each.event.step_key] == key.path
        }
        slots = instance.history.latest_slots(key)
        runs = len({each.run_id for each in slots.values()})
        paths = [Path(slots[slot].asset_materialization.receipt.url) for slot in sorted(slots, key=str)]
        where = f"{paths[0].relative_to(Path('data').absolute())}" + (f" .. {paths[-1].name}" if paths[1:] else "")
        found = (number(state.stored), number(runs), number(state.rows), size(state.bytes), where)
        lines.append(COLUMNS.format(*key.path, manager, *found))
    return "\n".join(lines)


def facts(instance: dg.Instance, months: pd.DataFrame, records: dict[str, str]) -> str:
    """What the stored months and records say, and what the model's metadata say of the model."""
    model = instance.get_latest_materialization_event(dg.AssetKey("season_model")).asset_materialization.metadata
    wet, dry = months["rain_mm"].max(), months["rain_mm"].min()
    wettest, driest = (" and ".join(months.query("rain_mm == @mm")["month"].str[:7]) for mm in (wet, dry))
    return (
        f"In the data: {months['rain_mm'].sum():,.0f} mm of rain in {NUMBERS[len(months) // 12]} years; "
        f"wettest {wettest} ({wet} mm), driest {driest} ({dry} mm). "
        f"The model, fitted on {model['fitted_on'].value}, misses the highs of {model['tried_on'].value} "
        f"by {model['rmse_c'].value:.1f} °C (RMSE).\n"
        f"The records: {'; '.join(f'{name} {what}' for name, what in records.items())}."
    )


def number(count: int | None) -> str:
    """A count, or a dash."""
    return f"{count:,}" if count else "–"


def size(count: int) -> str:
    """Bytes, for people."""
    return f"{count / 1e6:.1f} MB" if count >= 1e6 else f"{count / 1e3:.1f} kB"


def main(instance: dg.Instance) -> None:
    """Print all of it."""
    months = pd.concat(defs.load_asset_value("weather_monthly", instance=instance).values())
    records = defs.load_asset_value("almanac", instance=instance)
    first, last = min(months["month"]), max(months["month"])
    seconds = sum(run.end_time - run.start_time for run in instance.get_run_records())
    print(f"Seattle weather {first[:4]}–{last[:4]}, stored by `lading backfill` in {seconds:.1f} s")
    print(table(instance), facts(instance, months, records), sep="\n")
    wettest = months.nlargest(1, "rain_mm")["month"].item()
    print(f"Next:  {HERE}; lading show weather_monthly --partition {wettest}")


if __name__ == "__main__":
    os.chdir(Path(__file__).parent)
    with dg.Instance.open(os.environ.get("LADING_HOME", ".lading")) as opened:
        main(opened)
