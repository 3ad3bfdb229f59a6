"""Follows what the events of one transaction say of assets, and writes the outcome once."""

from __future__ import annotations

from typing import Any, NamedTuple

from lading.history.cursor import Cursor
from lading.history.effects import size_of, version_of
from lading.history.queries import SQL
from lading.history.rows import WHOLE
from lading.values.materialization import AssetMaterialization

Cell = str | bytes | int

# Places of the columns of a slot.
_EVENT, _RUN, _AT, _BYTES, _ROWS, _LOADED_AT, _VERSION, _FAILED_AT, _FAILED_RUN = range(9)
# Places of the columns of an asset.
(
    _A_EVENT, _A_RUN, _A_AT, _A_FORMAT, _A_LOADED_AT, _A_VERSION, _A_WHOLE, _A_STORED, _A_FAILED, _A_BYTES, _A_ROWS,
    _A_FAILED_AT, _A_FAILED_RUN,
) = range(13)  # fmt: skip


class New(NamedTuple):
    """The partitions of an asset that one transaction stores and that were not stored before.

    Attributes:
        before: The newest materialization of the asset before the transaction, if there was one.
        cells: The partitions.
    """

    before: int | None
    cells: list[str | bytes]


class Fold:
    """The assets and slots that one transaction touches.

    Args:
        cursor: The cursor of the transaction.

    Attributes:
        new: The partitions that were not stored before, by the number of their asset.
    """

    __slots__ = ("_assets", "_before", "_cursor", "_slots", "_stale", "new")

    def __init__(self, cursor: Cursor) -> None:
        self.new: dict[int, New] = {}
        self._cursor = cursor
        self._assets: dict[int, list[Any]] = {}
        self._before: dict[int, int | None] = {}
        self._slots: dict[tuple[int, Cell], list[Any]] = {}
        self._stale: set[int] = set()

    def stored(self, asset: int, cell: Cell, event: int, run: int, at: float, item: AssetMaterialization) -> None:
        """A value was stored."""
        about, slot = self._both(asset, cell)
        if slot[_EVENT] is None:
            about[_A_WHOLE if cell == WHOLE else _A_STORED] += 1
            if not isinstance(cell, int):
                self.new.setdefault(asset, New(self._before[asset], [])).cells.append(cell)
        if slot[_FAILED_AT] is not None:
            about[_A_FAILED] -= 1
            slot[_FAILED_AT] = slot[_FAILED_RUN] = None
            self._stale.add(asset)
        size, version = size_of(item), version_of(item)
        _add(about, _A_BYTES, slot[_BYTES], size.bytes)
        _add(about, _A_ROWS, slot[_ROWS], size.rows)
        slot[:_FAILED_AT] = (event, run, at, size.bytes, size.rows, item.loaded_at, version)
        about[:_A_WHOLE] = (event, run, at, size.format, item.loaded_at, version)

    def failed(self, asset: int, cell: Cell, run: int, at: float) -> None:
        """An attempt to make a value failed; what the same run stored before stays stored."""
        about, slot = self._both(asset, cell)
        if slot[_EVENT] is not None and slot[_RUN] == run:
            return
        if slot[_FAILED_AT] is None:
            about[_A_FAILED] += 1
        slot[_FAILED_AT], slot[_FAILED_RUN] = at, run
        about[_A_FAILED_AT], about[_A_FAILED_RUN] = at, run

    def seen(self, asset: int) -> None:
        """Something was said of an asset."""
        self._asset(asset)

    def write(self) -> None:
        """Write what changed."""
        execute = self._cursor.executemany
        if self._slots:
            execute(SQL["set_slot"], [(*place, *slot) for place, slot in self._slots.items()])
        for asset in self._stale:
            newest = self._cursor.execute(SQL["newest_failure"], (asset,)).fetchall()
            self._assets[asset][_A_FAILED_AT:] = newest[0] if newest else (None, None)
        if self._assets:
            execute(SQL["set_asset"], [(*about, asset) for asset, about in self._assets.items()])

    def _asset(self, asset: int) -> list[Any]:
        about = self._assets.get(asset)
        if about is None:
            about = list(self._cursor.execute(SQL["asset_row"], (asset,)).fetchall()[0])
            self._take(asset, about)
        return about

    def _take(self, asset: int, about: list[Any]) -> None:
        self._assets[asset] = about
        self._before[asset] = about[_A_EVENT]

    def _both(self, asset: int, cell: Cell) -> tuple[list[Any], list[Any]]:
        slot = self._slots.get((asset, cell))
        if slot is not None:
            return self._assets[asset], slot
        about = self._assets.get(asset)
        if about is None:
            row = list(self._cursor.execute(SQL["asset_and_slot"], (cell, asset)).fetchall()[0])
            about, slot = row[: _A_FAILED_RUN + 1], row[_A_FAILED_RUN + 1 :]
            self._take(asset, about)
        else:
            found = self._cursor.execute(SQL["slot_row"], (asset, cell)).fetchall()
            slot = list(found[0]) if found else [None] * (_FAILED_RUN + 1)
        self._slots[asset, cell] = slot
        return about, slot


def _add(about: list[Any], place: int, old: int | None, new: int | None) -> None:
    if old is not None or new is not None:
        about[place] = (about[place] or 0) + (new or 0) - (old or 0)
