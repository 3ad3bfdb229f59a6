"""With a million partitions nobody makes a million keys: what a question costs is counted in keys, not in time."""

from datetime import UTC, datetime

import pytest

import lading as dg
from lading.abc.partitions import partition_loading_context
from lading.app.backfill_plan import plan_backfill
from lading.app.kept import kept_facts, known_assets, status_as_kept
from lading.app.status import asset_statuses, keep_facts
from lading.definitions.partitions.schedule import Schedule
from lading.history.rows import to_cell
from lading.values.axis import ListAxis
from lading.values.partition_set import PartitionSet
from tests.cli.command_lines import Shell

KEY = dg.AssetKey("many")
MILLION = 1_000_000
FMT = "%Y-%m-%d-%H:%M"
BERLIN = "Europe/Berlin"
HOURS = dg.HourlyPartitionsDefinition("1911-01-01-00:00")
# And the year at which there are a million of them.
DEFINITIONS = {
    "hours": (HOURS, 2027),
    "hours in Berlin": (dg.HourlyPartitionsDefinition("1911-01-01-00:00", timezone=BERLIN), 2027),
    "hours of weekdays": (
        dg.HourlyPartitionsDefinition("1911-01-01-00:00", timezone=BERLIN, exclusions=["* * * * 6,0"]), 2073
    ),
    "days": (dg.DailyPartitionsDefinition("2000-01-01"), 4740),
    "days in New York": (dg.DailyPartitionsDefinition("2000-01-01", timezone="America/New_York"), 4740),
    "days but Sundays": (dg.DailyPartitionsDefinition("2000-01-01", exclusions=["0 0 * * 0"]), 5200),
    "five minutes": (dg.TimeWindowPartitionsDefinition("2014-01-01-00:00", FMT, cron_schedule="*/5 * * * *"), 2024),
    "five minutes of the day": (
        dg.TimeWindowPartitionsDefinition("2000-01-01-00:00", FMT, cron_schedule="*/5 6-22 * * *", timezone=BERLIN),
        2014,
    ),
    "five minutes but nights": (
        dg.TimeWindowPartitionsDefinition(
            "2000-01-01-00:00", FMT, cron_schedule="*/5 * * * *", exclusions=["* 0-5 * * *"]
        ),
        2013,
    ),
    "hours by region": (
        dg.MultiPartitionsDefinition(
            {
                "hour": dg.HourlyPartitionsDefinition("2012-01-01-00:00"),
                "region": dg.StaticPartitionsDefinition([*"abcdefgh"]),
            }
        ),
        2027,
    ),
}  # fmt: skip


@pytest.fixture(params=DEFINITIONS.values(), ids=DEFINITIONS.keys())
def partitions(request):
    """A definition, at a time when it has a million partitions."""
    definition, year = request.param
    with partition_loading_context(effective_dt=datetime(year, 1, 1, tzinfo=UTC)):
        yield definition


class Keys:
    """Counts the keys that are made."""

    def __init__(self, monkeypatch):
        self.made = 0
        for kind, name in ((Schedule, "key"), (ListAxis, "key_of")):
            self._count(monkeypatch, kind, name, lambda _: 1)
        for kind in (Schedule, ListAxis):
            self._count(monkeypatch, kind, "keys_between", len)

    def _count(self, monkeypatch, kind, name, number):
        ask = getattr(kind, name)

        def counted(*words):
            found = ask(*words)
            self.made += number(found)
            return found

        monkeypatch.setattr(kind, name, counted)

    def of(self, question):
        """What a question gives, after it was seen that it made few keys."""
        before = self.made
        found = question()
        assert self.made - before <= 40, "too many keys were made"
        return found


@pytest.fixture
def keys(monkeypatch):
    return Keys(monkeypatch)


@pytest.fixture
def instance(tmp_path):
    with dg.Instance.local_temp(str(tmp_path / "home")) as made:
        yield made


def fill(instance, partitions, stored):
    """What is kept when so many are stored. Only two rows of partitions are there: nobody may look at more."""
    instance.rules.keep({KEY: partitions})
    with instance.history._connection as cursor:
        cursor.execute(
            "INSERT INTO assets (key, known, event, run, at, stored) VALUES (?, 1, 1, 0, 1.0, ?)",
            (KEY.to_string(), len(stored)),
        )
        instance.history._sets._write(cursor, 1, stored, None)
        # The keys at its ends are looked up.
        for key in {*stored.first(1), stored.last()}:
            cursor.execute("INSERT INTO slots (asset, partition, event) VALUES (1, ?, 1)", (to_cell(key),))


def asset_of(partitions):
    @dg.asset(partitions_def=partitions)
    def many():
        return 1

    return dg.Definitions(assets=[many]).lineage


def test_keys_are_known_and_counted_without_being_listed(partitions, keys):
    assert keys.of(partitions.get_num_partitions) >= MILLION * 0.99
    first, last = keys.of(partitions.get_first_partition_key), keys.of(partitions.get_last_partition_key)
    assert keys.of(lambda: partitions.has_partition_key(first))
    assert keys.of(lambda: partitions.has_partition_key(last))
    assert not keys.of(lambda: partitions.has_partition_key("no key"))
    everything = keys.of(lambda: PartitionSet.all(partitions.axis()))
    assert keys.of(lambda: last in everything)
    assert keys.of(lambda: len(everything)) == partitions.get_num_partitions()


def test_what_is_stored_and_missing_is_told_without_being_listed(partitions, keys, instance):
    everything = PartitionSet.all(partitions.axis())
    some = everything.difference(everything.first(90)[20:])
    fill(instance, partitions, some)
    for ask in (
        lambda: instance.get_materialized_partitions(KEY, partitions_def=partitions),
        lambda: instance.get_materialized_partitions(KEY),
    ):
        found = keys.of(ask)
        assert keys.of(lambda found=found: len(found)) == len(some)
        assert keys.of(lambda found=found: "no key" in found) is False
        assert keys.of(lambda found=found: found == some)
        missing = keys.of(lambda found=found: found.missing())
        assert len(missing) == len(everything) - len(some) > 0
        assert keys.of(lambda found=found: found.next_missing(20)) == keys.of(lambda missing=missing: missing.first(20))
        assert keys.of(lambda found=found: found.missing_ranges(3))


def test_screens_and_plans_list_nothing(partitions, keys, instance):
    everything = PartitionSet.all(partitions.axis())
    fill(instance, partitions, everything)
    lineage = asset_of(partitions)
    keep_facts(lineage, instance, [KEY], str)
    facts = kept_facts(instance, KEY)
    for ask in (
        lambda: asset_statuses(lineage, instance, [KEY])[0],
        lambda: status_as_kept(instance, KEY, facts),
        lambda: known_assets(instance)[0],
    ):
        status = keys.of(ask)
        assert status.partitions.stored == status.partitions.total == len(everything)
        assert keys.of(lambda status=status: status.partitions.ranges("stored", 5))
    plan = keys.of(lambda: plan_backfill(lineage, [KEY], instance))
    assert plan.count == 0


def test_the_commands_list_nothing(keys, tmp_path, monkeypatch):
    shell = Shell(tmp_path, monkeypatch)
    monkeypatch.chdir(tmp_path)
    shell.write(
        "definitions.py", f"import lading as dg\n\n@dg.asset(partitions_def=dg.{HOURS!r})\ndef many():\n    return 1\n"
    )
    home = tmp_path / ".lading"
    everything = PartitionSet.all(HOURS.axis())
    with dg.Instance.open(home) as instance:
        fill(instance, HOURS, everything)
        keep_facts(asset_of(HOURS), instance, [KEY], str)
    for words in (["list"], ["list", "--json"], ["show", "many"], ["show", "many", "--json"], ["backfill", "-n"]):
        told = keys.of(lambda words=words: shell(*words, "--home", str(home)))
        assert told.code == 0, told.err
        assert words[0] == "backfill" or f"{len(everything):,}" in told.out or str(len(everything)) in told.out
