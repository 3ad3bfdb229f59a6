"""Each call to the system that a write makes fails once, or is the last thing its process does."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from lading.errors import LadingError
from lading.storage import publish
from lading.storage.formats.pickle import PICKLE
from lading.storage.parcel import pack, unpack
from lading.storage.stores import local
from lading.storage.sweep import sweep
from lading.storage.trust import Reading
from lading.values.receipt import Owner

pytestmark = [pytest.mark.crash, pytest.mark.timeout(120)]

CALLS = ("open", "mkdir", "fsync", "rename", "close", "setxattr", "getxattr", "fstat", "stat")
OWNER = Owner(("folder", "x"), "p")
NAME = "folder/x/p"


class Fuse:
    """Counts calls and strikes at the n-th."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, strike: Callable[[], None]) -> None:
        self.left = -1
        self.struck = ""
        for name in CALLS:
            real = getattr(os, name)
            monkeypatch.setattr(os, name, self._wrapped(name, real, strike))
        monkeypatch.setattr(publish._Sink, "write", self._wrapped("write", publish._Sink.write, strike))

    def _wrapped(self, name: str, real: Callable[..., Any], strike: Callable[[], None]) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            if self.left == 0:
                self.left = -1
                self.struck = name
                if name == "close":  # a descriptor is closed even when the call complains
                    real(*args, **kwargs)
                strike()
            elif self.left > 0:
                self.left -= 1
            return real(*args, **kwargs)

        return call


def load(store: local.LocalStore) -> object:
    return unpack(store, NAME, {"pickle": PICKLE}, owner=OWNER, reading=Reading("always", "refuse"))[0]


def numbers() -> Iterator[int]:
    yield from range(200)


@pytest.mark.parametrize("number", [errno.EIO, errno.ENOSPC, errno.EACCES], ids=errno.errorcode.get)
@pytest.mark.parametrize("keeps", [True, False], ids=["attributes", "records"])
def test_each_call_fails_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, keeps: bool) -> None:
    monkeypatch.setitem(local._keeping, tmp_path.stat().st_dev, keeps)

    def strike() -> None:
        raise OSError(number, os.strerror(number))

    fuse = Fuse(monkeypatch, strike)
    struck = set[str]()
    for n in numbers():
        store = local.LocalStore(tmp_path / str(n))
        pack("earlier", store, NAME, PICKLE, owner=OWNER)
        fuse.left, fuse.struck = n, ""
        failed = True
        try:
            pack("later" * 100, store, NAME, PICKLE, owner=OWNER)
            failed = False
        except (LadingError, OSError):
            pass
        fuse.left = -1
        if not fuse.struck:
            break
        struck.add(fuse.struck)
        value = load(store)
        assert value in ("earlier", "later" * 100), f"torn when {fuse.struck} failed (call {n})"
        if not failed:
            assert value == "later" * 100, f"a write that failed in {fuse.struck} (call {n}) said it was done"
        left = [name for _, _, files in os.walk(tmp_path / str(n)) for name in files if name.startswith(".lading-")]
        assert left == [], f"left behind when {fuse.struck} failed (call {n})"
    else:
        pytest.fail("the write never came to its end")
    assert {"open", "write", "fsync", "rename", "close"} <= struck
    assert ("setxattr" in struck) == keeps


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
@pytest.mark.parametrize("keeps", [True, False], ids=["attributes", "records"])
@pytest.mark.parametrize("durability", ["strict", "fast"])
def test_each_call_is_the_last(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, keeps: bool, durability: local.Durability
) -> None:
    monkeypatch.setitem(local._keeping, tmp_path.stat().st_dev, keeps)
    fuse = Fuse(monkeypatch, lambda: os._exit(9))
    seen = set[object]()
    for n in numbers():
        store = local.LocalStore(tmp_path / str(n), durability=durability)
        pack("earlier", store, NAME, PICKLE, owner=OWNER)
        child = os.fork()
        if not child:
            fuse.left = n
            pack("later", store, NAME, PICKLE, owner=OWNER)
            os._exit(0)
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        value = load(store)
        assert value in ("earlier", "later"), f"torn after call {n}"
        seen.add(value)
        sweep(tmp_path / str(n))
        assert [
            name for _, _, files in os.walk(tmp_path / str(n)) for name in files if name.startswith(".lading-")
        ] == []
        if status == 0:
            assert value == "later"
            break
        assert status == 9
    else:
        pytest.fail("the write never came to its end")
    assert seen == {"earlier", "later"}
