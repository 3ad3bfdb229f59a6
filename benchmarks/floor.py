"""The floor: the least that plain Python can do for the same promise. Nothing of lading is imported here.

A stored step is: load the value before it, pickle, temporary file, rename (with fsync of file and folder where the
promise is durable), and one SQLite row for each of its events.
"""

import os
import pickle
import sqlite3
import sys
import time
from datetime import datetime

EVENTS_OF_STEP = 3


def put(folder, name, value, durable):
    path = f"{folder}/{name}"
    temporary = f"{path}.{os.getpid()}.tmp"
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
    os.write(handle, pickle.dumps(value, 5))
    if durable:
        os.fsync(handle)
    os.close(handle)
    os.rename(temporary, path)
    if durable:
        handle = os.open(folder, os.O_RDONLY)
        os.fsync(handle)
        os.close(handle)


def get(folder, name):
    with open(f"{folder}/{name}", "rb") as file:
        return pickle.loads(file.read())


def log(folder, durable=False):
    base = sqlite3.connect(f"{folder}/log.sqlite", isolation_level=None)
    base.execute("PRAGMA journal_mode=WAL")
    base.execute(f"PRAGMA synchronous={'FULL' if durable else 'NORMAL'}")
    base.execute("CREATE TABLE event (id INTEGER PRIMARY KEY, run TEXT, kind INTEGER, at REAL, step TEXT, body TEXT)")
    return base


def row(step, kind):
    return ("run", kind, time.time(), step, '{"path": "somewhere", "bytes": 5}')


ADD = "INSERT INTO event (run, kind, at, step, body) VALUES (?, ?, ?, ?, ?)"


def add(base, rows):
    base.execute("BEGIN IMMEDIATE")
    base.executemany(ADD, rows)
    base.execute("COMMIT")


def chain_in_memory(steps):
    values, events = {}, []
    before = None
    for name in steps:
        value = 1 if before is None else values[before] + 1
        values[name] = value
        events.extend((name, kind, time.time()) for kind in range(EVENTS_OF_STEP))
        before = name


def chain_stored(folder, steps, durable):
    base = log(folder, durable)
    before = None
    for name in steps:
        value = 1 if before is None else get(folder, before) + 1
        put(folder, name, value, durable)
        add(base, [row(name, kind) for kind in range(EVENTS_OF_STEP)])
        before = name
    base.close()


def chain_stored_together(folder, steps, durable):
    """As above, but the rows of many steps in one commit: what a run may do that acknowledges at its end."""
    base = log(folder, durable)
    before, rows = None, []
    for name in steps:
        value = 1 if before is None else get(folder, before) + 1
        put(folder, name, value, durable)
        rows += [row(name, kind) for kind in range(EVENTS_OF_STEP)]
        before = name
    add(base, rows)
    base.close()


class Thing:
    __slots__ = ("after", "name")

    def __init__(self, name, after):
        self.name = name
        self.after = after


def define_and_plan(count):
    things = {f"a{n}": Thing(f"a{n}", (f"a{n - 1}",) if n % 100 else ()) for n in range(count)}
    waiting = {name: len(thing.after) for name, thing in things.items()}
    followers = {}
    for name, thing in things.items():
        for each in thing.after:
            followers.setdefault(each, []).append(name)
    ready = sorted(name for name, left in waiting.items() if not left)
    order = []
    while ready:
        name = ready.pop()
        order.append(name)
        for each in followers.get(name, ()):
            waiting[each] -= 1
            if not waiting[each]:
                ready.append(each)
    return order


def latest_table(folder, assets):
    base = log(folder)
    base.execute("CREATE TABLE latest (asset TEXT PRIMARY KEY, event INTEGER) WITHOUT ROWID")
    add(base, [row(name, 1) for name in assets])
    base.executemany("INSERT INTO latest VALUES (?, ?)", [(name, n + 1) for n, name in enumerate(assets)])
    return base


def stored_table(folder, keys):
    """A row for each stored partition, in the order of the texts."""
    base = sqlite3.connect(f"{folder}/stored.sqlite", isolation_level=None)
    base.execute("CREATE TABLE stored (asset INTEGER, partition TEXT, PRIMARY KEY (asset, partition)) WITHOUT ROWID")
    base.execute("BEGIN")
    base.executemany("INSERT INTO stored VALUES (1, ?)", [(key,) for key in keys])
    base.execute("COMMIT")
    base.close()


def stored_partitions(folder):
    base = sqlite3.connect(f"{folder}/stored.sqlite")
    found = {key for (key,) in base.execute("SELECT partition FROM stored WHERE asset = 1")}
    base.close()
    return found


def first_missing(keys, stored, count):
    missing = []
    for key in keys:
        if key not in stored:
            missing.append(key)
            if len(missing) == count:
                break
    return missing


def is_hour(text, start, now):
    at = datetime.strptime(text, "%Y-%m-%d-%H:%M")  # noqa: DTZ007 - all is UTC here
    return at.minute == 0 and start <= at < now


def count_hours(start, now):
    return int((now - start).total_seconds()) // 3600


LATEST = "SELECT event.* FROM latest JOIN event ON event.id = latest.event WHERE latest.asset = ?"


def runs_of_partitions(folder, keys):
    base = log(folder)
    for key in keys:
        put(folder, key, 1, False)
        add(base, [row(key, kind) for kind in range(EVENTS_OF_STEP)])
    base.close()


if __name__ == "__main__":  # one value stored, from the start of the process to its end
    chain_stored(sys.argv[1], ["first"], durable=sys.argv[2] == "strict")
