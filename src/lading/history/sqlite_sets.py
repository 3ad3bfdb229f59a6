"""Which partitions are stored, as runs of places that are kept beside the rows and brought up to date when asked."""

from __future__ import annotations

from array import array
from typing import Final, NamedTuple

from lading.errors import HistoryError
from lading.history.connection import Connection
from lading.history.effects import on_axis
from lading.history.queries import SQL
from lading.history.rows import KIND_NUMBER, from_cell
from lading.values.axis import Axis
from lading.values.events import EventType
from lading.values.partition_set import PartitionSet

_STORED: Final = KIND_NUMBER[EventType.ASSET_MATERIALIZATION]
# A set that is worked out faster than it is written is not kept; nor is one written anew for a few more keys.
_WORTH_KEEPING: Final = 2_000


class _Known(NamedTuple):
    """A set as it was when the log had come to a place."""

    forgets: int
    place: int
    found: PartitionSet


class PartitionSets:
    """The sets of stored partitions of one database.

    Args:
        connection: The database.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._known: dict[str, _Known] = {}

    def of(self, key: str, axis: Axis) -> PartitionSet:
        """The stored partitions of an asset, by the text of its key."""
        ask = self._connection.rows
        forgets, place = ask(SQL["forgets"])[0][0], ask(SQL["last_place"])[0][0]
        known = self._known.get(key)
        if known is None or known.forgets != forgets or known.found.axis != axis:
            known = self._kept(key, axis, forgets)
        if known is None:
            cells = ask(SQL["stored_partitions"], (key,))
            found = on_axis(axis, [from_cell(cell) for (cell,) in cells])
        else:
            cells = ask(SQL["stored_since"], (key, known.place, _STORED))
            added = on_axis(axis, {from_cell(cell) for (cell,) in cells})
            found = PartitionSet(axis, [*known.found.runs, *added.runs])
        self._known[key] = _Known(forgets, place, found)
        if len(cells) >= _WORTH_KEEPING:
            self._keep(key, self._known[key])
        return found

    def _kept(self, key: str, axis: Axis, forgets: int) -> _Known | None:
        fingerprint = axis.fingerprint()
        if fingerprint is None:
            return None
        row = self._connection.row(SQL["partition_set"], (key, fingerprint, forgets))
        if row is None:
            return None
        place, first, last, raw = row
        places = array("q")
        places.frombytes(raw)
        # Rules of time zones change now and then; then the places do not mean what they meant.
        if (axis.key_of(places[0]), axis.key_of(places[-1] - 1)) != (first, last):
            return None
        runs = zip(places[::2], places[1::2], strict=True)
        return _Known(forgets, place, PartitionSet(axis, runs))

    def _keep(self, key: str, known: _Known) -> None:
        axis, runs = known.found.axis, known.found.runs
        fingerprint = axis.fingerprint()
        if fingerprint is None or not runs:
            return
        places = array("q", [place for run in runs for place in run])
        ends = axis.key_of(places[0]), axis.key_of(places[-1] - 1)
        values = (fingerprint, known.forgets, known.place, *ends, places.tobytes(), key)
        try:
            with self._connection as cursor:
                cursor.execute(SQL["keep_partition_set"], values)
        except HistoryError:
            # Who may only read, or finds the disk full, still gets the answer.
            return
