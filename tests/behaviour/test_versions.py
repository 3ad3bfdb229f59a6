"""Earlier versions of values: kept as asked, loaded by digest, run or moment."""

from datetime import UTC, datetime, timedelta

import pytest

import lading as dg
from tests.behaviour.partition_witness import LETTERS

MANAGERS = [dg.FilesystemIOManager, dg.TypedIOManager]


class Shelf:
    """An asset whose value is set from outside, and what its runs stored."""

    def __init__(self, folder, manager, **options) -> None:
        self.value = None
        self.instance = dg.Instance.ephemeral()
        self.folder = folder
        resources = {"io_manager": manager(base_dir=str(folder), **options)}

        @dg.asset
        def thing():
            return self.value

        @dg.asset(partitions_def=LETTERS)
        def part():
            return self.value

        self.defs = dg.Definitions(assets=[thing, part], resources=resources)

    def store(self, value, key="thing", partition=None):
        """Store a value; gives its run, its digest, and when it was stored."""
        self.value = value
        defs = self.defs
        result = dg.materialize(
            list(defs.assets), selection=[key], resources=dict(defs.resources), instance=self.instance,
            partition_key=partition,
        )  # fmt: skip
        made = result.get_asset_materialization_events()[0].materialization
        return result.run_id, made.receipt.digest, made.receipt.stored_at

    def load(self, key="thing", **which):
        return self.defs.load_asset_value(key, instance=self.instance, **which)


@pytest.mark.parametrize("manager", MANAGERS)
def test_an_earlier_version_by_digest_run_and_moment(manager, tmp_path):
    shelf = Shelf(tmp_path, manager, keep=3)
    first, second, third = [shelf.store(value) for value in (["one"], ["two"], ["three"])]
    assert shelf.load() == ["three"]
    for stored, value in ((first, ["one"]), (second, ["two"]), (third, ["three"])):
        run, digest, _ = stored
        assert shelf.load(version=digest) == value
        assert shelf.load(version=digest.rpartition(":")[2][:8]) == value
        assert shelf.load(run=run) == value
    assert shelf.load(as_of=datetime.now(UTC)) == ["three"]
    with pytest.raises(dg.VersionMissing):
        shelf.load(as_of=datetime.now(UTC) - timedelta(days=1))


@pytest.mark.parametrize("manager", MANAGERS)
def test_so_many_are_kept(manager, tmp_path):
    shelf = Shelf(tmp_path, manager, keep=2)
    first, second, third = [shelf.store(value) for value in (["one"], ["two"], ["three"])]
    assert shelf.load(version=second[1]) == ["two"]
    assert shelf.load(version=third[1]) == ["three"]
    with pytest.raises(dg.VersionMissing) as caught:
        shelf.load(version=first[1])
    assert second[1].rpartition(":")[2][:8] in str(caught.value)


@pytest.mark.parametrize("manager", MANAGERS)
def test_by_default_only_the_current_one_is_kept(manager, tmp_path):
    shelf = Shelf(tmp_path, manager)
    first, _ = shelf.store(["one"]), shelf.store(["two"])
    with pytest.raises(dg.VersionMissing):
        shelf.load(version=first[1])
    assert [path for path in tmp_path.rglob("*") if "versions" in path.parts] == []


def test_the_same_value_again_is_one_version(tmp_path):
    shelf = Shelf(tmp_path, dg.TypedIOManager, keep=2)
    one, two, again = [shelf.store(value) for value in (["one"], ["two"], ["one"])]
    assert one[1] == again[1]
    assert shelf.load() == ["one"]
    assert shelf.load(version=two[1]) == ["two"]


def test_a_value_of_another_type_keeps_the_one_before(tmp_path):
    shelf = Shelf(tmp_path, dg.TypedIOManager, keep=2)
    (_, digest, _), _ = shelf.store(["one"]), shelf.store("two")
    assert shelf.load() == "two"
    assert shelf.load(version=digest) == ["one"]


def test_versions_of_a_partition(tmp_path):
    shelf = Shelf(tmp_path, dg.TypedIOManager, keep=2)
    run, digest, _ = shelf.store(["one"], "part", "a")
    shelf.store(["two"], "part", "a")
    shelf.store(["other"], "part", "b")
    assert shelf.load("part", partition_key="a", version=digest) == ["one"]
    assert shelf.load("part", partition_key="a", run=run) == ["one"]
    with pytest.raises(dg.VersionMissing):
        shelf.load("part", partition_key="b", version=digest)


def test_ways_exclude_each_other(tmp_path):
    shelf = Shelf(tmp_path, dg.TypedIOManager, keep=2)
    run, digest, _ = shelf.store(["one"])
    with pytest.raises(dg.LadingError, match="version and run exclude each other"):
        shelf.load(version=digest, run=run)


@pytest.mark.parametrize("keep", [0, -1, timedelta(0)])
def test_keeping_nothing_is_refused(keep, tmp_path):
    with pytest.raises(dg.LadingError, match="keep"):
        Shelf(tmp_path, dg.TypedIOManager, keep=keep).store(["one"])
