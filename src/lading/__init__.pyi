# Written by `make stub` from the table in __init__.py.

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

__version__: str
__all__ = [
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
]
