"""Loading a value by its receipt alone, without any definitions."""

from __future__ import annotations

import os

from lading.errors import LadingError, ValueMissing
from lading.storage.formats.catalog import default_formats
from lading.storage.parcel import unpack
from lading.storage.url import open_store
from lading.values.keys import AssetKey
from lading.values.receipt import Owner, Receipt

RECORDS = os.path.join(".lading", "records")


class UnsafeFormatError(LadingError):
    """A pickle runs code when it is loaded, and nobody said that this one may."""

    code = "unsafe-format"
    exit_code = 2
    remedy = "name the definitions with `-f FILE`, or `--allow-pickle` if you trust who wrote it"


def load_by_receipt(
    key: AssetKey, partition: str | None, receipt: Receipt | None, allow_pickle: bool = False
) -> object:
    """Load the value that a receipt speaks of, after its bytes were compared with their record.

    Args:
        key: The asset.
        partition: The partition, or None.
        receipt: What the write left behind.
        allow_pickle: Whether a pickle may be loaded.

    Raises:
        ValueMissing: There is no receipt: the IO manager that stored the value left none.
        UnsafeFormatError: It is a pickle.
    """
    name = key.to_user_string() if partition is None else f"{key.to_user_string()} {partition}"
    if receipt is None:
        raise ValueMissing(
            f"{name} has no receipt, so only its IO manager can load it", where="the history",
            fix="name the definitions with `-f FILE`",
        )  # fmt: skip
    if receipt.format == "pickle" and not allow_pickle:
        raise UnsafeFormatError(f"{name} is stored as a pickle, which runs code when it is loaded", where=receipt.url)
    base, relative = _split(receipt.url)
    value, _ = unpack(
        open_store(base), relative, default_formats(pickle=allow_pickle), owner=Owner(key.parts, partition)
    )
    return value


def _split(url: str) -> tuple[str, str]:
    """The place and the name in it. Where records lie in files, the place is the folder that holds them."""
    if "://" in url:
        base, _, name = url.rpartition("/")
        return base, name
    folder, name = os.path.split(url)
    above, inside = folder, name
    while above != os.path.dirname(above):
        if os.path.isdir(os.path.join(above, RECORDS)):
            return above, inside
        above, last = os.path.split(above)
        inside = f"{last}/{inside}"
    return folder, name
