"""What may be declared of the inputs and outputs of ops and graphs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lading.errors import InvalidDefinitionError
from lading.values.keys import AssetKey, CoercibleToAssetKey
from lading.values.missing import Missing
from lading.values.outputs import NAME, NOT_GIVEN


class In:
    """What is declared of an op's input.

    Args:
        dagster_type: Its type; the annotation of the parameter when left out.
        description: For people.
        default_value: The value when nothing is connected.
        metadata: Facts for the IO manager that loads it; any objects.
        asset_key: The asset it reads, for lineage.
        asset_partitions: Accepted and kept.
        input_manager_key: The manager that loads it, instead of the one that stored it.
    """

    __slots__ = (
        "asset_key", "asset_partitions", "dagster_type", "default_value", "description", "input_manager_key",
        "metadata",
    )  # fmt: skip

    def __init__(
        self,
        dagster_type: Any = NOT_GIVEN,
        description: str | None = None,
        default_value: Any = NOT_GIVEN,
        metadata: Mapping[str, Any] | None = None,
        asset_key: CoercibleToAssetKey | None = None,
        asset_partitions: Any = None,
        input_manager_key: str | None = None,
    ) -> None:
        self.dagster_type = dagster_type
        self.description = description
        self.default_value = default_value
        self.metadata: Mapping[str, Any] = metadata or {}
        self.asset_key = None if asset_key is None else AssetKey.from_coercible(asset_key)
        self.asset_partitions = asset_partitions
        self.input_manager_key = input_manager_key


class Out:
    """What is declared of an op's output.

    Args:
        dagster_type: Its type; the annotation of the function when left out.
        description: For people.
        is_required: Whether it must be produced; when False and not produced, consumers are skipped.
        io_manager_key: The IO manager that stores it.
        metadata: Facts for the IO manager; any objects.
        code_version: The version of the code that makes it.
    """

    __slots__ = ("code_version", "dagster_type", "description", "io_manager_key", "is_required", "metadata")
    is_dynamic = False

    def __init__(
        self,
        dagster_type: Any = NOT_GIVEN,
        description: str | None = None,
        is_required: bool = True,
        io_manager_key: str | None = None,
        metadata: Mapping[str, Any] | None = None,
        code_version: str | None = None,
    ) -> None:
        self.dagster_type = dagster_type
        self.description = description
        self.is_required = is_required
        self.io_manager_key = io_manager_key or "io_manager"
        self.metadata: Mapping[str, Any] = metadata or {}
        self.code_version = code_version


class DynamicOut(Out):
    """An output of any number of values, each yielded as a DynamicOutput with its own mapping key."""

    __slots__ = ()
    is_dynamic = True


class GraphIn:
    """What is declared of a graph's input.

    Args:
        description: For people.
    """

    __slots__ = ("description",)

    def __init__(self, description: str | None = None) -> None:
        self.description = description


class GraphOut:
    """What is declared of a graph's output.

    Args:
        description: For people.
    """

    __slots__ = ("description",)

    def __init__(self, description: str | None = None) -> None:
        self.description = description


class InputDefinition:
    """An input as it is resolved from signature and declaration.

    Attributes:
        name: The parameter.
        annotation: The type as declared, resolved on first use by the engine.
        default_value: The value when nothing is connected, or NOT_GIVEN.
        metadata: Facts for the IO manager.
        input_manager_key: The manager that loads it, or None.
        asset_key: The asset it reads, or None.
        partition_mapping: Which partitions of that asset it reads, where the input itself says so.
        missing: What to do about values that were never stored.
    """

    __slots__ = (
        "annotation", "asset_key", "default_value", "description", "input_manager_key", "metadata", "missing", "name",
        "partition_mapping",
    )  # fmt: skip

    def __init__(
        self,
        name: str,
        annotation: Any,
        default_value: Any = NOT_GIVEN,
        metadata: Mapping[str, Any] | None = None,
        input_manager_key: str | None = None,
        asset_key: AssetKey | None = None,
        description: str | None = None,
        partition_mapping: Any = None,
        missing: Missing = "raise",
    ) -> None:
        self.name = name
        self.annotation = annotation
        self.missing: Missing = missing
        self.default_value = default_value
        self.metadata: Mapping[str, Any] = metadata or {}
        self.input_manager_key = input_manager_key
        self.asset_key = asset_key
        self.partition_mapping = partition_mapping
        self.description = description


class OutputDefinition:
    """An output as it is resolved from annotation and declaration.

    Attributes:
        name: The output's name.
        annotation: The type as declared, resolved on first use by the engine.
        is_required: Whether it must be produced.
        io_manager_key: The IO manager that stores it.
        metadata: Facts for the IO manager.
        is_dynamic: Whether it is any number of values.
        code_version: The version of the code that makes it.
    """

    __slots__ = ("annotation", "code_version", "description", "io_manager_key", "is_dynamic", "is_required", "metadata",
                 "name")  # fmt: skip

    def __init__(
        self,
        name: str,
        annotation: Any,
        is_required: bool = True,
        io_manager_key: str = "io_manager",
        metadata: Mapping[str, Any] | None = None,
        is_dynamic: bool = False,
        code_version: str | None = None,
        description: str | None = None,
    ) -> None:
        self.name = name
        self.annotation = annotation
        self.is_required = is_required
        self.io_manager_key = io_manager_key
        self.metadata: Mapping[str, Any] = metadata or {}
        self.is_dynamic = is_dynamic
        self.code_version = code_version
        self.description = description


def check_name(name: str, what: str, where: str | None = None) -> str:
    """The name, if it is made of letters, digits and underscores.

    Raises:
        InvalidDefinitionError: It is not.
    """
    if not NAME.match(name):
        raise InvalidDefinitionError(
            f"{name!r} is no name for {what}", where=where, fix="use letters, digits and underscores only"
        )
    return name
