"""Which values are stale: what they were made from has been stored again since, and is not what they loaded."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from lading.abc.history import History
from lading.abc.partitions import PartitionMapping, PartitionsDefinition
from lading.app.loads import Loads
from lading.definitions.partitions.default_mapping import default_mapping
from lading.definitions.partitions.mapping import (
    AllPartitionMapping,
    IdentityPartitionMapping,
    LastPartitionMapping,
    SpecificPartitionsPartitionMapping,
)
from lading.definitions.partitions.time_mapping import TimeWindowPartitionMapping
from lading.values.keys import AssetKey
from lading.values.state import AssetState, Stamp

MANY: Final = 20_000
"""Of more partitions it is not asked one by one from which others they are made."""
MANY_ABOVE: Final = 200_000
"""Nor are those compared one by one with more values than this."""
SOME: Final = 1_000


class Upstream(NamedTuple):
    """An asset that another is made from.

    Attributes:
        key: The asset.
        partitions: How it is divided, None if it is not.
        mappings: By which mappings it is loaded; None among them is the default.
        is_known: Whether all that is known; if not, nothing can be compared.
    """

    key: AssetKey
    partitions: PartitionsDefinition | None = None
    mappings: Sequence[PartitionMapping | None] = (None,)
    is_known: bool = True


class Made(NamedTuple):
    """An asset, and what it is made from."""

    key: AssetKey
    partitions: PartitionsDefinition | None = None
    upstream: Sequence[Upstream] = ()


class Staleness:
    """Compares values with those they are made from.

    A value is fresh if what it is made from was stored before its step began to load, or by the same run, or with the
    very content that the step loaded.

    Args:
        history: What is known of them.
        store: The store of dynamic partitions.
        states: What is known of each asset over all its partitions.
    """

    def __init__(self, history: History, store: Any, states: Mapping[AssetKey, AssetState]) -> None:
        self._history = history
        self._store = store
        self._states = states
        self._loads = Loads(history)

    # ------------------------------------------------------------ a value without partitions

    def is_stale(self, made: Made) -> bool | None:
        """Whether the one value of an asset is stale; None where that cannot be told."""
        value = self._whole(made.key)
        if value is None:
            return False
        told: bool | None = False
        for upstream in made.upstream:
            state = self._states.get(upstream.key)
            if state is None or (not state.stored and (state.stored_at or 0.0) <= value.made_from):
                continue
            older = self._is_older(value, made, upstream)
            if older:
                return True
            told = None if older is None else told
        return told

    def _is_older(self, value: Stamp, made: Made, upstream: Upstream) -> bool | None:
        if upstream.partitions is None and upstream.is_known:
            above = self._whole(upstream.key)
            return above is not None and self._differs(made.key, value, upstream.key, above)
        wanted: set[str] | None = None
        for limit in (SOME, None):  # as a rule the first of them tells
            later = self._history.stored_after(upstream.key, value.made_from, limit)
            if not later or not upstream.is_known:
                return None if later else False
            wanted = self._wanted(made, upstream) if limit else wanted
            if any(
                self._differs(made.key, value, upstream.key, each)
                for each in later
                if wanted is None or each.partition in wanted
            ):
                return True
            if len(later) < SOME:
                break
        return False

    def _wanted(self, made: Made, upstream: Upstream) -> set[str] | None:
        """The partitions that a value without partitions is made from; None for all that there are."""
        assert upstream.partitions is not None
        wanted: set[str] = set()
        for declared in upstream.mappings:
            mapping = declared or default_mapping(None, upstream.partitions)
            if isinstance(mapping, AllPartitionMapping):
                return None
            wanted.update(mapping.upstream_keys([], made.partitions, upstream.partitions, None, self._store).keys)
        return wanted

    def _whole(self, key: AssetKey) -> Stamp | None:
        state = self._states.get(key)
        if state is None or not state.whole:
            return None
        if state.stored or state.stored_at is None:  # it has been divided at another time
            return next(iter(self._history.stamps(key, [None])), None)
        made_from = state.stored_at if state.loaded_at is None else state.loaded_at
        return Stamp(None, state.run_id or "", state.stored_at, made_from, state.version)

    # ------------------------------------------------------------ partitions

    def stale_partitions(self, made: Made) -> set[str] | None:
        """The partitions that are stale; None where that cannot be told. Some may have no place on their axis."""
        found: set[str] = set()
        for upstream in made.upstream:
            some = self._stale_by(made, upstream)
            if some is None:
                return None
            found |= some
        return found

    def _stale_by(self, made: Made, upstream: Upstream) -> set[str] | None:
        state = self._states.get(upstream.key)
        if state is None or not (state.whole or state.stored):
            return set()
        if not upstream.is_known:
            return None
        if upstream.partitions is None:
            above = self._whole(upstream.key)
            return set() if above is None else self._older_than(made.key, upstream.key, [above])
        found: set[str] = set()
        for mapping in upstream.mappings:
            some = self._stale_by_mapping(made, upstream.key, upstream.partitions, mapping)
            if some is None:
                return None
            found |= some
        return found

    def _stale_by_mapping(
        self, made: Made, key: AssetKey, partitions: PartitionsDefinition, declared: PartitionMapping | None
    ) -> set[str] | None:
        own = made.partitions
        assert own is not None
        mapping = declared or default_mapping(own, partitions)
        if _keeps_keys(mapping, own, partitions):
            pairs = self._history.made_before_upstream(made.key, key)
            return _names(value for value, above in pairs if not self._loads.same(made.key, value, key, above))
        if isinstance(mapping, LastPartitionMapping | SpecificPartitionsPartitionMapping):
            names = mapping.upstream_keys([], own, partitions, None, self._store).keys
            return self._older_than(made.key, key, self._history.stamps(key, names))
        if self._states[made.key].stored > MANY or self._states[key].stored > MANY_ABOVE:
            return None
        values = self._history.made_before(made.key, float("inf"))
        above = self._history.stored_after(key, min((value.made_from for value in values), default=0.0))
        newest = max((each.stored_at for each in above), default=0.0)
        late = [value for value in values if value.made_from < newest]
        if isinstance(mapping, AllPartitionMapping):
            if len(late) * len(above) > MANY * SOME:
                return None
            return _names(value for value in late if self._any_differs(made.key, value, key, above))
        axis, by_name = own.axis(None, self._store), {each.partition: each for each in above}
        found: set[str] = set()
        for name, value in ((value.partition or "", value) for value in late):
            if axis.ordinal_of(name) is not None:
                wanted = mapping.upstream_keys([name], own, partitions, None, self._store).keys
                if self._any_differs(made.key, value, key, (by_name[each] for each in wanted if each in by_name)):
                    found.add(name)
        return found

    def _older_than(self, key: AssetKey, upstream: AssetKey, above: Sequence[Stamp]) -> set[str]:
        """The partitions that are older than one of a few values that each of them is made from."""
        late = self._history.made_before(key, max((each.stored_at for each in above), default=0.0))
        return _names(value for value in late if self._any_differs(key, value, upstream, above))

    # ------------------------------------------------------------ two values

    def _differs(self, key: AssetKey, value: Stamp, upstream: AssetKey, above: Stamp) -> bool:
        """Whether what a value is made from is newer, and not what its step loaded."""
        return above.is_newer_than(value) and not self._loads.same(key, value, upstream, above)

    def _any_differs(self, key: AssetKey, value: Stamp, upstream: AssetKey, above: Iterable[Stamp]) -> bool:
        return any(self._differs(key, value, upstream, each) for each in above)


def _names(values: Iterable[Stamp]) -> set[str]:
    return {value.partition for value in values if value.partition is not None}


def _keeps_keys(mapping: PartitionMapping, own: PartitionsDefinition, upstream: PartitionsDefinition) -> bool:
    """Whether each partition is made from that of the same key."""
    if isinstance(mapping, TimeWindowPartitionMapping):
        return own == upstream and mapping.start_offset == mapping.end_offset == 0
    return isinstance(mapping, IdentityPartitionMapping)
