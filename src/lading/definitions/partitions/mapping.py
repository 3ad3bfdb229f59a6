"""Mappings that go by the text of keys or by none at all."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

from lading.abc.partitions import DynamicPartitionsStore, PartitionMapping, PartitionsDefinition, UpstreamKeys
from lading.definitions.partitions.static import StaticPartitionsDefinition
from lading.errors import CheckError


class AllPartitionMapping(PartitionMapping):
    """Every downstream partition is made from all upstream partitions."""

    def upstream_keys(
        self,
        downstream_keys: Sequence[str],
        downstream: PartitionsDefinition | None,
        upstream: PartitionsDefinition,
        now: datetime | None = None,
        store: DynamicPartitionsStore | None = None,
    ) -> UpstreamKeys:
        return UpstreamKeys(list(upstream.get_partition_keys(now, store)))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, AllPartitionMapping)

    def __hash__(self) -> int:
        return hash(AllPartitionMapping)

    def __repr__(self) -> str:
        return "AllPartitionMapping()"


class LastPartitionMapping(PartitionMapping):
    """Every downstream partition is made from the last upstream partition."""

    def upstream_keys(
        self,
        downstream_keys: Sequence[str],
        downstream: PartitionsDefinition | None,
        upstream: PartitionsDefinition,
        now: datetime | None = None,
        store: DynamicPartitionsStore | None = None,
    ) -> UpstreamKeys:
        last = upstream.get_last_partition_key(now, store)
        return UpstreamKeys([] if last is None else [last])

    def __eq__(self, other: object) -> bool:
        return isinstance(other, LastPartitionMapping)

    def __hash__(self) -> int:
        return hash(LastPartitionMapping)

    def __repr__(self) -> str:
        return "LastPartitionMapping()"


class SpecificPartitionsPartitionMapping(PartitionMapping):
    """Every downstream partition is made from the same upstream partitions.

    Args:
        partition_keys: The upstream keys; whether they exist is seen when they are loaded.
    """

    def __init__(self, partition_keys: Sequence[str]) -> None:
        self.partition_keys = tuple(partition_keys)

    def upstream_keys(
        self,
        downstream_keys: Sequence[str],
        downstream: PartitionsDefinition | None,
        upstream: PartitionsDefinition,
        now: datetime | None = None,
        store: DynamicPartitionsStore | None = None,
    ) -> UpstreamKeys:
        return UpstreamKeys([upstream.as_partition_key(key) for key in self.partition_keys])

    def __eq__(self, other: object) -> bool:
        return isinstance(other, SpecificPartitionsPartitionMapping) and self.partition_keys == other.partition_keys

    def __hash__(self) -> int:
        return hash(self.partition_keys)

    def __repr__(self) -> str:
        return f"SpecificPartitionsPartitionMapping({list(self.partition_keys)!r})"


class IdentityPartitionMapping(PartitionMapping):
    """A downstream partition is made from the upstream partition of the same key."""

    def upstream_keys(
        self,
        downstream_keys: Sequence[str],
        downstream: PartitionsDefinition | None,
        upstream: PartitionsDefinition,
        now: datetime | None = None,
        store: DynamicPartitionsStore | None = None,
    ) -> UpstreamKeys:
        if downstream == upstream:
            return UpstreamKeys([upstream.as_partition_key(key) for key in dict.fromkeys(downstream_keys)])
        return sorted_out(downstream_keys, upstream, now, store)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, IdentityPartitionMapping)

    def __hash__(self) -> int:
        return hash(IdentityPartitionMapping)

    def __repr__(self) -> str:
        return "IdentityPartitionMapping()"


class StaticPartitionMapping(PartitionMapping):
    """Says for each upstream key which downstream partitions are made from it.

    Args:
        downstream_partition_keys_by_upstream_partition_key: For each upstream key, one downstream key or several.

    Raises:
        CheckError: A key is no text.
    """

    def __init__(
        self, downstream_partition_keys_by_upstream_partition_key: Mapping[str, str | Collection[str]]
    ) -> None:
        given = downstream_partition_keys_by_upstream_partition_key
        self.downstream_partition_keys_by_upstream_partition_key = {key: _texts(down) for key, down in given.items()}

    def upstream_keys(
        self,
        downstream_keys: Sequence[str],
        downstream: PartitionsDefinition | None,
        upstream: PartitionsDefinition,
        now: datetime | None = None,
        store: DynamicPartitionsStore | None = None,
    ) -> UpstreamKeys:
        self._check_upstream(upstream, now, store)
        asked = set(downstream_keys)
        made_from = self.downstream_partition_keys_by_upstream_partition_key
        found = [key for key, made in made_from.items() if not asked.isdisjoint(made)]
        return UpstreamKeys([upstream.as_partition_key(key) for key in found])

    def check(self, downstream: PartitionsDefinition | None, upstream: PartitionsDefinition) -> None:
        # Keys of other kinds may still come to be.
        if isinstance(upstream, StaticPartitionsDefinition):
            self._check_upstream(upstream, None, None)

    def _check_upstream(
        self, upstream: PartitionsDefinition, now: datetime | None, store: DynamicPartitionsStore | None
    ) -> None:
        for key in self.downstream_partition_keys_by_upstream_partition_key:
            if not upstream.has_partition_key(key, now, store):
                nearest = upstream.nearest(key, now, store)
                raise CheckError(
                    f'"{key}" is no partition of the upstream asset',
                    where=repr(self),
                    fix=upstream.describe_keys() if nearest is None else f'the nearest is "{nearest}"',
                    did_you_mean=nearest,
                )

    @property
    def _content(self) -> frozenset[tuple[str, tuple[str, ...]]]:
        return frozenset(self.downstream_partition_keys_by_upstream_partition_key.items())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, StaticPartitionMapping) and self._content == other._content

    def __hash__(self) -> int:
        return hash(self._content)

    def __repr__(self) -> str:
        return f"StaticPartitionMapping({self.downstream_partition_keys_by_upstream_partition_key!r})"


def sorted_out(
    keys: Iterable[str],
    upstream: PartitionsDefinition,
    now: datetime | None,
    store: DynamicPartitionsStore | None,
) -> UpstreamKeys:
    """Return the keys, each once, as upstream keys: those that exist and those that do not."""
    found = UpstreamKeys([])
    for key in dict.fromkeys(keys):
        if upstream.has_partition_key(key, now, store):
            found.keys.append(upstream.as_partition_key(key))
        else:
            found.nonexistent.append(key)
    return found


def _texts(given: str | Collection[str]) -> tuple[str, ...]:
    keys = (given,) if isinstance(given, str) or not isinstance(given, Collection) else tuple(given)  # pyright: ignore[reportUnnecessaryIsInstance] - callers without types
    if not all(isinstance(key, str) for key in keys):  # pyright: ignore[reportUnnecessaryIsInstance] - likewise
        raise CheckError(
            f"a partition key is a text, not {given!r}", where="StaticPartitionMapping", fix="write the keys as texts"
        )
    return tuple(sorted(set(keys)))
