"""Rows about partitions, from a thousand to a million: what each question costs, and that it hardly grows."""

import atexit
import os
import shutil
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from functools import cache

import lading as dg
from benchmarks import floor
from benchmarks.measure import process, timed
from lading.values.events import Event, EventType, StepMaterializationData
from lading.values.partition_set import PartitionSet

SIZES = (1_000, 10_000, 100_000, 1_000_000)
KEY = dg.AssetKey("hourly")
GAP = 100
ASKED = 1000


@cache
def hours(count):
    """So many hours, the last of which has just ended."""
    start = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) - timedelta(hours=count)
    return dg.HourlyPartitionsDefinition(start_date=start)


@cache
def home(count):
    """A home in which so many hours are stored but a hundred in the middle, and the same in a bare table."""
    made = tempfile.mkdtemp(prefix="bench-", dir=os.environ.get("BENCH_DIR"))
    atexit.register(shutil.rmtree, made, ignore_errors=True)
    keys = hours(count).get_partition_keys()
    middle = len(keys) // 2
    stored = [*keys[:middle], *keys[middle + GAP :]]
    with dg.Instance.open(made) as instance:
        instance.rules.keep({KEY: hours(count)})
        for at in range(0, len(stored), 5000):
            items = [dg.AssetMaterialization(KEY, partition=key) for key in stored[at : at + 5000]]
            kind = EventType.ASSET_MATERIALIZATION
            instance.history.append("", [Event(kind, 1.0, None, StepMaterializationData(item)) for item in items])
    floor.stored_table(made, stored)
    with open(f"{made}/definitions.py", "w", encoding="utf-8") as file:
        start = hours(count).start.replace(tzinfo=None).isoformat()
        file.write(PROJECT.format(start=start))
    return made


PROJECT = """
import datetime
import lading as dg

@dg.asset(partitions_def=dg.HourlyPartitionsDefinition(start_date=datetime.datetime.fromisoformat("{start}")))
def hourly():
    return 1
"""


def is_key(count):
    """Whether a text is one of the keys."""
    key = hours(count).get_last_partition_key()

    def bare(_):
        start, now = hours(count).start.replace(tzinfo=None), datetime.now(UTC).replace(tzinfo=None)
        return timed(lambda: [floor.is_hour(key, start, now) for _ in range(ASKED)], ASKED)

    def ours(_):
        return timed(lambda: [hours(count).has_partition_key(key) for _ in range(ASKED)], ASKED)

    return bare, ours


def how_many(count):
    """How many keys there are."""

    def bare(_):
        start = hours(count).start
        return timed(lambda: [floor.count_hours(start, datetime.now(UTC)) for _ in range(ASKED)], ASKED)

    def ours(_):
        return timed(lambda: [hours(count).get_num_partitions() for _ in range(ASKED)], ASKED)

    return bare, ours


def status(count):
    """How many are stored, whether one is, and the next hundred missing: asked by a process that has not asked yet."""

    def bare(_):
        every = hours(count).get_partition_keys()

        def work():
            found = floor.stored_partitions(home(count))
            return len(found), every[0] in found, floor.first_missing(every, found, GAP)

        return timed(work)

    def ours(_):
        last = hours(count).get_last_partition_key()
        with dg.Instance.open(home(count)) as instance:

            def work():
                found = instance.get_materialized_partitions(KEY, partitions_def=hours(count))
                assert isinstance(found, PartitionSet)
                assert len(found) >= count - GAP - 1
                assert last in found
                assert len(found.next_missing(GAP)) == GAP

            return timed(work)

    return bare, ours


def texts(count):
    """All that are stored, as a plain set of texts."""

    def bare(_):
        return timed(lambda: floor.stored_partitions(home(count)))

    def ours(_):
        with dg.Instance.open(home(count)) as instance:
            return timed(lambda: set(instance.get_materialized_partitions(KEY)))

    return bare, ours


def command(count):
    """``lading list``, a whole process."""

    def ours(_):
        place = home(count)
        return process(sys.executable, "-m", "lading", "list", "--home", place, cwd=place)

    return ours
