"""Which partitions are stored, as runs of places: kept beside the rows they follow from, in the same transactions.

Whoever appends and knows the axis of an asset brings its set along. Who does not leaves it behind, and the next one who
asks catches up from the log. A set on another axis, or none, is worked out from the rows anew when somebody asks.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from lading.errors import HistoryError
from lading.history.connection import Connection
from lading.history.cursor import Cursor
from lading.history.queries import SQL
from lading.history.rows import KIND_NUMBER, from_cell, to_cell
from lading.values.axis import Axis, ListAxis, Run
from lading.values.events import EventType
from lading.values.keys import AssetKey
from lading.values.partition_set import PartitionSet

_STORED: Final = KIND_NUMBER[EventType.ASSET_MATERIALIZATION]
# A set that is worked out faster than it is written is not kept.
_WORTH_KEEPING: Final = 2_000


class _Known(NamedTuple):
    """A set as this process saw it last: how often something had been forgotten, what the asset's newest event was."""

    forgets: int
    newest: int | None
    found: PartitionSet


class _Kept(NamedTuple):
    """A set as the database has it."""

    axis: str
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

    def know(self, axes: Mapping[AssetKey, Axis]) -> None:
        """From now on bring along the sets of these assets."""
        for key, axis in axes.items():
            if not (isinstance(axis, ListAxis) and axis.count() < _WORTH_KEEPING):
                self._axes[key] = axis

    def axis_of(self, key: AssetKey) -> Axis | None:
        """The axis of an asset whose set is brought along."""
        return self._axes.get(key)

    # ------------------------------------------------------------ out

    def of(self, key: str, axis: Axis) -> PartitionSet:
        """The stored partitions of an asset, by the text of its key."""
        ask = self._connection.rows
        forgets, newest = ask(SQL["newest_of"], (key,))[0]
        known = self._known.get(key)
        if known is not None and known[:2] == (forgets, newest) and known.found.axis == axis:
            return known.found.on(axis)
        kept = self._kept(key, axis)
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
            self._catch_up(key, axis, kept, added.runs, newest)
        self._known[key] = _Known(forgets, newest, found)
        return found

    def _kept(self, key: str, axis: Axis) -> _Kept | None:
        # One statement sees the set as of one moment.
        rows = self._connection.rows(SQL["partition_set"], (key, key))
        if not rows or not axis.extends(rows[0][0]):
            return None
        told, behind, first, last = rows[0]
        runs = sorted((start, stop) for start, stop, _, _ in rows[1:])
        # Rules of time zones change now and then; then the places do not mean what they meant.
        if not runs or _ends(axis, runs[0][0], runs[-1][1] - 1) != (first, last):
            return None
        return _Kept(told, behind, runs)

    def _keep(self, key: str, found: PartitionSet, forgets: int, newest: int | None) -> None:
        runs = found.runs
        if not runs:
            return
        try:
            with self._connection as cursor:
                asset, now = _newest(cursor, key)
                if cursor.execute(SQL["newest_of"], (key,)).fetchall()[0][0] != forgets:
                    return
                drop_set(cursor, asset)
                # What was stored since it was worked out is caught up by the next one who asks.
                _write_set(cursor, asset, found.axis, None if now == newest else newest or 0, runs)
                cursor.executemany(SQL["add_to_set"], [(asset, start, stop) for start, stop in runs])
        except HistoryError:
            # Who may only read, or finds the disk full, still gets the answer.
            return

    def _catch_up(self, key: str, axis: Axis, kept: _Kept, added: Iterable[Run], newest: int | None) -> None:
        try:
            with self._connection as cursor:
                asset, now = _newest(cursor, key)
                held = cursor.execute(SQL["set_of_asset"], (asset,)).fetchall()
                if not held or held[0][:2] != kept[:2]:
                    return  # somebody else was faster
                low, high = held[0][2], held[0][4]
                for start, stop in added:
                    _add_run(cursor, asset, start, stop)
                    low, high = min(low, start), max(high, stop - 1)
                _write_set(cursor, asset, axis, None if now == newest else newest or 0, [(low, high + 1)])
        except HistoryError:
            return


# ---------------------------------------------------------------- in


def bring_along(
    cursor: Cursor, asset: int, axis: Axis | None, before: int | None, cells: Iterable[str | bytes]
) -> None:
    """Add partitions to the set of an asset, in the transaction that stores them.

    Args:
        cursor: The cursor of the transaction.
        asset: The number of the asset.
        axis: The axis of its partitions, or None where nobody here knows it.
        before: The newest materialization of the asset before the transaction, if there was one.
        cells: Partitions that were not stored before.
    """
    held = cursor.execute(SQL["set_of_asset"], (asset,)).fetchall()
    if axis is None:
        if held:
            cursor.execute(SQL["leave_behind"], (before or 0, asset))
        return
    if not held:
        if before is None:
            runs = PartitionSet.placed(axis, map(from_cell, cells)).runs
            if runs:
                _write_set(cursor, asset, axis, None, runs)
                cursor.executemany(SQL["add_to_set"], [(asset, start, stop) for start, stop in runs])
        return  # what was stored before is not known here
    told, behind, low, first, high, last = held[0]
    if behind is not None:
        return
    if told != axis.fingerprint() or _ends(axis, low, high) != (first, last):
        cursor.execute(SQL["leave_behind"], (before or 0, asset))
        return
    runs = PartitionSet.placed(axis, map(from_cell, cells)).runs
    for start, stop in runs:
        _add_run(cursor, asset, start, stop)
    if runs and (runs[0][0] < low or runs[-1][1] > high + 1):
        _write_set(cursor, asset, axis, None, [(min(low, runs[0][0]), max(high + 1, runs[-1][1]))])


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


def _write_set(cursor: Cursor, asset: int, axis: Axis, behind: int | None, runs: Sequence[Run]) -> None:
    low, high = runs[0][0], runs[-1][1] - 1
    first, last = _ends(axis, low, high)
    cursor.execute(SQL["keep_set"], (asset, axis.fingerprint(), behind, low, first, high, last))


def _ends(axis: Axis, low: int, high: int) -> tuple[str | bytes, str | bytes]:
    return to_cell(axis.key_of(low)), to_cell(axis.key_of(high))


def _newest(cursor: Cursor, key: str) -> tuple[int, int | None]:
    """The number of an asset and its newest materialization."""
    return cursor.execute(SQL["newest_of_key"], (key,)).fetchall()[0]  # pyright: ignore[reportReturnType] - two columns


def _placed(axis: Axis, rows: Iterable[Sequence[Any]]) -> PartitionSet:
    return PartitionSet.placed(axis, (from_cell(cell) for (cell,) in rows))
