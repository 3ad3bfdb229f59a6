import asyncio
import os
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from lading.abc.contexts.input import InputContext
from lading.abc.contexts.output import OutputContext
from lading.abc.contexts.partitions import PartitionFacts
from lading.errors import (
    ExtraMissingError,
    ForeignValueError,
    PartitionsMissing,
    PathRefusedError,
    ValueDamaged,
    ValueMissing,
)
from lading.io.upath import BadExtensionError, UPathIOManager
from lading.storage.record import read_record
from lading.values.keys import AssetKey
from lading.values.metadata import MetadataValue


class TextManager(UPathIOManager):
    extension = ".txt"
    durability = "fast"

    def dump_to_path(self, context: OutputContext, obj: Any, path: Any) -> None:
        path.write_text(obj)

    def load_from_path(self, context: InputContext, path: Any) -> Any:
        return path.read_text()

    def get_metadata(self, context: OutputContext, obj: Any) -> dict[str, Any]:
        return {"letters": len(obj)}


class AsyncManager(TextManager):
    at_once = 0
    most = 0

    async def load_from_path(self, context: InputContext, path: Any) -> Any:
        self.at_once += 1
        self.most = max(self.most, self.at_once)
        await asyncio.sleep(0.001)
        self.at_once -= 1
        return path.read_text()


class RemotePath:
    """A path of some other file system, as far as managers ask."""

    def __init__(self, text: str, disk: dict[str, str]) -> None:
        self.text = text
        self.disk = disk

    @property
    def name(self) -> str:
        return self.text.rpartition("/")[2]

    @property
    def parent(self) -> "RemotePath":
        return RemotePath(self.text.rpartition("/")[0], self.disk)

    def with_name(self, name: str) -> "RemotePath":
        return RemotePath(f"{self.parent.text}/{name}", self.disk)

    def __truediv__(self, below: object) -> "RemotePath":
        return RemotePath(f"{self.text}/{below}", self.disk)

    def __str__(self) -> str:
        return f"memory://{self.text}"

    def exists(self) -> bool:
        return self.text in self.disk

    def mkdir(self, *, parents: bool, exist_ok: bool) -> None:
        assert parents
        assert exist_ok

    def write_text(self, text: str) -> None:
        self.disk[self.text] = text

    def read_text(self) -> str:
        return self.disk[self.text]

    def unlink(self, *, missing_ok: bool) -> None:
        self.disk.pop(self.text, None)


def output(key: str | list[str] | None, partitions: list[str] | None = None, **given: Any) -> OutputContext:
    asset_key = None if key is None else AssetKey(key)
    return OutputContext(
        "result", "step", "run-1", asset_key=asset_key, partitions=PartitionFacts(keys=partitions), **given
    )


def asked(key: str | list[str], partitions: list[str] | None = None, **given: Any) -> InputContext:
    return InputContext("x", asset_key=AssetKey(key), partitions=PartitionFacts(keys=partitions), **given)


def every(base: Path) -> list[str]:
    return sorted(str(path.relative_to(base)) for path in base.rglob("*"))


@pytest.mark.parametrize(
    ("context", "path"),
    [
        (output("a"), "a.txt"),
        (output(["a", "b.c"]), "a/b.c.txt"),
        (output("a", ["2024.01"]), "a/2024.01.txt"),
        (output("a", ["x/y"]), "a/x/y.txt"),
        (output("a", ["../.."]), "a/%2E%2E/%2E%2E.txt"),
        (output(None), "run-1/step/result.txt"),
        (output(None, mapping_key="k"), "run-1/step/result/k.txt"),
    ],
)
def test_where_values_lie(tmp_path: Path, context: OutputContext, path: str) -> None:
    manager = TextManager(tmp_path)
    manager.handle_output(context, "hello")
    assert (tmp_path / path).read_text() == "hello"
    assert [name for name in every(tmp_path) if (tmp_path / name).is_file()] == [path]
    assert context.get_logged_metadata() == {
        "path": MetadataValue.path(str(tmp_path / path)),
        "letters": MetadataValue.int(5),
    }
    assert context.receipt is not None
    assert context.receipt.url == str(tmp_path / path)
    assert manager.has_output(context)
    record = read_record(os.getxattr(tmp_path / path, "user.lading").decode(), "")
    assert (record.size, record.format) == (5, "txt")


def test_a_value_comes_back(tmp_path: Path) -> None:
    for manager in (TextManager(tmp_path), AsyncManager(str(tmp_path))):
        manager.handle_output(output("a"), "hello")
        context = asked("a")
        assert manager.load_input(context) == "hello"
        assert context.receipt is not None
        assert not context.receipt.foreign
        manager.handle_output(output(None), "of an op")
        assert manager.load_input(InputContext(upstream_output=output(None))) == "of an op"


@pytest.mark.parametrize("kind", [TextManager, AsyncManager])
def test_several_partitions(tmp_path: Path, kind: type[TextManager]) -> None:
    manager = kind(tmp_path)
    context = output("x", ["a", "b"])
    manager.handle_output(context, {"a": "1", "b": "2"})
    assert context.get_logged_metadata()["path"] == MetadataValue.path(str(tmp_path / "x"))
    assert manager.load_input(asked("x", ["b", "a"])) == {"b": "2", "a": "1"}
    assert manager.load_input(asked("x", ["a"])) == "1"
    assert manager.load_input(asked("x", [])) is None
    assert manager.load_partitions(asked("x", ["a"])) == {"a": "1"}
    assert manager.load_partitions(asked("x", ["a", "b"])) == {"a": "1", "b": "2"}
    with pytest.raises(PartitionsMissing, match="1 of 2"):
        manager.load_input(asked("x", ["a", "c"]))
    with pytest.raises(ValueMissing, match="partition c has never"):
        manager.load_input(asked("x", ["c"]))
    lenient = {"allow_missing_partitions": True}
    assert manager.load_input(asked("x", ["a", "c"], definition_metadata=lenient)) == {"a": "1"}
    assert manager.load_input(asked("x", ["c"], definition_metadata=lenient)) is None


def test_async_reads_are_under_way_together(tmp_path: Path) -> None:
    manager = AsyncManager(tmp_path)
    keys = [str(number) for number in range(20)]
    manager.handle_output(output("x", keys), {key: key for key in keys})

    async def inside() -> Any:
        return manager.load_input(asked("x", keys))

    assert manager.load_input(asked("x", keys)) == {key: key for key in keys}
    assert manager.most == 20
    # Also where a loop runs already, as in a notebook.
    assert asyncio.run(inside()) == {key: key for key in keys}


def test_a_dump_that_fails_leaves_the_earlier_value(tmp_path: Path) -> None:
    class Breaks(TextManager):
        def dump_to_path(self, context: OutputContext, obj: Any, path: Any) -> None:
            path.write_text("half")
            raise RuntimeError("no")

    TextManager(tmp_path).handle_output(output("a"), "earlier")
    with pytest.raises(RuntimeError, match="no"):
        Breaks(tmp_path).handle_output(output("a"), "later")
    assert every(tmp_path) == ["a.txt"]
    assert TextManager(tmp_path).load_input(asked("a")) == "earlier"


def test_readers_see_the_earlier_value_until_the_dump_is_over(tmp_path: Path) -> None:
    manager = TextManager(tmp_path)
    manager.handle_output(output("a"), "earlier")

    class Looks(TextManager):
        def dump_to_path(self, context: OutputContext, obj: Any, path: Any) -> None:
            assert path.name == "a.txt"
            path.write_text(obj)
            assert manager.load_input(asked("a")) == "earlier"

    Looks(tmp_path).handle_output(output("a"), "later")
    assert manager.load_input(asked("a")) == "later"


def test_damage_is_refused_before_the_subclass_reads(tmp_path: Path) -> None:
    class MustNotRead(TextManager):
        def load_from_path(self, context: InputContext, path: Any) -> Any:
            pytest.fail("it was read")

    manager = MustNotRead(tmp_path)
    manager.handle_output(output("a"), "hello")
    (tmp_path / "a.txt").write_text("hullo")
    with pytest.raises(ValueDamaged):
        manager.load_input(asked("a"))


def test_files_from_elsewhere(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("old")
    context = asked("a")
    assert TextManager(tmp_path).load_input(context) == "old"
    assert context.receipt is not None
    assert context.receipt.foreign

    class Refuses(TextManager):
        foreign = "refuse"

    with pytest.raises(ForeignValueError):
        Refuses(tmp_path).load_input(asked("a"))


def test_a_folder_as_a_value(tmp_path: Path) -> None:
    class FolderManager(UPathIOManager):
        def dump_to_path(self, context: OutputContext, obj: Any, path: Any) -> None:
            path.mkdir()
            for name, text in obj.items():
                (path / name).write_text(text)

        def load_from_path(self, context: InputContext, path: Any) -> Any:
            return {file.name: file.read_text() for file in path.iterdir()}

    manager = FolderManager(tmp_path)
    for value in ({"a": "1", "b": "2"}, {"c": "3"}):
        context = output("x")
        manager.handle_output(context, value)
        assert context.receipt is None
        assert manager.load_input(asked("x")) == value
    assert every(tmp_path) == ["x", "x/c"]


def test_paths_of_ones_own(tmp_path: Path) -> None:
    class Elsewhere(TextManager):
        def get_asset_relative_path(self, context: Any) -> Any:
            return Path("all") / "-".join(context.asset_key.path)

        def get_path_for_partition(self, context: Any, path: Any, partition: str) -> Any:
            return path.parent / f"{path.name}@{partition}"

    manager = Elsewhere(tmp_path)
    manager.handle_output(output(["a", "b"], ["k"]), "hello")
    assert [name for name in every(tmp_path) if name.endswith(".txt")] == ["all/a-b@k.txt"]
    assert manager.load_input(asked(["a", "b"], ["k"])) == "hello"

    class Outside(TextManager):
        def get_asset_relative_path(self, context: Any) -> Any:
            return tmp_path / "outside" / context.asset_key.path[-1]

    manager = Outside(tmp_path / "base")
    manager.handle_output(output("x"), "hello")
    assert (tmp_path / "outside/x.txt").read_text() == "hello"
    assert manager.load_input(asked("x")) == "hello"


def test_a_place_of_another_owner_is_refused(tmp_path: Path) -> None:
    manager = TextManager(tmp_path)
    manager.handle_output(output("x", ["k"]), "partition")
    with pytest.raises(PathRefusedError):
        manager.handle_output(output(["x", "k"]), "asset")
    assert manager.load_input(asked("x", ["k"])) == "partition"


def test_another_file_system_is_written_to_directly() -> None:
    disk: dict[str, str] = {}
    manager = TextManager(RemotePath("bucket/root", disk))
    context = output("x", ["a"])
    manager.handle_output(context, "hello")
    assert disk == {"bucket/root/x/a.txt": "hello"}
    assert context.get_logged_metadata()["path"] == MetadataValue.path("memory://bucket/root/x/a.txt")
    assert context.receipt is None
    assert manager.load_input(asked("x", ["a"])) == "hello"
    assert manager.has_output(context)
    with pytest.raises(ValueMissing):
        manager.load_input(asked("x", ["b"]))
    manager.unlink(RemotePath("bucket/root/x/a.txt", disk))
    assert not manager.has_output(context)


def test_an_extension_has_a_dot(tmp_path: Path) -> None:
    class NoDot(TextManager):
        extension = "txt"

    with pytest.raises(BadExtensionError, match="'txt' has no dot") as refusal:
        NoDot(tmp_path)
    assert isinstance(refusal.value, AssertionError)
    with pytest.raises(TypeError, match="abstract"):
        UPathIOManager(tmp_path)  # type: ignore[abstract]


def test_a_text_is_a_path_and_a_url_needs_its_library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    TextManager("data").handle_output(output("x"), "hello")
    assert (tmp_path / "data/x.txt").exists()
    monkeypatch.setitem(sys.modules, "upath", None)
    with pytest.raises(ExtraMissingError, match="universal-pathlib") as refusal:
        TextManager("memory://bucket/root")
    assert refusal.value.fix == "pip install 'lading[fsspec]'"


def test_a_file_url_is_a_local_path(tmp_path: Path) -> None:
    context = output("x")
    TextManager(SimpleNamespace(protocol="file", path=str(tmp_path))).handle_output(context, "hello")
    assert context.receipt is not None
    assert (tmp_path / "x.txt").read_text() == "hello"


def test_messages_are_logged(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    manager = TextManager(tmp_path)
    manager.handle_output(output("x"), "hello")
    manager.load_input(asked("x"))
    assert f"Writing file at: {tmp_path / 'x.txt'}" in caplog.text
    assert f"Loading file from: {tmp_path / 'x.txt'}" in caplog.text
