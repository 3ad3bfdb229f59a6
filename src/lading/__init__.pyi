# Written by `make stub` from the table in __init__.py.

from lading.abc.codec import Codec as Codec
from lading.abc.contexts.execution import AssetCheckExecutionContext as AssetCheckExecutionContext
from lading.abc.contexts.execution import AssetExecutionContext as AssetExecutionContext
from lading.abc.contexts.execution import OpExecutionContext as OpExecutionContext
from lading.abc.contexts.input import InputContext as InputContext
from lading.abc.contexts.output import OutputContext as OutputContext
from lading.abc.contexts.resource import InitResourceContext as InitResourceContext
from lading.abc.contexts.resource import UnknownResourceError as UnknownResourceError
from lading.abc.executor import Executor as Executor
from lading.abc.format import Format as Format
from lading.abc.io import IOManager as IOManager
from lading.abc.io import InputManager as InputManager
from lading.abc.partition_values import Partitions as Partitions
from lading.abc.partitions import DynamicPartitionsStore as DynamicPartitionsStore
from lading.abc.partitions import PartitionMapping as PartitionMapping
from lading.abc.partitions import PartitionsDefinition as PartitionsDefinition
from lading.abc.partitions import partition_loading_context as partition_loading_context
from lading.abc.recipe import Recipe as Recipe
from lading.abc.store import Source as Source
from lading.abc.store import Store as Store
from lading.app.backfill import backfill as backfill
from lading.app.backfill import resume_backfill as resume_backfill
from lading.app.backfill_plan import BackfillPlan as BackfillPlan
from lading.app.backfill_run import BackfillResult as BackfillResult
from lading.app.execute import JobExecutionResult as JobExecutionResult
from lading.app.execute import ReconstructableJob as ReconstructableJob
from lading.app.execute import ReexecutionOptions as ReexecutionOptions
from lading.app.execute import execute_job as execute_job
from lading.app.execute import reconstructable as reconstructable
from lading.app.instance import Instance as Instance
from lading.app.instance_queries import PaginatedResults as PaginatedResults
from lading.app.managers import fs_io_manager as fs_io_manager
from lading.app.managers import mem_io_manager as mem_io_manager
from lading.app.materialize import materialize as materialize
from lading.app.materialize import materialize_to_memory as materialize_to_memory
from lading.app.materialize import observe as observe
from lading.app.values import AssetValueLoader as AssetValueLoader
from lading.config.envvar import EnvVar as EnvVar
from lading.config.errors import ConfigValueError as ConfigValueError
from lading.config.errors import FrozenConfigError as FrozenConfigError
from lading.config.io import ConfigurableIOManager as ConfigurableIOManager
from lading.config.io import ConfigurableIOManagerFactory as ConfigurableIOManagerFactory
from lading.config.io import ConfigurableInputManager as ConfigurableInputManager
from lading.config.model import Config as Config
from lading.config.model import PermissiveConfig as PermissiveConfig
from lading.config.resource import ConfigurableResource as ConfigurableResource
from lading.config.resource import ResourceDependency as ResourceDependency
from lading.definitions.asset import asset as asset
from lading.definitions.asset_job import define_asset_job as define_asset_job
from lading.definitions.assets import AssetsDefinition as AssetsDefinition
from lading.definitions.backfill import BackfillPolicy as BackfillPolicy
from lading.definitions.checks import AssetCheckSpec as AssetCheckSpec
from lading.definitions.checks import AssetChecksDefinition as AssetChecksDefinition
from lading.definitions.checks import asset_check as asset_check
from lading.definitions.collect import Definitions as Definitions
from lading.definitions.config.choices import ScalarUnion as ScalarUnion
from lading.definitions.config.choices import Selector as Selector
from lading.definitions.config.kinds import BoolSource as BoolSource
from lading.definitions.config.kinds import Enum as Enum
from lading.definitions.config.kinds import EnumValue as EnumValue
from lading.definitions.config.kinds import IntSource as IntSource
from lading.definitions.config.kinds import StringSource as StringSource
from lading.definitions.config.run_config import RunConfig as RunConfig
from lading.definitions.config.scalars import Any as Any
from lading.definitions.config.scalars import Bool as Bool
from lading.definitions.config.scalars import Float as Float
from lading.definitions.config.scalars import Int as Int
from lading.definitions.config.scalars import String as String
from lading.definitions.config.schema import Array as Array
from lading.definitions.config.schema import Field as Field
from lading.definitions.config.schema import Map as Map
from lading.definitions.config.schema import Noneable as Noneable
from lading.definitions.config.schema import Permissive as Permissive
from lading.definitions.config.schema import Shape as Shape
from lading.definitions.executors import ExecutorDefinition as ExecutorDefinition
from lading.definitions.executors import in_process_executor as in_process_executor
from lading.definitions.executors import multiprocess_executor as multiprocess_executor
from lading.definitions.graph import GraphDefinition as GraphDefinition
from lading.definitions.graph import graph as graph
from lading.definitions.graph_asset import graph_asset as graph_asset
from lading.definitions.graph_asset import graph_multi_asset as graph_multi_asset
from lading.definitions.hooks import HookContext as HookContext
from lading.definitions.hooks import HookDefinition as HookDefinition
from lading.definitions.hooks import failure_hook as failure_hook
from lading.definitions.hooks import success_hook as success_hook
from lading.definitions.ins_outs import DynamicOut as DynamicOut
from lading.definitions.ins_outs import GraphIn as GraphIn
from lading.definitions.ins_outs import GraphOut as GraphOut
from lading.definitions.ins_outs import In as In
from lading.definitions.ins_outs import Out as Out
from lading.definitions.job import JobDefinition as JobDefinition
from lading.definitions.job_decorator import job as job
from lading.definitions.managers import IOManagerDefinition as IOManagerDefinition
from lading.definitions.managers import InputManagerDefinition as InputManagerDefinition
from lading.definitions.managers import input_manager as input_manager
from lading.definitions.managers import io_manager as io_manager
from lading.definitions.modules import load_asset_checks_from_current_module as load_asset_checks_from_current_module
from lading.definitions.modules import load_asset_checks_from_modules as load_asset_checks_from_modules
from lading.definitions.modules import load_asset_checks_from_package_module as load_asset_checks_from_package_module
from lading.definitions.modules import load_asset_checks_from_package_name as load_asset_checks_from_package_name
from lading.definitions.modules import load_assets_from_current_module as load_assets_from_current_module
from lading.definitions.modules import load_assets_from_modules as load_assets_from_modules
from lading.definitions.modules import load_assets_from_package_module as load_assets_from_package_module
from lading.definitions.modules import load_assets_from_package_name as load_assets_from_package_name
from lading.definitions.multi_asset import multi_asset as multi_asset
from lading.definitions.op import OpDefinition as OpDefinition
from lading.definitions.op import op as op
from lading.definitions.partitioned_config import PartitionedConfig as PartitionedConfig
from lading.definitions.partitioned_config import daily_partitioned_config as daily_partitioned_config
from lading.definitions.partitioned_config import dynamic_partitioned_config as dynamic_partitioned_config
from lading.definitions.partitioned_config import hourly_partitioned_config as hourly_partitioned_config
from lading.definitions.partitioned_config import monthly_partitioned_config as monthly_partitioned_config
from lading.definitions.partitioned_config import static_partitioned_config as static_partitioned_config
from lading.definitions.partitioned_config import weekly_partitioned_config as weekly_partitioned_config
from lading.definitions.partitions.dynamic import AddDynamicPartitionsRequest as AddDynamicPartitionsRequest
from lading.definitions.partitions.dynamic import DeleteDynamicPartitionsRequest as DeleteDynamicPartitionsRequest
from lading.definitions.partitions.dynamic import DynamicPartitionsDefinition as DynamicPartitionsDefinition
from lading.definitions.partitions.mapping import AllPartitionMapping as AllPartitionMapping
from lading.definitions.partitions.mapping import IdentityPartitionMapping as IdentityPartitionMapping
from lading.definitions.partitions.mapping import LastPartitionMapping as LastPartitionMapping
from lading.definitions.partitions.mapping import SpecificPartitionsPartitionMapping as SpecificPartitionsPartitionMapping
from lading.definitions.partitions.mapping import StaticPartitionMapping as StaticPartitionMapping
from lading.definitions.partitions.multi import MultiPartitionsDefinition as MultiPartitionsDefinition
from lading.definitions.partitions.multi import PartitionDimensionDefinition as PartitionDimensionDefinition
from lading.definitions.partitions.multi_mapping import DimensionPartitionMapping as DimensionPartitionMapping
from lading.definitions.partitions.multi_mapping import MultiPartitionMapping as MultiPartitionMapping
from lading.definitions.partitions.multi_mapping import MultiToSingleDimensionPartitionMapping as MultiToSingleDimensionPartitionMapping
from lading.definitions.partitions.periods import DailyPartitionsDefinition as DailyPartitionsDefinition
from lading.definitions.partitions.periods import HourlyPartitionsDefinition as HourlyPartitionsDefinition
from lading.definitions.partitions.periods import MonthlyPartitionsDefinition as MonthlyPartitionsDefinition
from lading.definitions.partitions.periods import WeeklyPartitionsDefinition as WeeklyPartitionsDefinition
from lading.definitions.partitions.schedule_type import ScheduleType as ScheduleType
from lading.definitions.partitions.static import StaticPartitionsDefinition as StaticPartitionsDefinition
from lading.definitions.partitions.time import TimeWindowPartitionsDefinition as TimeWindowPartitionsDefinition
from lading.definitions.partitions.time_mapping import TimeWindowPartitionMapping as TimeWindowPartitionMapping
from lading.definitions.repository import RepositoryDefinition as RepositoryDefinition
from lading.definitions.repository import repository as repository
from lading.definitions.resource_functions import ResourceDefinition as ResourceDefinition
from lading.definitions.resource_functions import configured as configured
from lading.definitions.resource_functions import resource as resource
from lading.definitions.resources import ResourceParam as ResourceParam
from lading.definitions.retry import Backoff as Backoff
from lading.definitions.retry import Jitter as Jitter
from lading.definitions.retry import RetryPolicy as RetryPolicy
from lading.definitions.selection import AssetSelection as AssetSelection
from lading.definitions.source import SourceAsset as SourceAsset
from lading.definitions.source import external_assets_from_specs as external_assets_from_specs
from lading.definitions.source import observable_source_asset as observable_source_asset
from lading.definitions.spec import AssetDep as AssetDep
from lading.definitions.spec import AssetIn as AssetIn
from lading.definitions.spec import AssetOut as AssetOut
from lading.definitions.spec import AssetSpec as AssetSpec
from lading.definitions.types import Nothing as Nothing
from lading.definitions.types import PythonObjectType as PythonObjectType
from lading.definitions.types import Type as Type
from lading.definitions.types import make_python_type_usable_as_dagster_type as make_python_type_usable_as_dagster_type
from lading.definitions.with_resources import with_resources as with_resources
from lading.errors import AssetCheckFailedError as AssetCheckFailedError
from lading.errors import CannotLoadError as CannotLoadError
from lading.errors import CannotStoreError as CannotStoreError
from lading.errors import CheckError as CheckError
from lading.errors import CircularDependencyError as CircularDependencyError
from lading.errors import DuplicateKeyError as DuplicateKeyError
from lading.errors import ExecutionHandleOutputError as ExecutionHandleOutputError
from lading.errors import ExecutionLoadInputError as ExecutionLoadInputError
from lading.errors import ExecutionStepError as ExecutionStepError
from lading.errors import ExtraMissingError as ExtraMissingError
from lading.errors import ForeignValueError as ForeignValueError
from lading.errors import HistoryError as HistoryError
from lading.errors import InvalidAssetSelectionError as InvalidAssetSelectionError
from lading.errors import InvalidConfigError as InvalidConfigError
from lading.errors import InvalidDefinitionError as InvalidDefinitionError
from lading.errors import InvalidInvocationError as InvalidInvocationError
from lading.errors import InvalidMetadataError as InvalidMetadataError
from lading.errors import InvalidSubsetError as InvalidSubsetError
from lading.errors import InvariantViolationError as InvariantViolationError
from lading.errors import LadingError as LadingError
from lading.errors import MaxRetriesExceededError as MaxRetriesExceededError
from lading.errors import NotPartitionedError as NotPartitionedError
from lading.errors import PartitionNeededError as PartitionNeededError
from lading.errors import PartitionsMissing as PartitionsMissing
from lading.errors import PathRefusedError as PathRefusedError
from lading.errors import ResourceFunctionError as ResourceFunctionError
from lading.errors import ResourceMissingError as ResourceMissingError
from lading.errors import RunCancelledError as RunCancelledError
from lading.errors import RunNotFoundError as RunNotFoundError
from lading.errors import StepLostError as StepLostError
from lading.errors import StepOutputNotFoundError as StepOutputNotFoundError
from lading.errors import StorageError as StorageError
from lading.errors import StoreMissing as StoreMissing
from lading.errors import StoreUnreachableError as StoreUnreachableError
from lading.errors import TypeCheckDidNotPass as TypeCheckDidNotPass
from lading.errors import UnknownInputError as UnknownInputError
from lading.errors import UnknownPartitionError as UnknownPartitionError
from lading.errors import UnsetVariableError as UnsetVariableError
from lading.errors import ValueDamaged as ValueDamaged
from lading.errors import ValueMissing as ValueMissing
from lading.errors import VersionMissing as VersionMissing
from lading.io.filesystem import FilesystemIOManager as FilesystemIOManager
from lading.io.memory import InMemoryIOManager as InMemoryIOManager
from lading.io.typed import TypedIOManager as TypedIOManager
from lading.io.upath import UPathIOManager as UPathIOManager
from lading.testing.contexts import build_asset_context as build_asset_context
from lading.testing.contexts import build_input_context as build_input_context
from lading.testing.contexts import build_op_context as build_op_context
from lading.testing.contexts import build_output_context as build_output_context
from lading.testing.instance import instance_for_test as instance_for_test
from lading.testing.resources import build_init_resource_context as build_init_resource_context
from lading.testing.resources import build_resources as build_resources
from lading.values.event_log import EventLogEntry as EventLogEntry
from lading.values.event_log import EventLogRecord as EventLogRecord
from lading.values.events import Event as Event
from lading.values.events import EventType as EventType
from lading.values.filters import AssetRecordsFilter as AssetRecordsFilter
from lading.values.filters import EventRecordsFilter as EventRecordsFilter
from lading.values.filters import RunStatusChangeRecordsFilter as RunStatusChangeRecordsFilter
from lading.values.keys import AssetCheckKey as AssetCheckKey
from lading.values.keys import AssetKey as AssetKey
from lading.values.materialization import AssetCheckEvaluation as AssetCheckEvaluation
from lading.values.materialization import AssetCheckSeverity as AssetCheckSeverity
from lading.values.materialization import AssetMaterialization as AssetMaterialization
from lading.values.materialization import AssetObservation as AssetObservation
from lading.values.metadata import AssetMetadataValue as AssetMetadataValue
from lading.values.metadata import BoolMetadataValue as BoolMetadataValue
from lading.values.metadata import FloatMetadataValue as FloatMetadataValue
from lading.values.metadata import IntMetadataValue as IntMetadataValue
from lading.values.metadata import JobMetadataValue as JobMetadataValue
from lading.values.metadata import JsonMetadataValue as JsonMetadataValue
from lading.values.metadata import MarkdownMetadataValue as MarkdownMetadataValue
from lading.values.metadata import MetadataValue as MetadataValue
from lading.values.metadata import NotebookMetadataValue as NotebookMetadataValue
from lading.values.metadata import NullMetadataValue as NullMetadataValue
from lading.values.metadata import PathMetadataValue as PathMetadataValue
from lading.values.metadata import PythonArtifactMetadataValue as PythonArtifactMetadataValue
from lading.values.metadata import RunMetadataValue as RunMetadataValue
from lading.values.metadata import TableColumnLineageMetadataValue as TableColumnLineageMetadataValue
from lading.values.metadata import TableMetadataValue as TableMetadataValue
from lading.values.metadata import TableSchemaMetadataValue as TableSchemaMetadataValue
from lading.values.metadata import TextMetadataValue as TextMetadataValue
from lading.values.metadata import TimestampMetadataValue as TimestampMetadataValue
from lading.values.metadata import UrlMetadataValue as UrlMetadataValue
from lading.values.missing import DefaultValue as DefaultValue
from lading.values.outputs import AssetCheckResult as AssetCheckResult
from lading.values.outputs import DataVersion as DataVersion
from lading.values.outputs import DynamicOutput as DynamicOutput
from lading.values.outputs import MaterializeResult as MaterializeResult
from lading.values.outputs import ObserveResult as ObserveResult
from lading.values.outputs import Output as Output
from lading.values.outputs import TypeCheck as TypeCheck
from lading.values.partition_set import PartitionSet as PartitionSet
from lading.values.partitions import MultiPartitionKey as MultiPartitionKey
from lading.values.partitions import PartitionKeyRange as PartitionKeyRange
from lading.values.partitions import TimeWindow as TimeWindow
from lading.values.receipt import Receipt as Receipt
from lading.values.records import Run as Run
from lading.values.records import RunRecord as RunRecord
from lading.values.records import RunStatus as RunStatus
from lading.values.records import RunsFilter as RunsFilter
from lading.values.result import ExecuteInProcessResult as ExecuteInProcessResult
from lading.values.result import RunResult as RunResult
from lading.values.signals import Failure as Failure
from lading.values.signals import RetryRequested as RetryRequested
from lading.values.tables import TableColumn as TableColumn
from lading.values.tables import TableColumnConstraints as TableColumnConstraints
from lading.values.tables import TableColumnDep as TableColumnDep
from lading.values.tables import TableColumnLineage as TableColumnLineage
from lading.values.tables import TableConstraints as TableConstraints
from lading.values.tables import TableRecord as TableRecord
from lading.values.tables import TableSchema as TableSchema

__version__: str
__all__ = [
    "AddDynamicPartitionsRequest",
    "AllPartitionMapping",
    "Any",
    "Array",
    "AssetCheckEvaluation",
    "AssetCheckExecutionContext",
    "AssetCheckFailedError",
    "AssetCheckKey",
    "AssetCheckResult",
    "AssetCheckSeverity",
    "AssetCheckSpec",
    "AssetChecksDefinition",
    "AssetDep",
    "AssetExecutionContext",
    "AssetIn",
    "AssetKey",
    "AssetMaterialization",
    "AssetMetadataValue",
    "AssetObservation",
    "AssetOut",
    "AssetRecordsFilter",
    "AssetSelection",
    "AssetSpec",
    "AssetValueLoader",
    "AssetsDefinition",
    "BackfillPlan",
    "BackfillPolicy",
    "BackfillResult",
    "Backoff",
    "Bool",
    "BoolMetadataValue",
    "BoolSource",
    "CannotLoadError",
    "CannotStoreError",
    "CheckError",
    "CircularDependencyError",
    "Codec",
    "Config",
    "ConfigValueError",
    "ConfigurableIOManager",
    "ConfigurableIOManagerFactory",
    "ConfigurableInputManager",
    "ConfigurableResource",
    "DailyPartitionsDefinition",
    "DataVersion",
    "DefaultValue",
    "Definitions",
    "DeleteDynamicPartitionsRequest",
    "DimensionPartitionMapping",
    "DuplicateKeyError",
    "DynamicOut",
    "DynamicOutput",
    "DynamicPartitionsDefinition",
    "DynamicPartitionsStore",
    "Enum",
    "EnumValue",
    "EnvVar",
    "Event",
    "EventLogEntry",
    "EventLogRecord",
    "EventRecordsFilter",
    "EventType",
    "ExecuteInProcessResult",
    "ExecutionHandleOutputError",
    "ExecutionLoadInputError",
    "ExecutionStepError",
    "Executor",
    "ExecutorDefinition",
    "ExtraMissingError",
    "Failure",
    "Field",
    "FilesystemIOManager",
    "Float",
    "FloatMetadataValue",
    "ForeignValueError",
    "Format",
    "FrozenConfigError",
    "GraphDefinition",
    "GraphIn",
    "GraphOut",
    "HistoryError",
    "HookContext",
    "HookDefinition",
    "HourlyPartitionsDefinition",
    "IOManager",
    "IOManagerDefinition",
    "IdentityPartitionMapping",
    "In",
    "InMemoryIOManager",
    "InitResourceContext",
    "InputContext",
    "InputManager",
    "InputManagerDefinition",
    "Instance",
    "Int",
    "IntMetadataValue",
    "IntSource",
    "InvalidAssetSelectionError",
    "InvalidConfigError",
    "InvalidDefinitionError",
    "InvalidInvocationError",
    "InvalidMetadataError",
    "InvalidSubsetError",
    "InvariantViolationError",
    "Jitter",
    "JobDefinition",
    "JobExecutionResult",
    "JobMetadataValue",
    "JsonMetadataValue",
    "LadingError",
    "LastPartitionMapping",
    "Map",
    "MarkdownMetadataValue",
    "MaterializeResult",
    "MaxRetriesExceededError",
    "MetadataValue",
    "MonthlyPartitionsDefinition",
    "MultiPartitionKey",
    "MultiPartitionMapping",
    "MultiPartitionsDefinition",
    "MultiToSingleDimensionPartitionMapping",
    "Noneable",
    "NotPartitionedError",
    "NotebookMetadataValue",
    "Nothing",
    "NullMetadataValue",
    "ObserveResult",
    "OpDefinition",
    "OpExecutionContext",
    "Out",
    "Output",
    "OutputContext",
    "PaginatedResults",
    "PartitionDimensionDefinition",
    "PartitionKeyRange",
    "PartitionMapping",
    "PartitionNeededError",
    "PartitionSet",
    "PartitionedConfig",
    "Partitions",
    "PartitionsDefinition",
    "PartitionsMissing",
    "PathMetadataValue",
    "PathRefusedError",
    "Permissive",
    "PermissiveConfig",
    "PythonArtifactMetadataValue",
    "PythonObjectType",
    "Receipt",
    "Recipe",
    "ReconstructableJob",
    "ReexecutionOptions",
    "RepositoryDefinition",
    "ResourceDefinition",
    "ResourceDependency",
    "ResourceFunctionError",
    "ResourceMissingError",
    "ResourceParam",
    "RetryPolicy",
    "RetryRequested",
    "Run",
    "RunCancelledError",
    "RunConfig",
    "RunMetadataValue",
    "RunNotFoundError",
    "RunRecord",
    "RunResult",
    "RunStatus",
    "RunStatusChangeRecordsFilter",
    "RunsFilter",
    "ScalarUnion",
    "ScheduleType",
    "Selector",
    "Shape",
    "Source",
    "SourceAsset",
    "SpecificPartitionsPartitionMapping",
    "StaticPartitionMapping",
    "StaticPartitionsDefinition",
    "StepLostError",
    "StepOutputNotFoundError",
    "StorageError",
    "Store",
    "StoreMissing",
    "StoreUnreachableError",
    "String",
    "StringSource",
    "TableColumn",
    "TableColumnConstraints",
    "TableColumnDep",
    "TableColumnLineage",
    "TableColumnLineageMetadataValue",
    "TableConstraints",
    "TableMetadataValue",
    "TableRecord",
    "TableSchema",
    "TableSchemaMetadataValue",
    "TextMetadataValue",
    "TimeWindow",
    "TimeWindowPartitionMapping",
    "TimeWindowPartitionsDefinition",
    "TimestampMetadataValue",
    "Type",
    "TypeCheck",
    "TypeCheckDidNotPass",
    "TypedIOManager",
    "UPathIOManager",
    "UnknownInputError",
    "UnknownPartitionError",
    "UnknownResourceError",
    "UnsetVariableError",
    "UrlMetadataValue",
    "ValueDamaged",
    "ValueMissing",
    "VersionMissing",
    "WeeklyPartitionsDefinition",
    "asset",
    "asset_check",
    "backfill",
    "build_asset_context",
    "build_init_resource_context",
    "build_input_context",
    "build_op_context",
    "build_output_context",
    "build_resources",
    "configured",
    "daily_partitioned_config",
    "define_asset_job",
    "dynamic_partitioned_config",
    "execute_job",
    "external_assets_from_specs",
    "failure_hook",
    "fs_io_manager",
    "graph",
    "graph_asset",
    "graph_multi_asset",
    "hourly_partitioned_config",
    "in_process_executor",
    "input_manager",
    "instance_for_test",
    "io_manager",
    "job",
    "load_asset_checks_from_current_module",
    "load_asset_checks_from_modules",
    "load_asset_checks_from_package_module",
    "load_asset_checks_from_package_name",
    "load_assets_from_current_module",
    "load_assets_from_modules",
    "load_assets_from_package_module",
    "load_assets_from_package_name",
    "make_python_type_usable_as_dagster_type",
    "materialize",
    "materialize_to_memory",
    "mem_io_manager",
    "monthly_partitioned_config",
    "multi_asset",
    "multiprocess_executor",
    "observable_source_asset",
    "observe",
    "op",
    "partition_loading_context",
    "reconstructable",
    "repository",
    "resource",
    "resume_backfill",
    "static_partitioned_config",
    "success_hook",
    "weekly_partitioned_config",
    "with_resources",
]
