"""What is declared of an asset: its key and everything people and tools may know of it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast

from lading.abc.partitions import PartitionMapping, PartitionsDefinition
from lading.errors import CheckError, InvalidDefinitionError
from lading.values.keys import AssetKey, CoercibleToAssetKey, CoercibleToAssetKeyPrefix
from lading.values.missing import Missing, check_missing
from lading.values.outputs import NOT_GIVEN

GROUP = re.compile(r"^[A-Za-z0-9_]+(/[A-Za-z0-9_]+)*$")
ASSET_NAME = re.compile(r"^[A-Za-z0-9_.\-]+$")
TAG = re.compile(r"^([A-Za-z0-9_.\-]{1,63}/)?[A-Za-z0-9_.\-]{1,63}$")
OWNER = re.compile(r"^(team:\S+|[^@\s]+@[^@\s]+\.[^@\s]+)$")
DEFAULT_GROUP = "default"
IO_MANAGER_KEY = "dagster/io_manager_key"
EMPTY: Mapping[str, Any] = {}
NO_KINDS: frozenset[str] = frozenset()


def key_of(asset: Any) -> AssetKey:
    """The key of anything that stands for one asset: a key, text, spec, definition."""
    if isinstance(asset, AssetKey):
        return asset
    key: Any = getattr(asset, "key", None)
    if isinstance(asset, str) or (isinstance(asset, list | tuple) and key is None):
        return AssetKey(cast("Any", asset))
    if isinstance(key, AssetKey):
        return key
    raise InvalidDefinitionError(
        f"{asset!r:.60} is no asset", where="deps or selection", fix="pass a key, an @asset, or an AssetSpec"
    )


class AssetDep:
    """A dependency on an asset that is not loaded.

    Args:
        asset: The asset: a key, text, spec or definition.
        partition_mapping: Which of its partitions are meant.
    """

    __slots__ = ("asset_key", "partition_mapping")

    def __init__(self, asset: Any, partition_mapping: PartitionMapping | None = None) -> None:
        self.asset_key = key_of(asset)
        self.partition_mapping = partition_mapping

    @staticmethod
    def from_coercible(dep: Any) -> AssetDep:
        """A dependency from anything that stands for one."""
        return dep if isinstance(dep, AssetDep) else AssetDep(dep)

    def __repr__(self) -> str:
        return f"AssetDep({self.asset_key.to_user_string()!r})"

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, AssetDep)
            and self.asset_key == other.asset_key
            and self.partition_mapping == other.partition_mapping
        )

    def __hash__(self) -> int:
        return hash(self.asset_key)


class AssetSpec:
    """What is declared of an asset.

    Args:
        key: Its key.
        deps: Assets it depends on.
        description: For people.
        metadata: Facts for IO managers and people; any objects.
        skippable: Whether a run may leave it out.
        group_name: The group it is shown in.
        code_version: The version of the code that makes it.
        automation_condition: Accepted and kept.
        owners: For people.
        tags: For people and tools.
        kinds: Words such as "table" or "duckdb" to show beside it.
        partitions_def: How it is divided.
        freshness_policy: Accepted and kept.

    Raises:
        InvalidDefinitionError: The group's name, a tag or an owner does not fit.
        CheckError: ``partitions_def`` is none.
    """

    __slots__ = (
        "automation_condition", "code_version", "deps", "description", "freshness_policy", "group_name", "key",
        "kinds", "metadata", "owners", "partitions_def", "skippable", "tags",
    )  # fmt: skip

    def __init__(
        self,
        key: CoercibleToAssetKey,
        *,
        deps: Iterable[Any] | None = None,
        description: str | None = None,
        metadata: Mapping[str, Any] | None = None,
        skippable: bool = False,
        group_name: str | None = None,
        code_version: str | None = None,
        automation_condition: Any = None,
        owners: Sequence[str] | None = None,
        tags: Mapping[str, str] | None = None,
        kinds: Iterable[str] | None = None,
        partitions_def: PartitionsDefinition | None = None,
        freshness_policy: Any = None,
    ) -> None:
        if group_name is not None and not GROUP.match(group_name):
            raise InvalidDefinitionError(
                f"{group_name!r} is no group name", where=str(key), fix="use letters, digits, underscores and slashes"
            )
        self.key = key if isinstance(key, AssetKey) else AssetKey(key)
        if tags:
            _refuse_odd_tags(tags, self.key)
        if owners:
            _refuse_odd_owners(owners, self.key)
        if partitions_def is not None and not isinstance(partitions_def, PartitionsDefinition):  # pyright: ignore[reportUnnecessaryIsInstance] - callers are not all typed
            raise CheckError(
                f"partitions_def={partitions_def!r:.60} is no partitions definition",
                where=f"asset {self.key.to_user_string()}", fix="use StaticPartitionsDefinition(…) or its kin",
            )  # fmt: skip
        self.deps: tuple[AssetDep, ...] = tuple(AssetDep.from_coercible(dep) for dep in deps) if deps else ()
        self.description = description
        self.metadata: Mapping[str, Any] = metadata or EMPTY
        self.skippable = skippable
        self.group_name = group_name or DEFAULT_GROUP
        self.code_version = code_version
        self.automation_condition = automation_condition
        self.owners: Sequence[str] = tuple(owners) if owners else ()
        self.tags: Mapping[str, str] = tags or EMPTY
        self.kinds: frozenset[str] = frozenset(kinds) if kinds else NO_KINDS
        self.partitions_def = partitions_def
        self.freshness_policy = freshness_policy

    def __repr__(self) -> str:
        return f"AssetSpec({self.key.to_user_string()!r})"

    def replace_attributes(self, **changes: Any) -> AssetSpec:
        """A copy with other attributes."""
        return AssetSpec(**{slot: changes.get(slot, getattr(self, slot)) for slot in AssetSpec.__slots__})

    def merge_attributes(
        self,
        *,
        deps: Iterable[Any] = (),
        metadata: Mapping[str, Any] = EMPTY,
        owners: Sequence[str] = (),
        tags: Mapping[str, str] = EMPTY,
        kinds: Iterable[str] = (),
    ) -> AssetSpec:
        """A copy with further deps, metadata, owners, tags or kinds."""
        return self.replace_attributes(
            deps=[*self.deps, *deps], metadata={**self.metadata, **metadata}, owners=[*self.owners, *owners],
            tags={**self.tags, **tags}, kinds={*self.kinds, *kinds},
        )  # fmt: skip

    def with_io_manager_key(self, io_manager_key: str) -> AssetSpec:
        """A copy that is loaded (and stored) by the IO manager of this key."""
        return self.replace_attributes(metadata={**self.metadata, IO_MANAGER_KEY: io_manager_key})


def _refuse_odd_tags(tags: Mapping[Any, Any], key: AssetKey) -> None:
    for name, value in tags.items():
        if not isinstance(name, str) or not TAG.match(name) or not isinstance(value, str):
            raise InvalidDefinitionError(
                f"{name!r}: {value!r} is no tag", where=f"asset {key.to_user_string()}",
                fix="use texts; in names letters, digits, underscores, dashes and dots, at most one slash",
            )  # fmt: skip


def _refuse_odd_owners(owners: Sequence[Any], key: AssetKey) -> None:
    for owner in owners:
        if not isinstance(owner, str) or not OWNER.match(owner):
            raise InvalidDefinitionError(
                f"{owner!r} is no owner", where=f"asset {key.to_user_string()}",
                fix='name an e-mail address, or "team:" and a name',
            )  # fmt: skip


class AssetIn:
    """What is declared of an asset's input.

    Args:
        key: The upstream asset; the parameter's name when left out.
        metadata: Facts for the IO manager that loads it.
        key_prefix: Parts before the name, instead of ``key``.
        input_manager_key: The manager that loads it, instead of the one that stored it.
        partition_mapping: Which upstream partitions are loaded.
        dagster_type: Its type; the annotation when left out.
        missing: What to do about a value, or partitions, that were never stored: ``"raise"`` an error that names them,
            ``"skip"`` them (a single value is None then), or take a ``DefaultValue(…)``.
    """

    __slots__ = ("dagster_type", "input_manager_key", "key", "key_prefix", "metadata", "missing", "partition_mapping")

    def __init__(
        self,
        key: Any = None,
        metadata: Mapping[str, Any] | None = None,
        key_prefix: CoercibleToAssetKeyPrefix | None = None,
        input_manager_key: str | None = None,
        partition_mapping: PartitionMapping | None = None,
        dagster_type: Any = NOT_GIVEN,
        missing: Missing = "raise",
    ) -> None:
        if key is not None and key_prefix is not None:
            raise InvalidDefinitionError("AssetIn takes key or key_prefix, not both", where=f"AssetIn(key={key!r})")
        self.key = None if key is None else key_of(key)
        self.metadata: Mapping[str, Any] = metadata or EMPTY
        self.key_prefix = key_prefix
        self.input_manager_key = input_manager_key
        self.partition_mapping = partition_mapping
        self.dagster_type = dagster_type
        self.missing: Missing = check_missing(missing, f"AssetIn(key={key!r})")


class AssetOut:
    """What is declared of one output of a multi-asset.

    Args:
        key_prefix: Parts before the output's name.
        key: The asset's key, instead of prefix and name.
        dagster_type: Its type; the annotation when left out.
        description: For people.
        is_required: Whether it must be produced.
        io_manager_key: The IO manager that stores it.
        metadata: Facts for IO managers and people.
        group_name: The group it is shown in.
        code_version: The version of the code that makes it.
        automation_condition: Accepted and kept.
        backfill_policy: Accepted and kept.
        owners: For people.
        tags: For people and tools.
        kinds: Words to show beside it.
        freshness_policy: Accepted and kept.
    """

    __slots__ = (
        "automation_condition", "backfill_policy", "code_version", "dagster_type", "description", "freshness_policy",
        "group_name", "io_manager_key", "is_required", "key", "key_prefix", "kinds", "metadata", "owners", "tags",
    )  # fmt: skip

    def __init__(
        self,
        key_prefix: CoercibleToAssetKeyPrefix | None = None,
        key: CoercibleToAssetKey | None = None,
        dagster_type: Any = NOT_GIVEN,
        description: str | None = None,
        is_required: bool = True,
        io_manager_key: str | None = None,
        metadata: Mapping[str, Any] | None = None,
        group_name: str | None = None,
        code_version: str | None = None,
        automation_condition: Any = None,
        backfill_policy: Any = None,
        owners: Sequence[str] | None = None,
        tags: Mapping[str, str] | None = None,
        kinds: Iterable[str] | None = None,
        freshness_policy: Any = None,
    ) -> None:
        if key is not None and key_prefix is not None:
            raise InvalidDefinitionError("AssetOut takes key or key_prefix, not both", where=f"AssetOut(key={key!r})")
        self.key_prefix = key_prefix
        self.key = None if key is None else AssetKey.from_coercible(key)
        self.dagster_type = dagster_type
        self.description = description
        self.is_required = is_required
        self.io_manager_key = io_manager_key
        self.metadata: Mapping[str, Any] = metadata or EMPTY
        self.group_name = group_name
        self.code_version = code_version
        self.automation_condition = automation_condition
        self.backfill_policy = backfill_policy
        self.owners = owners
        self.tags = tags
        self.kinds = kinds
        self.freshness_policy = freshness_policy

    def key_for(self, name: str) -> AssetKey:
        """The key of the asset an output of this name makes."""
        if self.key is not None:
            return self.key
        key = AssetKey(name)
        return key if self.key_prefix is None else key.with_prefix(self.key_prefix)
