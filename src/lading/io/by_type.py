"""One value per file, in the format that fits its type."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from lading.abc.contexts.input import InputContext
from lading.abc.contexts.output import OutputContext
from lading.abc.format import Facts, Format, Want
from lading.abc.io import IOManager
from lading.abc.store import Store
from lading.errors import CannotStoreError, StoreMissing, VersionMissing
from lading.io.dividing import divided, one_by_one
from lading.io.slots import (
    Names,
    asset_name,
    find_by_owner,
    holds_many,
    load_by_owner,
    naming,
    one_owner,
    output_owner,
    wanted_columns,
    wanted_type,
)
from lading.storage.digest import Verify
from lading.storage.formats.catalog import default_formats
from lading.storage.formats.pickle import PICKLE
from lading.storage.formats.registry import Formats
from lading.storage.frames import LAZY_FRAMES, Scan, frame_of
from lading.storage.layout import Layout, check_layout
from lading.storage.parcel import stored_receipt, unpack
from lading.storage.stores.local import Durability
from lading.storage.trust import Foreign, Reading
from lading.storage.types import type_name
from lading.storage.url import open_store
from lading.storage.versions import (
    Keep,
    check_keep,
    find_version,
    keep_current,
    pack_kept,
    restore,
    versions,
)
from lading.values.metadata import MetadataValue
from lading.values.receipt import Owner, Receipt


class TypedFileIOManager(IOManager):
    """Stores each value in the format of its type: tables as Parquet, arrays as ``.npy``, plain data as JSON.

    The format is recorded with the value, and a consumer gets the type its parameter is annotated with: a pandas frame
    that was stored comes back as a Polars frame where one is asked for.

    Args:
        base_dir: A folder, or a URL that :func:`lading.storage.url.open_store` knows.
        allow_pickle: Whether values without a format of their own are pickled, and pickles are loaded.
        formats: The formats to use instead of those that come with lading.
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
        allow_pickle: bool = False,
        formats: Formats | None = None,
        durability: Durability = "strict",
        verify: Verify = "once",
        foreign: Foreign = "warn",
        keep: Keep = 1,
        layout: Layout = "plain",
    ) -> None:
        self.base_dir = os.fspath(base_dir)
        self.allow_pickle = allow_pickle
        self.formats = formats if formats is not None else default_formats(pickle=allow_pickle)
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
        receipt, facts = self._store(obj, output_owner(context), naming(context, self.layout))
        context.record(receipt, facts.known())
        context.add_output_metadata({"path": MetadataValue.path(receipt.url)})

    def divide_output(self, context: OutputContext, obj: Any) -> Iterator[tuple[str, Any]]:
        return divided(context, obj)

    def load_input(self, context: InputContext) -> Any:
        columns = wanted_columns(context)
        want = Want(wanted_type(context), columns)
        reading = Reading(self._verify, self._foreign, context.log.warning)
        names = naming(context, self.layout)
        # Parts of one frame are joined as what the format gives most cheaply; a lazy frame is put together of scans.
        parts = Want(Scan if frame_of(want.kind) in LAZY_FRAMES else None, columns)

        def load(owner: Owner, want: Want = want) -> tuple[object, Receipt]:
            if context.version is not None:
                return self._load_version(owner, context.version, want, reading, names)
            try:
                return self._load(owner, want, reading, names)
            except StoreMissing:
                # A writer may just have replaced a value of one type by one of another.
                return self._load(owner, want, reading, names)

        return load_by_owner(context, load, lambda owner: load(owner, parts))

    def describe_place(self, context: OutputContext) -> str:
        if holds_many(context):
            return self.store.url(asset_name(context)) + "/"
        # The ending follows from the type of the value.
        return self.store.url(naming(context, self.layout)(output_owner(context))) + ".*"

    def find_receipts(self, context: OutputContext | InputContext) -> Mapping[str | None, Receipt]:
        names = naming(context, self.layout)
        return find_by_owner(context, lambda owner: self._receipt(owner, names))

    def _receipt(self, owner: Owner, names: Names) -> Receipt | None:
        try:
            name, _ = self._find(owner, names)
        except StoreMissing:
            return None
        return stored_receipt(self.store, name)

    def find_versions(self, context: OutputContext | InputContext) -> Sequence[Receipt]:
        owner, names = one_owner(context), naming(context, self.layout)
        found = [receipt for suffix in self._suffixes() for receipt in versions(self.store, names(owner, suffix))]
        return sorted(found, key=lambda receipt: receipt.stored_at, reverse=True)

    def restore_version(self, context: OutputContext, version: str) -> Receipt:
        owner, names = one_owner(context), naming(context, self.layout)
        name, _ = self._find_version(owner, version, names)
        receipt = restore(self.store, name, version)
        self._clear(owner, name, names)
        return receipt

    def _find_version(self, owner: Owner, version: str, names: Names) -> tuple[str, str]:
        """The name of the value that a version is of, and where the version lies."""
        refused: VersionMissing | None = None
        for suffix in self._suffixes():
            name = names(owner, suffix)
            if versions(self.store, name):
                try:
                    return name, find_version(self.store, name, version)
                except VersionMissing as error:
                    refused = error
        raise refused or VersionMissing(f"no version of {owner} is kept", where=self.store.url(names(owner)))

    def _load_version(
        self, owner: Owner, version: str, want: Want, reading: Reading, names: Names
    ) -> tuple[object, Receipt]:
        name, place = self._find_version(owner, version, names)
        return unpack(self.store, name, self.formats, want=want, owner=owner, reading=reading, place=place)

    def _load(self, owner: Owner, want: Want, reading: Reading, names: Names) -> tuple[object, Receipt]:
        name, assumed = self._find(owner, names)
        return unpack(self.store, name, self.formats, want=want, owner=owner, assumed=assumed, reading=reading)

    def _store(self, value: object, owner: Owner, names: Names) -> tuple[Receipt, Facts]:
        chosen = self.formats.for_type(type(value))
        if chosen is None:
            raise CannotStoreError(f"no format for a value of type {type_name(type(value))}", where=str(owner))
        try:
            stored = self._pack(value, owner, chosen, names)
        except CannotStoreError as error:
            # Of a type that the format takes as a rule, such as a list; this one holds something else.
            if not self.allow_pickle or chosen is PICKLE:
                error.where = error.where or str(owner)
                raise
            chosen = PICKLE
            stored = self._pack(value, owner, chosen, names)
        self._clear(owner, names(owner, chosen.suffix), names)
        return stored

    def _clear(self, owner: Owner, name: str, names: Names) -> None:
        """Remove what was current under another ending."""
        for suffix in self._suffixes():
            if (earlier := names(owner, suffix)) != name and self.store.exists(earlier):
                # Written when the value was of another type.
                if self.keep != 1:
                    keep_current(self.store, earlier)
                self.store.delete(earlier)

    def _pack(self, value: object, owner: Owner, chosen: Format, names: Names) -> tuple[Receipt, Facts]:
        return pack_kept(value, self.store, names(owner, chosen.suffix), chosen, keep=self.keep, owner=owner)

    def _find(self, owner: Owner, names: Names) -> tuple[str, Format]:
        """The name under which a value lies, and the format its ending speaks of."""
        found = [
            (name, known)
            for suffix, known in self._suffixes().items()
            if self.store.exists(name := names(owner, suffix))
        ]
        if not found:
            any_name = names(owner)
            raise StoreMissing(f"nothing is stored as {any_name!r}", where=self.store.url(any_name) + ".*")
        if len(found) > 1:  # a writer is between publishing one and removing the other, or died there
            found.sort(key=lambda pair: self.store.stat(pair[0]).modified)
        return found[-1]

    def _suffixes(self) -> dict[str, Format]:
        # The first format of a suffix is the one that unrecorded files of it are read with.
        return {known.suffix: known for known in reversed(list(self.formats.values()))}
