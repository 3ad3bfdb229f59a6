"""The ready-made managers as functions, for those who write ``resource_defs={"io_manager": mem_io_manager}``."""

from __future__ import annotations

from typing import Any

from lading.abc.contexts.resource import InitResourceContext
from lading.definitions.managers import io_manager
from lading.io.files import FileIOManager
from lading.io.memory import InMemoryIOManager


@io_manager
def mem_io_manager() -> InMemoryIOManager:
    """Keeps values in memory, for one run."""
    return InMemoryIOManager()


@io_manager(config_schema={"base_dir": str | None})
def fs_io_manager(context: InitResourceContext) -> FileIOManager:
    """Pickles each value into a file of its own, below ``base_dir`` or the storage folder of the instance."""
    config: dict[str, Any] = context.resource_config or {}
    base_dir = config.get("base_dir")
    return FileIOManager(context.instance.storage_directory() if base_dir is None else base_dir)
