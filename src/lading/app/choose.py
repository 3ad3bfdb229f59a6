"""From the words of a command line to a job: which assets, which partitions, which config."""

from __future__ import annotations

import difflib
import json
import os
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any

from lading.abc.partitions import DynamicPartitionsStore, PartitionsDefinition
from lading.definitions.collect import Definitions
from lading.definitions.job import JobDefinition
from lading.definitions.lineage import Lineage
from lading.definitions.partitions.multi import MultiPartitionsDefinition
from lading.definitions.partitions.together import shared_definition
from lading.definitions.selection_words import parse_cli_selection
from lading.errors import (
    CheckError,
    InvalidConfigError,
    InvalidSubsetError,
    NothingSelectedError,
    NotPartitionedError,
    UnknownPartitionError,
)
from lading.planning.partitions import RANGE_END, RANGE_START
from lading.values.dataclass import dataclass, field
from lading.values.keys import AssetKey
from lading.values.partitions import MultiPartitionKey

LATEST = "latest"


def choose_assets(
    definitions: Definitions,
    selection: Sequence[str],
    *,
    upstream: bool = False,
    downstream: bool = False,
    allow_empty: bool = False,
    where: str = "--select",
) -> list[AssetKey]:
    """The assets that words select and a run can make, in the order they are defined.

    Args:
        definitions: What is selected from.
        selection: Words as :func:`parse_cli_selection` reads them; none are all assets.
        upstream: Whether all that they are made from is selected as well.
        downstream: Whether all that is made from them is selected as well.
        allow_empty: Whether nothing may be selected.
        where: What the words were given with, for errors.

    Raises:
        InvalidAssetSelectionError: A word cannot be read.
        InvalidSubsetError: A word names an asset that does not exist.
        NothingSelectedError: A word selects nothing, or nothing that can be made.
    """
    lineage = definitions.lineage
    keys = set(parse_cli_selection(selection, lineage, allow_empty=allow_empty, where=where))
    chosen = set(keys)
    if upstream:
        chosen |= _closure(keys, lineage.parents)
    if downstream:
        chosen |= _closure(keys, lineage.children)
    can = [key for key in lineage.executable_keys if key in chosen]
    if not can and not allow_empty:
        elsewhere = ", ".join(key.to_user_string() for key in sorted(keys))
        raise NothingSelectedError(
            f"made elsewhere, so there is nothing to make: {elsewhere}" if elsewhere else "no asset is defined",
            where=" ".join(selection) or where,
        )
    return can


def _closure(keys: Iterable[AssetKey], step: Any) -> set[AssetKey]:
    found: set[AssetKey] = set()
    waiting = list(keys)
    while waiting:
        for key in step(waiting.pop()):
            if key not in found:
                found.add(key)
                waiting.append(key)
    return found


def choose_job(definitions: Definitions, name: str) -> JobDefinition:
    """A job by its name.

    Raises:
        InvalidSubsetError: There is no such job.
    """
    names = [job.name for job in definitions.resolve_all_job_defs() if not job.is_implicit]
    if name not in names:
        near = difflib.get_close_matches(name, names, n=1)
        raise InvalidSubsetError(
            f'no job is called "{name}"', where=f"--job; jobs are: {', '.join(names[:20]) or 'none'}",
            did_you_mean=near[0] if near else None, fix=None if near else "leave --job out to make assets",
        )  # fmt: skip
    return definitions.get_job_def(name)


# ---------------------------------------------------------------- partitions


@dataclass(frozen=True, slots=True)
class ChosenPartitions:
    """The partitions of a run: one key, or the tags of a range, or nothing."""

    key: str | None = None
    tags: Mapping[str, str] = field(default_factory=dict[str, str])


NO_PARTITIONS = ChosenPartitions()


def choose_partitions(
    lineage: Lineage | None,
    selected: AbstractSet[AssetKey],
    partition: str | None,
    key_range: str | None,
    store: DynamicPartitionsStore | None,
    of_job: PartitionsDefinition | None = None,
) -> ChosenPartitions:
    """The partitions that ``--partition`` or ``--range`` name.

    Args:
        lineage: The assets.
        selected: Those that are to be made.
        partition: A key, ``latest``, or ``name=key,name=key`` where there are several dimensions.
        key_range: ``A..B``, both included; either may be left out.
        store: Where the keys of dynamic partitions are kept.
        of_job: The partitions of the job itself.

    Raises:
        CheckError: Both are given, or the range cannot be read.
        NotPartitionedError: Nothing that is to be made has partitions.
        UnknownPartitionError: There is no such partition.
    """
    if partition is None and key_range is None:
        return NO_PARTITIONS
    if partition is not None and key_range is not None:
        raise CheckError(
            "--partition and --range are both given", where="the command line", fix="leave one of them out"
        )
    keys = sorted(selected)
    definition = of_job
    if definition is None and lineage is not None:
        definition = shared_definition((key.to_user_string(), lineage.by_key[key].partitions_def) for key in keys)
    names = ", ".join(key.to_user_string() for key in keys[:3]) or "the job"
    given = f"--partition {partition}" if partition is not None else f"--range {key_range}"
    if definition is None:
        raise NotPartitionedError(f"{names} {'has' if len(keys) < 2 else 'have'} no partitions", where=given)
    if partition is not None:
        return ChosenPartitions(partition_named(definition, partition, store, names))
    start, end = range_named(definition, key_range or "", store, names)
    return ChosenPartitions(None, {RANGE_START[0]: start, RANGE_END[0]: end})


def partition_named(
    definition: PartitionsDefinition, text: str, store: DynamicPartitionsStore | None, where: str
) -> str:
    """The partition that a person names.

    Raises:
        UnknownPartitionError: There is no such partition, or none at all.
    """
    if text == LATEST and not definition.has_partition_key(LATEST, None, store):
        last = definition.get_last_partition_key(None, store)
        if last is None:
            raise UnknownPartitionError("there are no partitions yet", where=where, fix="add one first")
        return last
    if isinstance(definition, MultiPartitionsDefinition) and "=" in text:
        pairs = [pair.partition("=") for pair in text.split(",")]
        try:
            text = MultiPartitionKey({name.strip(): key.strip() for name, _, key in pairs})
        except CheckError as error:
            raise UnknownPartitionError(error.what, where=text, fix=definition.describe_keys()) from error
    return definition.require_partition_key(text, None, store, where=where)


def range_named(
    definition: PartitionsDefinition, text: str, store: DynamicPartitionsStore | None, where: str
) -> tuple[str, str]:
    """The two ends of a range that a person names.

    Raises:
        CheckError: It has no two dots.
        UnknownPartitionError: An end does not exist.
    """
    start, dots, end = text.partition("..")
    if not dots:
        raise CheckError(f"{text!r} is no range", where="--range", fix="write A..B; either end may be left out")
    first = start or definition.get_first_partition_key(None, store)
    last = end or definition.get_last_partition_key(None, store)
    if first is None or last is None:
        raise UnknownPartitionError("there are no partitions yet", where=where, fix="add one first")
    named = [definition.require_partition_key(key, None, store, where=where) for key in (first, last)]
    return named[0], named[1]


# ---------------------------------------------------------------- config


def read_config(path: str) -> dict[str, Any]:
    """Run config out of a JSON or TOML file.

    Raises:
        InvalidConfigError: It is not there, or cannot be read.
    """
    try:
        with open(path, "rb") as opened:
            text = opened.read().decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidConfigError(
            f"the config file cannot be read: {error}", where=path, fix="correct the path"
        ) from error
    try:
        if os.path.splitext(path)[1].lower() == ".toml":
            import tomllib

            found: Any = tomllib.loads(text)
        else:
            found = json.loads(text)
    except ValueError as error:
        raise InvalidConfigError(
            f"the config file cannot be read: {error}",
            where=path,
            fix="write JSON, or TOML in a file that ends in .toml",
        ) from error
    if not isinstance(found, dict):
        raise InvalidConfigError("the config file holds no mapping", where=path, fix='{"ops": {…}, "resources": {…}}')
    return found  # pyright: ignore[reportUnknownVariableType] - plain data of any shape
