"""One real write in a process of its own: `writer.py BASE DURABILITY KEEPS TAG [FILE_SIZE_LIMIT]`.

Says "start" when the write begins and "done SECONDS" when it is over; an error is said as its class and text.
"""

import os
import resource
import sys
import time

from lading.errors import LadingError
from lading.storage.formats.pickle import PICKLE
from lading.storage.parcel import pack
from lading.storage.stores import local
from lading.values.receipt import Owner

PIECES = 800
PIECE = 1 << 16


def value_of(tag: str) -> dict[str, object]:
    """Some 50 MB that say in each piece who wrote them."""
    mark = tag.encode()
    return {"tag": tag, "pieces": [mark * (PIECE // len(mark)) + str(number).encode() for number in range(PIECES)]}


def is_whole(value: object) -> bool:
    return isinstance(value, dict) and value == value_of(value["tag"])


def main(base: str, durability: str, keeps: str, tag: str, limit: str = "") -> None:
    if keeps == "records":
        local._keeping[os.stat(os.path.dirname(base)).st_dev] = False
    value = value_of(tag)
    store = local.LocalStore(base, durability=durability)
    if limit:
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(limit), int(limit)))
    print("start", flush=True)
    began = time.perf_counter()
    try:
        pack(value, store, "big", PICKLE, owner=Owner(("big",)))
    except LadingError as error:
        print(type(error).__name__, str(error).replace("\n", " | "), flush=True)
        return
    print("done", time.perf_counter() - began, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
