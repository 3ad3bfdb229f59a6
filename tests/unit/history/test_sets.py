"""Which partitions are stored is kept as runs, in the transactions that store them, and is always what the rows say."""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import apsw
import pytest

from lading.definitions.partitions.periods import DailyPartitionsDefinition, HourlyPartitionsDefinition
from lading.errors import HistoryError
from lading.history import sqlite_sets
from lading.history.queries import SQL
from lading.history.sqlite import SqliteHistory
from lading.values.axis import Axis, ListAxis
from lading.values.events import Event, EventType, StepMaterializationData
from lading.values.keys import AssetKey
from lading.values.materialization import AssetMaterialization
from lading.values.partition_set import PartitionSet
from lading.values.records import Run
from lading.values.state import ForgetAssets, ForgetPartitions, ForgetRun

A, B = AssetKey("a"), AssetKey("b")
DAYS = DailyPartitionsDefinition("2024-01-01").axis()


@pytest.fixture
def path(tmp_path: Path) -> str:
    return str(tmp_path / "history.sqlite")


@pytest.fixture
def history(path: str) -> Iterator[SqliteHistory]:
    made = SqliteHistory(path)
    yield made
    made.close()


def stored(*partitions: str, key: AssetKey = A) -> list[Event]:
    items = [AssetMaterialization(key, partition=partition) for partition in partitions]
    return [Event(EventType.ASSET_MATERIALIZATION, 1.0, "a", StepMaterializationData(item)) for item in items]


def days(*places: int, axis: Axis = DAYS) -> list[str]:
    return [axis.key_of(place) for place in places]


class Watched(SqliteHistory):
    """A history that tells which questions it asked."""

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self.asked: list[str] = []
        ask = self._connection.rows

        def rows(sql: str, values: object = ()) -> list[tuple[object, ...]]:
            self.asked.append(next(name for name in SQL if SQL[name] == sql))
            return ask(sql, values)  # type: ignore[arg-type]

        self._connection.rows = rows  # type: ignore[method-assign]


def runs(history: SqliteHistory, axis: Axis = DAYS, key: AssetKey = A) -> list[tuple[int, int]]:
    found = history.partitions(key, axis)
    assert isinstance(found, PartitionSet)
    assert found == {each for each in history.partitions(key) if axis.ordinal_of(each) is not None}
    return found.runs


def kept(history: SqliteHistory) -> list[tuple[int, int]]:
    return [tuple(row) for row in history._connection.rows("SELECT start, stop FROM partition_runs WHERE asset = 1")]


def test_who_knows_the_axis_keeps_the_set_with_each_append(history: SqliteHistory, path: str) -> None:
    history.know_axes({A: DAYS})
    history.append("", stored(*days(3)))
    assert kept(history) == [(3, 4)]
    history.append("", stored(*days(5, 6, 9), "no day"))
    history.append("", stored(*days(4)))
    assert kept(history) == [(3, 7), (9, 10)]
    history.append("", stored(*days(3, 0, 8, 7)))
    assert kept(history) == [(0, 1), (3, 10)]
    other = Watched(path)
    assert runs(other) == [(0, 1), (3, 10)]
    other.asked.clear()
    assert other.partitions(A, DAYS) == set(days(0, *range(3, 10)))
    assert other.asked == ["newest_of"]
    history.append("", stored(*days(1, 2)))
    assert runs(other) == [(0, 10)]
    assert "stored_since" not in other.asked
    other.close()


def test_the_set_is_part_of_the_transaction(history: SqliteHistory) -> None:
    history.know_axes({A: DAYS})
    history.append("", stored(*days(0)))
    broken = Event(EventType.STEP_START, "now", "a")  # type: ignore[arg-type]
    with pytest.raises(HistoryError):
        history.append("", [*stored(*days(1)), broken])
    assert kept(history) == [(0, 1)]
    assert runs(history) == [(0, 1)]


def test_who_does_not_know_the_axis_leaves_it_behind_and_the_next_question_catches_up(
    history: SqliteHistory, path: str
) -> None:
    history.know_axes({A: DAYS})
    history.append("", stored(*days(0, 1)))
    other = SqliteHistory(path)
    other.append("", stored(*days(2, 0)))
    other.append("", stored(*days(5)))
    history.append("", stored(*days(3)))
    assert kept(history) == [(0, 2)]
    third = Watched(path)
    assert runs(third) == [(0, 4), (5, 6)]
    assert third.asked.count("stored_since") == 1
    assert kept(history) == [(0, 4), (5, 6)]
    history.append("", stored(*days(4)))
    assert kept(history) == [(0, 6)]
    assert runs(third) == [(0, 6)]
    assert third.asked.count("stored_since") == 1
    other.close()
    third.close()


def test_catching_up_meets_what_was_stored_again_and_others_that_catch_up(
    history: SqliteHistory, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    history.know_axes({A: DAYS})
    history.append("", stored(*days(0, 2, 4, 6, 20)))
    other = SqliteHistory(path)
    other.append("", stored(*days(*range(8))))
    work_out = sqlite_sets._placed

    def slowly(axis: Axis, cells: list[tuple[str]]) -> PartitionSet:
        monkeypatch.setattr(sqlite_sets, "_placed", work_out)
        assert runs(other) == [(0, 8), (20, 21)]
        history.append("", stored(*days(8)))
        return work_out(axis, cells)

    monkeypatch.setattr(sqlite_sets, "_placed", slowly)
    assert history.partitions(A, DAYS) == set(days(*range(8), 20))  # as it was when the question was asked
    assert runs(history) == runs(other) == [(0, 9), (20, 21)]
    assert kept(history) == [(0, 9), (20, 21)]
    # The other one means another axis: what it kept is left alone.
    other.append("", stored(*days(10)))
    earlier = DailyPartitionsDefinition("2023-12-31").axis()
    monkeypatch.setattr(sqlite_sets, "_WORTH_KEEPING", 0)

    def otherwise(axis: Axis, cells: list[tuple[str]]) -> PartitionSet:
        monkeypatch.setattr(sqlite_sets, "_placed", work_out)
        assert runs(other, earlier) == [(1, 10), (11, 12), (21, 22)]
        return work_out(axis, cells)

    monkeypatch.setattr(sqlite_sets, "_placed", otherwise)
    assert history.partitions(A, DAYS) == set(days(*range(9), 10, 20))
    assert kept(history) == [(1, 10), (11, 12), (21, 22)]
    other.close()


def test_another_axis_is_another_set(history: SqliteHistory, path: str) -> None:
    history.know_axes({A: DAYS})
    history.append("", stored(*days(0, 1, 2)))
    earlier = DailyPartitionsDefinition("2023-12-31").axis()
    assert runs(history, earlier) == [(1, 4)]
    # Code that has the asset divided in another way appends: the set does not go along, and is not wrong.
    other = SqliteHistory(path)
    other.know_axes({A: earlier})
    other.append("", stored("2024-01-04", "2023-12-31"))
    assert kept(history) == [(0, 3)]
    assert runs(history) == [(0, 4)]
    assert runs(other, earlier) == [(0, 5)]
    other.close()


def test_places_that_mean_something_else_by_now_are_not_trusted(history: SqliteHistory, path: str) -> None:
    class Moved(ListAxis):
        def fingerprint(self) -> str:
            return "the same"

        def extends(self, fingerprint: str) -> bool:
            return fingerprint == "the same"

    keys = [f"{number:04}" for number in range(3000)]
    history.know_axes({A: Moved(keys)})
    history.append("", stored(*keys[:10]))
    assert kept(history) == [(0, 10)]
    # Keys moved to lower places, to higher ones, and at the beginning alone.
    assert runs(history, Moved(keys[1:])) == [(0, 9)]
    assert runs(history, Moved(["before", *keys])) == [(1, 11)]
    assert runs(history, Moved([keys[50], *keys[1:]])) == [(1, 10)]
    # What is stored by one who means other places is not added by these.
    other = SqliteHistory(path)
    other.know_axes({A: Moved(keys[2:])})
    other.append("", stored(keys[20]))
    assert kept(history) == [(0, 10)]
    assert runs(history, Moved(keys)) == [(0, 10), (20, 21)]
    other.close()


def test_what_was_stored_before_it_was_kept_is_worked_out_once(history: SqliteHistory, path: str) -> None:
    hours = HourlyPartitionsDefinition("2024-01-01-00:00").axis()
    history.append("", stored(*days(*range(2500), axis=hours)))
    assert runs(history, hours) == [(0, 2500)]
    assert kept(history) == [(0, 2500)]
    other = Watched(path)
    other.know_axes({A: hours})
    other.append("", stored(*days(2500, axis=hours)))
    assert runs(other, hours) == [(0, 2501)]
    assert other.asked.count("stored_since") == 0
    assert kept(history) == [(0, 2501)]
    other.close()


def test_a_short_list_is_not_kept_a_long_one_that_grows_is(history: SqliteHistory) -> None:
    short = ListAxis("abc")
    history.know_axes({A: short})
    history.append("", stored("a"))
    assert kept(history) == []
    assert runs(history, short) == [(0, 1)]
    keys = [f"k{number:05}" for number in range(4000)]
    history.append("", stored(*keys[:2100], key=A))
    assert runs(history, ListAxis(keys[:3000])) == [(0, 2100)]
    assert kept(history) == [(0, 2100)]
    history.append("", stored(keys[3500]))
    assert runs(history, ListAxis(keys)) == [(0, 2100), (3500, 3501)]
    assert kept(history) == [(0, 2100), (3500, 3501)]


def test_what_is_forgotten_is_no_longer_in_the_set(history: SqliteHistory, path: str) -> None:
    other = SqliteHistory(path)
    history.know_axes({A: DAYS, B: DAYS})
    history.add_run(Run("r1"))
    history.append("", [*stored(*days(0, 1, 2)), *stored(*days(7), key=B)])
    history.append("r1", stored(*days(3, 4)))
    assert runs(history) == runs(other) == [(0, 5)]
    history.forget(ForgetPartitions(A, days(1)))
    assert runs(history) == runs(other) == [(0, 1), (2, 5)]
    history.append("", stored(*days(1)))
    history.forget(ForgetRun("r1"))
    assert runs(history) == runs(other) == [(0, 3)]
    assert runs(other, key=B) == [(7, 8)]
    history.forget(ForgetAssets([A]))
    assert runs(history) == runs(other) == []
    history.append("", stored(*days(4)))
    assert kept(history) == [(4, 5)]
    assert runs(history) == runs(other) == [(4, 5)]
    other.close()


def test_who_may_only_read_gets_the_answer(history: SqliteHistory, path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    hours = HourlyPartitionsDefinition("2024-01-01-00:00").axis()
    history.append("", stored(*days(*range(2500), axis=hours)))
    reader = SqliteHistory(path)
    reader.last_id()
    reader._connection.rows("PRAGMA query_only = ON")
    assert runs(reader, hours) == [(0, 2500)]
    assert kept(history) == []
    assert runs(history, hours) == [(0, 2500)]
    history.append("", stored(*days(2600, axis=hours)))
    assert runs(reader, hours) == [(0, 2500), (2600, 2601)]
    assert kept(history) == [(0, 2500)]
    reader.close()


def test_what_is_stored_while_a_set_is_worked_out_is_caught_up(
    history: SqliteHistory, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite_sets, "_WORTH_KEEPING", 0)
    history.append("", stored(*days(0, 1)))
    other = SqliteHistory(path)
    meanwhile: list[str] = []
    work_out = sqlite_sets._placed

    def slowly(axis: Axis, cells: list[tuple[str]]) -> PartitionSet:
        found = work_out(axis, cells)
        if meanwhile:
            other.append("", stored(meanwhile.pop()))
        return found

    monkeypatch.setattr(sqlite_sets, "_placed", slowly)
    meanwhile.extend(days(5))
    assert history.partitions(A, DAYS) == set(days(0, 1))
    meanwhile.extend(days(3))
    assert history.partitions(A, DAYS) == set(days(0, 1, 5))
    assert runs(history) == runs(other) == [(0, 2), (3, 4), (5, 6)]
    # It is forgotten meanwhile: what was worked out is not kept.
    other.forget(ForgetAssets([A]))
    history.append("", stored(*days(0, 1)))
    monkeypatch.setattr(other, "append", lambda *_: other.forget(ForgetPartitions(A, days(0))))
    meanwhile.extend(days(9))
    history.partitions(A, DAYS)
    assert runs(history) == [(1, 2)]
    other.close()


@pytest.mark.parametrize("seed", range(30))
def test_whatever_happens_the_set_is_what_the_rows_say(path: str, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two processes, one of which may not know the axis or know another one, store and forget in any order."""
    chance = random.Random(seed)
    monkeypatch.setattr(sqlite_sets, "_WORTH_KEEPING", chance.choice([0, 2000]))
    other_days = DailyPartitionsDefinition("2023-12-30").axis()
    several = [SqliteHistory(path), SqliteHistory(path)]
    for index, history in enumerate(several):
        if chance.random() < 0.8:
            history.know_axes({A: other_days if index and chance.random() < 0.4 else DAYS})
        history.add_run(Run(f"r{index}"))
    for _ in range(60):
        history = chance.choice(several)
        what = chance.random()
        if what < 0.7:
            some = chance.sample(range(25), chance.randint(1, 4))
            run = chance.choice(["", f"r{several.index(history)}"])
            history.append(run, stored(*days(*some)))
        elif what < 0.75:
            history.forget(ForgetPartitions(A, days(*chance.sample(range(25), 3))))
        elif what < 0.77:
            name = f"r{several.index(history)}"
            history.forget(ForgetRun(name))
            history.add_run(Run(name))
        elif what < 0.78:
            history.forget(ForgetAssets([A]))
        else:
            runs(history, chance.choice([DAYS, DAYS, other_days]))
    for history in several:
        runs(history)
        runs(history, other_days)
        history.close()
    connection = apsw.Connection(path)
    pairs = connection.execute("SELECT start, stop FROM partition_runs ORDER BY start").fetchall()
    assert all(before[1] < after[0] for before, after in pairwise(pairs))
    connection.close()
