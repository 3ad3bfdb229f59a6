"""``lading load``: the value of an asset."""

from __future__ import annotations

import os
from typing import Any

import click

from lading.app.choose import LATEST, partition_named
from lading.app.instance import Instance
from lading.app.load import load_project
from lading.app.preview import (
    Table,
    as_table,
    cell_text,
    full_name,
    is_number,
    preview,
    rendered,
    sized,
)
from lading.app.receipts import load_by_receipt
from lading.cli import words
from lading.cli.options import Settings, command
from lading.cli.partitions import last_of
from lading.cli.screen import is_terminal, without_moves
from lading.cli.session import Session
from lading.cli.tables import Column, render
from lading.definitions.collect import Definitions
from lading.errors import InvalidSubsetError, NotPartitionedError, PartitionNeededError, StorageError, ValueMissing
from lading.values.event_log import EventLogRecord
from lading.values.keys import AssetKey

ROWS = 10


@command(
    "load",
    ("lading load weather", "the first rows, or the whole value into a pipe"),
    ("lading load weather --partition latest --as csv > weather.csv", "one partition as CSV"),
)
@click.argument("asset")
@click.option("--partition", metavar="K", help="One partition; `latest` is the last one that is stored.")
@click.option("--as", "form", type=click.Choice(["table", "csv", "json", "repr"]), help="How to write it.")
@click.option("-o", "--output", metavar="FILE", help="Write all of it into a file; its ending says how.")
@click.option("--columns", metavar="a,b", help="Only these columns.")
@click.option("--rows", type=click.IntRange(0), metavar="N", help="At most so many rows.")
@click.option("--path", "only_path", is_flag=True, help="Where it lies, and nothing else.")
@click.option("--allow-pickle", is_flag=True, help="Without definitions: load a pickle, which runs its code.")
@click.pass_obj
def load_command(settings: Settings, asset: str, partition: str | None, **asked: Any) -> int:
    """The value of an asset: 10 rows on a terminal, all of it into a pipe or a file."""
    session = Session(settings)
    output = None if asked["output"] is None else os.path.join(settings.folder, asked["output"])
    place = session.find_place_if_any()
    definitions: Definitions | None = None
    if place is not None:
        session.enter(place)
        definitions = load_project(place).definitions
    key = AssetKey.from_user_string(asset)
    with Instance.open(session.home(place)) as instance:
        known = definitions is not None and key in definitions.lineage.by_key
        if not known and not instance.has_asset_key(key):
            raise _unknown(key, definitions, instance)
        part = _partition(session, key, partition, definitions if known else None, instance)
        record = instance.history.latest_slots(key, [part]).get(part)
        if asked["only_path"]:
            return _show_path(session, key, part, record)
        try:
            if definitions is not None and known:
                value = definitions.load_asset_value(key, instance=instance, partition_key=part)
            else:
                value = _by_receipt(session, key, part, record, asked["allow_pickle"])
        except FileNotFoundError as error:
            if isinstance(error, StorageError):
                raise
            raise _missing(session, key, part) from error
    return _publish(session, key, part, value, asked, output)


def _unknown(key: AssetKey, definitions: Definitions | None, instance: Instance) -> InvalidSubsetError:
    import difflib

    known = list(definitions.lineage.by_key) if definitions is not None else instance.history.asset_keys()
    names = [each.to_user_string() for each in known]
    near = difflib.get_close_matches(key.to_user_string(), names, n=1)
    return InvalidSubsetError(
        f'no asset is called "{key.to_user_string()}"',
        where=f"{len(names)} assets are {'defined' if definitions is not None else 'known'}",
        did_you_mean=near[0] if near else None,
        fix=f'did you mean "{near[0]}"? `lading list` shows every asset' if near else None,
    )


def _missing(session: Session, key: AssetKey, part: str | None) -> ValueMissing:
    name = key.to_user_string()
    option = () if part is None else ("--partition", part)
    return ValueMissing(
        f"{name}{'' if part is None else ' ' + part} has never been stored", where=session.shown_place(session.home()),
        fix=f"`{session.suggest('materialize', name, *option, definitions=True)}`",
    )  # fmt: skip


def _partition(
    session: Session, key: AssetKey, text: str | None, definitions: Definitions | None, instance: Instance
) -> str | None:
    name = key.to_user_string()
    if definitions is not None:
        definition = definitions.lineage.by_key[key].partitions_def
        if definition is None:
            if text is not None:
                raise NotPartitionedError(f"{name} has no partitions", where=f"--partition {text}")
            return None
        if text is not None and text != LATEST:
            return partition_named(definition, text, instance, f'asset "{name}"')
        count = definition.get_num_partitions(None, instance)
        stored = instance.get_materialized_partitions(key, partitions_def=definition)
    else:
        if text is not None and text != LATEST:
            return text
        stored = instance.get_materialized_partitions(key)
        count = len(stored)
        if not stored and text is None:
            return None
    last = last_of(stored)
    if text == LATEST:
        if last is None:
            raise _missing(session, key, None)
        return last
    raise PartitionNeededError(
        f"{name} has {words.plural(count, 'partition')}; which?",
        where=f"{len(stored):,} are stored" + (f", the last is {last}" if last is not None else ""),
        fix=f"`{session.suggest('load', name, '--partition', LATEST, definitions=True)}`",
    )


def _by_receipt(
    session: Session, key: AssetKey, part: str | None, record: EventLogRecord | None, allow_pickle: bool
) -> Any:
    made = None if record is None else record.asset_materialization
    if made is None:
        raise _missing(session, key, part)
    return load_by_receipt(key, part, made.receipt, allow_pickle)


def _show_path(session: Session, key: AssetKey, part: str | None, record: EventLogRecord | None) -> int:
    made = None if record is None else record.asset_materialization
    if made is None or made.receipt is None:
        raise _missing(session, key, part)
    if session.settings.json:
        session.publish(
            asset=key.to_user_string(), partition=part, type=made.receipt.type, rows=made.facts.get("rows"), columns=[],
            preview=None, truncated=False, url=made.receipt.url,
        )  # fmt: skip
    else:
        session.screen.answer(made.receipt.url)
    return 0


# ---------------------------------------------------------------- showing


def _publish(
    session: Session, key: AssetKey, part: str | None, value: Any, asked: dict[str, Any], output: str | None
) -> int:
    columns = [name.strip() for name in asked["columns"].split(",")] if asked["columns"] else []
    rows: int | None = asked["rows"]
    if output is not None:
        return _write(session, value, asked["form"] or _form_of(output), rows, columns, output)
    if session.settings.json:
        seen = preview(value, ROWS if rows is None else rows, columns)
        session.publish(
            asset=key.to_user_string(), partition=part, type=seen.type, rows=seen.rows,
            columns=[{"name": name, "type": kind} for name, kind in seen.columns], preview=seen.body,
            truncated=seen.truncated,
        )  # fmt: skip
        return 0
    terminal = is_terminal(session.screen.out)
    limit = rows if rows is not None else ROWS if terminal else None
    table = as_table(value, columns)
    if not session.settings.quiet:
        session.screen.tell(_caption(value, table, limit))
    if isinstance(value, bytes) and asked["form"] is None and not terminal:
        session.screen.out.buffer.write(value)
        return 0
    if table is not None and asked["form"] in {None, "table"}:
        for line in _table_lines(table, limit, session.screen.width):
            session.screen.answer(line)
        return 0
    text = rendered(value, asked["form"], limit, columns)
    session.screen.answer(without_moves(text, colors=False) if terminal else text)
    return 0


def _caption(value: Any, table: Table | None, limit: int | None) -> str:
    name = full_name(value)
    if table is not None:
        shape = f"{words.plural(table.count, 'row')} × {words.plural(len(table.columns), 'column')}"
        total = table.count
    else:
        size = sized(value)
        shape = "" if size is None else words.plural(size, "item")
        total = size or 0
    shown = f"; the first {limit:,} are shown" if limit is not None and limit < total else ""
    return f"({name}{', ' if shape else ''}{shape}{shown})"


def _table_lines(table: Table, limit: int | None, width: int | None) -> list[str]:
    columns = [
        Column(name, keep=9 if place == 0 else 5, right=is_number(kind), least=8 if place == 0 else None)
        for place, (name, kind) in enumerate(table.columns)
    ]
    cells = [[cell_text(cell) for cell in row] for row in table.head(limit)]
    return render(columns, cells, width)


def _form_of(path: str) -> Any:
    return {".csv": "csv", ".json": "json"}.get(os.path.splitext(path)[1].lower())


def _write(session: Session, value: Any, form: Any, rows: int | None, columns: list[str], path: str) -> int:
    if isinstance(value, bytes) and form is None:
        content = value
    else:
        table = as_table(value, columns)
        if table is not None and form is None:
            form = "csv"
        if table is not None and form == "table":
            text = "\n".join(_table_lines(table, rows, None))
        else:
            text = rendered(value, form, rows, columns)
        content = (text + "\n").encode("utf-8")
    unfinished = f"{path}.{os.getpid()}.tmp"
    try:
        with open(unfinished, "wb") as opened:
            opened.write(content)
        os.replace(unfinished, path)
    except OSError as error:
        raise StorageError(
            f"the file cannot be written: {error.strerror}", where=path, fix="name another file"
        ) from error
    if session.settings.json:
        session.publish(
            asset=None, partition=None, type=full_name(value), rows=None, columns=[], preview=None,
            truncated=False, file=path, bytes=len(content),
        )  # fmt: skip
    elif not session.settings.quiet:
        session.screen.tell(f"wrote {words.size(len(content))} to {session.shown_place(path)}")
    return 0
