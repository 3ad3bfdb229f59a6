"""What a reader may trust and a writer may replace, by the records of objects."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Literal, TypeAlias, cast

from lading.abc.store import Source, Store, SupportsAttributes, SupportsInspection
from lading.errors import CheckError, ForeignValueError, PathRefusedError, ValueDamaged
from lading.storage.digest import Verify, digest_of, digest_of_source, is_verified, refuse_damaged, remember
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
from lading.values.dataclass import dataclass
from lading.values.receipt import NOBODY, Owner

Foreign: TypeAlias = Literal["warn", "refuse"]
Notice: TypeAlias = Callable[[str], object]

WHOLE = 1 << 20
"""Objects up to this size are read in one call and verified in memory."""


def _warn(text: str) -> None:
    import logging

    logging.getLogger("lading.storage").warning(text)


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
    if owner is NOBODY or found.identity == owner.identity or found == NOBODY:
        return
    if found.identity != fit_owner(owner).identity:
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
        (reading.notice or _warn)(f"{url} has no record: loaded as {read_as}, unverified")
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
