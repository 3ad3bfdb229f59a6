"""Which values a context speaks of: one, or one for each of several partitions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast, get_args, get_origin

from lading.abc.contexts.input import InputContext
from lading.abc.contexts.output import OutputContext
from lading.abc.partitions import PartitionsDefinition
from lading.errors import CannotStoreError, InvariantViolationError, PartitionsMissing, StoreMissing, ValueMissing
from lading.values.partitions import SEPARATOR, MultiPartitionKey
from lading.values.receipt import Owner

ALLOW_MISSING = "allow_missing_partitions"
_NAMED = 5  # so many missing partitions are named in a message


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


def values_by_owner(
    obj: object, owners: Mapping[str | None, Owner], *, together: bool = False
) -> list[tuple[str | None, Owner, object]]:
    """What is to be stored for each owner.

    For several partitions the value is a mapping from each of them to its own value.

    Args:
        obj: What the function gave.
        owners: Whose it is.
        together: Whether the asset may make several partitions in one run; then it may give such a mapping for a
            single one too.

    Raises:
        CannotStoreError: It is not.
    """
    if len(owners) == 1:
        ((key, owner),) = owners.items()
        if together and isinstance(obj, Mapping) and list(one := cast("Mapping[object, object]", obj)) == [key]:
            return [(key, owner, one[key])]
        return [(key, owner, obj)]
    keys = [key for key in owners if key is not None]
    if not isinstance(obj, Mapping):
        raise CannotStoreError(
            f"one value cannot be stored as {len(keys)} partitions",
            where=f"{next(iter(owners.values()))} … {keys[-1] if keys else ''}, a value of type {type(obj).__name__}",
            fix="return a dict with one value for each of context.partition_keys, run one partition at a time "
            "(BackfillPolicy.multi_run()), or use an IO manager that divides the value",
        )
    values = cast("Mapping[object, object]", obj)
    missing = [key for key in keys if key not in values]
    unknown = [str(key) for key in values if key not in owners]
    if missing or unknown:
        raise CannotStoreError(
            f"the dict holds {len(values)} partitions, but the run is of {len(keys)}",
            where="; ".join(filter(None, (_listed("missing", missing), _listed("not in the run", unknown)))),
            fix="return a dict with exactly the keys of context.partition_keys",
        )
    return [(key, owner, values[key]) for key, owner in owners.items()]


def load_by_owner(context: InputContext, load: Callable[[Owner], object]) -> Any:
    """What an input is given: the bare value, a dict by partition when there are several, None when there are none.

    With ``allow_missing_partitions`` in the metadata of the input, missing partitions are left out, and a single one
    is None.

    Args:
        context: The input.
        load: Gives one value, or raises StoreMissing.

    Raises:
        ValueMissing: The value was never stored.
        PartitionsMissing: Some partitions were never stored; all are named.
    """
    owners = input_owners(context)
    if not owners:
        return None
    lenient = bool(context.definition_metadata.get(ALLOW_MISSING, False))
    values: dict[str, object] = {}
    missing: list[StoreMissing] = []
    absent: list[Owner] = []
    for key, owner in owners.items():
        try:
            value = load(owner)
        except StoreMissing as error:
            missing.append(error)
            absent.append(owner)
            continue
        if len(owners) == 1:
            return value
        values[str(key)] = value
    if missing and not (lenient and context.has_asset_partitions):
        raise _missing(absent, len(owners), missing[0])
    return None if len(owners) == 1 else values


def wanted_type(context: InputContext) -> object | None:
    """The annotation of the consumer for each single value; ``None`` where there is none."""
    try:
        kind: object = context.dagster_type.typing_type
    except InvariantViolationError:
        return None
    if get_origin(kind) is dict and context.has_asset_partitions and len(context.asset_partition_keys) != 1:
        return get_args(kind)[1]
    return None if kind is Any else kind


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


def _missing(absent: Sequence[Owner], asked: int, cause: StoreMissing) -> ValueMissing:
    first = absent[0]
    name = "/".join(first.asset)
    if asked == 1:
        fix = f"`lading materialize {name}`" if first.asset else "run the step that makes it"
        if first.partition is not None:
            fix = f"`lading materialize {name} --partition {first.partition}`"
        error = ValueMissing(f"{first} has never been stored", where=cause.where, fix=fix)
    else:
        keys = [str(owner.partition) for owner in absent]
        # A backfill makes what is missing between two ends and leaves the rest alone.
        span = f"--partition {keys[0]}" if len(keys) == 1 else f"--range {keys[0]}..{keys[-1]}"
        verb = "materialize" if len(keys) == 1 else "backfill"
        error = PartitionsMissing(
            f"{len(absent)} of {asked} partitions of {name} have never been stored",
            where=_listed("missing", keys),
            fix=f'`lading {verb} {name} {span}`, or AssetIn(metadata={{"{ALLOW_MISSING}": True}}) to go without them',
        )
    error.__cause__ = cause
    return error


def _listed(what: str, keys: Sequence[str]) -> str:
    if not keys:
        return ""
    more = f" and {len(keys) - _NAMED} more" if len(keys) > _NAMED else ""
    return f"{what}: {', '.join(keys[:_NAMED])}{more}"
