"""Which process does something, so that others can tell whether it still lives."""

from __future__ import annotations

import os
from functools import lru_cache

_BOOT = "/proc/sys/kernel/random/boot_id"


def this_process() -> str:
    """A mark of this process: the machine and its start, the process and its start."""
    return _mark(os.getpid())


@lru_cache(maxsize=4)  # another one after a fork
def _mark(pid: int) -> str:
    return " ".join((os.uname().nodename or "?", _boot() or "?", str(pid), _started(pid) or "?"))


def is_here(mark: str) -> bool:
    """Whether a mark is of a process of this machine."""
    return mark.split(" ", maxsplit=1)[0] == (os.uname().nodename or "?")


def is_dead(mark: str) -> bool:
    """Whether the process of a mark is known to have ended.

    Of a process of another machine nothing is known; neither of a mark that cannot be read.
    """
    parts = mark.split(" ")
    if len(parts) != 4 or not parts[2].isdecimal() or parts[0] != (os.uname().nodename or "?"):
        return False
    _, boot, process, started = parts
    now = _boot()
    if now is not None and boot not in {"?", now}:
        return True  # the machine was started anew since
    try:
        os.kill(int(process), 0)
    except ProcessLookupError:
        return True
    except PermissionError:  # someone else's, so it is there
        return False
    current = _started(int(process))
    # Numbers of processes come again; and one that has ended may wait for its parent to ask how.
    return started != "?" and current is not None and current != started


def _boot() -> str | None:
    try:
        with open(_BOOT, encoding="ascii") as opened:
            return opened.read(8)
    except OSError:  # only Linux tells
        return None


def _started(pid: int) -> str | None:
    """When a process started, in ticks since the start of the machine; ``ended`` for one that nobody has asked yet."""
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as opened:
            # Its second field, a name in brackets, may hold anything.
            fields = opened.read().rpartition(")")[2].split()
    except OSError:
        return None
    return "ended" if fields[0] in {"Z", "X"} else fields[19]
