"""The rows of the report: what is measured, in which unit, and what was promised."""

from dataclasses import dataclass
from typing import Any

from benchmarks import chains, cold, history, partitions


@dataclass(frozen=True)
class Row:
    """One row.

    Attributes:
        name: Short and unique; also its name on the command line.
        title: What is measured.
        unit: ``ms``, ``us`` or ``bytes``.
        ours: Takes a folder, gives a Sample.
        floor: The same for the floor, or None.
        target: The promise, as text.
        met: ``(ours, floor, rss)`` to whether it is kept, in the unit.
        times: How many repeats.
        syncs: Whether fsyncs are counted.
        peer: Whether the peer can play.
    """

    name: str
    title: str
    unit: str
    ours: Any
    floor: Any
    target: str
    met: Any
    times: int = 5
    syncs: bool = False
    peer: bool = False


def _at_most(limit):
    return lambda ours, floor, rss: ours <= limit


def _times(factor):
    return lambda ours, floor, rss: ours <= factor * floor


def _cold(name, title, ours, floor, target, met, peer=False):
    return Row(name, title, "ms", ours, floor, target, met, 11, peer=peer)


def _of_partitions(size):
    """The rows about so many partitions."""
    promised = {100_000: 10, 1_000_000: 20}.get(size)
    told = f"{size:,} partitions"
    return [
        Row(f"key-{size}", f"{told}: is it a key", "us", *reversed(partitions.is_key(size)), "none", _any),
        Row(f"count-{size}", f"{told}: how many", "us", *reversed(partitions.how_many(size)), "none", _any),
        Row(f"status-{size}", f"{told}: stored, next 100 missing", "ms", *reversed(partitions.status(size)),
            f"<= {promised} ms" if promised else "none", _at_most(promised) if promised else _any, 5),
        Row(f"texts-{size}", f"{told}: stored, as a set of texts", "ms", *reversed(partitions.texts(size)),
            "<= 2 x" if promised else "none", _times(2) if promised else _any, 5),
        Row(f"list-{size}", f"{told}: lading list", "ms", partitions.command(size), None, "none", _any, 5),
    ]  # fmt: skip


def _any(*_):
    return True


BARE = cold.code("pass")
LIBRARY = cold.code(f"{cold.TOUCHED}, dg.materialize")
ROWS = [
    _cold("import", "import lading", cold.code("import lading"), BARE, "<= 1.5 x", _times(1.5), peer=True),
    _cold("touched", "… asset, Definitions, Output touched", cold.code(cold.TOUCHED), BARE, "<= floor + 40 ms",
          lambda ours, floor, rss: ours <= floor + 40),
    _cold("materialize", "… and materialize", LIBRARY, BARE, "<= floor + 70 ms, 24 MB",
          lambda ours, floor, rss: ours <= floor + 70 and rss <= 24),
    _cold("help", "lading --help", cold.help_of_ours, cold.code(cold.ARGPARSE), "<= 80 ms", _at_most(80)),
    _cold("first", "process, first asset stored (Python)", cold.first_python, cold.first_bare, "<= 130 ms, 30 MB",
          lambda ours, floor, rss: ours <= 130 and rss <= 30, peer=True),
    _cold("first-cli", "process, first asset stored (command)", cold.first_command, cold.first_bare, "<= 180 ms",
          _at_most(180)),
    Row("memory-100", "chain of 100 in memory, a step", "us", *reversed(chains.in_memory(100)), "<= 60 us",
        _at_most(60), 9, peer=True),
    Row("memory-1000", "chain of 1,000 in memory, a step", "us", *reversed(chains.in_memory(1000)), "<= 60 us",
        _at_most(60), 7),
    Row("memory-10000", "chain of 10,000 in memory, a step", "us", *reversed(chains.in_memory(10_000)),
        "<= 60 us", _at_most(60), 5),
    Row("slowing", "… of 10,000 against one of 100, a step", "times", chains.slowing(100, 10_000), None, "<= 1.1",
        _at_most(1.1), 5),
    Row("fast", "chain of 300, files + SQLite, fast, a step", "us", *reversed(chains.stored(300, "fast")), "<= 2.5 x",
        _times(2.5), 9, syncs=True, peer=True),
    Row("fast-3000", "chain of 3,000, files + SQLite, fast, a step", "us", *reversed(chains.stored(3000, "fast")),
        "<= 2.5 x", _times(2.5), 3),
    Row("strict", "chain of 100, files + SQLite, strict, a step", "us", *reversed(chains.stored(100, "strict")),
        "<= 1.3 x", _times(1.3), 9, syncs=True),
    Row("strict-batch", "… against a floor with one commit a run", "us",
        *reversed(chains.stored(100, "strict", together=True)), "none", _any, 9, syncs=True),
    Row("define", "10,000 assets: define, Definitions, plan", "ms", *reversed(chains.definitions(10_000)),
        "<= 300 ms, +35 MB",
        lambda ours, floor, rss: ours <= 300 and rss <= 35, 5, peer=True),
    Row("context", "build_output_context", "us", history.context, None, "<= 20 us", _at_most(20), 9, peer=True),
    Row("append", "event append, a commit each", "us", *reversed(history.appends(5000, 1)), "<= 66 us (15,000/s)",
        _at_most(66.7), 7),
    Row("append-batch", "event append, 1,000 a commit", "us", *reversed(history.appends(50_000, 1000)),
        "<= 12.5 us (80,000/s)", _at_most(12.5), 5),
    Row("latest-1", "latest of one of 10,000 assets", "us", *reversed(history.latest(10_000, 1)), "<= 20 us",
        _at_most(20), 5),
    Row("latest-all", "latest of all 10,000 assets", "ms", *reversed(history.latest(10_000, 10_000)), "<= 50 ms",
        _at_most(50), 5),
    Row("growth", "database, growth by a run of one asset", "bytes", history.growth, None, "<= 4,096 bytes",
        _at_most(4096), 1),
    Row("put-fast", "1 KB put, manager alone, fast", "us", *reversed(history.manager("put", "fast")), "<= 1.2 x",
        _times(1.2), 11, syncs=True),
    Row("put-strict", "1 KB put, manager alone, strict", "us", *reversed(history.manager("put", "strict")),
        "<= 1.2 x", _times(1.2), 11, syncs=True),
    Row("get", "1 KB get, manager alone", "us", *reversed(history.manager("get", "fast")),
        "<= 40 us", _at_most(40), 11),
    Row("single-run", "backfill of 1,000 partitions in a run, each", "us",
        *reversed(history.backfill_in_one_run(1000)), "<= 50 us", _at_most(50), 7, peer=True),
    Row("fan-in", "1,000 partitions into one input, each", "us", history.partitions_into_one_input(1000), None,
        "<= 40 us", _at_most(40), 7),
    Row("run-each", "one run for each partition", "us", *reversed(history.runs_of_partitions(50)), "<= 3,000 us",
        _at_most(3000), 5, peer=True),
    Row("status-new", "which of 100,000 are stored, never kept before", "ms", history.partition_status(100_000), None,
        "none", _any, 3),
    *(row for size in partitions.SIZES for row in _of_partitions(size)),
]  # fmt: skip
