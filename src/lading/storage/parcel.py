"""One value, packed and unpacked: format, codec, digest and store in one stream, with its bill of lading."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import BinaryIO, cast

from lading.abc.codec import Codec
from lading.abc.format import ANYTHING, Facts, Format, Want
from lading.abc.store import Store
from lading.errors import CannotLoadError, ForeignValueError, StoreMissing
from lading.storage.codecs.none import NONE
from lading.storage.codecs.registry import codec_named
from lading.storage.digest import DigestSink
from lading.storage.record import ATTRIBUTE, Record, read_record, records_beside
from lading.storage.trust import (
    CAREFUL,
    Reading,
    attach_record,
    refuse_foreign,
    refuse_other_owner,
    refuse_other_value,
    verified,
)
from lading.storage.types import type_name
from lading.values.receipt import NOBODY, Owner, Receipt


def pack(
    value: object,
    store: Store,
    name: str,
    format: Format,
    *,
    codec: Codec = NONE,
    owner: Owner = NOBODY,
    room: str | None = None,
) -> tuple[Receipt, Facts]:
    """Store a value under a name, with its bill of lading, in one step that cannot be seen half-done.

    Args:
        value: What to store.
        store: Where.
        name: The relative name, as :func:`lading.storage.layout.value_name` makes it.
        format: How the value becomes bytes.
        codec: How the bytes are encoded.
        owner: To whom the value belongs. A name that belongs to someone else is refused.
        room: Another name under which the object is published instead, for callers that move it on.

    Returns:
        The receipt, and what the format learnt about the value.

    Raises:
        PathRefusedError: The name belongs to another owner.
        CannotStoreError: The format cannot write the value.
        StorageError: The bytes cannot be written. The earlier value is unchanged, whatever the error.
    """
    began = time.perf_counter()
    refuse_other_owner(store, name, owner)
    attributes: dict[str, str] = {}
    with store.create(room or name, attributes) as sink:
        hashing = DigestSink(sink)
        encoded = codec.write_to(cast("BinaryIO", hashing))
        facts = format.dump(value, encoded)
        if codec is not NONE:
            encoded.close()
        digest = hashing.finish()
        now = time.time()
        kind = type_name(type(value))
        record = Record(format.name, codec.name, kind, digest, hashing.size, owner, now)
        attach_record(store, name, record, attributes)
    # The sink knows the second spelling that a name may have been given.
    url: str = getattr(sink, "url", None) or store.url(name)
    seconds = time.perf_counter() - began
    return Receipt(url, hashing.size, digest, format.name, codec.name, kind, owner, seconds, now), facts


def unpack(
    store: Store,
    name: str,
    formats: Mapping[str, Format],
    *,
    want: Want = ANYTHING,
    owner: Owner = NOBODY,
    assumed: Format | None = None,
    reading: Reading = CAREFUL,
    place: str | None = None,
) -> tuple[object, Receipt]:
    """Load the value of a name, after its bytes were compared with its bill of lading.

    Args:
        store: Where.
        name: The relative name.
        formats: The formats that may be read, by name.
        want: What the consumer asks for.
        owner: Whose value it must be.
        assumed: The format of an object without a record; without one such an object is refused.
        reading: How careful to be.
        place: Where the object lies instead, as an earlier version of the value of that name.

    Returns:
        The value, and the receipt of what was read.

    Raises:
        StoreMissing: Nothing is stored under the name.
        ValueDamaged: The bytes are not those that were written, or belong to someone else.
        ForeignValueError: There is no record, and none may be missing.
        CannotLoadError: The bytes cannot be given as what is wanted.
    """
    began = time.perf_counter()
    with store.open(place or name) as opened:
        source, record = verified(store, name, opened, reading)
        url = store.url(place or name)
        if record is None:
            by = _foreign_format(url, assumed, reading)
            value = by.load((source,), want)
            seconds = time.perf_counter() - began
            stat = opened.stat
            return value, Receipt(
                url, stat.size, "", by.name, owner=owner, seconds=seconds, stored_at=stat.modified, foreign=True
            )
        refuse_other_value(record, owner, url)
        by = _recorded_format(record, formats, url)
        if record.codec != NONE.name:
            source = codec_named(record.codec).read_from(source)
        wanted = Want(want.kind, want.columns, want.filter, want.lazy, record.type)
        value = by.load((source,), wanted)
        return value, receipt_of(record, url, time.perf_counter() - began)


def stored_receipt(store: Store, name: str, version_of: str | None = None) -> Receipt | None:
    """The receipt of what lies at a name, without reading it; None where nothing lies there.

    Of an object without a record the receipt tells size and time only. Where records lie beside the objects, the newest
    one of this size counts: the bytes are not compared with it.

    Args:
        store: The store.
        name: The name.
        version_of: The name of the value of which an earlier version lies there, called by its digest.
    """
    try:
        stat = store.stat(name)
    except StoreMissing:
        return None
    url = store.url(name)
    text = stat.attributes.get(ATTRIBUTE)
    records = [read_record(text, url)] if text is not None else records_beside(store, version_of or name)
    digest = "" if version_of is None else name.rpartition("/")[2]
    fitting = [record for record in records if record.size == stat.size and record.digest.endswith(digest)]
    if not fitting:
        return Receipt(url, stat.size, "", "", stored_at=stat.modified, foreign=True)
    return receipt_of(max(fitting, key=lambda record: record.time), url, 0.0)


def receipt_of(record: Record, url: str, seconds: float) -> Receipt:
    """What a record says, as a receipt."""
    size, digest, kind = record.size, record.digest, record.type
    return Receipt(url, size, digest, record.format, record.codec, kind, record.owner, seconds, record.time)


def _foreign_format(url: str, assumed: Format | None, reading: Reading) -> Format:
    if assumed is None:
        raise ForeignValueError("the value has no record, so nothing says how to read it", where=url)
    refuse_foreign(url, reading, assumed.name)
    return assumed


def _recorded_format(record: Record, formats: Mapping[str, Format], url: str) -> Format:
    found = formats.get(record.format)
    if found is None:
        raise CannotLoadError(
            f"the value is stored as {record.format}, which this manager does not read",
            where=url,
            fix="load it with the manager that wrote it, or materialize it again",
        )
    return found
