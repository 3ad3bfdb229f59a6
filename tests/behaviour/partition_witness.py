"""What the tests of partitions share: definitions, managers that note contexts, and short forms."""

from datetime import UTC, datetime

import pytest

import lading as dg

DAYS = dg.DailyPartitionsDefinition("2024-01-01", end_date="2024-01-10")
LETTERS = dg.StaticPartitionsDefinition(["a", "b", "c"])
GRID = dg.MultiPartitionsDefinition({"letter": LETTERS, "day": DAYS})

RANGE_START = "dagster/asset_partition_range_start"
RANGE_END = "dagster/asset_partition_range_end"


def utc(*parts):
    return datetime(*parts, tzinfo=UTC)


def span(start, end):
    """Run tags that ask one run for every partition from start to end."""
    return {RANGE_START: start, RANGE_END: end}


class Notes(dg.IOManager):
    """Keeps values in memory by asset; notes what ``write`` and ``read`` say of each context."""

    def __init__(self, write=None, read=None, gives=None) -> None:
        self.write = write
        self.read = read
        self.gives = gives
        self.writes = []
        self.reads = []
        self.values = {}

    def handle_output(self, context, obj) -> None:
        if self.write is not None:
            self.writes.append(self.write(context))
        self.values[tuple(context.asset_key.path)] = obj

    def load_input(self, context):
        if self.read is not None:
            self.reads.append(self.read(context))
        return self.values.get(tuple(context.asset_key.path), self.gives)


def made(result):
    """(asset, partition) of each materialization of a run, in order."""
    return [(each.asset_key.to_user_string(), each.partition) for each in result.get_asset_materialization_events()]


def files(folder):
    """A resources dict with the file manager of a folder."""
    return {"io_manager": dg.FilesystemIOManager(base_dir=str(folder))}


def refused(kind, match, act, ran=()):
    """Acting raises an error of this kind that says this and has a remedy; nothing has run."""
    with pytest.raises(kind, match=match) as caught:
        act()
    assert list(ran) == []
    assert getattr(caught.value, "fix", "a remedy")
    return caught.value
