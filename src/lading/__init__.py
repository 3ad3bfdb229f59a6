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
    "lading.abc.contexts.resource": (
        "InitResourceContext",
        "UnknownResourceError",
    ),
    "lading.abc.executor": ("Executor",),
    "lading.abc.format": ("Format",),
    "lading.abc.io": (
        "IOManager",
        "InputManager",
    ),
    "lading.abc.partition_values": ("Partitions",),
    "lading.abc.partitions": (
        "DynamicPartitionsStore",
        "PartitionMapping",
        "PartitionsDefinition",
        "partition_loading_context",
    ),
    "lading.abc.recipe": ("Recipe",),
    "lading.abc.store": (
        "Source",
        "Store",
    ),
    "lading.app.backfill": (
        "backfill",
        "resume_backfill",
    ),
    "lading.app.backfill_plan": ("BackfillPlan",),
    "lading.app.backfill_run": ("BackfillResult",),
    "lading.app.execute": (
        "JobExecutionResult",
        "ReconstructableJob",
        "ReexecutionOptions",
        "execute_job",
        "reconstructable",
    ),
    "lading.app.instance": ("Instance",),
    "lading.app.instance_queries": ("PaginatedResults",),
    "lading.app.managers": (
        "fs_io_manager",
        "mem_io_manager",
    ),
    "lading.app.materialize": (
        "materialize",
        "materialize_to_memory",
        "observe",
    ),
    "lading.app.values": ("AssetValueLoader",),
    "lading.config.envvar": ("EnvVar",),
    "lading.config.errors": (
        "ConfigValueError",
        "FrozenConfigError",
    ),
    "lading.config.io": (
        "ConfigurableIOManager",
        "ConfigurableIOManagerFactory",
        "ConfigurableInputManager",
    ),
    "lading.config.model": (
        "Config",
        "PermissiveConfig",
    ),
    "lading.config.resource": (
        "ConfigurableResource",
        "ResourceDependency",
    ),
    "lading.definitions.asset": ("asset",),
    "lading.definitions.asset_job": ("define_asset_job",),
    "lading.definitions.assets": ("AssetsDefinition",),
    "lading.definitions.backfill": ("BackfillPolicy",),
    "lading.definitions.checks": (
        "AssetCheckSpec",
        "AssetChecksDefinition",
        "asset_check",
    ),
    "lading.definitions.collect": ("Definitions",),
    "lading.definitions.config.choices": (
        "ScalarUnion",
        "Selector",
    ),
    "lading.definitions.config.kinds": (
        "BoolSource",
        "Enum",
        "EnumValue",
        "IntSource",
        "StringSource",
    ),
    "lading.definitions.config.run_config": ("RunConfig",),
    "lading.definitions.config.scalars": (
        "Any",
        "Bool",
        "Float",
        "Int",
        "String",
    ),
    "lading.definitions.config.schema": (
        "Array",
        "Field",
        "Map",
        "Noneable",
        "Permissive",
        "Shape",
    ),
    "lading.definitions.executors": (
        "ExecutorDefinition",
        "in_process_executor",
        "multiprocess_executor",
    ),
    "lading.definitions.graph": (
        "GraphDefinition",
        "graph",
    ),
    "lading.definitions.graph_asset": (
        "graph_asset",
        "graph_multi_asset",
    ),
    "lading.definitions.hooks": (
        "HookContext",
        "HookDefinition",
        "failure_hook",
        "success_hook",
    ),
    "lading.definitions.ins_outs": (
        "DynamicOut",
        "GraphIn",
        "GraphOut",
        "In",
        "Out",
    ),
    "lading.definitions.job": ("JobDefinition",),
    "lading.definitions.job_decorator": ("job",),
    "lading.definitions.managers": (
        "IOManagerDefinition",
        "InputManagerDefinition",
        "input_manager",
        "io_manager",
    ),
    "lading.definitions.modules": (
        "load_asset_checks_from_current_module",
        "load_asset_checks_from_modules",
        "load_asset_checks_from_package_module",
        "load_asset_checks_from_package_name",
        "load_assets_from_current_module",
        "load_assets_from_modules",
        "load_assets_from_package_module",
        "load_assets_from_package_name",
    ),
    "lading.definitions.multi_asset": ("multi_asset",),
    "lading.definitions.op": (
        "OpDefinition",
        "op",
    ),
    "lading.definitions.partitioned_config": (
        "PartitionedConfig",
        "daily_partitioned_config",
        "dynamic_partitioned_config",
        "hourly_partitioned_config",
        "monthly_partitioned_config",
        "static_partitioned_config",
        "weekly_partitioned_config",
    ),
    "lading.definitions.partitions.dynamic": (
        "AddDynamicPartitionsRequest",
        "DeleteDynamicPartitionsRequest",
        "DynamicPartitionsDefinition",
    ),
    "lading.definitions.partitions.mapping": (
        "AllPartitionMapping",
        "IdentityPartitionMapping",
        "LastPartitionMapping",
        "SpecificPartitionsPartitionMapping",
        "StaticPartitionMapping",
    ),
    "lading.definitions.partitions.multi": (
        "MultiPartitionsDefinition",
        "PartitionDimensionDefinition",
    ),
    "lading.definitions.partitions.multi_mapping": (
        "DimensionPartitionMapping",
        "MultiPartitionMapping",
        "MultiToSingleDimensionPartitionMapping",
    ),
    "lading.definitions.partitions.periods": (
        "DailyPartitionsDefinition",
        "HourlyPartitionsDefinition",
        "MonthlyPartitionsDefinition",
        "WeeklyPartitionsDefinition",
    ),
    "lading.definitions.partitions.schedule_type": ("ScheduleType",),
    "lading.definitions.partitions.static": ("StaticPartitionsDefinition",),
    "lading.definitions.partitions.time": ("TimeWindowPartitionsDefinition",),
    "lading.definitions.partitions.time_mapping": ("TimeWindowPartitionMapping",),
    "lading.definitions.repository": (
        "RepositoryDefinition",
        "repository",
    ),
    "lading.definitions.resource_functions": (
        "ResourceDefinition",
        "configured",
        "resource",
    ),
    "lading.definitions.resources": ("ResourceParam",),
    "lading.definitions.retry": (
        "Backoff",
        "Jitter",
        "RetryPolicy",
    ),
    "lading.definitions.selection": ("AssetSelection",),
    "lading.definitions.source": (
        "SourceAsset",
        "external_assets_from_specs",
        "observable_source_asset",
    ),
    "lading.definitions.spec": (
        "AssetDep",
        "AssetIn",
        "AssetOut",
        "AssetSpec",
    ),
    "lading.definitions.types": (
        "Nothing",
        "PythonObjectType",
        "Type",
        "make_python_type_usable_as_dagster_type",
    ),
    "lading.definitions.with_resources": ("with_resources",),
    "lading.errors": (
        "AssetCheckFailedError",
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
        "VersionMissing",
    ),
    "lading.io.filesystem": ("FilesystemIOManager",),
    "lading.io.memory": ("InMemoryIOManager",),
    "lading.io.typed": ("TypedIOManager",),
    "lading.io.upath": ("UPathIOManager",),
    "lading.testing.contexts": (
        "build_asset_context",
        "build_input_context",
        "build_op_context",
        "build_output_context",
    ),
    "lading.testing.instance": ("instance_for_test",),
    "lading.testing.resources": (
        "build_init_resource_context",
        "build_resources",
    ),
    "lading.values.event_log": (
        "EventLogEntry",
        "EventLogRecord",
    ),
    "lading.values.events": (
        "Event",
        "EventType",
    ),
    "lading.values.filters": (
        "AssetRecordsFilter",
        "EventRecordsFilter",
        "RunStatusChangeRecordsFilter",
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
    "lading.values.missing": ("DefaultValue",),
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
    "lading.values.records": (
        "Run",
        "RunRecord",
        "RunStatus",
        "RunsFilter",
    ),
    "lading.values.result": (
        "ExecuteInProcessResult",
        "RunResult",
    ),
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
