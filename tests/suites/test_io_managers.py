"""Every bundled IO manager under the exam that users get."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import lading as dg
from lading.testing import IOManagerSuite


class TestFilesystem(IOManagerSuite):
    stores_op_outputs = True

    @pytest.fixture
    def io_manager(self, tmp_path: Path) -> Any:
        return dg.FilesystemIOManager(base_dir=str(tmp_path))


class TestFilesystemDefinition(IOManagerSuite):
    stores_op_outputs = True

    @pytest.fixture
    def io_manager(self, tmp_path: Path) -> Any:
        return dg.fs_io_manager.configured({"base_dir": str(tmp_path)})


class TestTyped(IOManagerSuite):
    stores_op_outputs = True

    @pytest.fixture
    def io_manager(self, tmp_path: Path) -> Any:
        return dg.TypedIOManager(base_dir=str(tmp_path))


class TestTypedWithPickle(IOManagerSuite):
    stores_op_outputs = True
    values = ({"a", "b"}, (1, 2), 3j, b"bytes", "text")

    @pytest.fixture
    def io_manager(self, tmp_path: Path) -> Any:
        return dg.TypedIOManager(base_dir=str(tmp_path), allow_pickle=True)


class TestTypedInMemory(IOManagerSuite):
    stores_op_outputs = True
    outlives_process = False

    @pytest.fixture
    def io_manager(self, request: pytest.FixtureRequest) -> Any:
        return dg.TypedIOManager(base_dir=f"memory://{request.node.name}")


class TestInMemory(IOManagerSuite):
    stores_op_outputs = True
    outlives_process = False
    values = (object, 1, [2])

    @pytest.fixture
    def io_manager(self) -> Any:
        return dg.InMemoryIOManager()


class TestInMemoryDefinition(TestInMemory):
    @pytest.fixture
    def io_manager(self) -> Any:
        return dg.mem_io_manager


class JsonIOManager(dg.UPathIOManager):
    extension = ".json"

    def dump_to_path(self, context: dg.OutputContext, obj: Any, path: Path) -> None:
        with path.open("w") as file:
            json.dump(obj, file)

    def load_from_path(self, context: dg.InputContext, path: Path) -> Any:
        return json.loads(path.read_text())


class AsyncJsonIOManager(JsonIOManager):
    async def load_from_path(self, context: dg.InputContext, path: Path) -> Any:
        return await asyncio.to_thread(lambda: json.loads(path.read_text()))


class TestUPath(IOManagerSuite):
    stores_op_outputs = True
    values = ([1, 2], {"a": None}, "text")

    @pytest.fixture
    def io_manager(self, tmp_path: Path) -> Any:
        return JsonIOManager(str(tmp_path))


class TestUPathReadingAsync(TestUPath):
    @pytest.fixture
    def io_manager(self, tmp_path: Path) -> Any:
        return AsyncJsonIOManager(str(tmp_path))


class TestTables(IOManagerSuite):
    values = (pd.DataFrame({"a": [1, 2], "b": ["x", None]}), pd.DataFrame({"a": [0.5]}))

    @pytest.fixture
    def io_manager(self, tmp_path: Path) -> Any:
        return dg.TypedIOManager(base_dir=str(tmp_path))
