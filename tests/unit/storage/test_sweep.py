import os
import subprocess
import sys
import time
from pathlib import Path

from lading.storage.folders import STAGED, staged_by, staged_name
from lading.storage.stores.local import LocalStore
from lading.storage.sweep import LONGEST_WRITE, leftovers, sweep


def dead_name() -> str:
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    return staged_name().replace(f"-{os.getpid():x}-", f"-{dead.pid:x}-")


def names(base: Path) -> list[str]:
    return sorted(str(path.relative_to(base)) for path in base.rglob("*"))


def test_what_a_dead_writer_left_is_removed_and_nothing_else(tmp_path: Path) -> None:
    store = LocalStore(tmp_path)
    with store.create("a/x", {}) as sink:
        sink.write(b"1")
    for place in (tmp_path, tmp_path / "a"):
        (place / dead_name()).write_text("half")
        room = place / dead_name()
        room.mkdir()
        (room / "x.csv").write_text("half")
    with store.create("a/y", {}) as sink:
        assert len(list(leftovers(tmp_path))) == 4
        assert len(sweep(tmp_path)) == 4
        sink.write(b"at work")
    assert names(tmp_path) == ["a", "a/x", "a/y"]
    assert sweep(tmp_path) == []


def test_a_link_among_the_leftovers_is_not_followed(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "kept").write_text("kept")
    base = tmp_path / "base"
    base.mkdir()
    (base / dead_name()).symlink_to(outside, target_is_directory=True)
    sweep(base)
    assert names(tmp_path) == ["base", "outside", "outside/kept"]


def test_a_writer_of_another_machine_is_dead_after_a_day(tmp_path: Path) -> None:
    theirs = tmp_path / f"{STAGED}0-{os.getpid():x}-00-0"
    theirs.write_text("half")
    assert staged_by(theirs.name) is None
    assert list(leftovers(tmp_path)) == []
    assert list(leftovers(tmp_path, now=time.time() + LONGEST_WRITE + 60)) == [str(theirs)]


def test_a_writer_at_work_for_more_than_a_day_counts_as_dead_too(tmp_path: Path) -> None:
    # Its number may have gone to another process.
    (tmp_path / staged_name()).write_text("half")
    assert list(leftovers(tmp_path)) == []
    assert len(list(leftovers(tmp_path, now=time.time() + LONGEST_WRITE + 60))) == 1


def test_names_that_only_look_alike_stay(tmp_path: Path) -> None:
    (tmp_path / f"{STAGED}mine").write_text("x")
    assert staged_by(f"{STAGED}mine") is None
    assert staged_by(staged_name()) == os.getpid()
    assert sweep(tmp_path) == []
