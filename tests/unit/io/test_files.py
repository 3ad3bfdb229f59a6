import logging
import os
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest

from lading.abc.contexts.input import InputContext
from lading.abc.contexts.output import OutputContext
from lading.abc.contexts.partitions import PartitionFacts
from lading.abc.contexts.resource import InitResourceContext
from lading.abc.io import IOManager
from lading.abc.types import TypeFace
from lading.errors import (
    CannotLoadError,
    CannotStoreError,
    ForeignValueError,
    InvariantViolationError,
    PartitionsMissing,
    PathRefusedError,
    ResourceMissingError,
    ValueDamaged,
    ValueMissing,
)
from lading.io.by_type import TypedFileIOManager
from lading.io.files import FileIOManager
from lading.io.filesystem import FilesystemIOManager
from lading.io.memory import InMemoryIOManager, ValueNotInMemory
from lading.io.typed import TypedIOManager
from lading.values.keys import AssetKey
from lading.values.metadata import MetadataValue
from lading.values.outputs import TypeCheck
from lading.values.partitions import MultiPartitionKey


class Kind(TypeFace):
    """A declared type that stands for an annotation."""

    def __init__(self, annotation: Any) -> None:
        self.annotation = annotation

    key = display_name = "kind"
    is_nothing = False
    accepts_all = True

    @property
    def typing_type(self) -> Any:
        return self.annotation

    def check(self, value: object) -> TypeCheck:
        return TypeCheck(success=True)


def output(key: str | list[str] | None, partitions: list[str] | None = None, **given: Any) -> OutputContext:
    asset_key = None if key is None else AssetKey(key)
    facts = PartitionFacts(keys=partitions)
    return OutputContext("result", "step", "run-1", asset_key=asset_key, partitions=facts, **given)


def asked(
    key: str | list[str], partitions: list[str] | None = None, annotation: Any = Any, **given: Any
) -> InputContext:
    facts = PartitionFacts(keys=partitions)
    return InputContext("x", asset_key=AssetKey(key), partitions=facts, dagster_type=Kind(annotation), **given)


def files(base: Path) -> list[str]:
    return sorted(str(path.relative_to(base)) for path in base.rglob("*") if path.is_file())


@pytest.fixture
def base(tmp_path: Path) -> Path:
    return tmp_path / "base"


@pytest.fixture
def manager(base: Path) -> FileIOManager:
    return FileIOManager(base, durability="fast")


Make = Callable[[Path], IOManager]
BOTH = pytest.mark.parametrize(
    "make", [FileIOManager, TypedFileIOManager, lambda base: TypedFileIOManager(base, allow_pickle=True)],
    ids=["pickle", "typed", "typed or pickle"],
)  # fmt: skip


# ---------------------------------------------------------------- the default manager


def test_nothing_lies_below_the_base_before_a_write(manager: FileIOManager, base: Path) -> None:
    assert not base.exists()


@pytest.mark.parametrize(
    ("context", "path"),
    [
        (output("a"), "a"),
        (output(["a", "b", "c"]), "a/b/c"),
        (output("a", ["2024-01-01"]), "a/2024-01-01"),
        (output("a", ["x/y"]), "a/x/y"),
        (output("a", ["v1.5"]), "a/v1.5"),
        (output("a", [MultiPartitionKey({"zone": "n", "day": "1"})]), "a/1/n"),
        (output(None), "run-1/step/result"),
        (OutputContext("out", "op[k]", "run-1"), "run-1/op[k]/out"),
        (output(None, mapping_key="k"), "run-1/step/result/k"),
    ],
)
def test_where_values_lie(manager: FileIOManager, base: Path, context: OutputContext, path: str) -> None:
    manager.handle_output(context, {"a": 1})
    assert files(base) == [path]
    assert pickle.loads((base / path).read_bytes()) == {"a": 1}
    assert context.get_logged_metadata() == {"path": MetadataValue.path(str(base / path))}
    assert context.receipt is not None
    assert context.receipt.url == str(base / path)
    assert context.receipt.owner.run_id == "run-1"


def test_a_value_comes_back_with_its_receipt(manager: FileIOManager) -> None:
    stored = output("a")
    manager.handle_output(stored, [1, 2])
    context = asked("a")
    assert manager.load_input(context) == [1, 2]
    assert context.receipt is not None
    assert stored.receipt is not None
    assert context.receipt.digest == stored.receipt.digest
    assert not context.receipt.foreign
    # Of an op: by run, step and output.
    manager.handle_output(output(None, mapping_key="k"), 5)
    assert manager.load_input(InputContext(upstream_output=output(None, mapping_key="k"))) == 5


def test_an_asset_built_by_hand_needs_only_its_key(manager: FileIOManager) -> None:
    manager.handle_output(OutputContext(asset_key=AssetKey("a")), 1)
    assert manager.load_input(InputContext(asset_key=AssetKey("a"))) == 1
    with pytest.raises(InvariantViolationError, match="step_key"):
        manager.handle_output(OutputContext(), 1)


@BOTH
def test_the_shape_of_what_is_loaded(make: Make, base: Path) -> None:
    manager = make(base)
    for key in ("a", "b"):
        manager.handle_output(output("x", [key]), key * 2)
    assert manager.load_input(asked("x", ["a"])) == "aa"
    assert manager.load_input(asked("x", ["b", "a"], dict[str, str])) == {"b": "bb", "a": "aa"}
    assert manager.load_input(asked("x", [])) is None


@BOTH
def test_a_missing_value_says_what_to_run(make: Make, base: Path) -> None:
    manager = make(base)
    with pytest.raises(ValueMissing, match="asset p/x has never been stored") as missing:
        manager.load_input(asked(["p", "x"]))
    assert isinstance(missing.value, FileNotFoundError)
    assert missing.value.fix == "`lading materialize p/x`"
    assert str(base / "p/x") in (missing.value.where or "")
    with pytest.raises(ValueMissing, match="asset x, partition a has never") as missing:
        manager.load_input(asked("x", ["a"]))
    assert missing.value.fix == "`lading materialize x --partition a`"


@BOTH
def test_all_missing_partitions_are_named(make: Make, base: Path) -> None:
    manager = make(base)
    manager.handle_output(output("x", ["c"]), "c")
    keys = list("abcdefgh")
    with pytest.raises(PartitionsMissing, match="7 of 8 partitions of x") as missing:
        manager.load_input(asked("x", keys))
    assert missing.value.where == "missing: a, b, d, e, f, g, h"
    assert missing.value.partitions == tuple("abdefgh")
    assert missing.value.fix.startswith("`lading backfill x --range a..h`")
    assert isinstance(missing.value, FileNotFoundError)
    lenient = {"allow_missing_partitions": True}
    assert manager.load_input(asked("x", keys, definition_metadata=lenient)) == {"c": "c"}
    assert manager.load_input(asked("x", ["a", "b"], definition_metadata=lenient)) == {}
    assert manager.load_input(asked("x", ["a"], definition_metadata=lenient)) is None
    # An unpartitioned value has no partition that may be missing.
    with pytest.raises(ValueMissing):
        manager.load_input(asked("y", definition_metadata=lenient))


@BOTH
def test_several_partitions_are_stored_from_a_dict(make: Make, base: Path) -> None:
    manager = make(base)
    context = output("x", ["a", "b"])
    manager.handle_output(context, {"b": "2", "a": "1"})
    assert manager.load_input(asked("x", ["a", "b"])) == {"a": "1", "b": "2"}
    assert context.get_logged_metadata() == {"path": MetadataValue.path(str(base / "x"))}
    assert context.receipts is not None
    assert [receipt.owner.partition for receipt, _ in context.receipts.values()] == ["a", "b"]


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (pd.DataFrame({"a": [1]}), "one value cannot be stored as 2 partitions"),
        ({"a": 1}, "the dict holds 1 partitions, but the run is of 2"),
        ({"a": 1, "b": 2, "c": 3}, "the dict holds 3 partitions"),
    ],
)
def test_other_values_for_several_partitions_are_refused(
    manager: FileIOManager, base: Path, value: object, said: str
) -> None:
    with pytest.raises(CannotStoreError, match=said) as refusal:
        manager.handle_output(output("x", ["a", "b"]), value)
    assert "partition_keys" in refusal.value.fix
    assert not base.exists()


def test_a_key_of_two_dimensions_may_come_as_text(manager: FileIOManager, base: Path) -> None:
    class Cells:
        def as_partition_key(self, text: str) -> str:
            day, zone = text.split("|")
            return MultiPartitionKey({"day": day, "zone": zone})

    facts = PartitionFacts(keys=["1|n"], definition=Cells())  # type: ignore[arg-type]
    context = OutputContext("result", "s", "r", asset_key=AssetKey("a"), partitions=facts)
    manager.handle_output(context, 1)
    assert files(base) == ["a/1/n"]


def test_what_cannot_be_pickled_leaves_the_earlier_value(manager: FileIOManager, base: Path) -> None:
    manager.handle_output(output("x"), "earlier")
    with pytest.raises(InvariantViolationError, match="is not picklable"):
        manager.handle_output(output("x"), [bytes(200_000), lambda: 1])
    assert manager.load_input(asked("x")) == "earlier"
    assert files(base) == ["x"]


def test_hostile_keys_stay_below_the_base(manager: FileIOManager, tmp_path: Path, base: Path) -> None:
    contexts = [
        output(["..", "..", "esc"]), output("/abs"), output("a\0b"), output("x" * 300), output("."), output(""),
        output("a", ["../../esc"]), output("a", ["\ud800"]), output("a", ["/abs"]), output("a", ["y" * 5000]),
    ]  # fmt: skip
    for number, context in enumerate(contexts):
        manager.handle_output(context, number)
    assert [path.name for path in tmp_path.iterdir()] == ["base"]
    for number, context in enumerate(contexts):
        keys = list(context.asset_partition_keys) if context.has_asset_partitions else None
        assert manager.load_input(asked(context.asset_key.path, keys)) == number


def test_clashing_names_are_both_kept_or_refused(manager: FileIOManager) -> None:
    manager.handle_output(output("x"), "value")
    manager.handle_output(output(["x", "y"]), "below")
    manager.handle_output(output("p", ["a"]), "a")
    manager.handle_output(output("p", ["a/b"]), "a/b")
    assert manager.load_input(asked("x")) == "value"
    assert manager.load_input(asked(["x", "y"])) == "below"
    assert manager.load_input(asked("p", ["a", "a/b"])) == {"a": "a", "a/b": "a/b"}
    context = output(["p", "a"])
    with pytest.raises(PathRefusedError, match="asset p/a would overwrite the value of asset p, partition a"):
        manager.handle_output(context, "other")


def test_the_path_in_the_metadata_is_the_real_one(manager: FileIOManager, base: Path) -> None:
    manager.handle_output(output(["x", "y"]), 1)
    context = output("x")
    manager.handle_output(context, 2)
    assert context.get_logged_metadata()["path"] == MetadataValue.path(str(base / "x%%"))


def test_damage_is_refused(manager: FileIOManager, base: Path) -> None:
    manager.handle_output(output("x", ["k"]), [1, 2, 3])
    with open(base / "x/k", "r+b") as file:
        file.write(b"!")
    with pytest.raises(ValueDamaged) as refusal:
        manager.load_input(asked("x", ["k"]))
    assert str(base / "x/k") in (refusal.value.where or "")


def test_files_from_elsewhere_are_loaded_with_a_notice(base: Path, caplog: pytest.LogCaptureFixture) -> None:
    base.mkdir()
    (base / "x").write_bytes(pickle.dumps("from before"))
    context = asked("x", log=logging.getLogger("step"))
    assert FileIOManager(base).load_input(context) == "from before"
    assert "has no record" in caplog.text
    assert caplog.records[0].name == "step"
    assert context.receipt is not None
    assert context.receipt.foreign
    with pytest.raises(ForeignValueError):
        FileIOManager(base, foreign="refuse").load_input(asked("x"))


def test_a_manager_travels_to_another_process(manager: FileIOManager) -> None:
    manager.handle_output(output("x"), 1)
    assert pickle.loads(pickle.dumps(manager)).load_input(asked("x")) == 1


# ---------------------------------------------------------------- by type


@pytest.mark.parametrize(
    ("value", "suffix"),
    [
        ("text", ".txt"), (b"b", ".bin"), ({"a": [1]}, ".json"), (None, ".json"), (np.arange(3), ".npy"),
        (pd.DataFrame({"a": [1]}), ".parquet"), (pl.DataFrame({"a": [1]}), ".parquet"),
    ],
    ids=lambda value: type(value).__name__,
)  # fmt: skip
def test_the_type_gives_the_format(base: Path, value: Any, suffix: str) -> None:
    manager = TypedFileIOManager(base, durability="fast")
    context = output("x", ["k"])
    manager.handle_output(context, value)
    assert files(base) == [f"x/k{suffix}"]
    assert context.receipt is not None
    assert repr(manager.load_input(asked("x", ["k"]))) == repr(value)


def test_the_consumer_says_what_it_gets(base: Path) -> None:
    manager = TypedFileIOManager(base, durability="fast")
    context = output("x", ["a", "b"])
    manager.handle_output(context, {key: pd.DataFrame({"v": [key]}) for key in "ab"})
    assert context.facts == {"rows": 1, "columns": 1, "schema": {"v": "large_string"}}
    frames = manager.load_input(asked("x", ["a", "b"], dict[str, pl.DataFrame]))
    assert {key: frame.to_dicts() for key, frame in frames.items()} == {"a": [{"v": "a"}], "b": [{"v": "b"}]}
    assert isinstance(manager.load_input(asked("x", ["a"], pl.DataFrame)), pl.DataFrame)
    manager.handle_output(output("y"), [1, 2, 3])
    with pytest.raises(CannotLoadError, match="3 items"):
        manager.load_input(asked("y", annotation=tuple[int, int]))


def test_a_value_of_another_type_replaces_the_earlier_file(base: Path) -> None:
    manager = TypedFileIOManager(base, durability="fast")
    for value, path in (({"a": 1}, "x.json"), ("text", "x.txt"), (np.arange(2), "x.npy")):
        manager.handle_output(output("x"), value)
        assert files(base) == [path]
        assert repr(manager.load_input(asked("x"))) == repr(value)


def test_of_two_files_the_later_counts(base: Path) -> None:
    # A writer that died between publishing the new file and removing the old one leaves both.
    manager = TypedFileIOManager(base, durability="fast")
    manager.handle_output(output("x"), "later")
    manager.handle_output(output("y"), {"a": 1})
    manager.store.delete("x.json")
    os.link(base / "x.txt", base / "kept")
    manager.handle_output(output("x"), {"earlier": 1})
    os.link(base / "kept", base / "x.txt")
    os.utime(base / "x.json", (1, 1))
    assert manager.load_input(asked("x")) == "later"


def test_pickle_only_where_it_is_allowed(base: Path) -> None:
    strict = TypedFileIOManager(base, durability="fast")
    lenient = TypedFileIOManager(base, allow_pickle=True, durability="fast")
    for value in (complex, [object]):
        with pytest.raises(CannotStoreError) as refusal:
            strict.handle_output(output("x"), value)
        assert refusal.value.where
        assert "allow_pickle=True" in refusal.value.fix
        lenient.handle_output(output("x"), value)
        assert files(base) == ["x.pickle"]
        assert lenient.load_input(asked("x")) == value
        with pytest.raises(ValueMissing):
            strict.load_input(asked("x"))
    with pytest.raises(CannotStoreError, match="not picklable"):
        lenient.handle_output(output("x"), [lambda: 1])


def test_files_of_other_tools_are_read_by_their_ending(base: Path) -> None:
    base.mkdir()
    pd.DataFrame({"a": [1]}).to_parquet(base / "x.parquet")
    (base / "y.csv").write_text("a,b\n1,2\n")
    manager = TypedFileIOManager(base)
    assert manager.load_input(asked("x", annotation=pd.DataFrame)).to_dict("list") == {"a": [1]}
    assert manager.load_input(asked("y", annotation=pl.DataFrame)).to_dicts() == [{"a": 1, "b": 2}]


# ---------------------------------------------------------------- memory


def test_memory_gives_the_same_object_back() -> None:
    manager, value = InMemoryIOManager(), object()
    manager.handle_output(output("a"), value)
    assert manager.load_input(InputContext(upstream_output=output("a"))) is value
    other = OutputContext("result", "step", "run-2")
    with pytest.raises(KeyError) as missing:
        manager.load_input(InputContext(upstream_output=other))
    assert isinstance(missing.value, ValueNotInMemory)
    assert str(missing.value).startswith("the value of output 'result' is not in memory\n  where: run-2/step/result")


# ---------------------------------------------------------------- the configurable faces


class Instance:
    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def storage_directory(self) -> str:
        return str(self.folder)


def test_the_faces_make_the_plain_managers(base: Path) -> None:
    face = FilesystemIOManager(base_dir=str(base), durability="fast", verify="always", foreign="refuse")
    made = face.create_resource(InitResourceContext())
    assert isinstance(made, FileIOManager)
    assert (made.base_dir, made._verify, made._foreign) == (str(base), "always", "refuse")
    typed = TypedIOManager(base_dir=base, allow_pickle=True).create_resource(InitResourceContext())
    assert isinstance(typed, TypedFileIOManager)
    assert typed.allow_pickle
    for by_hand in (face, TypedIOManager(base_dir=str(base / "typed"))):
        by_hand.handle_output(output("x"), "value")
        assert by_hand.load_input(asked("x")) == "value"


def test_without_a_base_values_go_to_the_instance(base: Path) -> None:
    made = FilesystemIOManager().create_resource(InitResourceContext(instance=Instance(base)))
    made.handle_output(output("x"), 1)
    assert files(base) == ["x"]
    with pytest.raises(ResourceMissingError, match="neither a base_dir nor an instance"):
        FilesystemIOManager().create_resource(InitResourceContext())
