"""Writes or reads one name as fast as it can: `racer.py BASE KEEPS ROLE SECONDS`; prints what it saw as JSON."""

import json
import os
import random
import sys
import time

from lading.storage.digest import forget_verified
from lading.storage.formats.pickle import PICKLE
from lading.storage.parcel import pack, unpack
from lading.storage.stores import local
from lading.storage.trust import Reading
from lading.values.receipt import Owner

OWNER = Owner(("x",))


def write(store: local.LocalStore, role: str, seconds: float) -> dict[str, object]:
    sizes = random.Random(role)
    until, number = time.monotonic() + seconds, 0
    while time.monotonic() < until:
        number += 1
        size = sizes.choice([10, 3_000, 200_000, 3_000_000])
        pack({"by": role, "bytes": role.encode() * (size + number % 7)}, store, "x", PICKLE, owner=OWNER)
    return {"writes": number}


def read(store: local.LocalStore, role: str, seconds: float) -> dict[str, object]:
    until, reads, troubles, seen = time.monotonic() + seconds, 0, [], set()
    while time.monotonic() < until:
        reads += 1
        if reads % 5 == 0:
            forget_verified()
        try:
            value, receipt = unpack(store, "x", {"pickle": PICKLE}, owner=OWNER, reading=Reading("once", "refuse"))
        except Exception as error:  # noqa: BLE001 - every error is a false alarm and is reported
            troubles.append(f"{type(error).__name__}: {error}")
            continue
        by = value["by"]
        seen.add(by)
        if set(value["bytes"]) != set(by.encode()) or receipt.bytes < len(value["bytes"]):
            troubles.append(f"mixed bytes of {by}")
    return {"reads": reads, "troubles": troubles, "seen": sorted(seen)}


if __name__ == "__main__":
    base, keeps, role, seconds = sys.argv[1:]
    if keeps == "records":
        local._keeping[os.stat(base).st_dev] = False
    act = write if role in {"a", "b"} else read
    print(json.dumps(act(local.LocalStore(base, durability="fast"), role, float(seconds))))
