"""The base of managers that write one file per value in a way of their own."""

from __future__ import annotations

import asyncio
import inspect
import os
import posixpath
from abc import abstractmethod
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path, PosixPath, WindowsPath
from typing import Any, ClassVar, cast

from lading.abc.contexts.input import InputContext
from lading.abc.contexts.output import OutputContext
from lading.abc.io import IOManager
from lading.errors import CheckError, ExtraMissingError, StoreMissing
from lading.io.dividing import divided, one_by_one
from lading.io.local_paths import path_receipt, read_checked, write_staged
from lading.io.slots import find_by_owner, holds_many, input_owners, load_by_owner, output_owner, output_owners
from lading.storage.layout import escape, partition_segments, value_name
from lading.values.metadata import MetadataValue
from lading.values.receipt import Owner, Receipt


class BadExtensionError(CheckError, AssertionError):
    """The ``extension`` of a manager has no dot."""

    code = "bad-extension"
    remedy = 'write it with its dot: extension = ".csv"'


class UPathIOManager(IOManager):
    """One file per value, written and read by two methods of a subclass.

    Implement :meth:`dump_to_path` and :meth:`load_from_path`. An asset lies at ``base_path/<key parts><extension>``, a
    partition at ``…/<key>/<partition><extension>``, an output of an op at ``<run id>/<step>/<output><extension>``.

    On a local disk ``dump_to_path`` gets a hidden path with the same last part, and what it wrote is published in one
    step, together with its record: a failing dump leaves the earlier value as it was.

    Args:
        base_path: A ``pathlib.Path``, a ``upath.UPath`` of any file system, or a text; the current folder if left out.

    Attributes:
        extension: The ending of file names with its dot, or None.
        durability: On a local disk: ``"strict"`` survives a power cut, ``"fast"`` a killed process only.
        verify: On a local disk: ``"once"`` per process and file, ``"always"``, or ``"never"``.
        foreign: What to do with local files without a record: ``"warn"`` or ``"refuse"``.

    Raises:
        BadExtensionError: ``extension`` has no dot.
        ExtraMissingError: A URL is given, and universal-pathlib is not installed.
    """

    extension: ClassVar[str | None] = None
    durability: ClassVar[Any] = "strict"
    verify: ClassVar[Any] = "once"
    foreign: ClassVar[Any] = "warn"

    def __init__(self, base_path: Any = None) -> None:
        if self.extension and not self.extension.startswith("."):
            raise BadExtensionError(f"extension {self.extension!r} has no dot", where=type(self).__name__)
        if base_path is None or isinstance(base_path, str):
            base_path = _as_path(base_path or ".")
        if getattr(base_path, "protocol", None) in {"file", "local"}:
            # As plain paths of this disk, values are staged and published like any.
            base_path = Path(base_path.path)
        self._base_path: Any = base_path

    # ------------------------------------------------------------ what a subclass says

    @abstractmethod
    def dump_to_path(self, context: OutputContext, obj: Any, path: Any) -> None:
        """Write a value to a path."""

    @abstractmethod
    def load_from_path(self, context: InputContext, path: Any) -> Any:
        """Read a value from a path; may be ``async``, so that many partitions load at once."""

    def get_metadata(self, context: OutputContext, obj: Any) -> Mapping[str, Any]:
        """Further metadata of an output."""
        return {}

    def get_asset_relative_path(self, context: OutputContext | InputContext) -> Any:
        """Where an asset lies below the base, without extension."""
        return Path(value_name(context.asset_key.parts))

    def get_op_output_relative_path(self, context: OutputContext | InputContext) -> Any:
        """Where an output of an op lies below the base, without extension."""
        return Path(value_name(context.get_identifier()))

    def get_path_for_partition(self, context: OutputContext | InputContext, path: Any, partition: str) -> Any:
        """Where a partition lies, without extension, given the path of its asset."""
        return path / "/".join(map(escape, partition_segments(partition)))

    def path_exists(self, path: Any) -> bool:
        """Whether something lies at a path."""
        return cast("bool", path.exists())

    def unlink(self, path: Any) -> None:
        """Remove what lies at a path."""
        path.unlink(missing_ok=True)

    def make_directory(self, path: Any) -> None:
        """Make a folder and those above it."""
        path.mkdir(parents=True, exist_ok=True)

    def has_output(self, context: OutputContext) -> bool:
        """Whether the value of an output was stored before."""
        return all(self.path_exists(self._path_of(context, owner)) for owner in output_owners(context).values())

    def get_writing_output_log_message(self, path: Any) -> str:
        """What is logged when a value is written."""
        return f"Writing file at: {path}"

    def get_loading_input_log_message(self, path: Any) -> str:
        """What is logged when a value is loaded."""
        return f"Loading file from: {path}"

    def get_loading_input_partition_log_message(self, path: Any, partition_key: str) -> str:
        """What is logged when one of several partitions is loaded."""
        return f"Loading partition {partition_key} from: {path}"

    # ------------------------------------------------------------ the manager

    def handle_output(self, context: OutputContext, obj: Any) -> None:
        if one_by_one(context, obj, self.handle_output):
            path = self._base_path / self.get_asset_relative_path(context)
            context.add_output_metadata({"path": MetadataValue.path(str(path))})
            return
        owner = output_owner(context)
        path = self._path_of(context, owner)
        context.log.debug(self.get_writing_output_log_message(path))
        self._write(context, obj, path, owner)
        context.add_output_metadata({"path": MetadataValue.path(str(path)), **self.get_metadata(context, obj)})

    def divide_output(self, context: OutputContext, obj: Any) -> Iterator[tuple[str, Any]]:
        """The value of each partition of a run over several: they are stored one by one."""
        return divided(context, obj)

    def load_input(self, context: InputContext) -> Any:
        if context.has_asset_partitions and len(context.asset_partition_keys) > 1:
            return self.load_partitions(context)
        return self._load(context)

    def load_partitions(self, context: InputContext) -> Any:
        """What an input of several partitions is given: as a rule their values, by partition."""
        loaded = self._load(context)
        if len(context.asset_partition_keys) == 1:
            return {context.asset_partition_key: loaded}
        return {} if loaded is None else loaded

    def _load(self, context: InputContext) -> Any:
        several = context.has_asset_partitions and len(context.asset_partition_keys) > 1
        if inspect.iscoroutinefunction(self.load_from_path):
            return self._load_together(context, several)

        def load(owner: Owner) -> tuple[Any, Receipt | None]:
            path, receipt = self._readable(context, owner, several)
            return self.load_from_path(context, path), receipt

        return load_by_owner(context, load)

    def describe_place(self, context: OutputContext) -> str:
        """Where the values of an output will lie."""
        if holds_many(context):
            return f"{self._base_path / self.get_asset_relative_path(context)}/"
        return str(self._path_of(context, output_owner(context)))

    def find_receipts(self, context: OutputContext | InputContext) -> Mapping[str | None, Receipt]:
        """What is stored of an output or input, by partition."""
        return find_by_owner(context, lambda owner: self._receipt(self._path_of(context, owner)))

    def _receipt(self, path: Any) -> Receipt | None:
        if _is_local(path):
            return path_receipt(*self._place(path))
        # Of what lies elsewhere nothing more is known than that it is there.
        return Receipt(str(path), 0, "", "", foreign=True) if self.path_exists(path) else None

    def _load_together(self, context: InputContext, several: bool) -> Any:
        """All reads are under way at once; the values then take the places they have when read one by one."""
        found: dict[Owner, tuple[Any, Receipt | None] | StoreMissing] = {}
        for owner in input_owners(context).values():
            try:
                found[owner] = self._readable(context, owner, several)
            except StoreMissing as error:
                found[owner] = error
        paths = {owner: each[0] for owner, each in found.items() if not isinstance(each, StoreMissing)}

        async def read() -> list[Any]:
            return await asyncio.gather(*[self.load_from_path(context, path) for path in paths.values()])

        values = dict(zip(paths, _finished(read()), strict=True))

        def load(owner: Owner) -> tuple[Any, Receipt | None]:
            each = found[owner]
            if isinstance(each, StoreMissing):
                raise each
            return values[owner], each[1]

        return load_by_owner(context, load)

    # ------------------------------------------------------------ paths

    def _path_of(self, context: OutputContext | InputContext, owner: Owner) -> Any:
        if not owner.asset:
            return self._with_extension(self._base_path / self.get_op_output_relative_path(context))
        path = self._base_path / self.get_asset_relative_path(context)
        if owner.partition is not None:
            path = self.get_path_for_partition(context, path, owner.partition)
        return self._with_extension(path)

    def _with_extension(self, path: Any) -> Any:
        return path.with_name(path.name + self.extension) if self.extension else path

    def _write(self, context: OutputContext, value: Any, path: Any, owner: Owner) -> None:
        if not _is_local(path):
            self.make_directory(path.parent)
            self.dump_to_path(context, value, path)
            return

        def dump(staged: Path) -> None:
            self.dump_to_path(context, value, type(path)(staged))

        written_as = self.extension.removeprefix(".") if self.extension else type(self).__name__
        receipt = write_staged(*self._place(path), dump, value, owner, written_as, self.durability)
        if receipt is not None:
            context.record(receipt)

    def _readable(self, context: InputContext, owner: Owner, several: bool) -> tuple[Any, Receipt | None]:
        path = self._path_of(context, owner)
        if several and owner.partition is not None:
            context.log.debug(self.get_loading_input_partition_log_message(path, owner.partition))
        else:
            context.log.debug(self.get_loading_input_log_message(path))
        if not _is_local(path):
            if not self.path_exists(path):
                raise StoreMissing(f"nothing is stored at {path}", where=str(path))
            return path, None
        found, receipt = read_checked(*self._place(path), owner, self.verify, self.foreign, context.log.warning)
        return type(path)(found), receipt

    def _place(self, path: Any) -> tuple[str, str]:
        """The folder that must not be left, and the name below it."""
        base = os.path.abspath(str(self._base_path))
        whole = os.path.abspath(str(path))
        name = os.path.relpath(whole, base)
        if name.startswith(".."):  # the subclass lays values out elsewhere
            return os.path.dirname(whole), os.path.basename(whole)
        return base, name.replace(os.sep, posixpath.sep)


def _as_path(text: str) -> Any:
    if "://" not in text:
        return Path(text)
    try:
        from upath import UPath  # pyright: ignore[reportMissingImports, reportUnknownVariableType] - optional
    except ImportError as error:
        raise ExtraMissingError(
            "values on another file system need universal-pathlib, which is not installed",
            where=text,
            fix="pip install 'lading[fsspec]'",
        ) from error
    return cast("Any", UPath)(text)


def _is_local(path: Any) -> bool:
    return isinstance(path, (PosixPath, WindowsPath))


def _finished(work: Any) -> Any:
    """The result of a coroutine, whether or not this thread already runs a loop."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(work)
    with ThreadPoolExecutor(1) as beside:
        return beside.submit(asyncio.run, work).result()
