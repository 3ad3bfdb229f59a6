"""Data assets whose storage takes care of itself.

Every public name is reached as ``lading.NAME`` and loaded when it is first asked for, so that ``import lading``
costs next to nothing. ``_PUBLIC`` below is the one list of them; ``make stub`` writes ``__init__.pyi`` from it.
"""

import sys

from lading.abc.runner import RUNNER

__version__ = "0.1.0"

# One name a line, grouped by the module that defines it, both in alphabetical order.
_PUBLIC: dict[str, tuple[str, ...]] = {
    "lading.abc.codec": ("Codec",),
    "lading.abc.contexts.execution": (
        "AssetCheckExecutionContext",
        "AssetExecutionContext",
        "OpExecutionContext",
    ),
    "lading.abc.contexts.input": ("InputContext",),
    "lading.abc.contexts.output": ("OutputContext",),
    "lading.abc.contexts.resource": ("InitResourceContext",),
    "lading.abc.format": ("Format",),
    "lading.abc.io": (
        "IOManager",
        "InputManager",
    ),
    "lading.abc.partitions": (
        "PartitionMapping",
        "PartitionsDefinition",
        "partition_loading_context",
    ),
    "lading.abc.store": (
        "Source",
        "Store",
    ),
    "lading.errors": (
        "CannotLoadError",
        "CannotStoreError",
        "CheckError",
        "CircularDependencyError",
        "DuplicateKeyError",
        "ExecutionHandleOutputError",
        "ExecutionLoadInputError",
        "ExecutionStepError",
        "ExtraMissingError",
        "ForeignValueError",
        "HistoryError",
        "InvalidAssetSelectionError",
        "InvalidConfigError",
        "InvalidDefinitionError",
        "InvalidInvocationError",
        "InvalidMetadataError",
        "InvalidSubsetError",
        "InvariantViolationError",
        "LadingError",
        "MaxRetriesExceededError",
        "NotPartitionedError",
        "PartitionNeededError",
        "PartitionsMissing",
        "PathRefusedError",
        "ResourceFunctionError",
        "ResourceMissingError",
        "RunCancelledError",
        "RunNotFoundError",
        "StepLostError",
        "StepOutputNotFoundError",
        "StorageError",
        "StoreMissing",
        "StoreUnreachableError",
        "TypeCheckDidNotPass",
        "UnknownInputError",
        "UnknownPartitionError",
        "UnsetVariableError",
        "ValueDamaged",
        "ValueMissing",
    ),
    "lading.values.events": (
        "Event",
        "EventType",
    ),
    "lading.values.keys": (
        "AssetCheckKey",
        "AssetKey",
    ),
    "lading.values.materialization": (
        "AssetCheckEvaluation",
        "AssetCheckSeverity",
        "AssetMaterialization",
        "AssetObservation",
    ),
    "lading.values.metadata": (
        "AssetMetadataValue",
        "BoolMetadataValue",
        "FloatMetadataValue",
        "IntMetadataValue",
        "JobMetadataValue",
        "JsonMetadataValue",
        "MarkdownMetadataValue",
        "MetadataValue",
        "NotebookMetadataValue",
        "NullMetadataValue",
        "PathMetadataValue",
        "PythonArtifactMetadataValue",
        "RunMetadataValue",
        "TableColumnLineageMetadataValue",
        "TableMetadataValue",
        "TableSchemaMetadataValue",
        "TextMetadataValue",
        "TimestampMetadataValue",
        "UrlMetadataValue",
    ),
    "lading.values.outputs": (
        "AssetCheckResult",
        "DataVersion",
        "DynamicOutput",
        "MaterializeResult",
        "ObserveResult",
        "Output",
        "TypeCheck",
    ),
    "lading.values.partition_set": ("PartitionSet",),
    "lading.values.partitions": (
        "MultiPartitionKey",
        "PartitionKeyRange",
        "TimeWindow",
    ),
    "lading.values.receipt": ("Receipt",),
    "lading.values.signals": (
        "Failure",
        "RetryRequested",
    ),
    "lading.values.tables": (
        "TableColumn",
        "TableColumnConstraints",
        "TableColumnDep",
        "TableColumnLineage",
        "TableConstraints",
        "TableRecord",
        "TableSchema",
    ),
}

_HOMES: dict[str, str] = {name: module for module, names in _PUBLIC.items() for name in names}


def _load(module: str) -> object:
    # importlib.import_module would do the same, and cost a twentieth of a bare interpreter to load.
    __import__(module)
    return sys.modules[module]


def _open_app() -> object:
    return _load("lading.app.entry")


RUNNER.open = _open_app


def __getattr__(name: str) -> object:
    """Load a public name on first use.

    Names known from elsewhere with ``Dagster`` in them mean the same name without it.
    """
    if name == "__all__":
        return sorted(_HOMES)
    wanted = name.replace("Dagster", "")
    if wanted == "Error":
        wanted = "LadingError"
    home = _HOMES.get(wanted)
    if home is None:
        raise AttributeError(_refusal(name, wanted))
    value: object = getattr(_load(home), wanted)
    # Found directly the next time, without passing here.
    setattr(sys.modules[__name__], name, value)
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOMES})


def _refusal(name: str, wanted: str) -> str:
    said = f"lading {__version__} has no {name}"
    if name.startswith("_"):
        return said
    from difflib import get_close_matches

    near = get_close_matches(wanted, _HOMES, n=1)
    return f"{said}; did you mean {near[0]}?" if near else f"{said}; dir(lading) lists what it has"
