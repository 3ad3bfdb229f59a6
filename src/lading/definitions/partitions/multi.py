"""Partitions with two dimensions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import product

from lading.abc.partitions import DynamicPartitionsStore, PartitionsDefinition
from lading.definitions.partitions.multi_axis import MultiAxis
from lading.definitions.partitions.static import StaticPartitionsDefinition
from lading.errors import CheckError, InvalidDefinitionError, InvalidInvocationError
from lading.values.dataclass import dataclass
from lading.values.partitions import SEPARATOR, MultiPartitionKey, PartitionKeyRange, TimeWindow

_DIMENSIONS = 2
# They separate and enclose keys where several are written in one text.
_RESERVED = (SEPARATOR, ",", "[", "]")


@dataclass(frozen=True, slots=True)
class PartitionDimensionDefinition:
    """One dimension: its name and its partitions."""

    name: str
    partitions_def: PartitionsDefinition


class MultiPartitionsDefinition(PartitionsDefinition):
    """Partitions with two dimensions: every key of one with every key of the other.

    A key is the text of both, joined by ``|`` in alphabetical order of the dimension names.

    Args:
        partitions_defs: The partitions of each dimension, by its name.

    Raises:
        InvalidInvocationError: There are not exactly two dimensions.
        InvalidDefinitionError: A dimension has two dimensions itself, or a key of it holds one of ``| , [ ]``.
    """

    def __init__(self, partitions_defs: Mapping[str, PartitionsDefinition]) -> None:
        if len(partitions_defs) != _DIMENSIONS:
            raise InvalidInvocationError(
                f"partitions have two dimensions, here they have {len(partitions_defs)}",
                where=f"MultiPartitionsDefinition({', '.join(sorted(partitions_defs))})",
                fix="join further dimensions into the keys of a static one",
            )
        self._dimensions = tuple(
            PartitionDimensionDefinition(name, partitions_defs[name]) for name in sorted(partitions_defs)
        )
        for dimension in self._dimensions:
            _check_dimension(dimension)

    # ------------------------------------------------------------ dimensions

    @property
    def partitions_defs(self) -> list[PartitionDimensionDefinition]:
        """The dimensions, sorted by name."""
        return list(self._dimensions)

    @property
    def partition_dimension_names(self) -> list[str]:
        """The names of the dimensions, sorted."""
        return [dimension.name for dimension in self._dimensions]

    def get_partitions_def_for_dimension(self, dimension_name: str) -> PartitionsDefinition:
        """Return the partitions of a dimension.

        Raises:
            CheckError: There is no dimension of this name.
        """
        for dimension in self._dimensions:
            if dimension.name == dimension_name:
                return dimension.partitions_def
        raise CheckError(
            f'there is no dimension "{dimension_name}"',
            where=repr(self),
            fix=f"the dimensions are {' and '.join(self.partition_dimension_names)}",
        )

    @property
    def time_dimension(self) -> PartitionDimensionDefinition | None:
        """The one dimension that is made of windows of time, None if there is none or both are."""
        found = [dimension for dimension in self._dimensions if dimension.partitions_def.has_time_windows]
        return found[0] if len(found) == 1 else None

    # ------------------------------------------------------------ keys

    def axis(
        self, current_time: datetime | None = None, dynamic_partitions_store: DynamicPartitionsStore | None = None
    ) -> MultiAxis:
        first, second = self._dimensions
        # A row per key of the dimension that does not grow with time: few rows, and each a few runs.
        rows = int(first.partitions_def.has_time_windows and not second.partitions_def.has_time_windows)
        return MultiAxis(
            (first.name, second.name),
            first.partitions_def.axis(current_time, dynamic_partitions_store),
            second.partitions_def.axis(current_time, dynamic_partitions_store),
            rows,
        )

    def get_partition_keys(
        self, current_time: datetime | None = None, dynamic_partitions_store: DynamicPartitionsStore | None = None
    ) -> list[MultiPartitionKey]:
        """Return every key of the first dimension with every key of the second."""
        rows = [
            dimension.partitions_def.get_partition_keys(current_time, dynamic_partitions_store)
            for dimension in self._dimensions
        ]
        return self._pairs(rows)

    def get_first_partition_key(
        self, current_time: datetime | None = None, dynamic_partitions_store: DynamicPartitionsStore | None = None
    ) -> str | None:
        first, second = (
            dimension.partitions_def.get_first_partition_key(current_time, dynamic_partitions_store)
            for dimension in self._dimensions
        )
        return None if first is None or second is None else self._pairs(([first], [second]))[0]

    def get_last_partition_key(
        self, current_time: datetime | None = None, dynamic_partitions_store: DynamicPartitionsStore | None = None
    ) -> str | None:
        first, second = (
            dimension.partitions_def.get_last_partition_key(current_time, dynamic_partitions_store)
            for dimension in self._dimensions
        )
        return None if first is None or second is None else self._pairs(([first], [second]))[0]

    def has_partition_key(
        self,
        partition_key: str,
        current_time: datetime | None = None,
        dynamic_partitions_store: DynamicPartitionsStore | None = None,
    ) -> bool:
        texts = self._split(partition_key)
        return texts is not None and all(
            dimension.partitions_def.has_partition_key(text, current_time, dynamic_partitions_store)
            for dimension, text in zip(self._dimensions, texts, strict=True)
        )

    def get_partition_keys_in_range(
        self,
        partition_key_range: PartitionKeyRange,
        current_time: datetime | None = None,
        dynamic_partitions_store: DynamicPartitionsStore | None = None,
    ) -> Sequence[str]:
        """Return the keys that lie, in each dimension, between those of the two ends."""
        start, end = map(self.get_partition_key_from_str, partition_key_range)
        rows = [
            dimension.partitions_def.get_partition_keys_in_range(
                PartitionKeyRange(start.keys_by_dimension[dimension.name], end.keys_by_dimension[dimension.name]),
                current_time,
                dynamic_partitions_store,
            )
            for dimension in self._dimensions
        ]
        return self._pairs(rows)

    def get_partition_key_from_str(self, partition_key_str: str) -> MultiPartitionKey:
        """Return the key of a text such as ``2024-01-01|eu``; whether it exists is not asked.

        Raises:
            CheckError: The text has not one part per dimension.
        """
        texts = self._split(partition_key_str)
        if texts is None:
            raise CheckError(
                f'"{partition_key_str}" has not one part per dimension',
                where=repr(self),
                fix=f"write it as {SEPARATOR.join(self.partition_dimension_names)}",
            )
        return MultiPartitionKey(dict(zip(self.partition_dimension_names, texts, strict=True)))

    def as_partition_key(self, text: str) -> str:
        return self.get_partition_key_from_str(text)

    def get_multipartition_keys_with_dimension_value(
        self,
        dimension_name: str,
        dimension_partition_key: str,
        current_time: datetime | None = None,
        dynamic_partitions_store: DynamicPartitionsStore | None = None,
    ) -> list[MultiPartitionKey]:
        """Return the keys that have this key in one dimension.

        Raises:
            CheckError: There is no dimension of this name.
        """
        self.get_partitions_def_for_dimension(dimension_name)
        other = next(dimension for dimension in self._dimensions if dimension.name != dimension_name)
        return [
            MultiPartitionKey({dimension_name: dimension_partition_key, other.name: key})
            for key in other.partitions_def.get_partition_keys(current_time, dynamic_partitions_store)
        ]

    def describe_keys(self) -> str:
        parts = (f"{dimension.name}: {dimension.partitions_def.describe_keys()}" for dimension in self._dimensions)
        return f"keys look like {SEPARATOR.join(self.partition_dimension_names)} ({'; '.join(parts)})"

    def nearest(
        self,
        key: str,
        current_time: datetime | None = None,
        dynamic_partitions_store: DynamicPartitionsStore | None = None,
    ) -> str | None:
        texts = tuple(key.split(SEPARATOR))
        if len(texts) != _DIMENSIONS:
            return None
        for order in (texts, texts[::-1]):
            found: list[str] = []
            for dimension, text in zip(self._dimensions, order, strict=True):
                part = dimension.partitions_def
                known = part.has_partition_key(text, current_time, dynamic_partitions_store)
                near = text if known else part.nearest(text, current_time, dynamic_partitions_store)
                if near is not None:
                    found.append(near)
            if len(found) == _DIMENSIONS:
                return SEPARATOR.join(found)
        return None

    def _pairs(self, rows: Iterable[Sequence[str]]) -> list[MultiPartitionKey]:
        names = self.partition_dimension_names
        return [MultiPartitionKey(dict(zip(names, keys, strict=True))) for keys in product(*rows)]

    def _split(self, text: str) -> tuple[str, ...] | None:
        if isinstance(text, MultiPartitionKey):
            by_dimension = text.keys_by_dimension
            if list(by_dimension) == self.partition_dimension_names:
                return tuple(by_dimension.values())
        texts = tuple(text.split(SEPARATOR))
        return texts if len(texts) == _DIMENSIONS else None

    # ------------------------------------------------------------ time

    @property
    def has_time_windows(self) -> bool:
        return self.time_dimension is not None

    def time_window_for_partition_key(self, partition_key: str) -> TimeWindow:
        dimension = self.time_dimension
        if dimension is None:
            return super().time_window_for_partition_key(partition_key)
        key = self.get_partition_key_from_str(partition_key)
        return dimension.partitions_def.time_window_for_partition_key(key.keys_by_dimension[dimension.name])

    # ------------------------------------------------------------ content

    def __eq__(self, other: object) -> bool:
        return isinstance(other, MultiPartitionsDefinition) and self._dimensions == other._dimensions

    def __hash__(self) -> int:
        return hash(self._dimensions)

    def __repr__(self) -> str:
        return f"MultiPartitionsDefinition({ {part.name: part.partitions_def for part in self._dimensions}!r})"


def _check_dimension(dimension: PartitionDimensionDefinition) -> None:
    where = f'dimension "{dimension.name}"'
    kind = dimension.partitions_def
    if isinstance(kind, MultiPartitionsDefinition) or not isinstance(kind, PartitionsDefinition):  # pyright: ignore[reportUnnecessaryIsInstance] - callers without types
        raise InvalidDefinitionError(
            f"a dimension is static, dynamic or made of windows of time, not {type(kind).__name__}",
            where=where,
            fix="give it a StaticPartitionsDefinition, a DynamicPartitionsDefinition or windows of time",
        )
    if isinstance(kind, StaticPartitionsDefinition):
        for key in kind.get_partition_keys():
            if found := next((text for text in _RESERVED if text in key), None):
                raise InvalidDefinitionError(
                    f'the key "{key}" holds "{found}", which separates keys of two dimensions',
                    where=where,
                    fix="use another character in its place",
                )
