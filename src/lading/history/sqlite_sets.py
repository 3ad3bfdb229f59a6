"""Which partitions are stored, as runs of places: kept beside the rows they follow from, in the same transactions.

Whoever appends and knows the axis of an asset brings its set along. Who does not leaves it behind, and the next one who
asks catches up from the log. A set on another axis, or none, is worked out from the rows anew when somebody asks.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple, TypeAlias

from lading.errors import HistoryError
from lading.history.connection import Connection
from lading.history.cursor import Cursor, Row
from lading.history.queries import SQL
from lading.history.rows import KIND_NUMBER, from_cell, to_cell
from lading.values.axis import Axis, ListAxis, Run
from lading.values.events import EventType
from lading.values.keys import AssetKey
from lading.values.partition_set import PartitionSet

_STORED: Final = KIND_NUMBER[EventType.ASSET_MATERIALIZATION]
# A set that is worked out faster than it is written is not kept.
_WORTH_KEEPING: Final = 2_000
_EVER: Final = 1 << 62

Ask: TypeAlias = Callable[[str, Sequence[Any]], list[Row]]


class _Known(NamedTuple):
    """A set as this process saw it last: how often something had been forgotten, what the asset's newest event was."""

    forgets: int
    newest: int | None
    found: PartitionSet


class _Kept(NamedTuple):
    """A set as the database has it."""

    axis: str
    asset: int
    behind: int | None
    runs: Sequence[Run]


class PartitionSets:
    """The sets of stored partitions of one database.

    Args:
        connection: The database.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._known: dict[str, _Known] = {}
        self._axes: dict[AssetKey, Axis] = {}
        # Of which sets this process has seen that their places mean what they mean here.
        self._seen: dict[int, int] = {}

    def know(self, axes: Mapping[AssetKey, Axis]) -> None:
        """From now on bring along the sets of these assets."""
        for key, axis in axes.items():
            if not (isinstance(axis, ListAxis) and axis.count() < _WORTH_KEEPING):
                self._axes[key] = axis

    # ------------------------------------------------------------ in

    def bring_along(
        self, cursor: Cursor, asset: int, key: AssetKey, before: int | None, cells: Iterable[str | bytes]
    ) -> None:
        """Add partitions to the set of an asset, in the transaction that stores them.

        Args:
            cursor: The cursor of the transaction.
            asset: The number of the asset.
            key: The asset.
            before: Its newest materialization before the transaction, if there was one.
            cells: Partitions that were not stored before.
        """
        axis = self._axes.get(key)
        held = cursor.execute(SQL["set_of_asset"], (asset,)).fetchall()
        if not held:
            # What was stored before, if anything was, is not known here.
            if axis is not None and before is None:
                self._write(cursor, asset, PartitionSet.placed(axis, map(from_cell, cells)), None)
            return
        told, build, behind = held[0]
        if behind is not None:
            return
        if axis is None or told != axis.fingerprint():
            cursor.execute(SQL["leave_behind"], (before or 0, asset))
            return
        if self._seen.get(asset) != build:
            ask = _asking(cursor)
            low, stop = ask(SQL["ends_of_set"], (asset, asset))[0]
            if not _means_the_same(ask, asset, axis, low, stop, before or 0):
                cursor.execute(SQL["leave_behind"], (before or 0, asset))
                return
            self._seen[asset] = build
        for start, stop in PartitionSet.placed(axis, map(from_cell, cells)).runs:
            _add_run(cursor, asset, start, stop)

    def _write(self, cursor: Cursor, asset: int, found: PartitionSet, behind: int | None) -> None:
        if not found:
            return
        build = int.from_bytes(os.urandom(7), "big")
        cursor.execute(SQL["keep_set"], (asset, found.axis.fingerprint(), build, behind))
        cursor.executemany(SQL["add_to_set"], [(asset, start, stop) for start, stop in found.runs])
        self._seen[asset] = build

    # ------------------------------------------------------------ out

    def of(self, key: str, axis: Axis) -> PartitionSet:
        """The stored partitions of an asset, by the text of its key."""
        ask = self._connection.rows
        forgets, newest = ask(SQL["newest_of"], (key,))[0]
        known = self._known.get(key)
        if known is not None and known[:2] == (forgets, newest) and known.found.axis == axis:
            return known.found.on(axis)
        kept = self._kept(key, axis, newest or 0)
        if kept is None:
            cells = ask(SQL["stored_partitions"], (key,))
            found = _placed(axis, cells)
            if len(cells) >= _WORTH_KEEPING:
                self._keep(key, found, forgets, newest)
        elif kept.behind is None:
            found = PartitionSet(axis, kept.runs)
        else:
            before = PartitionSet(axis, kept.runs)
            added = _placed(axis, ask(SQL["stored_since"], (key, kept.behind, _STORED))) - before
            found = before | added
            self._catch_up(kept, axis, added.runs, key, newest)
        self._known[key] = _Known(forgets, newest, found)
        return found

    def _kept(self, key: str, axis: Axis, newest: int) -> _Kept | None:
        # One statement sees the set as of one moment.
        rows = self._connection.rows(SQL["partition_set"], (key, key))
        if not rows or not axis.extends(rows[0][0]):
            return None
        runs = sorted((start, stop) for start, stop, _ in rows[1:])
        told, asset, behind = rows[0]
        since = newest if behind is None else behind
        if not runs or not _means_the_same(self._connection.rows, asset, axis, runs[0][0], runs[-1][1], since):
            return None
        return _Kept(told, asset, behind, runs)

    def _keep(self, key: str, found: PartitionSet, forgets: int, newest: int | None) -> None:
        if not found:
            return
        try:
            with self._connection as cursor:
                asset, now = _newest(cursor, key)
                if cursor.execute(SQL["newest_of"], (key,)).fetchall()[0][0] != forgets:
                    return
                drop_set(cursor, asset)
                # What was stored since it was worked out is caught up by the next one who asks.
                self._write(cursor, asset, found, None if now == newest else newest or 0)
        except HistoryError:
            # Who may only read, or finds the disk full, still gets the answer.
            return

    def _catch_up(self, kept: _Kept, axis: Axis, added: Iterable[Run], key: str, newest: int | None) -> None:
        try:
            with self._connection as cursor:
                held = cursor.execute(SQL["set_of_asset"], (kept.asset,)).fetchall()
                if not held or (held[0][0], held[0][2]) != (kept.axis, kept.behind):
                    return  # somebody else was faster
                for start, stop in added:
                    _add_run(cursor, kept.asset, start, stop)
                behind = None if _newest(cursor, key)[1] == newest else newest or 0
                cursor.execute(SQL["set_caught_up"], (axis.fingerprint(), behind, kept.asset))
        except HistoryError:
            return


def drop_set(cursor: Cursor, asset: int) -> None:
    """Forget the set of an asset: it is worked out anew when somebody asks."""
    cursor.execute(SQL["drop_set"], (asset,))
    cursor.execute(SQL["drop_runs_of_set"], (asset,))


def _add_run(cursor: Cursor, asset: int, start: int, stop: int) -> None:
    # What is new lies in no run, so at most one touches it on each side.
    for low, high in cursor.execute(SQL["runs_around"], (asset, stop)).fetchall():
        if high >= start:
            if low > start:
                cursor.execute(SQL["drop_run_of_set"], (asset, low))
            start, stop = min(low, start), max(high, stop)
    cursor.execute(SQL["add_to_set"], (asset, start, stop))


def _means_the_same(ask: Ask, asset: int, axis: Axis, low: int, stop: int, place: int) -> bool:
    """Whether the keys at both ends of a set are stored, and the one behind it was not, up to a place in the log.

    Rules of time zones change now and then; then keys move against their places.
    """

    def is_stored(key: str, by: int) -> bool:
        return bool(ask(SQL["stored_by"], (asset, to_cell(key), by)))

    behind = next(iter(axis.keys_between(stop, stop + 1)), None)
    return (
        is_stored(axis.key_of(low), _EVER)
        and is_stored(axis.key_of(stop - 1), _EVER)
        and (behind is None or axis.ordinal_of(behind) is None or not is_stored(behind, place))
    )


def _asking(cursor: Cursor) -> Ask:
    return lambda statement, values: cursor.execute(statement, values).fetchall()


def _newest(cursor: Cursor, key: str) -> tuple[int, int | None]:
    """The number of an asset and its newest materialization."""
    return cursor.execute(SQL["newest_of_key"], (key,)).fetchall()[0]  # pyright: ignore[reportReturnType] - two columns


def _placed(axis: Axis, rows: Iterable[Sequence[Any]]) -> PartitionSet:
    return PartitionSet.placed(axis, (from_cell(cell) for (cell,) in rows))
