"""Any text as a key: no escape from the folder, no two keys at one place, and the way back."""

from __future__ import annotations

import os
import unicodedata
from urllib.parse import unquote

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from lading.errors import PathRefusedError
from lading.storage.layout import (
    LONGEST_NAME,
    LONGEST_SEGMENT,
    as_folder,
    as_value,
    escape,
    first_spelling,
    hive_name,
    owner_name,
    partition_segments,
    split_name,
    unescape,
    value_name,
)
from lading.values.partitions import MultiPartitionKey
from lading.values.receipt import Owner

HOSTILE = [
    "", ".", "..", "...", "/", "//", "\\", "..\\x", "\0", "\n", "a/b", "/abs", "a/", "a//b", "./a", "a/.", "a/../b",
    "%2F", "%", "%%", "%empty", "%~", "a%", "a%%", "a%7E", "~", "-", " ", " a", "a ", "a.", ".a", ".lading",
    ".lading-x",
    "CON", "con", "nul.txt", "COM1", "com¹", "conin$", "console", "lpt9 .x", "aux", "x" * 199, "x" * 200, "x" * 201,
    "x" * 300, "é" * 100, "é" * 101, "\ud800", "\udcff", "a\udc80b", "e\u0301", "é", "\u212b", "Å", "A\u030a", "\u0301",
    "\n\u0301", "\u2028", "\x7f", "\x9f", "日本", "😀", "a|b", "a:b", "2024-10-27-02:00+0100", "o'x", '"', "*?<>",
]  # fmt: skip
wild = st.one_of(
    st.sampled_from(HOSTILE),
    st.text(max_size=20),
    st.text(st.characters(), max_size=400),
    st.text("./\\%~ \0ae\u0301é\ud800C", max_size=8),
    st.lists(st.sampled_from(HOSTILE), max_size=4).map("".join),
)
keys = st.lists(wild, min_size=1, max_size=5).map(tuple)
# 100,000 of each with LADING_FULL=1, which takes minutes.
FULL = bool(os.environ.get("LADING_FULL"))
many = settings(max_examples=100_000 if FULL else 500)
pytestmark = pytest.mark.timeout(3600 if FULL else 90)


def is_safe(name: str) -> bool:
    return (
        name not in {"", ".", ".."}
        and not name.startswith(".")
        and not name.endswith((".", " "))
        and not set(name) & set("/\\\0\n\r\t")
        and len(name.encode()) <= LONGEST_SEGMENT
        and unicodedata.is_normalized("NFC", name)
    )


@many
@given(wild)
def test_a_segment_is_a_safe_name_and_comes_back(segment: str) -> None:
    name = escape(segment)
    assert is_safe(name), name
    name.encode()
    if "%~" in name:
        with pytest.raises(PathRefusedError, match="too long"):
            unescape(name)
    else:
        assert unescape(name) == segment


@many
@given(wild, wild)
def test_two_segments_never_share_a_name(one: str, other: str) -> None:
    assume(one != other)
    assert escape(one) != escape(other)
    # Not even on a file system that normalises names.
    for form in ("NFC", "NFD"):
        assert unicodedata.normalize(form, escape(one)) != unicodedata.normalize(form, escape(other))


@many
@given(wild, wild)
def test_second_spellings_are_nobodys_first(one: str, other: str) -> None:
    names = [escape(one), escape(other)]
    assert as_folder(names[0]) not in names
    assert as_value(names[0]) not in names
    if one != other:
        assert len({*names, *map(as_folder, names), *map(as_value, names)}) == 6
    assert first_spelling(f"{as_folder(names[0])}/{as_value(names[1])}") == "/".join(names)
    assert first_spelling("/".join(names)) == "/".join(names)


@many
@given(keys, keys)
@example(("a", "b"), ("a/b",))
@example(("x", "/p"), ("y", "/p"))
@example(("a\0b", "c"), ("a", "b\0c"))
def test_two_assets_never_share_a_place(one: tuple[str, ...], other: tuple[str, ...]) -> None:
    assume(one != other)
    assert value_name(one) != value_name(other)


@many
@given(keys, wild, wild)
@example(("x",), "a", "a/.")
@example(("x",), "/x", "%2Fx")
@example(("x",), "..", "%2E%2E")
@example(("x",), "a//b", "a/b")
def test_two_partitions_never_share_a_place(asset: tuple[str, ...], one: str, other: str) -> None:
    assume(one != other)
    assert value_name(asset, one) != value_name(asset, other)
    assert value_name(asset, one) != value_name(asset)


@many
@given(keys, st.tuples(wild, wild), st.tuples(wild, wild))
@example(("x",), ("a", "b/c"), ("a/b", "c"))
def test_two_cells_of_two_dimensions_never_share_a_place(
    asset: tuple[str, ...], one: tuple[str, str], other: tuple[str, str]
) -> None:
    assume(one != other)
    names = [value_name(asset, MultiPartitionKey({"day": day, "zone": zone})) for day, zone in (one, other)]
    assert names[0] != names[1]


@many
@given(keys, st.tuples(wild, wild), st.tuples(wild, wild))
@example(("x",), ("a=b", "c"), ("a", "b=c"))
@example(("x",), ("", "%empty"), ("%empty", ""))
def test_two_partitions_never_share_a_place_in_hives_layout(
    asset: tuple[str, ...], one: tuple[str, str], other: tuple[str, str]
) -> None:
    assume(one != other)
    names = [
        hive_name(Owner(asset, MultiPartitionKey({"day": day, "zone": zone})), ("day", "zone"), ".parquet")
        for day, zone in (one, other)
    ]
    assert names[0] != names[1]
    for name, keys_of in zip(names, (one, other), strict=True):
        assert os.path.normpath(f"/base/{name}") == f"/base/{name}"
        day, zone, last = name.split("/")[-3:]
        assert last == "part.parquet"
        for segment, column, key in zip((day, zone), ("day", "zone"), keys_of, strict=True):
            assert segment.startswith(f"{column}=")
            text = segment.removeprefix(f"{column}=")
            assert "=" not in text
            if "%~" not in text and key:
                assert unquote(text, errors="surrogatepass") == key


@many
@given(keys, st.none() | wild, st.sampled_from(["", ".parquet"]))
def test_no_place_leaves_the_folder(asset: tuple[str, ...], partition: str | None, suffix: str) -> None:
    name = value_name(asset, partition, suffix)
    assert len(name.encode()) <= LONGEST_NAME + LONGEST_SEGMENT + len(suffix)
    assert os.path.normpath(f"/base/{name}") == f"/base/{name}"
    assert all(is_safe(segment.removesuffix(suffix)) for segment in split_name(name))
    assert name == owner_name(Owner(asset, partition), suffix)


@many
@given(wild)
def test_a_partition_comes_back_from_its_segments(partition: str) -> None:
    names = [escape(segment) for segment in partition_segments(partition)]
    assume(not any("%~" in name for name in names))
    assert "/".join(map(unescape, names)) == partition


@many
@given(st.text("%0123456789ABCDEFabcdef~.é/ey", max_size=12))
def test_only_names_that_escaping_makes_are_read(name: str) -> None:
    try:
        segment = unescape(name)
    except PathRefusedError:
        return
    assert escape(segment) == name


@given(st.text("ab/.\0", max_size=6))
def test_names_that_leave_are_refused(name: str) -> None:
    if any(part in {"", ".", ".."} or "\0" in part for part in name.split("/")):
        with pytest.raises(PathRefusedError):
            split_name(name)
    else:
        assert "/".join(split_name(name)) == name


@pytest.mark.parametrize(
    ("parts", "partition", "expected"),
    [
        (("a", "b", "c"), None, "a/b/c"),
        (("x",), "2024-01-01", "x/2024-01-01"),
        (("x",), "2024-10-27-02:00+0100", "x/2024-10-27-02:00+0100"),
        (("x",), "a b", "x/a b"),
        (("x",), "a/b", "x/a/b"),
        (("x",), "v1.5", "x/v1.5"),
        (("x",), "../../esc", "x/%2E%2E/%2E%2E/esc"),
        (("x",), "日本", "x/日本"),
        (("run", "op[key]", "result"), None, "run/op[key]/result"),
        (("a/b",), None, "a%2Fb"),
        (("",), None, "%empty"),
        (("con",), None, "%63on"),
        (("e\u0301",), None, "e%CC%81"),
        (("x",), MultiPartitionKey({"zone": "b", "day": "a"}), "x/a/b"),
    ],
)
def test_the_published_spellings(parts: tuple[str, ...], partition: str | None, expected: str) -> None:
    assert value_name(parts, partition) == expected


def test_an_empty_key_has_no_place() -> None:
    with pytest.raises(PathRefusedError, match="empty key"):
        value_name(())
