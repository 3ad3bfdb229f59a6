"""Forgets runs, assets and partitions in a SQLite history, and works out anew what was known before."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from lading.history.cursor import Cursor
from lading.history.effects import size_of, version_of
from lading.history.queries import SQL
from lading.history.rows import KIND_NUMBER, WHOLE, to_cell
from lading.history.sqlite_sets import drop_set
from lading.values.events import EventType
from lading.values.keys import AssetKey
from lading.values.materialization import AssetMaterialization
from lading.values.serial import from_text, plan_from_json
from lading.values.serial_assets import materialization_from_json
from lading.values.state import Forget, ForgetAssets, ForgetRun

_STORED = KIND_NUMBER[EventType.ASSET_MATERIALIZATION]
_CHECKED = KIND_NUMBER[EventType.ASSET_CHECK_EVALUATION]


def forget(cursor: Cursor, what: Forget) -> None:
    """Forget within the transaction of the cursor."""
    cursor.execute(SQL["count_forgetting"])
    if isinstance(what, ForgetRun):
        _forget_run(cursor, what.run_id)
    elif isinstance(what, ForgetAssets):
        for asset in _numbers(cursor, what.asset_keys):
            for name in ("drop_asset_events", "drop_asset_slots", "drop_asset_checks", "forget_asset"):
                cursor.execute(SQL[name], (asset,))
            drop_set(cursor, asset)
    else:
        for asset in _numbers(cursor, [what.asset_key]):
            places = [(asset, to_cell(partition)) for partition in what.partitions]
            cursor.executemany(SQL["drop_slot_events"], places)
            cursor.executemany(SQL["drop_slot"], places)
            drop_set(cursor, asset)
            _renew_checks(cursor, asset)
            _renew_asset(cursor, asset)


def _numbers(cursor: Cursor, keys: Iterable[AssetKey]) -> list[int]:
    found = [cursor.execute(SQL["asset_number"], (key.to_string(),)).fetchall() for key in keys]
    return [rows[0][0] for rows in found if rows]


def _forget_run(cursor: Cursor, run_id: str) -> None:
    found = cursor.execute(SQL["run_number"], (run_id,)).fetchall()
    if not found:
        return
    run = found[0][0]
    slots = cursor.execute(SQL["slots_of_run"], (run,)).fetchall()
    plan = plan_from_json(from_text(cursor.execute(SQL["run_plan"], (run,)).fetchall()[0][0]))
    planned = _numbers(cursor, {key for step in plan for key in step.assets})
    for name in ("drop_run_events", "drop_run_tags", "drop_run"):
        cursor.execute(SQL[name], (run,))
    for asset in planned:
        cursor.execute(SQL["drop_failures_of_run"], (asset, run))
    for asset, partition in slots:
        _renew_slot(cursor, asset, partition)
    for asset in {*planned, *(asset for asset, _ in slots)}:
        cursor.execute(SQL["drop_empty_slots"], (asset,))
        drop_set(cursor, asset)
        _renew_checks(cursor, asset)
        _renew_asset(cursor, asset)


def _renew_slot(cursor: Cursor, asset: int, partition: Any) -> None:
    if partition is None:
        newest = cursor.execute(SQL["newest_of_whole"], (asset, _STORED)).fetchall()
    else:
        newest = cursor.execute(SQL["newest_of_slot"], (asset, partition, _STORED)).fetchall()
    cell = WHOLE if partition is None else partition
    known = cursor.execute(SQL["slot_row"], (asset, cell)).fetchall()
    if not known:
        return
    failed = known[0][-2:]
    if newest:
        event, run, at, body = newest[0]
        item = _item(body)
        size, version = size_of(item), version_of(item)
        values = (event, run, at, size.bytes, size.rows, item.loaded_at, version)
    else:
        values = (None,) * 7
    cursor.execute(SQL["set_slot"], (asset, cell, *values, *failed))


def _renew_asset(cursor: Cursor, asset: int) -> None:
    whole, stored, failed, size, rows = cursor.execute(SQL["sums_of_slots"], (asset,)).fetchall()[0]
    newest = cursor.execute(SQL["newest_of_asset"], (asset, _STORED)).fetchall()
    latest: tuple[Any, ...] = (None,) * 6
    if newest:
        event, run, at, body = newest[0]
        item = _item(body)
        latest = (event, run, at, size_of(item).format, item.loaded_at, version_of(item))
    failure = cursor.execute(SQL["newest_failure"], (asset,)).fetchall()
    failed_at, failed_run = failure[0] if failure else (None, None)
    sums = (int(whole), stored, failed, size, rows, failed_at, failed_run)
    cursor.execute(SQL["set_asset"], (*latest, *sums, asset))
    if not (cursor.execute(SQL["asset_has_anything"], (asset, asset)).fetchall()):
        cursor.execute(SQL["unknow_asset"], (asset,))


def _renew_checks(cursor: Cursor, asset: int) -> None:
    lost = {name for (name,) in cursor.execute(SQL["drop_lost_checks"], (asset,)).fetchall()}
    if not lost:
        return
    for event, body in cursor.execute(SQL["checks_newest_first"], (asset, _CHECKED)).fetchall():
        name = from_text(body)["n"]
        if name in lost:
            lost.discard(name)
            cursor.execute(SQL["set_check"], (asset, name, event))


def _item(body: str) -> AssetMaterialization:
    return materialization_from_json({"a": ("asset",), **from_text(body)})
