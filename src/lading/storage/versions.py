"""Earlier versions of a value: kept by digest beside the store, each one object however often it was written.

A version lies at ``.lading/versions/<name>%/<digest>``. It is published there before it becomes the current value, so
of two writers at once both versions stay; and it is the same object as the current value, so it costs no space.
"""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from datetime import timedelta
from itertools import count
from typing import TypeAlias, cast

from lading.abc.codec import Codec
from lading.abc.format import Facts, Format
from lading.abc.store import Store, SupportsLinks
from lading.errors import CheckError, StoreMissing, StoreUnreachableError, VersionMissing
from lading.storage.codecs.none import NONE
from lading.storage.layout import as_folder
from lading.storage.parcel import pack, stored_receipt
from lading.storage.record import record_name
from lading.values.dataclass import replace
from lading.values.receipt import NOBODY, Owner, Receipt

Keep: TypeAlias = int | timedelta
"""How many versions are kept, the current one included, or for how long; the current one always is."""

FOLDER = ".lading/versions"
_numbers = count()
_TOKEN = os.urandom(4).hex()


def check_keep(keep: Keep, where: str) -> Keep:
    """The retention, if it is one.

    Raises:
        CheckError: It keeps nothing.
    """
    if isinstance(keep, timedelta):
        fits = keep > timedelta(0)
    else:
        fits = isinstance(keep, int) and not isinstance(keep, bool) and keep > 0  # pyright: ignore[reportUnnecessaryIsInstance] - callers without types
    if not fits:
        raise CheckError(
            f"keep={keep!r} keeps nothing", where=where, fix="a number of versions from 1 on, or a timedelta"
        )
    return keep


def version_name(name: str, digest: str) -> str:
    """Where a version of the object of a name lies."""
    return f"{FOLDER}/{as_folder(name)}/{digest.rpartition(':')[2]}"


def pack_kept(
    value: object,
    store: Store,
    name: str,
    format: Format,
    *,
    keep: Keep,
    codec: Codec = NONE,
    owner: Owner = NOBODY,
) -> tuple[Receipt, Facts]:
    """Store a value as :func:`lading.storage.parcel.pack` does, and keep earlier ones.

    Args:
        value: What to store.
        store: Where.
        name: The relative name.
        format: How the value becomes bytes.
        keep: Which versions are kept.
        codec: How the bytes are encoded.
        owner: To whom the value belongs.

    Raises:
        StoreUnreachableError: The store cannot keep versions.
        StorageError: As for ``pack``.
    """
    if keep == 1:
        return pack(value, store, name, format, codec=codec, owner=owner)
    links = _links(store)
    keep_current(store, name)
    room = f"{FOLDER}/{as_folder(name)}/new-{os.getpid():x}-{_TOKEN}-{next(_numbers):x}"
    receipt, facts = pack(value, store, name, format, codec=codec, owner=owner, room=room)
    try:
        links.link(room, version_name(name, receipt.digest))
        links.link(room, name)
    finally:
        store.delete(room)
    prune(store, name, keep)
    return replace(receipt, url=store.url(name)), facts


def keep_current(store: Store, name: str) -> None:
    """Keep the current value as a version, if there is one with a record."""
    current = stored_receipt(store, name)
    if current is not None and current.digest:
        kept = version_name(name, current.digest)
        if not store.exists(kept):
            _links(store).link(name, kept)


def versions(store: Store, name: str) -> list[Receipt]:
    """The versions that are kept of the object of a name, the newest first; without versions, the current one."""
    found: dict[str, Receipt] = {}
    for each in store.list(f"{FOLDER}/{as_folder(name)}/"):
        if not each.rpartition("/")[2].startswith("new-"):
            receipt = stored_receipt(store, each, name)
            if receipt is not None and receipt.digest:
                found[receipt.digest] = receipt
    current = stored_receipt(store, name)
    if current is not None and current.digest:
        found.setdefault(current.digest, current)
    return sorted(found.values(), key=lambda receipt: receipt.stored_at, reverse=True)


def find_version(store: Store, name: str, digest: str) -> str:
    """Where a version lies.

    Args:
        store: The store.
        name: The name of the value.
        digest: The beginning of its digest, with or without ``blake3:``.

    Raises:
        VersionMissing: No version of the value begins like this, or several do.
    """
    wanted = digest.rpartition(":")[2]
    kept = versions(store, name)
    found = [each for each in kept if each.digest.rpartition(":")[2].startswith(wanted)] if wanted else []
    if len(found) == 1:
        place = version_name(name, found[0].digest)
        return place if store.exists(place) else name
    shown = ", ".join(each.version[:8] for each in kept[:10]) or "none"
    many = f"{len(found)} versions of the value begin" if found else "no version of the value begins"
    raise VersionMissing(f"{many} with {digest}", where=store.url(name), fix=f"versions that are kept: {shown}")


def restore(store: Store, name: str, digest: str) -> Receipt:
    """Make an earlier version the current value again; the one that was current stays a version.

    Raises:
        VersionMissing: It is not kept.
    """
    place = find_version(store, name, digest)
    keep_current(store, name)
    if place != name:
        _links(store).link(place, name)
    receipt = stored_receipt(store, name)
    if receipt is None:
        raise StoreMissing(f"nothing is stored as {name!r}", where=store.url(name))
    return receipt


def prune(store: Store, name: str, keep: Keep, *, now: float | None = None) -> Sequence[Receipt]:
    """Remove the versions that need not be kept any longer; the current value always stays.

    Returns:
        What was removed.
    """
    kept = versions(store, name)
    current = stored_receipt(store, name)
    own = None if current is None else current.digest
    if isinstance(keep, timedelta):
        oldest = (time.time() if now is None else now) - keep.total_seconds()
        gone = [each for each in kept if each.stored_at < oldest]
    else:
        # The current one may be an old one that was restored: it counts all the same.
        others = [each for each in kept if each.digest != own]
        gone = others[max(0, keep - (own is not None)) :]
    gone = [each for each in gone if each.digest != own]
    for each in gone:
        store.delete(version_name(name, each.digest))
        # Where the store keeps no attributes, the record of a version lies beside it.
        store.delete(record_name(name, each.digest))
    return gone


def _links(store: Store) -> SupportsLinks:
    if isinstance(store, SupportsLinks):
        return cast("SupportsLinks", store)
    raise StoreUnreachableError(
        "this store cannot keep versions", where=store.url(""), fix="leave keep= out, or keep the values in a folder"
    )
