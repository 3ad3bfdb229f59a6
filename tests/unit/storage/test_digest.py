import io
import random
import time
from types import SimpleNamespace
from typing import Any

import pytest
from blake3 import blake3
from hypothesis import given
from hypothesis import strategies as st

from lading.abc.store import Stat
from lading.errors import CheckError
from lading.storage.digest import (
    DigestSink,
    digest_of,
    digest_of_file,
    digest_of_source,
    forget_verified,
    is_verified,
    remember,
)
from lading.storage.sources import BytesSource


class Collector(io.RawIOBase):
    def __init__(self) -> None:
        self.pieces: list[bytes] = []

    def write(self, data: Any, /) -> int:
        self.pieces.append(bytes(data))
        return len(self.pieces[-1])


sizes = st.one_of(st.integers(0, 300), st.sampled_from([(1 << 16) - 1, 1 << 16, 1 << 18, 1 << 20, (1 << 20) + 1]))


@given(st.lists(st.tuples(sizes, st.sampled_from([bytes, bytearray, memoryview])), max_size=6))
def test_what_is_written_passes_through_unchanged(plan: list[tuple[int, Any]]) -> None:
    source = random.Random(1)
    sink = DigestSink(collector := Collector())  # type: ignore[arg-type]
    whole = b""
    for size, kind in plan:
        data = source.randbytes(size)
        whole += data
        buffer = bytearray(data)
        assert sink.write(kind(data) if kind is not bytearray else buffer) == size
        assert sink.tell() == len(whole)
        buffer[:] = bytes(len(buffer))  # a caller may reuse its buffer
    digest = sink.finish()
    assert b"".join(collector.pieces) == whole
    assert sink.size == len(whole)
    assert digest == digest_of(whole) == "blake3:" + blake3(whole).hexdigest()


def test_small_pieces_reach_the_sink_in_one() -> None:
    sink = DigestSink(collector := Collector())  # type: ignore[arg-type]
    for _ in range(100):
        sink.write(b"abc")
    assert collector.pieces == []
    sink.finish()
    assert collector.pieces == [b"abc" * 100]


def test_views_of_other_shapes_are_bytes_like_any() -> None:
    from array import array

    numbers = array("d", range(1000))
    sink = DigestSink(Collector())  # type: ignore[arg-type]
    assert sink.write(memoryview(numbers)) == 8000
    assert sink.write(memoryview(array("d"))) == 0
    assert sink.finish() == digest_of(numbers.tobytes())


def test_a_sink_that_fails_beside_the_hashing_fails() -> None:
    class Full(io.RawIOBase):
        def write(self, data: Any, /) -> int:
            raise OSError(28, "full")

    with pytest.raises(OSError, match="full"):
        DigestSink(Full()).write(bytes(2 << 20))  # type: ignore[arg-type]


def test_the_staged_path_is_the_sinks() -> None:
    assert DigestSink(SimpleNamespace(staged_path="/x")).staged_path == "/x"  # type: ignore[arg-type]
    assert DigestSink(io.BytesIO()).staged_path is None


def test_a_source_and_a_file_have_the_digest_of_their_bytes(tmp_path: Any) -> None:
    data = random.Random(2).randbytes((3 << 20) + 7)
    (tmp_path / "x").write_bytes(data)
    assert digest_of_source(BytesSource(data, Stat(len(data), 0, {}))) == digest_of(data)
    assert digest_of_file(tmp_path / "x") == (digest_of(data), len(data))


def stat(changed_ns: int, inode: int = 1) -> Stat:
    return Stat(3, 0.0, {}, (5, inode, 3, changed_ns, changed_ns))


def test_a_file_is_remembered_by_its_identity() -> None:
    forget_verified()
    old = time.time_ns() - 10**9
    remember(stat(old), "blake3:aa")
    assert is_verified(stat(old), "blake3:aa", "once")
    assert not is_verified(stat(old), "blake3:bb", "once")
    assert not is_verified(stat(old + 1), "blake3:aa", "once")
    assert not is_verified(stat(old, inode=2), "blake3:aa", "once")
    assert not is_verified(stat(old), "blake3:aa", "always")
    forget_verified()
    assert not is_verified(stat(old), "blake3:aa", "once")


def test_a_file_changed_this_very_moment_is_not_remembered() -> None:
    # The next change could bear the same time.
    forget_verified()
    now = time.time_ns()
    remember(stat(now), "blake3:aa")
    assert not is_verified(stat(now), "blake3:aa", "once")


def test_without_an_identity_nothing_is_remembered() -> None:
    remember(Stat(3, 0.0, {}), "blake3:aa")
    assert not is_verified(Stat(3, 0.0, {}), "blake3:aa", "once")


def test_never_means_never_and_other_words_are_refused() -> None:
    assert is_verified(stat(1), "blake3:cc", "never")
    with pytest.raises(CheckError, match="verify='sometimes'"):
        is_verified(stat(1), "blake3:cc", "sometimes")  # type: ignore[arg-type]
