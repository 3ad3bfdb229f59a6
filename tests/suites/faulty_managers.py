"""Managers with one fault each, under the exam. Run by test_the_exam.py in a process of its own."""

from __future__ import annotations

import os
import pickle
from pathlib import Path
from typing import Any

import pytest

import lading as dg
from lading.testing import IOManagerSuite
from lading.values.metadata import MetadataValue


def spelled(parts: Any) -> str:
    """A path no two keys share: hexadecimal, cut into names that a file system takes."""
    whole = "-".join(part.encode().hex() or "empty" for part in parts)
    return "/".join([whole[at : at + 200] for at in range(0, len(whole), 200)] + ["value"])


class Pickles(dg.IOManager):
    """Without a fault."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, context: Any) -> Path:
        return self.folder / spelled(context.get_asset_identifier())

    def write(self, path: Path, obj: Any) -> None:
        unfinished = path.with_suffix(f".{os.getpid()}")
        with unfinished.open("wb") as file:
            pickle.dump(obj, file)
        unfinished.replace(path)

    def handle_output(self, context: dg.OutputContext, obj: Any) -> None:
        path = self.path(context)
        path.parent.mkdir(parents=True, exist_ok=True)
        self.write(path, obj)
        context.add_output_metadata({"path": str(path)})

    def load_input(self, context: dg.InputContext) -> Any:
        return pickle.loads(self.path(context).read_bytes())


class WritesInPlace(Pickles):
    def write(self, path: Path, obj: Any) -> None:
        with path.open("wb") as file:
            pickle.dump(obj, file)


class KeepsTheFirst(Pickles):
    def write(self, path: Path, obj: Any) -> None:
        if not path.exists():
            super().write(path, obj)


class ForgetsPartitions(Pickles):
    def path(self, context: Any) -> Path:
        return self.folder / spelled(context.asset_key.path)


class GoesByTheLastPart(Pickles):
    def path(self, context: Any) -> Path:
        return self.folder / spelled(context.get_asset_identifier()[-1:])


class GoesByTheFirstPart(Pickles):
    def path(self, context: Any) -> Path:
        partition = context.asset_partition_key if context.has_asset_partitions else ""
        return self.folder / spelled([context.asset_key.path[0], partition])


class LooksLikeTheKey(Pickles):
    def path(self, context: Any) -> Path:
        return self.folder / f"{'_'.join(context.get_asset_identifier()).replace('/', '_')[:200]}.pickle"


class GivesNoneForMissing(Pickles):
    def load_input(self, context: dg.InputContext) -> Any:
        return super().load_input(context) if self.path(context).exists() else None


class CannotStoreNone(Pickles):
    def load_input(self, context: dg.InputContext) -> Any:
        found = super().load_input(context)
        if found is None:
            raise ValueError("empty")
        return found


class ChangesNumbers(Pickles):
    def load_input(self, context: dg.InputContext) -> Any:
        found = super().load_input(context)
        return float(found) if isinstance(found, int) and not isinstance(found, bool) else found


class WritesOneLate(Pickles):
    """Writes a value when the next one comes."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.waiting: list[tuple[Path, Any]] = []

    def write(self, path: Path, obj: Any) -> None:
        pickle.dumps(obj)
        self.catch_up()
        self.waiting.append((path, obj))

    def catch_up(self) -> None:
        for path, obj in self.waiting:
            super().write(path, obj)
        self.waiting.clear()

    def load_input(self, context: dg.InputContext) -> Any:
        self.catch_up()
        return super().load_input(context)


class Drawing(MetadataValue):
    """A kind that no history knows."""

    kind = "drawing"
    value = "a drawing"


class SpeaksOwnMetadata(Pickles):
    def handle_output(self, context: dg.OutputContext, obj: Any) -> None:
        super().handle_output(context, obj)
        context.add_output_metadata({"drawing": Drawing()})


class WorksByHandOnly(Pickles):
    def handle_output(self, context: dg.OutputContext, obj: Any) -> None:
        if context.run_id.startswith("run of "):
            super().handle_output(context, obj)


def exam(manager: type[Pickles]) -> type[IOManagerSuite]:
    class Exam(IOManagerSuite):
        # Text first, so that a manager that changes numbers fails where numbers are asked for.
        values = ("text", [1.5, None], 1)

        @pytest.fixture
        def io_manager(self, tmp_path: Path) -> Any:
            return manager(tmp_path)

    return Exam


TestPickles = exam(Pickles)
TestWritesInPlace = exam(WritesInPlace)
TestKeepsTheFirst = exam(KeepsTheFirst)
TestForgetsPartitions = exam(ForgetsPartitions)
TestGoesByTheLastPart = exam(GoesByTheLastPart)
TestGoesByTheFirstPart = exam(GoesByTheFirstPart)
TestLooksLikeTheKey = exam(LooksLikeTheKey)
TestGivesNoneForMissing = exam(GivesNoneForMissing)
TestCannotStoreNone = exam(CannotStoreNone)
TestChangesNumbers = exam(ChangesNumbers)
TestWritesOneLate = exam(WritesOneLate)
TestSpeaksOwnMetadata = exam(SpeaksOwnMetadata)
TestWorksByHandOnly = exam(WorksByHandOnly)


class TestPromisesTurnedOff(IOManagerSuite):
    """Fails in all that it does not promise, and is not asked."""

    values = ("text", "more")
    stores_none = keeps_old_value = keeps_keys_apart = False

    @pytest.fixture
    def io_manager(self, tmp_path: Path) -> Any:
        class Careless(LooksLikeTheKey, WritesInPlace, CannotStoreNone):
            pass

        return Careless(tmp_path)
