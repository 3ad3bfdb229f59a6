"""The exam of IO managers: one class to subclass, one fixture to write."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar, cast

from lading.abc.partitions import PartitionsDefinition
from lading.app.materialize import materialize
from lading.definitions.asset import asset
from lading.definitions.partitions.periods import DailyPartitionsDefinition
from lading.definitions.partitions.static import StaticPartitionsDefinition
from lading.testing.range_run import RangeRun
from lading.testing.slots import (
    CONFUSABLE_ASSETS,
    CONFUSABLE_PARTITIONS,
    Slot,
    Unstorable,
    load,
    opened,
    refused,
    store,
)
from lading.values.keys import AssetKey
from lading.values.serial import from_text, to_text
from lading.values.serial_metadata import metadata_from_json, metadata_to_json

FIRST = Slot(("exam", "first"))
SECOND = Slot(("exam", "second"))


class IOManagerSuite:
    """Examines an IO manager: subclass it, and write one fixture that gives a fresh one.

    .. code-block:: python

        class TestMyManager(IOManagerSuite):
            @pytest.fixture
            def io_manager(self, tmp_path):
                return MyManager(str(tmp_path))

    The fixture may give whatever a ``resources=`` mapping takes. The attributes say what the manager is for; a promise
    that it does not make is turned off, and its tests are then not collected.

    Attributes:
        values: Values that the manager stores; at least two that differ.
        partitions_def: Partitions to store them in; the first three are used.
        missing_errors: What loading a value that was never stored raises.
        stores_none: Whether None is a value like any other.
        stores_op_outputs: Whether values that are no assets may be stored.
        keeps_old_value: Whether a write that fails leaves the earlier value as it was.
        keeps_keys_apart: Whether keys that look alike are stored apart, or refused.
        outlives_process: Whether what one process stored can be loaded by another.
    """

    values: ClassVar[Sequence[Any]] = (1, "text", [1, 2.5, None], {"a": {"b": [True, "ü"]}})
    partitions_def: ClassVar[PartitionsDefinition] = DailyPartitionsDefinition("2024-01-01", end_date="2024-01-06")
    missing_errors: ClassVar[tuple[type[Exception], ...]] = (FileNotFoundError, LookupError)
    stores_none: ClassVar[bool] = True
    stores_op_outputs: ClassVar[bool] = False
    keeps_old_value: ClassVar[bool] = True
    keeps_keys_apart: ClassVar[bool] = True
    outlives_process: ClassVar[bool] = True

    PROMISES: ClassVar[Mapping[str, Sequence[str]]] = {
        "stores_none": ("test_none_comes_back",),
        "stores_op_outputs": ("test_an_output_of_an_op_comes_back",),
        "keeps_old_value": (
            "test_a_failed_write_keeps_the_earlier_value",
            "test_a_failed_first_write_leaves_nothing",
        ),
        "keeps_keys_apart": ("test_assets_that_look_alike", "test_partitions_that_look_alike"),
    }

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        for promise, tests in IOManagerSuite.PROMISES.items():
            for name in tests:
                # pytest passes by what cannot be called.
                setattr(cls, name, getattr(IOManagerSuite, name) if getattr(cls, promise) else None)

    @classmethod
    def pytest_generate_tests(cls, metafunc: Any) -> None:
        """Make each value, and each pair of keys, a test of its own."""
        if "value" in metafunc.fixturenames:
            # By number, because what a value looks like may differ from one process to the next.
            metafunc.parametrize("value", cls.values, ids=[str(number) for number in range(len(cls.values))])
        for name, pairs in (("assets", CONFUSABLE_ASSETS), ("partitions", CONFUSABLE_PARTITIONS)):
            if name in metafunc.fixturenames:
                metafunc.parametrize(name, pairs, ids=[f"{pair[0]!r:.30}-{pair[1]!r:.30}" for pair in pairs])

    # ------------------------------------------------------------ what a subclass may say

    def same(self, loaded: Any, stored: Any) -> bool:
        """Whether a loaded value is the one that was stored."""
        if type(loaded) is not type(stored):
            return False
        if callable(equals := getattr(stored, "equals", None)):
            return bool(equals(loaded))
        verdict = loaded == stored
        return bool(verdict.all()) if hasattr(verdict, "all") else bool(verdict)

    def unstorable(self) -> Any:
        """A value whose writing fails, if possible half-way."""
        first = self.values[0]
        if isinstance(first, dict):
            return {**cast("dict[Any, Any]", first), "unstorable": Unstorable()}
        before = cast("list[Any]", first) if isinstance(first, list) else ["x" * 100_000]
        return [*before, Unstorable()]

    # ------------------------------------------------------------ the exam

    def test_a_value_comes_back(self, io_manager: Any, value: Any) -> None:
        with opened(io_manager) as manager:
            store(manager, FIRST, value)
            self._expect(manager, FIRST, value)

    def test_none_comes_back(self, io_manager: Any) -> None:
        with opened(io_manager) as manager:
            store(manager, FIRST, None)
            assert load(manager, FIRST) is None, "None was stored, and something else was loaded"

    def test_an_output_of_an_op_comes_back(self, io_manager: Any) -> None:
        one, _ = self._two()
        with opened(io_manager) as manager:
            store(manager, Slot(None), one)
            self._expect(manager, Slot(None), one)

    def test_a_later_value_replaces_the_earlier_one(self, io_manager: Any) -> None:
        one, other = self._two()
        with opened(io_manager) as manager:
            for value in (one, other, one):
                store(manager, FIRST, value)
                self._expect(manager, FIRST, value)

    def test_assets_lie_apart(self, io_manager: Any) -> None:
        pairs = list(zip((FIRST, SECOND), self._two(), strict=True))
        with opened(io_manager) as manager:
            for slot, value in pairs:
                store(manager, slot, value)
            for slot, value in pairs:
                self._expect(manager, slot, value)

    def test_partitions_lie_apart(self, io_manager: Any) -> None:
        one, other = self._two()
        keys = self.partitions_def.get_partition_keys()[:3]
        slots = [Slot(FIRST.asset, key, self.partitions_def) for key in keys]
        with opened(io_manager) as manager:
            for slot, value in zip(slots, (one, other, one), strict=True):
                store(manager, slot, value)
            for slot, value in zip(slots, (one, other, one), strict=True):
                self._expect(manager, slot, value)

    def test_a_missing_value_is_refused(self, io_manager: Any) -> None:
        with opened(io_manager) as manager:
            self._expect_missing(manager, FIRST)
            store(manager, SECOND, self._two()[0])
            self._expect_missing(manager, FIRST)

    def test_a_missing_partition_is_refused(self, io_manager: Any) -> None:
        made, missing = (
            Slot(FIRST.asset, key, self.partitions_def) for key in self.partitions_def.get_partition_keys()[:2]
        )
        with opened(io_manager) as manager:
            store(manager, made, self._two()[0])
            self._expect_missing(manager, missing)

    def test_metadata_can_be_kept(self, io_manager: Any) -> None:
        with opened(io_manager) as manager:
            said = store(manager, FIRST, self._two()[0]).get_logged_metadata()
        text = to_text(metadata_to_json(said))
        assert to_text(metadata_to_json(metadata_from_json(from_text(text)))) == text, (
            f"the metadata do not survive being kept in a history: {dict(said)}"
        )

    def test_a_failed_write_keeps_the_earlier_value(self, io_manager: Any) -> None:
        one, _ = self._two()
        with opened(io_manager) as manager:
            store(manager, FIRST, one)
            if refused(manager, FIRST, self.unstorable()):
                self._expect(manager, FIRST, one)
            else:
                load(manager, FIRST)

    def test_a_failed_first_write_leaves_nothing(self, io_manager: Any) -> None:
        with opened(io_manager) as manager:
            if refused(manager, FIRST, self.unstorable()):
                self._expect_missing(manager, FIRST)
            else:
                load(manager, FIRST)

    def test_assets_that_look_alike(self, io_manager: Any, assets: tuple[tuple[str, ...], tuple[str, ...]]) -> None:
        self._expect_apart(io_manager, Slot(assets[0]), Slot(assets[1]))

    def test_partitions_that_look_alike(self, io_manager: Any, partitions: tuple[str, str]) -> None:
        definition = StaticPartitionsDefinition(list(partitions))
        one, other = (Slot(FIRST.asset, key, definition) for key in partitions)
        self._expect_apart(io_manager, one, other)

    def test_a_run_stores_and_loads(self, io_manager: Any) -> None:
        one, other = self._two()
        arrived: list[Any] = []

        @asset
        def made() -> Any:
            return one

        @asset
        def taken(made: Any) -> Any:
            arrived.append(made)
            return other

        result = materialize([made, taken], resources={"io_manager": io_manager})
        assert self.same(arrived[0], one), f"{one!r} was returned, and {arrived[0]!r} arrived"
        assert [event.asset_key for event in result.get_asset_materialization_events()] == [
            AssetKey("made"),
            AssetKey("taken"),
        ]

    def test_a_run_that_dies_keeps_what_it_stored(self, io_manager: Any, tmp_path: Path) -> None:
        """A run over several partitions is killed after the third: three are recorded and can be loaded."""
        if self.outlives_process:
            self._expect_range(io_manager, str(tmp_path / "home"))
            return
        with opened(io_manager) as manager:
            self._expect_range(manager, str(tmp_path / "home"))

    def _expect_range(self, io_manager: Any, home: str) -> None:
        one, other = self._two()
        keys = list(self.partitions_def.get_partition_keys()[:5])
        values = dict(zip(keys, (one, other) * 3, strict=False))
        range_run = RangeRun(io_manager, self.partitions_def, values, home)
        done = keys[: min(3, len(keys) - 1)]
        run_id = range_run.die_after(len(done), killed=self.outlives_process)
        assert range_run.recorded() == set(done), f"{done} were stored, and {range_run.recorded()} are recorded"
        for key in done:
            loaded = range_run.load(key, run_id)
            assert self.same(loaded, values[key]), f"{values[key]!r} was stored for {key}, and {loaded!r} was loaded"
        range_run.finish(keys[len(done) :])
        assert range_run.recorded() == set(keys)

    # ------------------------------------------------------------ what is expected

    def _two(self) -> tuple[Any, Any]:
        one, *others = self.values
        other = next((value for value in others if not self.same(value, one)), None)
        assert other is not None, f"{type(self).__name__}.values needs two values that differ"
        return one, other

    def _expect(self, manager: Any, slot: Slot, value: Any) -> None:
        loaded = load(manager, slot)
        assert self.same(loaded, value), f"{value!r} was stored, and {loaded!r} was loaded"

    def _expect_missing(self, manager: Any, slot: Slot) -> None:
        try:
            loaded = load(manager, slot)
        except self.missing_errors:
            return
        raise AssertionError(f"nothing was stored, and {loaded!r} was loaded")

    def _expect_apart(self, io_manager: Any, first: Slot, second: Slot) -> None:
        pairs = list(zip((first, second), self._two(), strict=True))
        with opened(io_manager) as manager:
            kept = [(slot, value) for slot, value in pairs if not refused(manager, slot, value)]
            for slot, value in kept:
                self._expect(manager, slot, value)
