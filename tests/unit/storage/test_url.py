import os
from pathlib import Path

import pytest

from lading.errors import StoreUnreachableError
from lading.storage import url
from lading.storage.stores.local import LocalStore
from lading.storage.stores.memory import MemoryStore
from lading.storage.url import open_store


@pytest.mark.parametrize("form", ["{0}", "file://{0}", "file://localhost{0}"])
def test_folders(tmp_path: Path, form: str) -> None:
    store = open_store(form.format(tmp_path / "a b"), durability="fast")
    assert isinstance(store, LocalStore)
    assert store.base == str(tmp_path / "a b")
    assert store.durability == "fast"


def test_paths_of_other_kinds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", "/home/someone")
    assert open_store(tmp_path).url("x") == str(tmp_path / "x")
    assert open_store("data").url("x") == str(tmp_path / "data/x")
    assert open_store("~/data").url("x") == "/home/someone/data/x"
    assert open_store("file:///a%20b").url("x") == "/a b/x"
    monkeypatch.setenv("LADING_ROOT", str(tmp_path / "project"))
    assert open_store("data").url("x") == str(tmp_path / "project/data/x")
    assert open_store("/data").url("x") == "/data/x"
    monkeypatch.delenv("LADING_ROOT")
    os.chdir("/")
    assert open_store("data").url("x") == "/data/x"


def test_equal_memories_are_the_same() -> None:
    store = open_store("memory://test-url")
    assert isinstance(store, MemoryStore)
    assert open_store("memory://test-url/") is store
    assert open_store("memory://other") is not store
    assert store.url("a/b") == "memory://test-url/a/b"


def test_what_this_version_cannot_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(StoreUnreachableError, match="no store for s3://") as refusal:
        open_store("s3://bucket/data")
    assert refusal.value.where == "s3://bucket/data"
    assert "memory://" in refusal.value.fix
    with pytest.raises(StoreUnreachableError, match="another machine"):
        open_store("file://server/share")
    mine = MemoryStore("theirs")
    monkeypatch.setattr(url, "find_plugin", lambda group, name: lambda text: mine if name == "s3" else None)
    assert open_store("s3://bucket") is mine
