"""Two writers and two readers of one name: no mixed bytes, no false alarm."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from lading.storage.formats.pickle import PICKLE
from lading.storage.parcel import pack, unpack
from lading.storage.stores import local
from lading.storage.trust import Reading
from lading.values.receipt import Owner

pytestmark = [pytest.mark.crash, pytest.mark.slow, pytest.mark.timeout(120)]

RACER = Path(__file__).with_name("racer.py")


@pytest.mark.parametrize(("keeps", "seconds"), [("attributes", 10), ("records", 5)])
def test_two_writers_and_two_readers(tmp_path: Path, keeps: str, seconds: int, monkeypatch: pytest.MonkeyPatch) -> None:
    if keeps == "records":
        monkeypatch.setitem(local._keeping, tmp_path.stat().st_dev, False)
    store = local.LocalStore(tmp_path, durability="fast")
    pack({"by": "a", "bytes": b"a"}, store, "x", PICKLE, owner=Owner(("x",)))
    racers = [
        subprocess.Popen(
            [sys.executable, str(RACER), str(tmp_path), keeps, role, str(seconds)], stdout=subprocess.PIPE, text=True
        )
        for role in ("a", "b", "reader-1", "reader-2")
    ]
    said = [json.loads(racer.communicate()[0]) for racer in racers]
    assert all(racer.returncode == 0 for racer in racers)
    assert [trouble for report in said for trouble in report.get("troubles", [])] == []
    assert sum(report.get("writes", 0) for report in said) > 100
    assert sum(report.get("reads", 0) for report in said) > 100
    assert {by for report in said for by in report.get("seen", [])} == {"a", "b"}
    # The round ends with exactly one writer's value.
    value, _ = unpack(store, "x", {"pickle": PICKLE}, reading=Reading("always", "refuse"))
    assert set(value["bytes"]) == set(value["by"].encode())
    assert list(store.list("")) == ["x"]
