"""What the snippets call and do not define: small, but real. Relative paths lie below the current folder."""

from __future__ import annotations

import csv
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd

import lading as dg

WAREHOUSE = "warehouse.sqlite"


def write_csv(path: str, rows: list[Any]) -> None:
    """A CSV file of rows; a row that is no sequence is its only column."""
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    with open(path, "w", newline="", encoding="utf-8") as file:
        lines = csv.writer(file, quoting=csv.QUOTE_NONNUMERIC)
        lines.writerows(row if isinstance(row, list | tuple) else [row] for row in rows)


def read_csv(path: str) -> list[Any]:
    """The rows of such a file; a row of one column is its value."""
    with open(path, newline="", encoding="utf-8") as file:
        return [row[0] if len(row) == 1 else row for row in csv.reader(file, quoting=csv.QUOTE_NONNUMERIC)]


@contextmanager
def warehouse(path: str = WAREHOUSE) -> Iterator[sqlite3.Connection]:
    """A SQLite database, closed again."""
    with closing(sqlite3.connect(path)) as connection:
        yield connection


def write_dataframe_to_table(name: str, dataframe: pd.DataFrame) -> None:
    with warehouse() as connection:
        dataframe.to_sql(name, connection, if_exists="replace", index=False)


def read_dataframe_from_table(name: str) -> pd.DataFrame:
    with warehouse() as connection:
        return pd.read_sql(f'select * from "{name}"', connection)


def tables() -> list[str]:
    """The tables of the warehouse."""
    with warehouse() as connection:
        return [name for (name,) in connection.execute("select name from sqlite_master order by name")]


class DatabaseIOManager(dg.ConfigurableIOManager):
    """Each asset a table of keys and values."""

    connection_string: str

    def handle_output(self, context: dg.OutputContext, obj: dict[str, str]) -> None:
        with warehouse(self.connection_string) as connection:
            connection.execute(f'create table "{context.asset_key.path[-1]}" (key, value)')
            connection.executemany(f'insert into "{context.asset_key.path[-1]}" values (?, ?)', obj.items())
            connection.commit()

    def load_input(self, context: dg.InputContext) -> dict[str, str]:
        with warehouse(self.connection_string) as connection:
            return dict(connection.execute(f'select key, value from "{context.asset_key.path[-1]}"').fetchall())


# Two series of readings, by time: what is read, and what is made of it.
READ: dict[datetime, float] = {}
MADE: dict[datetime, float] = {}


def read_data_in_datetime_range(start: datetime, end: datetime) -> dict[datetime, float]:
    return {when: reading for when, reading in READ.items() if start <= when < end}


def overwrite_data_in_datetime_range(start: datetime, end: datetime, data: dict[datetime, float]) -> None:
    for when in [when for when in MADE if start <= when < end]:
        del MADE[when]
    MADE.update(data)


# A system elsewhere that asks for a token, and the calls it has seen.
EXTERNAL: dict[tuple[str, dg.AssetKey], Any] = {}
CALLS: list[tuple[str, str]] = []


def store_in_external_system(token: str, key: dg.AssetKey, value: Any) -> None:
    CALLS.append(("store", key.to_user_string()))
    EXTERNAL[token, key] = value


def fetch_from_external_system(token: str, key: dg.AssetKey) -> Any:
    CALLS.append(("fetch", key.to_user_string()))
    return EXTERNAL[token, key]


# ------------------------------------------------------------ what a test asks of a run


def handled(result: Any, step: str) -> dict[str, Any]:
    """What the IO manager said of the one output of a step."""
    (event,) = [each for each in result.events_for_node(step) if each.is_handled_output]
    return {name: each.value for name, each in event.event_specific_data.metadata.items()}


def materialized(result: Any, step: str) -> dict[str, Any]:
    """What the one materialization of a step says."""
    (made,) = result.asset_materializations_for_node(step)
    return {name: each.value for name, each in made.metadata.items()}


def story(result: Any, step: str) -> list[str]:
    """The kinds of the events of a step, in order, without those of the resources that are opened for it."""
    kinds = [each.event_type_value for each in result.events_for_node(step)]
    return [kind for kind in kinds if not kind.startswith("RESOURCE_INIT")]
