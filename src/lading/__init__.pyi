# Written by `make stub` from the table in __init__.py.

from lading.abc.codec import Codec as Codec
from lading.abc.contexts.execution import AssetCheckExecutionContext as AssetCheckExecutionContext
from lading.abc.contexts.execution import AssetExecutionContext as AssetExecutionContext
from lading.abc.contexts.execution import OpExecutionContext as OpExecutionContext
from lading.abc.contexts.input import InputContext as InputContext
from lading.abc.contexts.output import OutputContext as OutputContext
from lading.abc.contexts.resource import InitResourceContext as InitResourceContext
from lading.abc.format import Format as Format
from lading.abc.io import IOManager as IOManager
from lading.abc.io import InputManager as InputManager
from lading.abc.partitions import PartitionMapping as PartitionMapping
from lading.abc.partitions import PartitionsDefinition as PartitionsDefinition
from lading.abc.partitions import partition_loading_context as partition_loading_context
from lading.abc.store import Source as Source
from lading.abc.store import Store as Store
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
from lading.values.events import Event as Event
from lading.values.events import EventType as EventType
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
    "AssetCheckEvaluation",
    "AssetCheckExecutionContext",
    "AssetCheckKey",
    "AssetCheckResult",
    "AssetCheckSeverity",
    "AssetExecutionContext",
    "AssetKey",
    "AssetMaterialization",
    "AssetMetadataValue",
    "AssetObservation",
    "BoolMetadataValue",
    "CannotLoadError",
    "CannotStoreError",
    "CheckError",
    "CircularDependencyError",
    "Codec",
    "DataVersion",
    "DuplicateKeyError",
    "DynamicOutput",
    "Event",
    "EventType",
    "ExecutionHandleOutputError",
    "ExecutionLoadInputError",
    "ExecutionStepError",
    "ExtraMissingError",
    "Failure",
    "FloatMetadataValue",
    "ForeignValueError",
    "Format",
    "HistoryError",
    "IOManager",
    "InitResourceContext",
    "InputContext",
    "InputManager",
    "IntMetadataValue",
    "InvalidAssetSelectionError",
    "InvalidConfigError",
    "InvalidDefinitionError",
    "InvalidInvocationError",
    "InvalidMetadataError",
    "InvalidSubsetError",
    "InvariantViolationError",
    "JobMetadataValue",
    "JsonMetadataValue",
    "LadingError",
    "MarkdownMetadataValue",
    "MaterializeResult",
    "MaxRetriesExceededError",
    "MetadataValue",
    "MultiPartitionKey",
    "NotPartitionedError",
    "NotebookMetadataValue",
    "NullMetadataValue",
    "ObserveResult",
    "OpExecutionContext",
    "Output",
    "OutputContext",
    "PartitionKeyRange",
    "PartitionMapping",
    "PartitionNeededError",
    "PartitionSet",
    "PartitionsDefinition",
    "PartitionsMissing",
    "PathMetadataValue",
    "PathRefusedError",
    "PythonArtifactMetadataValue",
    "Receipt",
    "ResourceFunctionError",
    "ResourceMissingError",
    "RetryRequested",
    "RunCancelledError",
    "RunMetadataValue",
    "RunNotFoundError",
    "Source",
    "StepLostError",
    "StepOutputNotFoundError",
    "StorageError",
    "Store",
    "StoreMissing",
    "StoreUnreachableError",
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
    "TimestampMetadataValue",
    "TypeCheck",
    "TypeCheckDidNotPass",
    "UnknownInputError",
    "UnknownPartitionError",
    "UnsetVariableError",
    "UrlMetadataValue",
    "ValueDamaged",
    "ValueMissing",
    "partition_loading_context",
]
