"""The configurable face of the default manager: one pickle per value."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

from lading.abc.contexts.input import InputContext
from lading.abc.contexts.output import OutputContext
from lading.abc.contexts.resource import InitResourceContext
from lading.config.io import ConfigurableIOManager
from lading.errors import ResourceMissingError
from lading.io.files import FileIOManager
from lading.storage.digest import Verify
from lading.storage.layout import Layout
from lading.storage.stores.local import Durability
from lading.storage.trust import Foreign


class FilesystemIOManager(ConfigurableIOManager):
    """Pickles each value into a file of its own, at a path that people find.

    An asset lies at ``base_dir/<key parts>``, a partition at ``…/<partition>``, an output of an op at
    ``<run id>/<step>/<output>``. A write is atomic and travels with its record; a read is verified first.

    Args:
        base_dir: A folder or URL; the storage folder of the instance if left out.
        durability: ``"strict"`` survives a power cut, ``"fast"`` a killed process only.
        verify: ``"once"`` per process and file, ``"always"``, or ``"never"``.
        foreign: What to do with files without a record: ``"warn"`` or ``"refuse"``.
        keep: How many versions of a value are kept, the current one included, or for how long (a timedelta); only the
            current one when left out.
        layout: ``"plain"`` lays partitions at ``orders/2024-01-01``, ``"hive"`` at ``orders/date=2024-01-01/part``. The
            column is called as the ``partition_column`` in the metadata of the asset says, or as the dimension.
    """

    base_dir: str | Path | None = None
    durability: Durability = "strict"
    verify: Verify = "once"
    foreign: Foreign = "warn"
    keep: int | timedelta = 1
    layout: Layout = "plain"

    def create_resource(self, context: InitResourceContext) -> Any:
        return self._plain(context.instance)

    def handle_output(self, context: OutputContext, obj: Any) -> None:
        """Store a value, called by hand; in a run the plain manager does."""
        self._plain(None).handle_output(context, obj)

    def load_input(self, context: InputContext) -> Any:
        """Load a value, called by hand; in a run the plain manager does."""
        return self._plain(None).load_input(context)

    def describe_place(self, context: OutputContext) -> str:
        """Where the values of an output will lie."""
        return self._plain(None).describe_place(context)

    def _plain(self, instance: Any) -> FileIOManager:
        base_dir = self.base_dir
        if base_dir is None:
            if instance is None:
                raise ResourceMissingError(
                    "FilesystemIOManager has neither a base_dir nor an instance to store in",
                    where="FilesystemIOManager()",
                    fix='give it a folder: FilesystemIOManager(base_dir="data")',
                )
            base_dir = instance.storage_directory()
        return FileIOManager(
            base_dir,
            durability=self.durability,
            verify=self.verify,
            foreign=self.foreign,
            keep=self.keep,
            layout=self.layout,
        )
