"""Which piece of a backfill comes next: none before what it is made from is done."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet

from lading.app.backfill_plan import BackfillPlan, Piece
from lading.app.instance import Instance
from lading.definitions.lineage import Lineage
from lading.errors import LadingError
from lading.planning.partitions import upstream_partitions
from lading.values.keys import AssetKey
from lading.values.state import Slot

AHEAD = 256
"""So many pieces that cannot start yet are looked past for one that can."""

Some = Mapping[AssetKey, AbstractSet[str | None]]
NOTHING: frozenset[str] = frozenset()


class Order:
    """The pieces of a backfill, each handed out when all it is made from is done. One thread at a time asks.

    Args:
        lineage: The assets.
        plan: What is to be done; its pieces come upstream first.
        instance: Where the keys of dynamic partitions are kept.
    """

    def __init__(self, lineage: Lineage, plan: BackfillPlan, instance: Instance) -> None:
        self._lineage = lineage
        self._instance = instance
        self._rest: Iterator[Piece] = plan.pieces
        self._held: deque[Piece] = deque()
        self._planned = set(plan.totals)
        # By asset: the partitions that are being made or wait to be, and those that came to nothing.
        self._open: dict[AssetKey, set[str | None]] = {}
        self._bad: dict[AssetKey, set[str | None]] = {}
        self._going = 0  # pieces that are held or being made
        # What pieces that are held are made from: worked out once, and asked for whenever another has ended.
        self._needs: dict[int, list[tuple[AssetKey, frozenset[str] | None]]] = {}

    def take(self) -> Piece | None:
        """The next piece that can start now, or None."""
        for number, piece in enumerate(self._held):
            if not self._needs_any(piece, self._open):
                del self._held[number]
                return piece
        while len(self._held) < AHEAD and (piece := next(self._rest, None)) is not None:
            # One at a time nothing is open, and nothing is asked.
            waits = self._going > 0 and self._needs_any(piece, self._open)
            self._going += 1
            for key in piece.assets:
                self._open.setdefault(key, set()).update(piece.partitions or (None,))
            if not waits:
                return piece
            self._held.append(piece)
        return None

    def done(self, piece: Piece, bad: Iterable[Slot] = ()) -> None:
        """A piece has ended.

        Args:
            piece: The piece.
            bad: The values of it that were not stored.
        """
        self._going -= 1
        self._needs.pop(id(piece), None)
        for key in piece.assets:
            self._open[key].difference_update(piece.partitions or (None,))
        for slot in bad:
            self._bad.setdefault(slot.asset_key, set()).add(slot.partition)

    def is_waiting(self, piece: Piece) -> bool:
        """Whether something that a piece is made from came to nothing."""
        return bool(self._bad) and self._needs_any(piece, self._bad)

    def _needs_any(self, piece: Piece, those: Some) -> bool:
        needs = self._needs.get(id(piece))
        if needs is None:
            needs = self._needs[id(piece)] = list(self._needed(piece))
        return any(
            (found := those.get(parent)) and (keys is None or not keys.isdisjoint(found)) for parent, keys in needs
        )

    def _needed(self, piece: Piece) -> Iterator[tuple[AssetKey, frozenset[str] | None]]:
        """What is planned, too, and a piece is made from: each asset, and its partitions (None: the whole)."""
        own = set(piece.assets)
        for key in piece.assets:
            for parent in self._lineage.parents(key) & self._planned:
                needed = self._partitions(key, parent, piece.partitions)
                if parent in own:
                    # What this very run makes itself is there when it is needed.
                    needed = NOTHING if needed is None else needed.difference(piece.partitions)
                if needed is None or needed:
                    yield parent, needed

    def _partitions(self, key: AssetKey, parent: AssetKey, keys: tuple[str, ...]) -> frozenset[str] | None:
        definition = self._lineage.by_key[key]
        upstream = self._lineage.by_key[parent].partitions_def
        if upstream is None:
            return None
        try:
            found = upstream_partitions(definition, parent, upstream, keys, self._instance, key.to_user_string())
        except LadingError:
            return NOTHING  # the run of the piece is refused for it, and says why
        return frozenset(found)
