"""The bill of lading: what an object is, whose it is and what its bytes must be, published together with them.

One line of ASCII JSON of at most 1.5 kB. Stores that keep attributes keep it as ``lading`` (on a local disk the
extended attribute ``user.lading``); for all others it is an object of its own, immutable and named by the digest,
written before the data is published.
"""

from __future__ import annotations

import json
from json.encoder import encode_basestring_ascii as quoted
from typing import Any, NamedTuple, cast

from blake3 import blake3

from lading.abc.store import Store
from lading.errors import StorageError, StoreMissing, ValueDamaged
from lading.storage.layout import as_folder
from lading.values.receipt import NOBODY, Owner

ATTRIBUTE = "lading"
VERSION = 1
WRITER = "lading 0.1.0"
LONGEST = 1500

_FOLDER = ".lading/records"
# What a field may take of the record, in bytes of JSON. Longer texts keep their head and a digest of the whole.
_ROOM = {"asset": 380, "partition": 200, "step": 150, "output": 80, "mapping_key": 80, "run_id": 80, "type": 150}


_TEXTS = ("format", "codec", "type", "digest", "writer", "run", "step", "output")
_decode = json.JSONDecoder().decode


class Record(NamedTuple):
    """What stands in a bill of lading."""

    format: str
    codec: str
    type: str
    digest: str
    size: int
    owner: Owner = NOBODY
    time: float = 0.0
    writer: str = WRITER


def write_record(record: Record) -> str:
    """The record as one line of ASCII."""
    return (
        f'{{"v":{VERSION},"format":{quoted(record.format)},"codec":{quoted(record.codec)},'
        f'"type":{quoted(_fit(record.type, "type"))},"digest":{quoted(record.digest)},"size":{record.size},'
        f'{_owner_text(fit_owner(record.owner))},"time":{record.time:.6f},"writer":{quoted(record.writer)}}}'
    )


def read_record(text: str, where: str) -> Record:
    """The record that stands in a text.

    Raises:
        ValueDamaged: The text is no record.
        StorageError: A newer lading wrote it.
    """
    try:
        fields = cast("dict[str, Any]", _decode(text))
        if fields["v"] > VERSION:
            raise StorageError(
                f"the record was written by a newer version ({fields['writer']})", where=where, fix="upgrade lading"
            )
        texts = [fields[name] for name in _TEXTS]
        if not all(type(each) is str for each in texts):
            raise TypeError("not every field is a text")
        form, codec, kind, digest, writer, run_id, step, output = texts
        partition, mapping_key = _text_or_none(fields.get("partition")), _text_or_none(fields.get("mapping"))
        asset = tuple(map(_text, fields["asset"] or ()))
        owner = Owner(asset, partition, run_id, step, output, mapping_key)
        return Record(form, codec, kind, digest, int(fields["size"]), owner, float(fields["time"]), writer)
    except (ValueError, KeyError, TypeError) as error:
        raise ValueDamaged("the record of a stored value cannot be read", where=where) from error


def fit_owner(owner: Owner) -> Owner:
    """The owner as the record holds it: very long keys cut to a head and a digest."""
    asset = owner.asset
    if _is_short(owner):
        return owner
    if sum(map(len, asset)) * 12 + len(asset) * 4 > _ROOM["asset"] and len(json.dumps(asset)) > _ROOM["asset"]:
        asset = (_cut(asset[0], 100), "%~" + _digest(json.dumps(asset)))
    partition = None if owner.partition is None else _fit(owner.partition, "partition")
    mapping_key = None if owner.mapping_key is None else _fit(owner.mapping_key, "mapping_key")
    fitted = Owner(
        asset,
        partition,
        _fit(owner.run_id, "run_id"),
        _fit(owner.step, "step"),
        _fit(owner.output, "output"),
        mapping_key,
    )
    return owner if fitted == owner else fitted


def _is_short(owner: Owner) -> bool:
    """Whether every field surely has room: a plain character takes at most two bytes of JSON."""
    asset, partition, run_id, step, output = owner.asset, owner.partition, owner.run_id, owner.step, owner.output
    return (
        owner.mapping_key is None
        and len(run_id) < 40
        and len(step) < 75
        and len(output) < 40
        and (partition is None or (len(partition) < 100 and partition.isascii() and partition.isprintable()))
        and len(text := "".join(asset)) + 2 * len(asset) < 190
        and (text := f"{text}{run_id}{step}{output}").isascii()
        and text.isprintable()
    )


def owned_by_other(text: str, owner: Owner, where: str) -> Owner | None:
    """The owner that a record names, when it is not ``owner``."""
    if owner is NOBODY or _identity_text(fit_owner(owner)) in text:
        return None
    other = read_record(text, where).owner
    return None if other == NOBODY or other.identity == fit_owner(owner).identity else other


# ---------------------------------------------------------------- places without attributes


def record_name(name: str, digest: str) -> str:
    """Where the record of an object with this digest lies, in a store that keeps no attributes."""
    return f"{_FOLDER}/{as_folder(name)}/{digest.rpartition(':')[2]}"


def record_names(store: Store, name: str) -> list[str]:
    """The records that lie beside the store for this name."""
    return list(store.list(f"{_FOLDER}/{as_folder(name)}/"))


def records_beside(store: Store, name: str) -> list[Record]:
    """The records that lie beside the store for this name, read."""
    found: list[Record] = []
    for each in record_names(store, name):
        with store.open(each) as source:
            found.append(read_record(source.read().decode("ascii", "replace"), store.url(each)))
    return found


def put_record(store: Store, name: str, record: Record) -> None:
    """Write the record of an object that is about to be published, in a store that keeps no attributes."""
    with store.create(record_name(name, record.digest), {}) as sink:
        sink.write(write_record(record).encode("ascii"))


def find_record(store: Store, name: str, digest: str) -> str | None:
    """The text of the record for this name and digest, in a store that keeps no attributes."""
    try:
        with store.open(record_name(name, digest)) as source:
            return source.read().decode("ascii", "replace")
    except StoreMissing:
        return None


# ---------------------------------------------------------------- spelling


def _owner_text(owner: Owner) -> str:
    if not owner.asset:
        return _identity_text(owner)
    return (
        f'{_identity_text(owner)},"run":{quoted(owner.run_id)},"step":{quoted(owner.step)},'
        f'"output":{quoted(owner.output)},"mapping":{_or_null(owner.mapping_key)}'
    )


def _identity_text(owner: Owner) -> str:
    if owner.asset:
        parts = ",".join(map(quoted, owner.asset))
        return f'"asset":[{parts}],"partition":{_or_null(owner.partition)}'
    return (
        f'"asset":null,"run":{quoted(owner.run_id)},"step":{quoted(owner.step)},'
        f'"output":{quoted(owner.output)},"mapping":{_or_null(owner.mapping_key)}'
    )


def _or_null(text: str | None) -> str:
    return "null" if text is None else quoted(text)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is no text")
    return value


def _text_or_none(value: object) -> str | None:
    return None if value is None else _text(value)


def _fit(text: str, field: str) -> str:
    room = _ROOM[field]
    # No character takes more than twelve bytes of JSON, so most texts need no second look.
    if len(text) * 12 <= room or len(quoted(text)) <= room:
        return text
    return f"{_cut(text, room - 40)}%~{_digest(text)}"


def _cut(text: str, room: int) -> str:
    while len(quoted(text)) > room:
        text = text[: len(text) * room // len(quoted(text))]
    return text


def _digest(text: str) -> str:
    return blake3(text.encode("utf-8", "surrogatepass")).hexdigest(length=16)
