"""The configurable face of the manager that stores each value in the format of its type."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

from lading.abc.contexts.input import InputContext
from lading.abc.contexts.output import OutputContext
from lading.abc.contexts.resource import InitResourceContext
from lading.config.io import ConfigurableIOManager
from lading.io.by_type import TypedFileIOManager
from lading.storage.digest import Verify
from lading.storage.layout import Layout
from lading.storage.stores.local import Durability
from lading.storage.trust import Foreign


class TypedIOManager(ConfigurableIOManager):
    """Stores each value in the format of its type: tables as Parquet, arrays as ``.npy``, plain data as JSON.

    The format is recorded with the value, and a consumer gets the type its parameter is annotated with. Nothing is
    unpickled unless you allow it.

    Args:
        base_dir: A folder or URL.
        allow_pickle: Whether values without a format of their own are pickled, and pickles are loaded.
        durability: ``"strict"`` survives a power cut, ``"fast"`` a killed process only.
        verify: ``"once"`` per process and file, ``"always"``, or ``"never"``.
        foreign: What to do with files without a record: ``"warn"`` or ``"refuse"``.
        keep: How many versions of a value are kept, the current one included, or for how long (a timedelta); only the
            current one when left out.
        layout: ``"plain"`` lays partitions at ``orders/2024-01-01``, ``"hive"`` at ``orders/date=2024-01-01/part``. The
            column is called as the ``partition_column`` in the metadata of the asset says, or as the dimension.
    """

    base_dir: str | Path
    allow_pickle: bool = False
    durability: Durability = "strict"
    verify: Verify = "once"
    foreign: Foreign = "warn"
    keep: int | timedelta = 1
    layout: Layout = "plain"

    def create_resource(self, context: InitResourceContext) -> Any:
        return self._plain()

    def handle_output(self, context: OutputContext, obj: Any) -> None:
        """Store a value, called by hand; in a run the plain manager does."""
        self._plain().handle_output(context, obj)

    def load_input(self, context: InputContext) -> Any:
        """Load a value, called by hand; in a run the plain manager does."""
        return self._plain().load_input(context)

    def describe_place(self, context: OutputContext) -> str:
        """Where the values of an output will lie."""
        return self._plain().describe_place(context)

    def _plain(self) -> TypedFileIOManager:
        return TypedFileIOManager(
            self.base_dir,
            allow_pickle=self.allow_pickle,
            durability=self.durability,
            verify=self.verify,
            foreign=self.foreign,
            keep=self.keep,
            layout=self.layout,
        )
