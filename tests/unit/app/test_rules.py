"""Which partitions are stored is answered over the kept rule: a set that never was a plain one, and equals it."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from pathlib import Path

import pytest

import lading as dg
from lading.app.instance import Instance
from lading.app.rules import KIND
from lading.definitions.partitions.schedule import TimeAxis
from lading.values.keys import AssetKey
from lading.values.materialization import AssetMaterialization
from lading.values.partition_set import PartitionSet

DAYS = dg.DailyPartitionsDefinition("2024-01-01", end_date="2024-01-10")
LETTERS = dg.StaticPartitionsDefinition(["a", "b"])
KEY = AssetKey("one")


@pytest.fixture(params=["ephemeral", "local_temp"])
def instance(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Instance]:
    made = Instance.ephemeral() if request.param == "ephemeral" else Instance.local_temp(str(tmp_path))
    with made:
        yield made


def make(instance: Instance, partitions: dg.PartitionsDefinition, *keys: str) -> None:
    @dg.asset(partitions_def=partitions)
    def one() -> int:
        return 1

    for key in keys:
        dg.materialize([one], instance=instance, partition_key=key, resources={"io_manager": dg.InMemoryIOManager()})


def test_the_answer_is_a_set_over_the_rule_of_the_last_run(instance: Instance) -> None:
    assert instance.get_materialized_partitions(KEY) == frozenset()
    make(instance, DAYS, "2024-01-02", "2024-01-03")
    found = instance.get_materialized_partitions(KEY)
    assert isinstance(found, PartitionSet)
    assert isinstance(found, AbstractSet)
    assert found == {"2024-01-02", "2024-01-03"} == set(found)
    assert found.next_missing(2) == ["2024-01-01", "2024-01-04"]
    # Another process knows it as well.
    if instance.is_persistent:
        with Instance.open(instance.root_directory) as other:
            assert isinstance(other.get_materialized_partitions(KEY), PartitionSet)
            assert other.get_materialized_partitions(KEY) == found


def test_what_is_stored_later_changes_no_answer(instance: Instance) -> None:
    make(instance, DAYS, "2024-01-02")
    found = instance.get_materialized_partitions(KEY)
    with_rule = instance.get_materialized_partitions(KEY, partitions_def=DAYS)
    make(instance, DAYS, "2024-01-03")
    instance.wipe_asset_partitions(KEY, ["2024-01-02"])
    assert found == with_rule == {"2024-01-02"}
    assert len(found) == 1
    assert "2024-01-03" not in found
    assert instance.get_materialized_partitions(KEY) == {"2024-01-03"}


def test_a_key_that_has_no_place_on_the_rule_makes_it_a_plain_set(instance: Instance) -> None:
    make(instance, DAYS, "2024-01-02")
    instance.report_runless_asset_event(AssetMaterialization(KEY, partition="no day"))
    found = instance.get_materialized_partitions(KEY)
    assert isinstance(found, frozenset)
    assert found == {"2024-01-02", "no day"}
    assert instance.get_materialized_partitions(KEY, partitions_def=DAYS) == {"2024-01-02"}


def test_an_asset_whose_partitions_change_is_answered_by_the_new_rule(instance: Instance) -> None:
    make(instance, DAYS, "2024-01-02")
    make(instance, LETTERS, "a")
    assert instance.get_materialized_partitions(KEY) == frozenset({"2024-01-02", "a"})
    hours = dg.HourlyPartitionsDefinition("2024-01-01-00:00", end_date="2024-01-02-00:00")
    instance.wipe_assets([KEY])
    make(instance, hours, "2024-01-01-05:00")
    found = instance.get_materialized_partitions(KEY)
    assert isinstance(found, PartitionSet)
    assert found.last() == "2024-01-01-05:00"


def test_lists_stay_plain_sets_and_two_dimensions_with_one_of_time_do_not(instance: Instance) -> None:
    make(instance, LETTERS, "b")
    assert isinstance(instance.get_materialized_partitions(KEY), frozenset)
    instance.wipe_assets([KEY])
    instance.add_dynamic_partitions("who", ["me", "you"])
    grid = dg.MultiPartitionsDefinition({"day": DAYS, "who": dg.DynamicPartitionsDefinition(name="who")})
    make(instance, grid, "2024-01-02|you")
    found = instance.get_materialized_partitions(KEY)
    assert isinstance(found, PartitionSet)
    assert found == {"2024-01-02|you"}
    assert len(found.missing()) == 17
    instance.add_dynamic_partitions("who", ["her"])
    make(instance, grid, "2024-01-03|her")
    assert instance.get_materialized_partitions(KEY) == {"2024-01-02|you", "2024-01-03|her"}
    assert len(found.missing()) == 17


def test_a_rule_is_written_when_it_changes_and_only_then(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Instance.local_temp(str(tmp_path)) as instance:
        asked: list[str] = []
        put, get = instance.registry.put, instance.registry.get
        monkeypatch.setattr(instance.registry, "put", lambda *words: (asked.append("put"), put(*words)))
        monkeypatch.setattr(instance.registry, "get", lambda *words: (asked.append("get"), get(*words))[1])

        @dg.asset(partitions_def=DAYS)
        def one() -> int:
            return 1

        @dg.asset
        def plain() -> int:
            return 1

        how = {"instance": instance, "resources": {"io_manager": dg.InMemoryIOManager()}}
        dg.materialize([plain], **how)
        assert asked == []
        dg.materialize([one], partition_key="2024-01-02", **how)
        assert asked == ["get", "put"]
        dg.materialize([one], partition_key="2024-01-03", **how)
        assert asked == ["get", "put"]
        assert get(KIND, KEY.to_string())["kind"] == "windows"
    with Instance.local_temp(str(tmp_path)) as instance:
        monkeypatch.setattr(instance.registry, "put", None)
        dg.materialize([one], partition_key="2024-01-04", instance=instance, resources=how["resources"])


def test_a_rule_of_a_zone_that_this_machine_does_not_know_is_none(instance: Instance) -> None:
    make(instance, DAYS, "2024-01-02")
    rule = instance.registry.get(KIND, KEY.to_string())
    instance.registry.put(KIND, KEY.to_string(), {**rule, "timezone": "Mars/Olympus"})
    assert instance.rules.of(KEY) is None
    assert instance.rules.all() == {}
    assert instance.get_materialized_partitions(KEY) == frozenset({"2024-01-02"})


def test_a_run_brings_the_set_of_its_asset_along(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Instance.local_temp(str(tmp_path)) as instance:
        make(instance, DAYS, *(f"2024-01-{day:02}" for day in (2, 3, *range(5, 10))))
        assert instance.history._connection.rows("SELECT start, stop FROM partition_runs") == [(1, 3), (4, 9)]  # type: ignore[attr-defined]
        looked_up: list[str] = []
        real = TimeAxis.ordinal_of

        def counted(axis: TimeAxis, key: str) -> int | None:
            looked_up.append(key)
            return real(axis, key)

        monkeypatch.setattr(TimeAxis, "ordinal_of", counted)
        assert len(instance.get_materialized_partitions(KEY)) == 7
        assert len(looked_up) <= 4, "only the ends of the set are looked at, to see that they still mean the same"
