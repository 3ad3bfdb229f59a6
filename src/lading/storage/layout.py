"""Keys to paths: one reversible mapping from keys and partitions to safe relative names.

Ordinary segments keep their plain spelling, so people find their values where they expect them. Everything that could
leave the folder, hide, collide or fail on some file system is written as ``%XX`` (the bytes of UTF-8), segment by
segment. Three spellings contain a ``%`` that escaping never produces, and therefore mean something of their own:

- ``%empty`` is the empty segment;
- ``head%~digest`` is a segment (or, with no head, the rest of a key) too long for a file name;
- ``name%`` is a folder where a value lies at ``name``, and ``name%%`` a value where a folder lies at ``name``.

The case of letters is kept. Where a file system takes ``a`` and ``A`` for one name, the value of one of two such keys
is refused when it would replace that of the other: the record of an object names its owner.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import Literal, TypeAlias, cast
from unicodedata import is_normalized

from blake3 import blake3

from lading.errors import CheckError, PathRefusedError
from lading.values.partitions import MultiPartitionKey
from lading.values.receipt import Owner

LONGEST_SEGMENT = 200
"""In bytes. Room is left for suffixes and second spellings below the 255 of most file systems."""
LONGEST_NAME = 1000
_HEAD = 120

Layout: TypeAlias = Literal["plain", "hive"]
"""How partitions lie: ``orders/2024-01-01.parquet``, or ``orders/date=2024-01-01/part.parquet``."""

_EMPTY = "%empty"
_CUT = "%~"
_HIVE = re.compile(r"[=:\"'#*?\[\]{}^|]")
# A plain segment: printable ASCII without % / \, not beginning with a dot, not ending with a dot or a space.
_PLAIN = re.compile(r"[!-$&-\-0-\[\]-~](?:[ -$&-.0-\[\]-~]{0,198}[!-$&-\-0-\[\]-~])?").fullmatch
# Names that mean a device on Windows, with or without an ending.
_DEVICES = {"con", "prn", "aux", "nul", "conin$", "conout$"} | {
    f"{port}{number}" for port in ("com", "lpt") for number in "0123456789\u00b9\u00b2\u00b3"
}


def value_name(parts: Sequence[str], partition: str | None = None, suffix: str = "") -> str:
    """The relative name of a value: an asset (and partition), or the identifier of an output.

    Args:
        parts: The parts of an asset key, or run id, step key and output name. Each becomes one segment.
        partition: A partition key; ``/`` in it makes a folder, and each dimension of several is one segment.
        suffix: The ending of the file name, with its dot.

    Raises:
        PathRefusedError: ``parts`` is empty.
    """
    if not parts:
        raise PathRefusedError("an empty key has no place in a folder", fix="give the asset a name")
    segments = parts if partition is None else [*parts, *partition_segments(partition)]
    name = "/".join([escape(segment) for segment in segments])
    if len(name) > LONGEST_NAME // 4 and len(name.encode()) > LONGEST_NAME:
        name = f"{escape(segments[0])}/{_CUT}{_digest(*segments)}"
    return name + suffix


def owner_name(owner: Owner, suffix: str = "") -> str:
    """The relative name of an owner's value.

    Args:
        owner: An asset (and partition), or an output of a step of a run.
        suffix: The ending of the file name, with its dot.
    """
    if owner.asset:
        return value_name(owner.asset, owner.partition, suffix)
    parts = (owner.run_id, owner.step, owner.output)
    return value_name(parts if owner.mapping_key is None else (*parts, owner.mapping_key), None, suffix)


def check_layout(layout: str, where: str) -> Layout:
    """The layout, if there is one of this name.

    Raises:
        CheckError: There is none.
    """
    if layout in {"plain", "hive"}:
        return cast("Layout", layout)
    raise CheckError(f"there is no layout {layout!r}", where=where, fix='layout="plain" or layout="hive"')


def hive_name(owner: Owner, columns: Sequence[str], suffix: str = "") -> str:
    """The relative name of a partition's value in the layout of Hive: ``orders/date=2024-01-01/part.parquet``.

    Tools that know the layout read the columns off the path, and undo the ``%XX`` in it.

    Args:
        owner: A partition of an asset; anything else has its usual name.
        columns: The name of the column of each dimension of the partition.
        suffix: The ending of the file name, with its dot.

    Raises:
        PathRefusedError: The partition has not one dimension for each column.
    """
    if owner.partition is None:
        return owner_name(owner, suffix)
    dimensions = getattr(owner.partition, "keys_by_dimension", None)
    keys = [owner.partition] if dimensions is None else list(dimensions.values())
    if len(keys) != len(columns):
        raise PathRefusedError(
            f"partition {owner.partition!r} has {len(keys)} dimensions, and {len(columns)} columns are named",
            where=str(owner), fix='name one for each: metadata={"partition_column": …}',
        )  # fmt: skip
    segments = [f"{_in_hive(column)}={_in_hive(key)}" for column, key in zip(columns, keys, strict=True)]
    return "/".join([*map(escape, owner.asset), *segments, f"part{suffix}"])


def _in_hive(text: str) -> str:
    # Beside what no file name holds: what other writers of this layout escape.
    return _HIVE.sub(_percent, escape(text))


def partition_segments(partition: str) -> tuple[str, ...]:
    """The segments of a partition key, before escaping."""
    if isinstance(partition, MultiPartitionKey):
        return tuple(partition.keys_by_dimension.values())
    return tuple(partition.split("/"))


def escape(segment: str) -> str:
    """The file name for one segment."""
    if _PLAIN(segment) and not _is_device(segment):
        return segment
    if not segment:
        return _EMPTY
    name = _guard_ends(_unsafe().sub(_percent, segment), segment)
    # A decomposed spelling would meet its composed twin on file systems that normalise names.
    if not is_normalized("NFC", name):
        name = _guard_ends(_beyond_ascii().sub(_percent, segment), segment)
    if len(name.encode()) <= LONGEST_SEGMENT:
        return name
    return f"{_head(name)}{_CUT}{_digest(segment)}"


def unescape(name: str) -> str:
    """The segment that :func:`escape` made this file name from.

    Raises:
        PathRefusedError: No segment is spelled like this, or it was too long to be kept in the name.
    """
    if name == _EMPTY:
        return ""
    if _CUT in name:
        raise PathRefusedError(
            f"{name!r} stands for a key too long for a file name", fix="read the full key from the record of the value"
        )
    try:
        segment = re.sub("(?:%[0-9A-F]{2})+", _unpercent, name)
    except UnicodeDecodeError:
        segment = ""
    if escape(segment) != name:
        raise PathRefusedError(f"{name!r} is no name of a value", fix="leave it out, or rename it as `escape` does")
    return segment


def as_folder(name: str) -> str:
    """The second spelling of a folder, used where a value lies at ``name``."""
    return name + "%"


def as_value(name: str) -> str:
    """The second spelling of a value, used where a folder lies at ``name``."""
    return name + "%%"


def first_spelling(name: str) -> str:
    """A relative name with its second spellings undone."""
    if "%/" not in name and name[-1:] != "%":
        return name
    return "/".join([segment.rstrip("%") for segment in name.split("/")])


def split_name(name: str) -> list[str]:
    """The segments of a relative name.

    Raises:
        PathRefusedError: The name would leave its folder, or is no name at all.
    """
    segments = name.split("/")
    for segment in segments:
        if segment in {"", ".", ".."} or "\0" in segment:
            raise PathRefusedError(
                f"{name!r} is no name of an object", fix="use names as lading.storage.layout makes them"
            )
    return segments


def _is_device(segment: str) -> bool:
    return segment.partition(".")[0].rstrip(" ").lower() in _DEVICES


# Compiled when first needed: most programs only ever meet plain segments.
@cache
def _unsafe() -> re.Pattern[str]:
    return re.compile("[%/\\\\\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


@cache
def _beyond_ascii() -> re.Pattern[str]:
    return re.compile("[%/\\\\\x00-\x1f\x7f-\U0010ffff]")


def _percent(match: re.Match[str]) -> str:
    return "".join([f"%{byte:02X}" for byte in match[0].encode("utf-8", "surrogatepass")])


def _unpercent(match: re.Match[str]) -> str:
    return bytes.fromhex(match[0].replace("%", "")).decode("utf-8", "surrogatepass")


def _guard_ends(name: str, segment: str) -> str:
    if name[0] == "." or _is_device(segment):
        name = f"%{ord(name[0]):02X}{name[1:]}"
    if name[-1] in ". ":
        name = f"{name[:-1]}%{ord(name[-1]):02X}"
    return name


def _head(name: str) -> str:
    """As much of a name as fits, without half a character or half an escape at its end."""
    head = name.encode()[:_HEAD].decode("utf-8", "ignore")
    cut = head.rfind("%", -2)
    return head if cut < 0 else head[:cut]


def _digest(*texts: str) -> str:
    # With their lengths, or ("a", "bc") and ("ab", "c") would share a digest.
    joined = "".join([f"{len(text)}:{text}" for text in texts])
    return blake3(joined.encode("utf-8", "surrogatepass")).hexdigest(length=16)
