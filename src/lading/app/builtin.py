"""The ready-made managers that stand in where the user gives none."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lading.definitions.resources import as_resource_source
from lading.io.files import FileIOManager
from lading.io.memory import InMemoryIOManager

DEFAULT_KEY = "io_manager"


def with_default_manager(resources: Mapping[str, Any], instance: Any, in_memory: bool) -> Mapping[str, Any]:
    """The resources, with a manager under the default key.

    Args:
        resources: What the user gave.
        instance: Whose storage folder the default manager writes to.
        in_memory: Whether values stay in memory instead.
    """
    if DEFAULT_KEY in resources:
        return resources
    manager: Any = InMemoryIOManager() if in_memory else FileIOManager(instance.storage_directory())
    return {**resources, DEFAULT_KEY: as_resource_source(DEFAULT_KEY, manager)}
