import contextlib
import errno
import os
import pickle
import shutil
import stat
import threading
from pathlib import Path
from typing import Any

import pytest

from lading.errors import CheckError, PathRefusedError, StorageError, StoreMissing, StoreUnreachableError
from lading.storage import folders
from lading.storage.stores import local
from lading.storage.stores.local import LocalStore


@pytest.fixture
def store(tmp_path: Path) -> LocalStore:
    return LocalStore(tmp_path / "base", durability="fast")


def put(store: LocalStore, name: str, data: bytes = b"data", **attributes: str) -> None:
    with store.create(name, attributes) as sink:
        sink.write(data)


def get(store: LocalStore, name: str) -> bytes:
    with store.open(name) as source:
        return source.read()


def every(base: Path) -> list[str]:
    return sorted(str(path.relative_to(base)) for path in base.rglob("*"))


def test_what_is_written_is_read(store: LocalStore, tmp_path: Path) -> None:
    put(store, "a/b", b"hello", lading="record")
    assert (tmp_path / "base/a/b").read_bytes() == b"hello"
    with store.open("a/b") as source:
        assert source.read() == b"hello"
        with source.open() as reader:
            assert reader.read() == b"hello"
        assert source.stat.size == 5
        assert source.stat.attributes == {"lading": "record"}
        assert source.path == tmp_path / "base/a/b"
    assert store.stat("a/b").attributes == {"lading": "record"}
    assert store.attributes("a/b") == {"lading": "record"}
    assert os.getxattr(tmp_path / "base/a/b", "user.lading") == b"record"
    assert store.url("a/b") == str(tmp_path / "base/a/b")


def test_nothing_but_the_object_lies_below_the_base(store: LocalStore, tmp_path: Path) -> None:
    assert store.keeps_attributes()
    put(store, "a/b")
    put(store, "a/b")
    assert every(tmp_path / "base") == ["a", "a/b"]


def test_nothing_is_made_before_the_first_write(store: LocalStore, tmp_path: Path) -> None:
    assert not store.exists("a")
    assert list(store.list("")) == []
    assert every(tmp_path) == []


def test_until_the_block_ends_readers_see_the_earlier_object(store: LocalStore) -> None:
    put(store, "x", b"earlier", lading="1")
    with store.create("x", {"lading": "2"}) as sink:
        sink.write(b"later")
        assert get(store, "x") == b"earlier"
        assert list(store.list("")) == ["x"]
    assert get(store, "x") == b"later"
    assert store.stat("x").attributes == {"lading": "2"}


def test_an_opened_source_stays_what_it_was(store: LocalStore) -> None:
    put(store, "x", b"earlier", lading="1")
    with store.open("x") as source:
        put(store, "x", b"later", lading="2")
        assert source.read() == b"earlier"
        assert source.stat.attributes == {"lading": "1"}
        with source.open() as reader:
            assert reader.read() == b"earlier"


@pytest.mark.parametrize("failure", [ValueError("no"), KeyboardInterrupt(), SystemExit(1), OSError("the caller's own")])
def test_a_block_that_raises_leaves_no_trace(store: LocalStore, tmp_path: Path, failure: BaseException) -> None:
    put(store, "x", b"earlier")
    with pytest.raises(type(failure)) as raised, store.create("x", {}) as sink:  # noqa: PT012 - the block is what raises
        sink.write(b"half")
        raise failure
    assert raised.value is failure
    assert get(store, "x") == b"earlier"
    assert every(tmp_path / "base") == ["x"]


def test_attributes_are_read_when_the_block_ends(store: LocalStore) -> None:
    attributes: dict[str, str] = {}
    with store.create("x", attributes) as sink:
        sink.write(b"x")
        attributes["lading"] = "late"
        attributes["lading.more"] = "too"
    assert store.stat("x").attributes == {"lading": "late", "lading.more": "too"}


def test_attributes_of_others_are_not_ours(store: LocalStore, tmp_path: Path) -> None:
    put(store, "x")
    os.setxattr(tmp_path / "base/x", "user.other", b"1")
    assert store.stat("x").attributes == {}
    assert store.attributes("x") == {}
    assert store.attributes("missing") == {}


def test_what_is_missing_says_where_it_was_looked_for(store: LocalStore, tmp_path: Path) -> None:
    for ask in (store.open, store.stat):
        with pytest.raises(StoreMissing, match="nothing is stored as 'a/b'") as refusal:
            ask("a/b")
        assert refusal.value.where == str(tmp_path / "base/a/b")
    with pytest.raises(FileNotFoundError):
        store.open("a")
    put(store, "a")
    with pytest.raises(StoreMissing):
        store.open("a/b")


def test_deleting(store: LocalStore) -> None:
    put(store, "a/b")
    assert store.exists("a/b")
    store.delete("a/b")
    store.delete("a/b")
    store.delete("never/there")
    assert not store.exists("a/b")


@pytest.mark.parametrize("order", [("x", "x/y", "x/y/z"), ("x/y/z", "x/y", "x"), ("x/y", "x/y/z", "x")])
def test_a_value_and_a_folder_of_one_name(store: LocalStore, order: tuple[str, ...]) -> None:
    for turn in (b"1", b"2"):
        for name in order:
            put(store, name, name.encode() + turn)
        for name in order:
            assert get(store, name) == name.encode() + turn
            assert store.exists(name)
            assert store.path(name).is_file()
    assert sorted(store.list("")) == sorted(order)
    for name in order:
        store.delete(name)
        assert not store.exists(name)


def test_the_sink_tells_where_a_second_spelling_was_published(store: LocalStore, tmp_path: Path) -> None:
    put(store, "x/y")
    with store.create("x", {}) as sink:
        sink.write(b"")
    assert sink.url == str(tmp_path / "base/x%%")  # type: ignore[attr-defined]


def test_listing_leaves_out_what_is_hidden(store: LocalStore, tmp_path: Path) -> None:
    for name in ("b", "a/x", "a/y", "ab", ".lading/records/a%/00"):
        put(store, name)
    with store.create("c", {}):
        assert list(store.list("")) == ["a/x", "a/y", "ab", "b"]
    assert list(store.list("a")) == ["a/x", "a/y", "ab"]
    assert list(store.list("a/")) == ["a/x", "a/y"]
    assert list(store.list("a/y")) == ["a/y"]
    assert list(store.list("none/")) == []
    assert list(store.list(".lading/records/a%/")) == [".lading/records/a%/00"]


@pytest.mark.parametrize("name", ["", ".", "..", "../x", "a/../b", "/x", "a//b", "a/", "a\0b"])
def test_names_that_leave_are_refused(store: LocalStore, name: str) -> None:
    for act in (lambda: put(store, name), lambda: store.open(name), lambda: store.delete(name)):
        with pytest.raises(PathRefusedError):
            act()


def test_a_planted_link_is_replaced_and_not_followed(store: LocalStore, tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_text("untouched")
    (tmp_path / "base").mkdir()
    (tmp_path / "base/x").symlink_to(victim)
    put(store, "x", b"new")
    assert victim.read_text() == "untouched"
    assert not (tmp_path / "base/x").is_symlink()


def test_a_linked_folder_below_the_base_is_refused(store: LocalStore, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (tmp_path / "base").mkdir()
    (tmp_path / "base/x").symlink_to(outside, target_is_directory=True)
    with pytest.raises(PathRefusedError, match="'x' is a link"):
        put(store, "x/y")
    assert every(outside) == []


def test_the_base_itself_may_be_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "base").symlink_to(tmp_path / "real", target_is_directory=True)
    put(LocalStore(tmp_path / "base"), "a/b")
    assert every(tmp_path / "real") == ["a", "a/b"]


def test_folders_replaced_by_links_meanwhile_lead_nowhere(tmp_path: Path) -> None:
    store = LocalStore(tmp_path / "base", durability="fast")
    outside = tmp_path / "outside"
    outside.mkdir()
    put(store, "x/y")
    stop = threading.Event()

    def swap() -> None:
        folder, aside = tmp_path / "base/x", tmp_path / "aside"
        while not stop.is_set():
            with contextlib.suppress(OSError):  # the store may have made a new folder meanwhile
                os.rename(folder, aside)
                os.symlink(outside, folder)
            with contextlib.suppress(OSError):
                os.unlink(folder)
            shutil.rmtree(aside, ignore_errors=True)

    swapper = threading.Thread(target=swap)
    swapper.start()
    written = 0
    try:
        for _ in range(500):
            with contextlib.suppress(StorageError, FileNotFoundError):
                put(store, "x/y")
                written += 1
    finally:
        stop.set()
        swapper.join()
    assert written > 0
    assert every(outside) == []


def test_a_pipe_where_a_value_should_be_blocks_nobody(store: LocalStore, tmp_path: Path) -> None:
    (tmp_path / "base").mkdir()
    os.mkfifo(tmp_path / "base/x")
    with pytest.raises(StoreMissing):
        store.open("x")


def test_strict_syncs_file_and_folders_and_fast_syncs_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[str] = []
    real = os.fsync

    def fsync(descriptor: int) -> None:
        synced.append("folder" if stat.S_ISDIR(os.fstat(descriptor).st_mode) else "file")
        real(descriptor)

    monkeypatch.setattr(os, "fsync", fsync)
    put(LocalStore(tmp_path / "fast", durability="fast"), "a/b")
    assert synced == []
    strict = LocalStore(tmp_path / "strict")
    put(strict, "a/b")
    assert synced == ["folder", "folder", "file", "folder"]  # base in its parent, a in base, the file, its name in a
    synced.clear()
    put(strict, "a/b")
    assert synced == ["file", "folder"]


def test_a_usual_write_makes_no_more_calls_than_it_must(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = LocalStore(tmp_path, durability="fast")
    put(store, "x", lading="1")
    calls: list[str] = []
    for name in ("open", "close", "mkdir", "rename", "unlink", "stat", "lstat", "setxattr", "getxattr", "listdir"):
        real = getattr(os, name)

        def call(*args: Any, _name: str = name, _real: Any = real, **kwargs: Any) -> Any:
            calls.append(_name)
            return _real(*args, **kwargs)

        monkeypatch.setattr(os, name, call)
    put(store, "x", lading="1")
    assert calls == ["open", "open", "setxattr", "rename", "close"]


def test_a_base_that_is_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(StoreUnreachableError, match="is no folder"):
        put(LocalStore(tmp_path / "file"), "x")


def test_a_refused_write_says_who_may_change_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> tuple[str, int]:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr("lading.storage.publish.new_staged", refuse)
    with pytest.raises(StoreUnreachableError, match="Permission denied") as refusal:
        put(LocalStore(tmp_path), "x")
    assert "permissions" in refusal.value.fix
    assert isinstance(refusal.value.__cause__, PermissionError)


def test_durability_is_one_of_two_words(tmp_path: Path) -> None:
    with pytest.raises(CheckError, match="durability='firm'"):
        LocalStore(tmp_path, durability="firm")  # type: ignore[arg-type]


def test_a_store_travels_to_another_process(store: LocalStore) -> None:
    put(store, "x", b"1")
    assert get(pickle.loads(pickle.dumps(store)), "x") == b"1"


def test_staged_names_are_never_used_twice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    taken = folders.staged_name()
    (tmp_path / taken).write_text("left by the dead")
    names = iter([taken, "fresh"])
    monkeypatch.setattr(folders, "staged_name", lambda: next(names))
    folder, _ = folders.open_folder(str(tmp_path), (), create=False)
    name, descriptor = folders.new_staged(folder)
    os.close(descriptor)
    os.close(folder)
    assert name == "fresh"
    assert (tmp_path / taken).read_text() == "left by the dead"


def test_a_disk_without_attributes_is_noticed_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []

    def setxattr(*_: object) -> None:
        asked.append(1)
        raise OSError(errno.EOPNOTSUPP, "no")

    monkeypatch.setattr(local, "_keeping", {})
    monkeypatch.setattr(os, "setxattr", setxattr)
    for _ in range(3):
        assert not LocalStore(tmp_path).keeps_attributes()
    assert len(asked) == 1
    assert every(tmp_path) == []


def test_a_python_without_attributes_reads_and_writes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("getxattr", "setxattr", "listxattr"):
        monkeypatch.delattr(os, name)
    monkeypatch.setattr(local, "_keeping", {})
    store = LocalStore(tmp_path)
    assert not store.keeps_attributes()
    put(store, "x", b"1")
    assert get(store, "x") == b"1"
    assert store.attributes("x") == {}


# ---------------------------------------------------------------- paths


def test_a_path_is_published_with_its_own_name(store: LocalStore, tmp_path: Path) -> None:
    with store.create_path("a/x.csv", {"lading": "r"}) as path:
        assert path.name == "x.csv"
        assert not path.exists()
        path.write_text("1,2")
        assert not store.exists("a/x.csv")
    assert get(store, "a/x.csv") == b"1,2"
    assert store.stat("a/x.csv").attributes == {"lading": "r"}
    assert every(tmp_path / "base") == ["a", "a/x.csv"]


def test_a_path_that_is_not_finished_leaves_no_trace(store: LocalStore, tmp_path: Path) -> None:
    put(store, "x", b"earlier")
    with pytest.raises(ZeroDivisionError), store.create_path("x", {}) as path:  # noqa: PT012 - the block is what raises
        path.write_text("half")
        _ = 1 / 0
    assert get(store, "x") == b"earlier"
    assert every(tmp_path / "base") == ["x"]


def test_files_written_beside_a_path_come_along(store: LocalStore, tmp_path: Path) -> None:
    with store.create_path("x.shp", {}) as path:
        path.write_text("shape")
        path.with_suffix(".dbf").write_text("table")
    assert every(tmp_path / "base") == ["x.dbf", "x.shp"]


def test_a_folder_written_to_a_path_replaces_an_earlier_one(store: LocalStore, tmp_path: Path) -> None:
    for text in ("one", "two"):
        with store.create_path("x", {}) as path:
            path.mkdir()
            (path / text).write_text(text)
    assert every(tmp_path / "base") == ["x", f"x/{text}"]


def test_a_path_nobody_wrote_publishes_nothing(store: LocalStore, tmp_path: Path) -> None:
    with store.create_path("x", {}):
        pass
    assert every(tmp_path / "base") == []
