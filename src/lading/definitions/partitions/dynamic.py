"""Partitions whose keys are added while the system runs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from lading.abc.partitions import DynamicPartitionsStore, PartitionsDefinition, effective_now, effective_store
from lading.definitions.partitions.near import near_text
from lading.definitions.partitions.static import check_keys, describe_list
from lading.errors import CheckError, InvalidDefinitionError
from lading.values.axis import ListAxis
from lading.values.dataclass import dataclass


@dataclass(frozen=True, slots=True)
class AddDynamicPartitionsRequest:
    """Asks to add keys to dynamic partitions."""

    partitions_def_name: str
    partition_keys: Sequence[str]


@dataclass(frozen=True, slots=True)
class DeleteDynamicPartitionsRequest:
    """Asks to remove keys from dynamic partitions."""

    partitions_def_name: str
    partition_keys: Sequence[str]


class DynamicPartitionsDefinition(PartitionsDefinition):
    """Partitions whose keys are added while the system runs, kept under a name in the instance.

    Args:
        partition_fn: Instead of a name: a function of the current time (or None) that returns the keys.
        name: The name under which the instance keeps the keys.

    Raises:
        InvalidDefinitionError: Neither is given, or both.
    """

    def __init__(
        self, partition_fn: Callable[[datetime | None], Sequence[str]] | None = None, name: str | None = None
    ) -> None:
        if (partition_fn is None) == (name is None):
            raise InvalidDefinitionError(
                f"dynamic partitions need a name or a partition_fn{', not both' if name is not None else ''}",
                where="DynamicPartitionsDefinition",
                fix='DynamicPartitionsDefinition(name="customers")',
            )
        self.partition_fn = partition_fn
        self.name = name

    def axis(
        self, current_time: datetime | None = None, dynamic_partitions_store: DynamicPartitionsStore | None = None
    ) -> ListAxis:
        return ListAxis(self._keys(current_time, dynamic_partitions_store))

    def has_partition_key(
        self,
        partition_key: str,
        current_time: datetime | None = None,
        dynamic_partitions_store: DynamicPartitionsStore | None = None,
    ) -> bool:
        if self.name is None:
            return partition_key in self._keys(current_time, None)
        return self._store(dynamic_partitions_store).has_dynamic_partition(self.name, partition_key)

    def describe_keys(self) -> str:
        if self.name is not None and effective_store() is None:
            return f'keys are added with instance.add_dynamic_partitions("{self.name}", […])'
        keys = self._keys(None, None)
        return describe_list(keys) if keys or self.name is None else f'"{self.name}" has no partitions yet'

    def nearest(
        self,
        key: str,
        current_time: datetime | None = None,
        dynamic_partitions_store: DynamicPartitionsStore | None = None,
    ) -> str | None:
        return near_text(key, self._keys(current_time, dynamic_partitions_store))

    def build_add_request(self, partition_keys: Sequence[str]) -> AddDynamicPartitionsRequest:
        """Return a request to add keys.

        Raises:
            InvalidDefinitionError: These partitions have no name, or a key cannot be one.
        """
        return AddDynamicPartitionsRequest(self._required_name(), list(check_keys(partition_keys, repr(self))))

    def build_delete_request(self, partition_keys: Sequence[str]) -> DeleteDynamicPartitionsRequest:
        """Return a request to remove keys.

        Raises:
            InvalidDefinitionError: These partitions have no name.
        """
        return DeleteDynamicPartitionsRequest(self._required_name(), list(partition_keys))

    def _keys(self, current_time: datetime | None, store: DynamicPartitionsStore | None) -> Sequence[str]:
        if self.partition_fn is not None:
            return check_keys(self.partition_fn(current_time or effective_now()), repr(self))
        return self._store(store).get_dynamic_partitions(self._required_name())

    def _store(self, given: DynamicPartitionsStore | None) -> DynamicPartitionsStore:
        store = given if given is not None else effective_store()
        if store is None:
            raise CheckError(
                "the keys of dynamic partitions are kept in an instance, and none is given",
                where=repr(self),
                fix="pass dynamic_partitions_store=instance, "
                "or ask within `with partition_loading_context(dynamic_partitions_store=instance):`",
            )
        return store

    def _required_name(self) -> str:
        if self.name is None:
            raise InvalidDefinitionError(
                "these partitions come from a function and have no name to add keys to",
                where=repr(self),
                fix='DynamicPartitionsDefinition(name="customers")',
            )
        return self.name

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, DynamicPartitionsDefinition)
            and self.name == other.name
            and self.partition_fn == other.partition_fn
        )

    def __hash__(self) -> int:
        return hash((self.name, self.partition_fn))

    def __repr__(self) -> str:
        if self.name is not None:
            return f"DynamicPartitionsDefinition(name={self.name!r})"
        return f"DynamicPartitionsDefinition(partition_fn={self.partition_fn!r})"
