"""One value, packed and unpacked: format, codec, digest and store in one stream, with its bill of lading."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import BinaryIO, Literal, TypeAlias, cast

from lading.abc.codec import Codec
from lading.abc.format import ANYTHING, Facts, Format, Want
from lading.abc.store import Source, Store, SupportsAttributes, SupportsInspection
from lading.errors import CannotLoadError, CheckError, ForeignValueError, PathRefusedError, ValueDamaged
from lading.storage.codecs.none import NONE
from lading.storage.codecs.registry import codec_named
from lading.storage.digest import (
    DigestSink,
    Verify,
    digest_of,
    digest_of_source,
    is_verified,
    refuse_damaged,
    remember,
)
from lading.storage.record import (
    ATTRIBUTE,
    Record,
    find_record,
    fit_owner,
    owned_by_other,
    put_record,
    read_record,
    record_names,
    write_record,
)
from lading.storage.sources import BytesSource
from lading.storage.types import type_name
from lading.values.receipt import NOBODY, Owner, Receipt

Foreign: TypeAlias = Literal["warn", "refuse"]
Notice: TypeAlias = Callable[[str], object]

WHOLE = 1 << 20
"""Objects up to this size are read in one call and verified in memory."""

_log = logging.getLogger("lading.storage")


def pack(
    value: object,
    store: Store,
    name: str,
    format: Format,
    *,
    codec: Codec = NONE,
    owner: Owner = NOBODY,
) -> tuple[Receipt, Facts]:
    """Store a value under a name, with its bill of lading, in one step that cannot be seen half-done.

    Args:
        value: What to store.
        store: Where.
        name: The relative name, as :func:`lading.storage.layout.value_name` makes it.
        format: How the value becomes bytes.
        codec: How the bytes are encoded.
        owner: To whom the value belongs. A name that belongs to someone else is refused.

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
    with store.create(name, attributes) as sink:
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


@dataclass(frozen=True, slots=True)
class Reading:
    """How careful a reader is.

    Args:
        verify: ``"once"`` per process and file, ``"always"``, or ``"never"``.
        foreign: What to do with an object without a record: ``"warn"`` or ``"refuse"``.
        notice: Called with a sentence about a foreign object; a warning in the log otherwise.
    """

    verify: Verify = "once"
    foreign: Foreign = "warn"
    notice: Notice | None = None


CAREFUL = Reading()


def unpack(
    store: Store,
    name: str,
    formats: Mapping[str, Format],
    *,
    want: Want = ANYTHING,
    owner: Owner = NOBODY,
    assumed: Format | None = None,
    reading: Reading = CAREFUL,
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

    Returns:
        The value, and the receipt of what was read.

    Raises:
        StoreMissing: Nothing is stored under the name.
        ValueDamaged: The bytes are not those that were written, or belong to someone else.
        ForeignValueError: There is no record, and none may be missing.
        CannotLoadError: The bytes cannot be given as what is wanted.
    """
    began = time.perf_counter()
    with store.open(name) as opened:
        source, record = verified(store, name, opened, reading)
        url = store.url(name)
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


def receipt_of(record: Record, url: str, seconds: float) -> Receipt:
    """What a record says, as a receipt."""
    size, digest, kind = record.size, record.digest, record.type
    return Receipt(url, size, digest, record.format, record.codec, kind, record.owner, seconds, record.time)


def verified(store: Store, name: str, opened: Source, reading: Reading = CAREFUL) -> tuple[Source, Record | None]:
    """An opened object whose bytes are those of its record; the record is ``None`` for a foreign one.

    Raises:
        ValueDamaged: They are not.
    """
    stat = opened.stat
    text = stat.attributes.get(ATTRIBUTE)
    source = BytesSource(opened.read(), stat, opened) if stat.size <= WHOLE else opened
    if text is None:
        return source, _record_beside(store, name, source)
    url = store.url(name)
    record = read_record(text, url)
    if not is_verified(stat, record.digest, reading.verify):
        found = _digest(source)
        if found != record.digest:
            refuse_damaged(url, record.digest, found, record.size, stat.size)
        remember(stat, found)
    return source, record


def refuse_other_owner(store: Store, name: str, owner: Owner) -> None:
    """Make sure that what lies at a name may be replaced by a value of ``owner``.

    Raises:
        PathRefusedError: It belongs to someone else.
    """
    if owner is NOBODY:
        return
    text = None
    if _supports(type(store), SupportsInspection):
        text = cast("SupportsInspection", store).attributes(name).get(ATTRIBUTE)
    if text is None:
        if _keeps_attributes(store):
            return
        beside = record_names(store, name)
        if not beside:
            return
        with store.open(beside[0]) as source:
            text = source.read().decode("ascii", "replace")
    url = store.url(name)
    other = owned_by_other(text, owner, url)
    if other is not None:
        raise PathRefusedError(
            f"{owner} would overwrite the value of {other}",
            where=url,
            fix="rename one of the two, or give one of them another folder",
        )


def refuse_other_value(record: Record, owner: Owner, url: str) -> None:
    """Make sure that a record speaks of a value of ``owner``.

    Raises:
        ValueDamaged: It speaks of someone else's.
    """
    found = record.owner
    if owner is not NOBODY and found != NOBODY and found.identity != fit_owner(owner).identity:
        raise ValueDamaged(
            f"the value that lies here belongs to {found}, not to {owner}",
            where=url,
            fix=f"materialize {owner} again, or move the file back to where it was",
        )


def refuse_foreign(url: str, reading: Reading, read_as: str) -> None:
    """Give notice of an object without a record.

    Raises:
        ForeignValueError: Such objects are refused.
        CheckError: ``reading.foreign`` is neither of the two words.
    """
    if reading.foreign == "warn":
        (reading.notice or _log.warning)(f"{url} has no record: loaded as {read_as}, unverified")
        return
    if reading.foreign != "refuse":
        raise CheckError(f'foreign={reading.foreign!r} means nothing; it is "warn" or "refuse"')
    raise ForeignValueError("the value has no record, so nothing says that its bytes are whole", where=url)


def attach_record(store: Store, name: str, record: Record, attributes: dict[str, str]) -> None:
    """Put the record where the store keeps it, before the object is published.

    Args:
        store: The store that is about to publish the object.
        name: The name of the object.
        record: Its record.
        attributes: The attributes that were given to :meth:`Store.create`.
    """
    if _keeps_attributes(store):
        attributes[ATTRIBUTE] = write_record(record)
    else:
        put_record(store, name, record)


def _record_beside(store: Store, name: str, source: Source) -> Record | None:
    if not record_names(store, name):
        return None
    url = store.url(name)
    digest = _digest(source)
    text = find_record(store, name, digest)
    if text is None:
        raise ValueDamaged(
            "the stored bytes are not those that were written",
            where=f"{url} (no record of {digest})",
            fix="materialize it again; the damaged file stays until then",
        )
    return read_record(text, url)


def _digest(source: Source) -> str:
    return digest_of(source.read()) if isinstance(source, BytesSource) else digest_of_source(source)


def _keeps_attributes(store: Store) -> bool:
    return _supports(type(store), SupportsAttributes) and cast("SupportsAttributes", store).keeps_attributes()


@lru_cache(maxsize=64)
def _supports(kind: type, capability: type) -> bool:
    return issubclass(kind, capability)


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
