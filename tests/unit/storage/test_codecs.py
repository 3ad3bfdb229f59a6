import gzip
import io
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lading.abc.codec import Codec
from lading.abc.store import Stat
from lading.errors import CannotLoadError
from lading.storage.codecs import registry
from lading.storage.codecs.registry import codec_named
from lading.storage.codecs.zstd import ZstdCodec
from lading.storage.sources import BytesSource

NAMES = ["none", "gzip", "zstd"]


def encoded(codec: Codec, pieces: list[bytes]) -> bytes:
    sink = io.BytesIO()
    writer = codec.write_to(sink)
    for piece in pieces:
        writer.write(piece)
    if writer is not sink:
        writer.close()
    assert not sink.closed
    return sink.getvalue()


@pytest.mark.parametrize("name", NAMES)
@given(pieces=st.lists(st.binary(max_size=300), max_size=5))
def test_what_is_encoded_is_decoded(name: str, pieces: list[bytes]) -> None:
    codec = codec_named(name)
    assert codec.name == name
    data = encoded(codec, pieces)
    source = codec.read_from(BytesSource(data, Stat(len(data), 0, {})))
    assert source.read() == b"".join(pieces)
    with source.open() as reader:
        assert reader.read() == b"".join(pieces)
    assert source.stat.size == len(data)
    source.close()


def test_other_tools_read_gzip_and_equal_values_give_equal_bytes() -> None:
    data = encoded(codec_named("gzip"), [b"abc" * 100])
    assert gzip.decompress(data) == b"abc" * 100
    assert data == encoded(codec_named("gzip"), [b"abc" * 100])


def test_zstd_makes_it_smaller_and_notices_damage() -> None:
    data = encoded(codec_named("zstd"), [b"abc" * 1000])
    assert len(data) < 100
    hurt = data[:-1] + bytes([data[-1] ^ 1])
    with pytest.raises(Exception, match=r"(?i)checksum"):
        codec_named("zstd").read_from(BytesSource(hurt, Stat(1, 0, {}))).read()
    assert encoded(ZstdCodec(level=19), [b"abc" * 1000]) != b""


def test_an_unknown_codec_names_the_known() -> None:
    with pytest.raises(CannotLoadError, match="no codec is called 'lz5'") as refusal:
        codec_named("lz5")
    assert refusal.value.where == "known: gzip, none, zstd"


def test_a_package_may_bring_a_codec(monkeypatch: pytest.MonkeyPatch) -> None:
    mine = SimpleNamespace(name="mine", suffix="")
    monkeypatch.setattr(registry, "_known", dict(registry._known))
    monkeypatch.setattr(registry, "find_plugin", lambda group, name: mine if name == "mine" else None)
    assert codec_named("mine") is mine
    monkeypatch.setattr(registry, "find_plugin", lambda group, name: None)
    assert codec_named("mine") is mine
