"""Values that a function writes to a path of a local disk: staged, recorded, published; and checked before reading."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

from lading.errors import StoreMissing
from lading.storage.digest import Verify, digest_of_file
from lading.storage.parcel import receipt_of, stored_receipt
from lading.storage.record import Record
from lading.storage.stores.local import Durability, LocalStore
from lading.storage.trust import (
    Foreign,
    Notice,
    Reading,
    attach_record,
    refuse_foreign,
    refuse_other_owner,
    refuse_other_value,
    verified,
)
from lading.storage.types import type_name
from lading.values.receipt import Owner, Receipt


def write_staged(
    base: str,
    name: str,
    dump: Callable[[Path], object],
    value: object,
    owner: Owner,
    written_as: str,
    durability: Durability,
) -> Receipt | None:
    """Have a value written to a hidden path and publish it under its name, with its record.

    Args:
        base: The folder that must not be left.
        name: The relative name.
        dump: Writes the value to the path it is given.
        value: The value, for the record.
        owner: To whom it belongs.
        written_as: The name of the format, for the record.
        durability: ``"strict"`` or ``"fast"``.

    Returns:
        The receipt; ``None`` when the value is no single file, which has no digest.
    """
    began = time.perf_counter()
    store = LocalStore(base, durability=durability)
    refuse_other_owner(store, name, owner)
    attributes: dict[str, str] = {}
    record: Record | None = None
    with store.create_path(name, attributes) as staged:
        dump(staged)
        if staged.is_file():
            digest, size = digest_of_file(staged)
            record = Record(written_as, "none", type_name(type(value)), digest, size, owner, time.time())
            attach_record(store, name, record, attributes)
    if record is None:
        return None
    seconds = time.perf_counter() - began
    return receipt_of(record, str(store.path(name)), seconds)


def read_checked(
    base: str, name: str, owner: Owner, verify: Verify, foreign: Foreign, notice: Notice
) -> tuple[str, Receipt | None]:
    """The path of a value whose bytes were compared with its record.

    Returns:
        The path, and the receipt; ``None`` when the value is no single file.

    Raises:
        StoreMissing: Nothing is stored under the name.
        ValueDamaged: The bytes are not those that were written, or belong to someone else.
        ForeignValueError: There is no record, and none may be missing.
    """
    began = time.perf_counter()
    store = LocalStore(base)
    reading = Reading(verify, foreign, notice)
    try:
        with store.open(name) as opened:
            _, record = verified(store, name, opened, reading)
            stat, path = opened.stat, str(opened.path)
    except StoreMissing:
        if not os.path.isdir(f"{base}/{name}"):
            raise
        return f"{base}/{name}", None
    seconds = time.perf_counter() - began
    if record is None:
        refuse_foreign(path, reading, "it lies")
        return path, Receipt(
            path, stat.size, "", "", owner=owner, seconds=seconds, stored_at=stat.modified, foreign=True
        )
    refuse_other_value(record, owner, path)
    return path, receipt_of(record, path, seconds)


def path_receipt(base: str, name: str) -> Receipt | None:
    """The receipt of what lies at a path, without reading it; None where nothing lies there."""
    found = stored_receipt(LocalStore(base), name)
    if found is None and os.path.isdir(f"{base}/{name}"):
        return Receipt(f"{base}/{name}", 0, "", "", foreign=True)
    return found
