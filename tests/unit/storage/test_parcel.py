import os
import pickle
import random
from pathlib import Path
from threading import Lock
from typing import Any

import pytest

from lading.abc.format import NO_FACTS, Facts, Want
from lading.abc.store import Store
from lading.errors import (
    CannotLoadError,
    CannotStoreError,
    CheckError,
    ForeignValueError,
    InvariantViolationError,
    PathRefusedError,
    StorageError,
    StoreMissing,
    ValueDamaged,
)
from lading.storage.codecs.registry import codec_named
from lading.storage.digest import digest_of, forget_verified
from lading.storage.formats.pickle import PICKLE
from lading.storage.parcel import pack, unpack
from lading.storage.record import read_record
from lading.storage.stores import local
from lading.storage.stores.local import LocalStore
from lading.storage.stores.memory import MemoryStore
from lading.storage.trust import Reading
from lading.values.receipt import Owner

X = Owner(("x",), None, "run", "x", "result")
FORMATS = {"pickle": PICKLE}
BIG = {"big": random.Random(3).randbytes(3 << 20)}


@pytest.fixture(params=["memory", "attributes", "records"])
def store(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    forget_verified()
    if request.param == "memory":
        return MemoryStore("m")
    monkeypatch.setitem(local._keeping, tmp_path.stat().st_dev, request.param == "attributes")
    return LocalStore(tmp_path / "base", durability="fast")


@pytest.fixture
def disk(tmp_path: Path) -> LocalStore:
    forget_verified()
    return LocalStore(tmp_path / "base", durability="fast")


class MustNotRun:
    """A pickle that says so when it is loaded."""

    loaded = 0

    def __reduce__(self) -> tuple[Any, ...]:
        return MustNotRun._load, ()

    @staticmethod
    def _load() -> object:
        MustNotRun.loaded += 1
        return MustNotRun()


class Breaks:
    def __init__(self, error: BaseException) -> None:
        self.error = error

    def __reduce__(self) -> tuple[Any, ...]:
        raise self.error


@pytest.mark.parametrize("codec", ["none", "gzip", "zstd"])
@pytest.mark.parametrize("value", [None, 1, "text", {"a": [1, 2]}, BIG], ids=lambda value: type(value).__name__)
def test_what_goes_in_comes_out(store: Store, value: object, codec: str) -> None:
    receipt, facts = pack(value, store, "x", PICKLE, codec=codec_named(codec), owner=X)
    assert facts is NO_FACTS
    loaded, read = unpack(store, "x", FORMATS, owner=X)
    assert loaded == value
    assert receipt.url == store.url("x")
    assert receipt.format == "pickle"
    assert receipt.codec == codec
    assert receipt.type == type(value).__name__
    assert receipt.owner == X
    assert receipt.seconds > 0
    with store.open("x") as source:
        assert receipt.bytes == source.stat.size
        assert receipt.digest == digest_of(source.read())
    assert not receipt.foreign
    assert (read.digest, read.bytes, read.owner, read.codec) == (receipt.digest, receipt.bytes, X, codec)
    assert read.stored_at == pytest.approx(receipt.stored_at, abs=1e-5)


def test_a_plain_pickle_is_just_that(disk: LocalStore, tmp_path: Path) -> None:
    pack({"a": 1}, disk, "x", PICKLE, owner=X)
    assert pickle.loads((tmp_path / "base/x").read_bytes()) == {"a": 1}
    assert [path.name for path in (tmp_path / "base").rglob("*")] == ["x"]
    record = read_record(os.getxattr(tmp_path / "base/x", "user.lading").decode(), "")
    assert record.owner == X


def test_without_attributes_the_record_lies_below_lading(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(local._keeping, tmp_path.stat().st_dev, False)
    receipt, _ = pack({"a": 1}, LocalStore(tmp_path), "a/x", PICKLE, owner=X)
    hidden = tmp_path / ".lading/records/a/x%" / receipt.digest.removeprefix("blake3:")
    assert read_record(hidden.read_text(), "").owner == X
    assert sorted(path.name for path in tmp_path.rglob("*") if path.is_file()) == sorted(["x", hidden.name])
    assert list(LocalStore(tmp_path).list("")) == ["a/x"]


def test_a_missing_value(store: Store) -> None:
    with pytest.raises(StoreMissing):
        unpack(store, "x", FORMATS)


# ---------------------------------------------------------------- damage


@pytest.mark.parametrize("value", [MustNotRun(), [MustNotRun(), BIG]], ids=["small", "large"])
@pytest.mark.parametrize("hurt", ["flip", "cut", "grow", "zero", "empty"])
def test_damage_is_refused_before_anything_is_loaded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, value: object, hurt: str
) -> None:
    for keeps in (True, False):
        monkeypatch.setitem(local._keeping, tmp_path.stat().st_dev, keeps)
        store = LocalStore(tmp_path / str(keeps), durability="fast")
        pack(value, store, "x", PICKLE, owner=X)
        MustNotRun.loaded = 0
        data = bytearray((path := store.path("x")).read_bytes())
        if hurt == "flip":
            data[len(data) // 2] ^= 1
        elif hurt == "cut":
            del data[-1:]
        elif hurt == "grow":
            data += b"."
        elif hurt == "zero":
            data[-20:] = bytes(20)
        else:
            data.clear()
        with open(path, "r+b") as file:
            file.truncate(0)
            file.write(data)
        forget_verified()
        with pytest.raises(ValueDamaged, match="not those that were written") as refusal:
            unpack(store, "x", FORMATS, owner=X)
        assert str(path) in (refusal.value.where or "")
        assert "materialize it again" in refusal.value.fix
        assert MustNotRun.loaded == 0


@pytest.mark.parametrize("keeps", [True, False], ids=["attributes", "records"])
def test_every_flipped_bit_of_a_small_value_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, keeps: bool
) -> None:
    monkeypatch.setitem(local._keeping, tmp_path.stat().st_dev, keeps)
    store = LocalStore(tmp_path, durability="fast")
    pack({"a": 1.5, "b": "text"}, store, "x", PICKLE, owner=X)
    path = store.path("x")
    data = path.read_bytes()
    for bit in range(len(data) * 8):
        hurt = bytearray(data)
        hurt[bit // 8] ^= 1 << bit % 8
        with open(path, "r+b") as file:
            file.write(hurt)
        with pytest.raises(ValueDamaged):
            unpack(store, "x", FORMATS, owner=X, reading=Reading("always"))


def test_damage_under_a_verified_file_is_found(disk: LocalStore) -> None:
    pack([1, 2, 3], disk, "x", PICKLE, owner=X)
    os.utime(disk.path("x"), (1, 1))
    unpack(disk, "x", FORMATS, owner=X)
    with open(disk.path("x"), "r+b") as file:
        file.write(b"!")
    with pytest.raises(ValueDamaged):
        unpack(disk, "x", FORMATS, owner=X)


def test_swapped_files_are_found(disk: LocalStore) -> None:
    y = Owner(("y",))
    pack(1, disk, "x", PICKLE, owner=X)
    pack(2, disk, "y", PICKLE, owner=y)
    os.rename(disk.path("x"), disk.path("x").with_name("z"))
    os.rename(disk.path("y"), disk.path("x"))
    with pytest.raises(ValueDamaged, match="belongs to asset y, not to asset x"):
        unpack(disk, "x", FORMATS, owner=X)


def test_never_verified_means_loaded_as_it_lies(disk: LocalStore) -> None:
    pack(b"abc", disk, "x", PICKLE, owner=X)
    path = disk.path("x")
    with open(path, "r+b") as file:
        file.write(path.read_bytes().replace(b"abc", b"abd"))
    assert unpack(disk, "x", FORMATS, owner=X, reading=Reading("never"))[0] == b"abd"


def test_a_record_that_cannot_be_read_is_damage(disk: LocalStore) -> None:
    pack(1, disk, "x", PICKLE, owner=X)
    os.setxattr(disk.path("x"), "user.lading", b'{"v":1')
    with pytest.raises(ValueDamaged, match="record of a stored value cannot be read"):
        unpack(disk, "x", FORMATS, owner=X)


# ---------------------------------------------------------------- foreign


def test_a_foreign_value_is_loaded_with_a_notice(store: Store) -> None:
    with store.create("x", {}) as sink:
        sink.write(pickle.dumps("old"))
    notices: list[str] = []
    value, receipt = unpack(store, "x", FORMATS, owner=X, assumed=PICKLE, reading=Reading(notice=notices.append))
    assert value == "old"
    assert receipt.foreign
    assert receipt.digest == ""
    assert notices == [f"{store.url('x')} has no record: loaded as pickle, unverified"]


def test_the_notice_goes_to_the_log_otherwise(disk: LocalStore, caplog: pytest.LogCaptureFixture) -> None:
    with disk.create("x", {}) as sink:
        sink.write(pickle.dumps("old"))
    unpack(disk, "x", FORMATS, assumed=PICKLE)
    assert "has no record" in caplog.text


def test_a_foreign_value_may_be_refused(store: Store) -> None:
    with store.create("x", {}) as sink:
        sink.write(pickle.dumps(MustNotRun()))
    MustNotRun.loaded = 0
    with pytest.raises(ForeignValueError, match="no record") as refusal:
        unpack(store, "x", FORMATS, assumed=PICKLE, reading=Reading(foreign="refuse"))
    assert 'foreign="warn"' in refusal.value.fix
    with pytest.raises(ForeignValueError, match="nothing says how to read it"):
        unpack(store, "x", FORMATS)
    with pytest.raises(CheckError, match="foreign='perhaps'"):
        unpack(store, "x", FORMATS, assumed=PICKLE, reading=Reading(foreign="perhaps"))  # type: ignore[arg-type]
    assert MustNotRun.loaded == 0


@pytest.mark.parametrize("data", [b"", pickle.dumps([1, 2, 3])[:-3], b"not a pickle"])
def test_a_foreign_file_that_is_no_pickle_says_so(store: Store, data: bytes) -> None:
    with store.create("x", {}) as sink:
        sink.write(data)
    with pytest.raises(CannotLoadError, match="no whole pickle"):
        unpack(store, "x", FORMATS, assumed=PICKLE, reading=Reading(notice=lambda _: None))


def test_a_format_that_is_not_allowed_is_not_read(store: Store) -> None:
    pack(MustNotRun(), store, "x", PICKLE, owner=X)
    MustNotRun.loaded = 0
    with pytest.raises(CannotLoadError, match="stored as pickle"):
        unpack(store, "x", {}, owner=X)
    assert MustNotRun.loaded == 0


# ---------------------------------------------------------------- writes that fail


@pytest.mark.parametrize("error", [ValueError("mine"), MemoryError(), KeyboardInterrupt()])
def test_a_value_that_raises_half_way_leaves_the_earlier_one(store: Store, error: BaseException) -> None:
    pack("earlier", store, "x", PICKLE, owner=X)
    with pytest.raises(type(error)) as raised:
        pack([BIG, Breaks(error)], store, "x", PICKLE, owner=X)
    assert raised.value is error
    assert unpack(store, "x", FORMATS, owner=X)[0] == "earlier"
    assert list(store.list("")) == ["x"]


@pytest.mark.parametrize("value", [lambda: 1, Lock(), (n for n in ()), Breaks(TypeError("cannot"))])
def test_what_is_not_picklable_says_so(store: Store, value: object) -> None:
    pack("earlier", store, "x", PICKLE, owner=X)
    with pytest.raises(CannotStoreError, match="is not picklable") as refusal:
        pack([BIG, value], store, "x", PICKLE, owner=X)
    assert isinstance(refusal.value, InvariantViolationError)
    assert isinstance(refusal.value, StorageError)
    assert refusal.value.fix
    assert unpack(store, "x", FORMATS, owner=X)[0] == "earlier"


def test_facts_are_handed_on(store: Store) -> None:
    class Lines:
        name = "lines"
        suffix = ".txt"

        def accepts(self, kind: type) -> bool:
            return kind is list

        def dump(self, value: Any, sink: Any) -> Facts:
            for line in value:
                sink.write(f"{line}\n".encode())
            return Facts(rows=len(value))

        def load(self, sources: Any, want: Want) -> object:
            with sources[0].open() as reader:
                return want.stored, [line.decode().rstrip("\n") for line in reader]

    receipt, facts = pack(["a", "b"], store, "x", Lines(), owner=X)
    assert facts.known() == {"rows": 2}
    assert receipt.bytes == 4
    assert unpack(store, "x", {"lines": Lines()}, owner=X)[0] == ("list", ["a", "b"])


# ---------------------------------------------------------------- owners


def test_a_place_of_another_owner_is_refused(store: Store) -> None:
    pack("mine", store, "x/k", PICKLE, owner=Owner(("x",), "k", "r1", "x", "result"))
    with pytest.raises(
        PathRefusedError, match="asset x/k would overwrite the value of asset x, partition k"
    ) as refusal:
        pack("theirs", store, "x/k", PICKLE, owner=Owner(("x", "k")))
    assert refusal.value.where == store.url("x/k")
    assert unpack(store, "x/k", FORMATS)[0] == "mine"
    pack("mine again", store, "x/k", PICKLE, owner=Owner(("x",), "k", "r2", "x", "result"))
    assert unpack(store, "x/k", FORMATS, owner=Owner(("x",), "k"))[0] == "mine again"


def test_a_foreign_file_may_be_replaced(store: Store) -> None:
    with store.create("x", {}) as sink:
        sink.write(b"old")
    pack("new", store, "x", PICKLE, owner=X)
    assert unpack(store, "x", FORMATS, owner=X)[0] == "new"


def test_values_that_clash_with_folders_are_both_kept(disk: LocalStore) -> None:
    owners = {"x": Owner(("x",)), "x/a": Owner(("x",), "a"), "x/a/b": Owner(("x",), "a/b")}
    for names in (list(owners), list(reversed(owners))):
        for name in names:
            receipt, _ = pack(name, disk, name, PICKLE, owner=owners[name])
            assert Path(receipt.url).is_file()
        for name in names:
            assert unpack(disk, name, FORMATS, owner=owners[name])[0] == name


def test_a_large_value_is_written_without_a_second_copy(disk: LocalStore) -> None:
    import tracemalloc

    value = bytearray(32 << 20)
    tracemalloc.start()
    pack(value, disk, "x", PICKLE, owner=X)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 8 << 20
