from __future__ import annotations

from collections.abc import Iterable

import pytest

import lading as dg
from lading.app.backfill import Backfill, backfill
from lading.app.backfill_plan import plan_backfill
from lading.app.backfill_record import BackfillRecord, kept_backfill
from lading.app.instance import Instance
from lading.definitions.collect import Definitions
from lading.errors import UnknownPartitionError
from lading.io.memory import InMemoryIOManager
from lading.values.keys import AssetKey
from lading.values.materialization import AssetMaterialization

DAYS = dg.DailyPartitionsDefinition(start_date="2024-01-01", end_date="2024-01-06")
LETTERS = dg.StaticPartitionsDefinition(["a", "b", "c"])


def definitions(*assets: object) -> Definitions:
    return Definitions(assets=assets, resources={"io_manager": dg.TypedIOManager(base_dir="memory://backfill")})


def pieces(defs: Definitions, instance: Instance, *names: str, **how: object) -> list[tuple[str, str]]:
    keys: Iterable[AssetKey] = [AssetKey(name) for name in names] or defs.lineage.materializable_keys
    plan = plan_backfill(defs.lineage, keys, instance, **how)  # type: ignore[arg-type]
    return [
        (" ".join(key.to_user_string() for key in piece.assets), " ".join(piece.partitions)) for piece in plan.pieces
    ]


def stored(instance: Instance, name: str, *partitions: str | None) -> None:
    for partition in partitions:
        instance.report_runless_asset_event(AssetMaterialization(name, partition=partition))


@dg.asset(partitions_def=LETTERS)
def letters(context) -> str:
    return context.partition_key


@dg.asset(partitions_def=LETTERS)
def doubled(letters: str) -> str:
    return letters * 2


@dg.asset
def joined(doubled: dict[str, str]) -> str:
    return "".join(doubled.values())


@dg.asset(partitions_def=LETTERS)
def again(joined: str, letters: str) -> str:
    return joined + letters


def test_upstream_comes_first_and_equal_partitions_share_a_run() -> None:
    defs = definitions(again, joined, doubled, letters)
    with Instance.ephemeral() as instance:
        assert pieces(defs, instance) == [
            ("letters doubled", "a"), ("letters doubled", "b"), ("letters doubled", "c"), ("joined", ""),
            ("again", "a"), ("again", "b"), ("again", "c"),
        ]  # fmt: skip


def test_only_what_is_missing() -> None:
    defs = definitions(again, joined, doubled, letters)
    with Instance.ephemeral() as instance:
        stored(instance, "letters", "a", "c")
        stored(instance, "joined", None)
        assert pieces(defs, instance, "letters", "doubled", "joined") == [
            ("letters", "b"), ("doubled", "a"), ("doubled", "b"), ("doubled", "c")
        ]  # fmt: skip
        assert pieces(defs, instance, "doubled", "joined", which="all") == [
            ("doubled", "a"), ("doubled", "b"), ("doubled", "c"), ("joined", "")
        ]  # fmt: skip
        assert pieces(defs, instance, "letters", partition_range=("a", "b")) == [("letters", "b")]
        with pytest.raises(UnknownPartitionError):
            pieces(defs, instance, "letters", partition_range=("a", "z"))


@pytest.mark.parametrize(
    ("policy", "wanted"),
    [
        (dg.BackfillPolicy.single_run(), ["2024-01-01 2024-01-02", "2024-01-04 2024-01-05"]),
        (dg.BackfillPolicy.multi_run(1), ["2024-01-01", "2024-01-02", "2024-01-04", "2024-01-05"]),
        (dg.BackfillPolicy.multi_run(2), ["2024-01-01 2024-01-02", "2024-01-04 2024-01-05"]),
        (None, ["2024-01-01", "2024-01-02", "2024-01-04", "2024-01-05"]),
    ],
)
def test_policies_and_gaps(policy: dg.BackfillPolicy | None, wanted: list[str]) -> None:
    @dg.asset(partitions_def=DAYS, backfill_policy=policy)
    def weather(context) -> int:
        return 1

    with Instance.ephemeral() as instance:
        stored(instance, "weather", "2024-01-03")
        assert [parts for _, parts in pieces(definitions(weather), instance)] == wanted


def test_chunks_do_not_span_gaps_or_the_end() -> None:
    @dg.asset(partitions_def=DAYS, backfill_policy=dg.BackfillPolicy.multi_run(3))
    def weather(context) -> int:
        return 1

    with Instance.ephemeral() as instance:
        assert [parts for _, parts in pieces(definitions(weather), instance)] == [
            "2024-01-01 2024-01-02 2024-01-03", "2024-01-04 2024-01-05"
        ]  # fmt: skip


def test_it_runs_and_says_what_became_of_it() -> None:
    defs = definitions(again, joined, doubled, letters)
    with Instance.ephemeral() as instance:
        result = backfill(defs, instance=instance)
        assert result.success
        assert len(result.runs) == 7
        assert defs.load_asset_value("again", partition_key="c", instance=instance) == "aabbccc"
        assert backfill(defs, instance=instance).runs == []


def test_what_needs_a_failed_partition_waits() -> None:
    @dg.asset(name="letters", partitions_def=LETTERS)
    def broken(context) -> str:
        if context.partition_key == "b":
            raise ValueError("b")
        return context.partition_key

    @dg.asset(partitions_def=LETTERS, backfill_policy=dg.BackfillPolicy.multi_run(1), ins={"letters": dg.AssetIn()})
    def late(joined: str, letters: str) -> str:
        return letters

    defs = definitions(broken, doubled, joined, late)
    with Instance.ephemeral() as instance:
        result = backfill(defs, instance=instance)
    assert not result.success
    assert {(slot.asset_key.to_user_string(), slot.partition) for slot in result.failed} == {
        ("letters", "b"), ("doubled", "b")
    }  # fmt: skip
    assert {(slot.asset_key.to_user_string(), slot.partition) for slot in result.waiting} == {
        ("joined", None), ("late", "a"), ("late", "b"), ("late", "c")
    }  # fmt: skip


def test_a_resource_that_does_not_open_is_raised() -> None:
    @dg.asset(required_resource_keys={"db"})
    def a(context) -> int:
        return 1

    resources = {"db": dg.ResourceDefinition(lambda _: 1 / 0), "io_manager": InMemoryIOManager()}
    defs = Definitions(assets=[a], resources=resources)
    with Instance.ephemeral() as instance:
        running = Backfill(
            defs, plan_backfill(defs.lineage, [AssetKey("a")], instance), instance, BackfillRecord("an id")
        )
        with pytest.raises(dg.ResourceFunctionError):
            running.run()
        kept = kept_backfill(instance, "an id")
        assert kept is not None
        assert kept.state == "failed"
