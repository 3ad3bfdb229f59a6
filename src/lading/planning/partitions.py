"""Which partitions a run makes, and which partitions of upstream assets each input loads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from lading.abc.partitions import PartitionsDefinition
from lading.definitions.assets import AssetsDefinition
from lading.definitions.partitions.default_mapping import default_mapping
from lading.errors import (
    InvalidInvocationError,
    InvariantViolationError,
    NotPartitionedError,
    PartitionNeededError,
    UnknownPartitionError,
)
from lading.values.dataclass import dataclass
from lading.values.keys import AssetKey
from lading.values.partitions import PartitionKeyRange

RANGE_START = ("dagster/asset_partition_range_start", "lading/asset_partition_range_start")
RANGE_END = ("dagster/asset_partition_range_end", "lading/asset_partition_range_end")
PARTITION_TAG = "dagster/partition"
PARTITION_TAGS = (PARTITION_TAG, "lading/partition")


@dataclass(frozen=True, slots=True)
class RunPartitions:
    """The partitions of a run: one key, or several, or none.

    Attributes:
        key: The one partition, or None.
        keys: The partitions of a run over several, or None.
        definition: How they are defined, or None.
    """

    key: str | None = None
    keys: tuple[str, ...] | None = None
    definition: PartitionsDefinition | None = None

    @property
    def all(self) -> tuple[str, ...]:
        """All of them."""
        return self.keys if self.keys is not None else (self.key,) if self.key is not None else ()

    def tags(self, job_name: str) -> dict[str, str]:
        """The run tags that say so."""
        if self.key is not None:
            found = {PARTITION_TAG: str(self.key), f"{PARTITION_TAG}_set": f"{job_name}_partition_set"}
            for name, value in getattr(self.key, "keys_by_dimension", {}).items():
                found[f"{PARTITION_TAG}/{name}"] = value
            return found
        return {}


NO_RUN_PARTITIONS = RunPartitions()


def run_partitions(
    definition: PartitionsDefinition | None,
    partition_key: str | None,
    tags: Mapping[str, str],
    store: Any,
    where: str,
    required: bool,
) -> RunPartitions:
    """The partitions a run is asked for, by key or by the two tags of a range.

    Raises:
        UnknownPartitionError: There is no such partition.
        PartitionNeededError: None is asked for, but one is needed.
        NotPartitionedError: One is asked for, but nothing has partitions.
        InvariantViolationError: Only one end of a range, or a range and a key.
    """
    if partition_key is None and definition is not None:
        partition_key = next((tags[name] for name in PARTITION_TAGS if name in tags), None)
    start = next((tags[name] for name in RANGE_START if name in tags), None)
    end = next((tags[name] for name in RANGE_END if name in tags), None)
    if (start is None) != (end is None):
        raise InvariantViolationError(
            "a range of partitions needs both ends", where=where,
            fix=f"give the tags {RANGE_START[0]} and {RANGE_END[0]}",
        )  # fmt: skip
    if start is not None and partition_key is not None:
        raise InvariantViolationError(
            "a run takes a partition key or a range, not both", where=where, fix="leave one of them out"
        )
    if definition is None:
        if partition_key is not None or start is not None:
            raise NotPartitionedError(
                "no PartitionsDefinition is shared by what runs: nothing of it has partitions", where=where,
                fix="leave the partition out, or give an asset a partitions_def",
            )  # fmt: skip
        return NO_RUN_PARTITIONS
    if partition_key is not None:
        key = definition.require_partition_key(partition_key, None, store, where=where)
        return RunPartitions(key, None, definition)
    if start is not None and end is not None:
        return RunPartitions(None, _range_keys(definition, start, end, store, where), definition)
    if required:
        count = definition.get_num_partitions(None, store)
        raise PartitionNeededError(
            f"{where} has {count:,} partitions; which?", where=definition.describe_keys(),
            fix="pass partition_key= (on the command line --partition K, or `lading backfill`)",
        )  # fmt: skip
    return RunPartitions(None, None, definition)


def _range_keys(definition: PartitionsDefinition, start: str, end: str, store: Any, where: str) -> tuple[str, ...]:
    try:
        keys = tuple(definition.get_partition_keys_in_range(PartitionKeyRange(start, end), None, store))
    except InvalidInvocationError as error:
        raise UnknownPartitionError(error.what, where=where, fix=error.fix, did_you_mean=error.did_you_mean) from error
    if not keys:
        raise UnknownPartitionError(
            f'the range "{start}" to "{end}" holds no partition', where=where, fix="give the earlier end first"
        )
    return keys


def upstream_partitions(
    consumer: AssetsDefinition,
    upstream_key: AssetKey,
    upstream: PartitionsDefinition,
    keys: Sequence[str],
    store: Any,
    where: str,
    input_name: str | None = None,
) -> tuple[str, ...]:
    """The upstream partitions that some partitions of an asset are made from, or that one of its inputs loads.

    Raises:
        InvariantViolationError: Some of them do not exist.
    """
    own = consumer.partitions_def
    mapping = declared_mapping(consumer, upstream_key, input_name) or default_mapping(own, upstream)
    found = mapping.upstream_keys(keys if own is not None else (), own, upstream, None, store)
    if found.nonexistent:
        shown = ", ".join(found.nonexistent[:5])
        raise InvariantViolationError(
            f'{where} needs partitions of "{upstream_key.to_user_string()}" that do not exist: {shown}',
            where=f"made from partitions {', '.join(keys[:3])}" if keys else where,
            fix="widen the upstream partitions, or allow_nonexistent_upstream_partitions=True on the mapping",
        )
    return tuple(found.keys)


def declared_mapping(consumer: AssetsDefinition, upstream_key: AssetKey, input_name: str | None) -> Any:
    """The mapping that was declared for an upstream asset, or None.

    Two inputs may load one asset by different mappings; then each goes by its own, and one without by the default.
    """
    declared: Mapping[str, Any] = getattr(consumer.node, "ins", {})
    own = getattr(declared.get(input_name or ""), "partition_mapping", None)
    if own is not None or input_name is None:
        return own or consumer.partition_mappings.get(upstream_key)
    key = consumer.keys_by_input.get(input_name)
    for name, each in declared.items():
        if consumer.keys_by_input.get(name) == key and getattr(each, "partition_mapping", None) is not None:
            return None
    return consumer.partition_mappings.get(upstream_key)
