"""IO managers of a project, as strict type checkers see them. Checked by `make types`, never run."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, assert_type

from pydantic import Field, field_validator

import lading as dg
from lading.testing import IOManagerSuite, build_input_context, build_output_context, instance_for_test


class TextIOManager(dg.IOManager):
    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def handle_output(self, context: dg.OutputContext, obj: str) -> None:
        path = self.folder.joinpath(*context.asset_key.path)
        path.write_text(obj)
        context.add_output_metadata({"path": dg.MetadataValue.path(path), "length": len(obj)})

    def load_input(self, context: dg.InputContext) -> str:
        assert_type(context.asset_key, dg.AssetKey)
        if context.upstream_output is not None:
            assert_type(context.upstream_output, dg.OutputContext)
        return self.folder.joinpath(*context.asset_key.path).read_text()


class JsonIOManager(dg.ConfigurableIOManager):
    folder: str = Field(description="Where the files lie.")
    indent: int | None = None

    @field_validator("folder")
    @classmethod
    def _not_empty(cls, value: str) -> str:
        return value or "."

    def handle_output(self, context: dg.OutputContext, obj: object) -> None:
        name = context.partition_key if context.has_partition_key else "all"
        Path(self.folder, name).write_text(json.dumps(obj, indent=self.indent))

    def load_input(self, context: dg.InputContext) -> Any:
        return json.loads(Path(self.folder, context.asset_partition_key).read_text())


class Factory(dg.ConfigurableIOManagerFactory[TextIOManager]):
    folder: str

    def create_io_manager(self, context: dg.InitResourceContext) -> TextIOManager:
        return TextIOManager(Path(self.folder))


class Csv(dg.UPathIOManager):
    extension = ".csv"

    def dump_to_path(self, context: dg.OutputContext, obj: list[str], path: Path) -> None:
        path.write_text("\n".join(obj))

    def load_from_path(self, context: dg.InputContext, path: Path) -> list[str]:
        return path.read_text().splitlines()

    def get_metadata(self, context: dg.OutputContext, obj: list[str]) -> Mapping[str, Any]:
        return {"rows": len(obj)}


class Tables(dg.ConfigurableInputManager):
    url: str

    def load_input(self, context: dg.InputContext) -> list[str]:
        return [self.url]


@dg.io_manager(config_schema={"folder": str}, required_resource_keys={"client"})
def text_files(context: dg.InitResourceContext) -> TextIOManager:
    return TextIOManager(Path(context.resource_config["folder"]))


@dg.io_manager
def here() -> TextIOManager:
    return TextIOManager(Path())


@dg.input_manager
def given(context: dg.InputContext) -> int:
    return 1


assert_type(text_files, dg.IOManagerDefinition)
assert_type(here, dg.IOManagerDefinition)
assert_type(given, dg.InputManagerDefinition)


class TestText(IOManagerSuite):
    values = ("one", "two")
    stores_none = False
    keeps_old_value = False

    def io_manager(self, tmp_path: Path) -> TextIOManager:
        return TextIOManager(tmp_path)


def by_hand() -> None:
    written = build_output_context(asset_key="a", partition_key="2024-01-01", definition_metadata={"x": 1})
    assert_type(written, dg.OutputContext)
    manager = JsonIOManager(folder="data", indent=2)
    manager.handle_output(written, [1])
    read = build_input_context(asset_key=dg.AssetKey("a"), partition_key="2024-01-01", upstream_output=written)
    assert_type(read, dg.InputContext)
    assert manager.load_input(read) == [1]
    assert written.get_logged_metadata()["path"].value
    with instance_for_test(temp_dir="x") as instance:
        assert_type(instance, dg.Instance)
    defs = dg.Definitions(
        resources={
            "a": Factory(folder="x"),
            "b": Csv("y"),
            "c": text_files.configured({"folder": "x"}),
            "d": Tables(url=dg.EnvVar("TABLES")),
            "e": TextIOManager(Path()),
            "f": dg.InMemoryIOManager(),
        }
    )
    assert_type(defs, dg.Definitions)
