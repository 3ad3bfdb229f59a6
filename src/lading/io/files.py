"""One value per file, pickled, at a path that people find: the default manager, without pydantic."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from lading.abc.contexts.input import InputContext
from lading.abc.contexts.output import OutputContext
from lading.abc.format import Format
from lading.abc.io import IOManager
from lading.abc.store import Store
from lading.io.dividing import divided, one_by_one
from lading.io.slots import asset_name, find_by_owner, holds_many, load_by_owner, naming, one_owner, output_owner
from lading.storage.digest import Verify
from lading.storage.formats.pickle import PICKLE
from lading.storage.layout import Layout, check_layout
from lading.storage.parcel import stored_receipt, unpack
from lading.storage.stores.local import Durability
from lading.storage.trust import Foreign, Reading
from lading.storage.url import open_store
from lading.storage.versions import Keep, check_keep, find_version, pack_kept, restore, versions
from lading.values.metadata import MetadataValue
from lading.values.receipt import Owner, Receipt

_FORMATS: dict[str, Format] = {PICKLE.name: PICKLE}


class FileIOManager(IOManager):
    """Pickles each value into a file of its own.

    An asset lies at ``base_dir/<key parts>``, a partition at ``…/<partition>``, an output of an op at
    ``<run id>/<step>/<output>``. A write is atomic, and travels with its record; a read is verified.

    Args:
        base_dir: A folder, or a URL that :func:`lading.storage.url.open_store` knows.
        durability: ``"strict"`` survives a power cut, ``"fast"`` a killed process only.
        verify: ``"once"`` per process and file, ``"always"``, or ``"never"``.
        foreign: What to do with files without a record: ``"warn"`` or ``"refuse"``.
        keep: How many versions of a value are kept, the current one included, or for how long (a timedelta); only the
            current one when left out.
        layout: ``"plain"`` lays partitions at ``orders/2024-01-01``, ``"hive"`` at ``orders/date=2024-01-01/part``. The
            column is called as the ``partition_column`` in the metadata of the asset says, or as the dimension.
    """

    def __init__(
        self,
        base_dir: str | os.PathLike[str],
        *,
        durability: Durability = "strict",
        verify: Verify = "once",
        foreign: Foreign = "warn",
        keep: Keep = 1,
        layout: Layout = "plain",
    ) -> None:
        self.base_dir = os.fspath(base_dir)
        self.store: Store = open_store(base_dir, durability=durability)
        self._verify: Verify = verify
        self._foreign: Foreign = foreign
        self.keep = check_keep(keep, f"{type(self).__name__}({self.base_dir!r})")
        self.layout: Layout = check_layout(layout, f"{type(self).__name__}({self.base_dir!r})")

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.base_dir!r})"

    def handle_output(self, context: OutputContext, obj: Any) -> None:
        if one_by_one(context, obj, self.handle_output):
            context.add_output_metadata({"path": MetadataValue.path(self.store.url(asset_name(context)))})
            return
        owner = output_owner(context)
        name = naming(context, self.layout)(owner)
        receipt, facts = pack_kept(obj, self.store, name, PICKLE, keep=self.keep, owner=owner)
        context.record(receipt, facts.known())
        context.add_output_metadata({"path": MetadataValue.path(receipt.url)})

    def divide_output(self, context: OutputContext, obj: Any) -> Iterator[tuple[str, Any]]:
        return divided(context, obj)

    def load_input(self, context: InputContext) -> Any:
        reading = Reading(self._verify, self._foreign, context.log.warning)
        names = naming(context, self.layout)

        def load(owner: Owner) -> tuple[object, Receipt]:
            name = names(owner)
            place = None if context.version is None else find_version(self.store, name, context.version)
            return unpack(self.store, name, _FORMATS, owner=owner, assumed=PICKLE, reading=reading, place=place)

        return load_by_owner(context, load)

    def describe_place(self, context: OutputContext) -> str:
        if holds_many(context):
            return self.store.url(asset_name(context)) + "/"
        return self.store.url(naming(context, self.layout)(output_owner(context)))

    def find_receipts(self, context: OutputContext | InputContext) -> Mapping[str | None, Receipt]:
        names = naming(context, self.layout)
        return find_by_owner(context, lambda owner: stored_receipt(self.store, names(owner)))

    def find_versions(self, context: OutputContext | InputContext) -> Sequence[Receipt]:
        return versions(self.store, naming(context, self.layout)(one_owner(context)))

    def restore_version(self, context: OutputContext, version: str) -> Receipt:
        return restore(self.store, naming(context, self.layout)(one_owner(context)), version)
