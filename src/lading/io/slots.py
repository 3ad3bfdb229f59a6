"""Which values a context speaks of: one, or one for each of several partitions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast, get_args, get_origin

from lading.abc.contexts.input import InputContext
from lading.abc.contexts.output import OutputContext
from lading.abc.partitions import PartitionsDefinition
from lading.errors import CheckError, InvariantViolationError, StoreMissing, ValueMissing
from lading.storage.frames import frame_of, framed
from lading.storage.layout import Layout, hive_name, owner_name
from lading.values.missing import ALLOW_MISSING, DefaultValue, missing_error
from lading.values.partitions import SEPARATOR, MultiPartitionKey
from lading.values.receipt import Owner, Receipt

Load = Callable[[Owner], "tuple[Any, Receipt | None]"]
Names = Callable[..., str]
"""From an owner (and an ending) to the relative name of its value."""

COLUMNS = ("partition_column", "lading/partition_column", "partition_expr")
"""Metadata entries of an asset that name the column of the partition, or (by dimension) the columns."""

_READERS = 8  # so many partitions of one frame are read at a time
_WORTH_THREADS = 8  # fewer are read faster one after the other


def output_owners(context: OutputContext) -> dict[str | None, Owner]:
    """The owner of each value that an output holds, by partition; ``None`` is the key of an unpartitioned one."""
    run_id = _given(context, "run_id")
    step = _given(context, "step_key")
    output = _given(context, "name")
    if not context.has_asset_key:
        # Refused here when run, step or name are not known: without them the value has no place.
        run_id, step, output, *_ = context.get_identifier()
        return {None: Owner(run_id=run_id, step=step, output=output, mapping_key=context.mapping_key)}
    asset = tuple(context.asset_key.parts)
    if not context.has_asset_partitions:
        return {None: Owner(asset, None, run_id, step, output)}
    definition = _definition(context)
    return {key: Owner(asset, _spelled(key, definition), run_id, step, output) for key in context.asset_partition_keys}


def output_owner(context: OutputContext) -> Owner:
    """The owner of the one value that an output holds."""
    (owner,) = output_owners(context).values()
    return owner


def holds_many(context: OutputContext) -> bool:
    """Whether an output is of several partitions, or of partitions that are not named yet."""
    return context.has_asset_partitions and len(context.asset_partition_keys) != 1


def naming(context: OutputContext | InputContext, layout: Layout) -> Names:
    """What gives the values of a context their names, in the layout of the manager."""
    if layout == "plain" or not context.has_asset_key or not context.has_asset_partitions:
        return owner_name
    columns = _partition_columns(context)

    def name(owner: Owner, suffix: str = "") -> str:
        return hive_name(owner, columns, suffix)

    return name


def _partition_columns(context: OutputContext | InputContext) -> list[str]:
    # What is declared of the asset: at an output its own metadata, at an input those of the output that is loaded.
    about = context if isinstance(context, OutputContext) else context.upstream_output
    declared = None if about is None else partition_column(about.definition_metadata)
    keys = context.asset_partition_keys
    dimensions: list[str] = []
    if keys:
        dimensions = list(getattr(_spelled(keys[0], _definition(context)), "keys_by_dimension", dimensions))
    if isinstance(declared, Mapping):
        return [str(cast("Mapping[str, str]", declared).get(name, name)) for name in dimensions]
    return dimensions or [str(declared or "partition")]


def partition_column(metadata: Mapping[str, Any]) -> Any:
    """The column of the partition (or, by dimension, the columns) that the metadata of an asset name; or None."""
    return next((metadata[name] for name in COLUMNS if name in metadata), None)


def one_owner(context: OutputContext | InputContext) -> Owner:
    """The owner of the one value that a context speaks of.

    Raises:
        CheckError: It speaks of several partitions.
    """
    owners = output_owners(context) if isinstance(context, OutputContext) else input_owners(context)
    if len(owners) != 1:
        raise CheckError(
            f"a version is of one value, and {len(owners)} partitions are meant",
            where=context.asset_key.to_user_string(),
            fix="name one partition",
        )  # fmt: skip
    return next(iter(owners.values()))


def asset_name(context: OutputContext) -> str:
    """The relative name of the folder of an asset's partitions."""
    return owner_name(Owner(tuple(context.asset_key.parts)))


def input_owners(context: InputContext) -> dict[str | None, Owner]:
    """The owner of each value that an input asks for, by partition; ``None`` is the key of an unpartitioned one."""
    if not context.has_asset_key:
        run_id, step, output, *mapping = context.get_identifier()
        return {None: Owner(run_id=run_id, step=step, output=output, mapping_key=mapping[0] if mapping else None)}
    asset = tuple(context.asset_key.parts)
    if not context.has_asset_partitions:
        return {None: Owner(asset)}
    definition = _definition(context)
    return {key: Owner(asset, _spelled(key, definition)) for key in context.asset_partition_keys}


def load_by_owner(context: InputContext, load: Load, part: Load | None = None) -> Any:
    """What an input is given.

    The bare value; a dict by partition when there are several; None when there are none. A consumer that is annotated
    with a frame gets one frame instead of a dict or None.

    What was never stored is left out (a single value is None then), or has a default, where the input says so.

    Args:
        context: The input.
        load: Gives one value and its receipt, or raises StoreMissing.
        part: The same where the value becomes a part of one frame; called from several threads.

    Raises:
        ValueMissing: The value was never stored.
        PartitionsMissing: Some partitions were never stored; all are named.
        CannotLoadError: One frame is wanted, and the values are none.
    """
    owners = input_owners(context)
    whole = None if len(owners) == 1 or not context.has_asset_partitions else frame_of(_annotation(context))
    if not owners:
        return None if whole is None else framed([], whole)
    read = load if whole is None or part is None else part
    found = _all(read, list(owners.values()), together=read is part)
    values: dict[str | None, Any] = {}
    gone: list[str | None] = []
    for key, each in zip(owners, found, strict=True):
        if not isinstance(each, StoreMissing):
            values[key], receipt = each
            if receipt is not None:
                context.record(receipt)
        elif isinstance(context.missing, DefaultValue):
            values[key] = context.missing.value
        else:
            gone.append(key)
    if gone and not _lenient(context):
        raise _missing(context, owners, gone, next(each for each in found if isinstance(each, StoreMissing)))
    if whole is not None:
        return framed(list(values.values()), whole)
    return next(iter(values.values()), None) if len(owners) == 1 else {str(key): each for key, each in values.items()}


def find_by_owner(
    context: OutputContext | InputContext, find: Callable[[Owner], Receipt | None]
) -> dict[str | None, Receipt]:
    """The receipts of what is stored, by partition.

    Args:
        context: The output or input.
        find: Gives the receipt of one value without reading it, None where nothing is stored.
    """
    owners = output_owners(context) if isinstance(context, OutputContext) else input_owners(context)
    found = ((key, find(owner)) for key, owner in owners.items())
    return {key: receipt for key, receipt in found if receipt is not None}


def _all(load: Load, owners: Sequence[Owner], *, together: bool) -> Sequence[tuple[Any, Receipt | None] | StoreMissing]:
    def attempt(owner: Owner) -> tuple[Any, Receipt | None] | StoreMissing:
        try:
            return load(owner)
        except StoreMissing as error:
            return error

    if not together or len(owners) < _WORTH_THREADS:
        return [attempt(owner) for owner in owners]
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(_READERS, "lading-read") as readers:
        return list(readers.map(attempt, owners))


def _lenient(context: InputContext) -> bool:
    return context.missing == "skip" or bool(
        context.has_asset_partitions and context.definition_metadata.get(ALLOW_MISSING, False)
    )


def _missing(
    context: InputContext, owners: Mapping[str | None, Owner], gone: Sequence[str | None], cause: StoreMissing
) -> ValueMissing:
    if context.has_asset_partitions:
        error: ValueMissing = missing_error(
            context.asset_key.to_user_string(), [str(key) for key in gone], len(owners), cause.where
        )
    else:
        (owner,) = owners.values()
        name = "/".join(owner.asset)
        fix = f"`lading materialize {name}`" if owner.asset else "run the step that makes it"
        error = ValueMissing(f"{owner} has never been stored", where=cause.where, fix=fix)
    error.__cause__ = cause
    return error


def wanted_type(context: InputContext) -> object | None:
    """The annotation of the consumer for each single value; ``None`` where there is none."""
    kind = _annotation(context)
    if get_origin(kind) is dict and context.has_asset_partitions and len(context.asset_partition_keys) != 1:
        return get_args(kind)[1]
    return None if kind is Any else kind


def wanted_columns(context: InputContext) -> tuple[str, ...] | None:
    """The columns that the consumer wants of a table, as ``AssetIn(metadata={"columns": […]})`` says; None for all."""
    columns = context.definition_metadata.get("columns")
    return None if columns is None else (columns,) if isinstance(columns, str) else tuple(columns)


def _annotation(context: InputContext) -> object:
    try:
        return context.dagster_type.typing_type
    except InvariantViolationError:
        return None


def _given(context: OutputContext, name: str) -> str:
    # Built by hand, a context may know less than one in a run; for an asset these only say who wrote it.
    try:
        return cast("str", getattr(context, name))
    except InvariantViolationError:
        return ""


def _definition(context: OutputContext | InputContext) -> PartitionsDefinition | None:
    try:
        return context.asset_partitions_def
    except InvariantViolationError:
        return None


def _spelled(key: str, definition: PartitionsDefinition | None) -> str:
    # A key of several dimensions may arrive as its text; its place goes by the dimensions.
    if definition is None or SEPARATOR not in key or isinstance(key, MultiPartitionKey):
        return key
    return definition.as_partition_key(key)
