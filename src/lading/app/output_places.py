"""Where values will lie, told before anything is made."""

from __future__ import annotations

from lading.abc.contexts.output import OutputContext
from lading.abc.contexts.partitions import NO_PARTITIONS, PartitionFacts
from lading.abc.io import SupportsPlaces
from lading.app.instance import Instance
from lading.app.values import opened_manager
from lading.definitions.collect import Definitions
from lading.values.keys import AssetKey


def place_of(definitions: Definitions, instance: Instance, key: AssetKey) -> str:
    """Where the values of an asset will lie; the name of its IO manager where that cannot say.

    Args:
        definitions: The assets and their resources.
        instance: Where values lie by default.
        key: The asset.
    """
    definition = definitions.lineage.by_key[key]
    with opened_manager(definition, key, definitions.resources, instance) as opened:
        manager: object = opened.manager
        if not isinstance(manager, SupportsPlaces):
            return f"{type(manager).__name__} ({opened.key})"
        spec = definition.specs_by_key[key]
        divided = definition.partitions_def
        facts = NO_PARTITIONS if divided is None else PartitionFacts(None, (), divided)
        context = OutputContext(
            "result", "none", definition_metadata=spec.metadata, resource_config=opened.config,
            resources=opened.resources, asset_key=key, asset_spec=spec, partitions=facts, instance=instance,
        )  # fmt: skip
        return manager.describe_place(context)
