"""Two keys at one path: asset ``x/k`` beside partition ``k`` of asset ``x``, refused before anything runs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from lading.abc.io import SupportsPlaces
from lading.definitions.lineage import Lineage, source_of
from lading.definitions.partitions.dynamic import DynamicPartitionsDefinition
from lading.definitions.partitions.multi import MultiPartitionsDefinition
from lading.engine.inputs import manager_of
from lading.errors import PathRefusedError
from lading.values.keys import AssetKey
from lading.values.partitions import SEPARATOR


class Clash(NamedTuple):
    """An asset whose path would be that of a partition of another."""

    asset: AssetKey
    divided: AssetKey
    partition: str


def refuse_clashes(lineage: Lineage, sources: Mapping[str, Any]) -> None:
    """See that no asset would lie where a partition of another one does.

    Keys of dynamic partitions come to be later: there the record of what lies at the path decides.

    Args:
        lineage: The assets.
        sources: Resources by key.

    Raises:
        PathRefusedError: One would.
    """
    for clash in _clashes(lineage):
        manager = manager_of(lineage.by_key[clash.asset], clash.asset)
        if manager != manager_of(lineage.by_key[clash.divided], clash.divided):
            continue
        source = sources.get(manager)
        value: object = getattr(source, "value", source)
        if not isinstance(value, SupportsPlaces) or getattr(value, "layout", "plain") != "plain":
            continue
        raise PathRefusedError(
            f'asset "{clash.asset.to_user_string()}" and partition "{clash.partition}" of asset '
            f'"{clash.divided.to_user_string()}" would lie at one path',
            where=f"{source_of(lineage.by_key[clash.asset])}; {source_of(lineage.by_key[clash.divided])}",
            fix='rename one of the two, or give one of them another IO manager (or layout="hive")',
        )


def _clashes(lineage: Lineage) -> Iterator[Clash]:
    # Few projects divide one asset and nest another below it, so the first look is over whole keys only.
    divided = {key.parts: each.partitions_def for key, each in lineage.by_key.items() if each.partitions_def}
    if not divided:
        return
    lengths = {len(parts) for parts in divided}
    for key in lineage.by_key:
        parts = key.parts
        for length in lengths:
            definition = divided.get(parts[:length]) if length < len(parts) else None
            if definition is None or isinstance(definition, DynamicPartitionsDefinition):
                continue
            rest = parts[length:]
            text = (SEPARATOR if isinstance(definition, MultiPartitionsDefinition) else "/").join(rest)
            if definition.has_partition_key(text):
                yield Clash(key, AssetKey(parts[:length]), text)
