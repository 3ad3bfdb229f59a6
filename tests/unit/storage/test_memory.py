import pytest

from lading.abc.store import SupportsAttributes, SupportsInspection
from lading.errors import PathRefusedError, StoreMissing
from lading.storage.stores.memory import MemoryStore


def test_a_memory_store_keeps_what_a_block_wrote() -> None:
    store = MemoryStore("m")
    attributes = {"lading": "1"}
    with store.create("a/b", attributes) as sink:
        sink.write(b"x")
        assert not store.exists("a/b")
    attributes["lading"] = "changed later"
    assert store.open("a/b").read() == b"x"
    assert store.open("a/b").open().read() == b"x"
    assert store.stat("a/b").attributes == {"lading": "1"}
    assert store.attributes("a/b") == {"lading": "1"}
    assert store.attributes("none") == {}
    with pytest.raises(ValueError, match="no"), store.create("a/b", {}) as sink:  # noqa: PT012 - the block is what raises
        sink.write(b"half")
        raise ValueError("no")
    assert store.open("a/b").read() == b"x"
    first = store.stat("a/b").identity
    with store.create("a/b", {}):
        pass
    assert store.stat("a/b").identity != first
    store.delete("a/b")
    store.delete("a/b")
    with pytest.raises(StoreMissing):
        store.open("a/b")


def test_a_memory_store_lists_and_refuses_like_any() -> None:
    store = MemoryStore()
    for name in ("b", "a/x", ".lading/x"):
        with store.create(name, {}):
            pass
    assert list(store.list("")) == ["a/x", "b"]
    assert list(store.list("a/")) == ["a/x"]
    assert list(store.list(".lading/")) == [".lading/x"]
    with pytest.raises(PathRefusedError):
        store.create("../x", {})
    assert isinstance(store, SupportsAttributes)
    assert isinstance(store, SupportsInspection)
