"""A disk that is full, or a limit that is reached, costs the new value only."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

from lading.errors import StorageError
from lading.storage.formats.pickle import PICKLE
from lading.storage.parcel import pack, unpack
from lading.storage.stores.local import LocalStore
from lading.values.receipt import Owner

pytestmark = [pytest.mark.crash, pytest.mark.timeout(120)]

WRITER = Path(__file__).with_name("writer.py")
BIG = Owner(("big",))
LEVELS = [1, 1 << 12, 1 << 16, (1 << 16) + 1, 1 << 20, 17 << 20, 52_000_000]


def loaded(store: LocalStore) -> object:
    return unpack(store, "big", {"pickle": PICKLE}, owner=BIG)[0]


def staged(base: Path) -> list[str]:
    return [name for name in os.listdir(base) if name.startswith(".")]


@pytest.mark.parametrize("limit", LEVELS)
def test_a_limit_of_file_sizes(tmp_path: Path, limit: int) -> None:
    store = LocalStore(tmp_path / "base")
    pack("earlier", store, "big", PICKLE, owner=BIG)
    command = [sys.executable, str(WRITER), str(tmp_path / "base"), "strict", "attributes", "new", str(limit)]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert said.startswith("start\nStorageError")
    assert "File too large" in said
    assert "ulimit -f" in said
    assert loaded(store) == "earlier"
    assert staged(tmp_path / "base") == []


def fill(path: Path) -> None:
    with open(path, "wb", buffering=0) as rest, contextlib.suppress(OSError):
        while True:
            rest.write(bytes(1 << 12))


@pytest.fixture
def small_disk(tmp_path: Path) -> object:
    place = tmp_path / "disk"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(place)], capture_output=True, text=True, check=False
    )
    if mounted.returncode:
        pytest.skip(f"a tmpfs cannot be mounted here: {mounted.stderr.strip()}")
    yield place
    subprocess.run(["umount", str(place)], check=True)


def test_a_full_disk(small_disk: Path) -> None:
    store = LocalStore(small_disk / "base")
    earlier = os.urandom(3 << 20)
    pack(earlier, store, "big", PICKLE, owner=BIG)
    for size in range(4 << 20, 12 << 20, 1 << 20):
        free = os.statvfs(small_disk).f_bavail
        if size > 4 << 20:
            with pytest.raises(StorageError, match="No space left") as refusal:
                pack(os.urandom(size), store, "big", PICKLE, owner=BIG)
            assert "free space" in str(refusal.value)
            assert loaded(store) == earlier
            assert os.statvfs(small_disk).f_bavail >= free - 1
        else:
            pack(earlier := os.urandom(size), store, "big", PICKLE, owner=BIG)
        assert staged(small_disk / "base") == []
    # Filled to the last block, nothing can be staged, and reading goes on.
    fill(small_disk / "rest")
    with pytest.raises(StorageError):
        pack(os.urandom(100_000), store, "big", PICKLE, owner=BIG)
    assert loaded(store) == earlier
    assert staged(small_disk / "base") == []
