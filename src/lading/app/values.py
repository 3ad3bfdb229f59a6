"""Loading stored values outside a run."""

from __future__ import annotations

import os
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from lading.abc.contexts.facts import RunFacts
from lading.app.builtin import with_default_manager
from lading.app.instance import Instance
from lading.app.materialize import EPHEMERAL_JOB
from lading.app.versions import require_versions, version_wanted
from lading.definitions.assets import AssetsDefinition
from lading.definitions.collect import Definitions
from lading.definitions.config.run_config import parse_run_config
from lading.definitions.lineage import Lineage
from lading.definitions.resources import as_resource_source
from lading.definitions.types import resolve_type
from lading.engine.desk import Manager
from lading.engine.inputs import load_value, manager_of
from lading.engine.resources import open_resources
from lading.errors import CheckError, InvariantViolationError
from lading.values.keys import AssetKey, CoercibleToAssetKey
from lading.values.partitions import PartitionKeyRange

NOTHING: Mapping[str, Any] = {}


class AssetValueLoader:
    """Loads stored values through the IO managers of their assets. Made by ``Definitions.get_asset_value_loader``."""

    __slots__ = ("_instance", "_lineage", "_resources")

    def __init__(self, lineage: Lineage, resources: Mapping[str, Any], instance: Instance) -> None:
        self._lineage = lineage
        self._resources = resources
        self._instance = instance

    def load_asset_value(
        self,
        asset_key: CoercibleToAssetKey,
        *,
        python_type: Any = None,
        partition_key: str | None = None,
        partition_key_range: PartitionKeyRange | None = None,
        input_definition_metadata: Mapping[str, Any] | None = None,
        resource_config: Mapping[str, Any] | None = None,
        metadata: Mapping[str, Any] | None = None,
        version: str | None = None,
        run: str | None = None,
        as_of: datetime | None = None,
    ) -> Any:
        """Load the stored value of an asset.

        Args:
            asset_key: The asset.
            python_type: The type to load it as, where the manager can choose.
            partition_key: One partition.
            partition_key_range: Several; the value is a dict by key.
            input_definition_metadata: What the manager sees as ``definition_metadata``.
            resource_config: Config of resources, by key.
            metadata: The same as ``input_definition_metadata``.
            version: An earlier version that the manager keeps, by its digest or the beginning of it.
            run: The version that this run stored, by the run's id.
            as_of: The version that was the current one at a moment.

        Raises:
            CheckError: There is no such asset.
            UnknownPartitionError: There is no such partition.
            ValueMissing: It was never stored.
            VersionMissing: The version is not kept, or there was none.
        """
        key = AssetKey.from_coercible(asset_key)
        definition = self._lineage.by_key.get(key)
        if definition is None:
            raise CheckError(
                f'no asset is called "{key.to_user_string()}"', where="load_asset_value",
                did_you_mean=self._lineage.nearest(key),
            )  # fmt: skip
        keys = self._partitions(key, definition.partitions_def, partition_key, partition_key_range)
        wanted = version_wanted(self._instance, key, keys, version, run, as_of)
        given = parse_run_config({"resources": resource_config} if resource_config else None).resources
        with opened_manager(definition, key, self._resources, self._instance, given) as opened:
            facts = RunFacts("", EPHEMERAL_JOB, instance=self._instance)
            if wanted is not None:
                require_versions(opened, key)
            return load_value(
                opened.manager, opened.key, opened.config, opened.resources, definition, key, keys,
                resolve_type(Any if python_type is None else python_type),
                metadata if metadata is not None else input_definition_metadata, facts, wanted,
            )  # fmt: skip

    def _partitions(
        self, key: AssetKey, definition: Any, one: str | None, several: PartitionKeyRange | None
    ) -> tuple[str, ...] | None:
        name = f'asset "{key.to_user_string()}"'
        if definition is None:
            if one is not None or several is not None:
                raise InvariantViolationError(f"{name} has no partitions", where="partition_key", fix="leave it out")
            return None
        if one is not None:
            return (definition.require_partition_key(one, None, self._instance, where=name),)
        if several is not None:
            return tuple(definition.get_partition_keys_in_range(several, None, self._instance))
        return tuple(definition.get_partition_keys(None, self._instance))


@contextmanager
def opened_manager(
    definition: AssetsDefinition,
    key: AssetKey,
    resources: Mapping[str, Any],
    instance: Instance,
    given: Mapping[str, Any] = NOTHING,
) -> Generator[Manager]:
    """The IO manager that stores an asset, opened outside a run.

    Args:
        definition: The definition that makes (or declares) the asset.
        key: The asset.
        resources: Resources by key.
        instance: Where values lie by default.
        given: Config of resources, by key.
    """
    manager_key = manager_of(definition, key)
    sources = {name: as_resource_source(name, each) for name, each in resources.items()}
    sources.update({name: as_resource_source(name, each) for name, each in definition.resource_defs.items()})
    known = with_default_manager(sources, instance, in_memory=False)
    who = f'asset "{key.to_user_string()}"'
    owners = {manager_key: who}
    with open_resources(known, owners, given, owners, None, instance) as opened:
        manager = opened.manager(manager_key, "input_manager", who)
        scoped = opened.scoped(known[manager_key].required_resource_keys, who)
        yield Manager(manager_key, manager, opened.configs.get(manager_key), scoped)


@contextmanager
def asset_value_loader(defs: Definitions, instance: Any = None) -> Generator[AssetValueLoader, None, None]:
    """A loader over the assets and resources of some definitions."""
    if instance is None:
        instance = default_instance()
    yield AssetValueLoader(defs.lineage, defs.resources, instance)


def default_instance() -> Instance:
    """The instance of the home, or a throw-away one where no home is named."""
    named = os.environ.get("LADING_HOME") or os.environ.get("DAGSTER_HOME")
    return Instance.get() if named else Instance.ephemeral()
