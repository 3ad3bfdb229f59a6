"""Every exception lading raises.

All share one shape: *what* is wrong, *where* (asset, partition, step, URL, file and line) and the *fix*: a command
or a line of code that can be pasted. ``code`` and ``exit_code`` are what the command line and machines go by.
"""

from __future__ import annotations

from typing import Any, ClassVar


class LadingError(Exception):
    """The root of all errors of lading.

    Args:
        what: What is wrong, one sentence without a full stop.
        where: Where it is wrong: asset, partition, step, URL, file and line.
        fix: What to do, ideally a command or a line of code. Falls back to the remedy of the class.
        did_you_mean: The nearest known name, where a name was not found.
    """

    code: ClassVar[str] = "error"
    exit_code: ClassVar[int] = 1
    remedy: ClassVar[str] = "read the message above and change the code or the command it names"

    def __init__(
        self,
        what: str = "",
        *,
        where: str | None = None,
        fix: str | None = None,
        did_you_mean: str | None = None,
    ) -> None:
        super().__init__(what)
        self.what = what
        self.where = where
        self.did_you_mean = did_you_mean
        if fix is None:
            fix = f'did you mean "{did_you_mean}"?' if did_you_mean else self.remedy
        self.fix = fix

    def __str__(self) -> str:
        lines = [self.what]
        if self.where:
            lines.append(f"  where: {self.where}")
        if self.fix:
            lines.append(f"  fix: {self.fix}")
        return "\n".join(lines)

    def __reduce__(self) -> tuple[Any, ...]:
        # The default reduction calls the class with ``args`` alone and would lose where and fix on the way
        # from a worker process.
        return _rebuild, (type(self), self.args, self.__dict__)


def _rebuild(kind: type[LadingError], args: tuple[Any, ...], state: dict[str, Any]) -> LadingError:
    error = kind.__new__(kind)
    error.args = args
    error.__dict__.update(state)
    return error


class InternalError(LadingError):
    """Something inside lading went wrong that no user could have caused."""

    code = "internal"
    exit_code = 70
    remedy = "this is a bug of lading; please report it with the text above"


# ---------------------------------------------------------------- definitions


class InvalidDefinitionError(LadingError):
    """A definition (asset, op, job, resource, partitions …) does not fit together."""

    code = "invalid-definition"
    exit_code = 3
    remedy = "change the definition that is named, then run `lading check`"


class DuplicateKeyError(InvalidDefinitionError):
    """Two definitions bear the same key."""

    code = "duplicate-key"
    remedy = "rename one of them, or give one a `key_prefix=`"


class UnknownInputError(InvalidDefinitionError):
    """A function asks for an input that nothing provides."""

    code = "unknown-input"
    remedy = "name an existing asset, or say where the value comes from with AssetIn(key=…) or an input manager"


class ResourceMissingError(InvalidDefinitionError):
    """A step wants a resource or an IO manager that is not given, or is of the wrong kind."""

    code = "resource-missing"
    remedy = "add it to Definitions(resources={…}) or to the resources= of the call"


class CircularDependencyError(InvalidDefinitionError, ValueError):
    """Assets depend on each other in a circle."""

    code = "cycle"
    remedy = "cut one of the arrows"


class UnknownTimeZoneError(InvalidDefinitionError, KeyError):
    """No time zone has this name."""

    code = "unknown-time-zone"
    remedy = 'use a name such as "Europe/Berlin" or "UTC"'


class InvalidSubsetError(InvalidDefinitionError):
    """A selection names something that does not exist or cannot run alone."""

    code = "unknown-asset"
    exit_code = 4
    remedy = "`lading list` shows every asset"


class InvalidAssetSelectionError(LadingError):
    """The text of a selection cannot be read."""

    code = "bad-selection"
    exit_code = 2
    remedy = 'quote it, or write key:"name"; `--upstream` and `--downstream` widen a selection'


class InvalidConfigError(LadingError):
    """Configuration does not fit its schema."""

    code = "bad-config"
    exit_code = 3
    remedy = "correct the configuration value that is named"


class UnsetVariableError(InvalidConfigError):
    """An environment variable that a resource reads is not set."""

    code = "unset-variable"
    remedy = "export the variable, or give the value another way"


class InvalidMetadataError(LadingError):
    """A metadata entry is given twice, or its value cannot be shown."""

    code = "bad-metadata"
    remedy = "use plain values or MetadataValue.*, and each key once"


# ---------------------------------------------------------------- calls and invariants


class InvariantViolationError(LadingError):
    """Something was asked for that does not hold here."""

    code = "not-here"
    remedy = "ask for it where it exists, or pass it in"


class CheckError(InvariantViolationError, ValueError):
    """An argument is of the wrong kind or out of its range."""

    code = "bad-argument"
    exit_code = 2
    remedy = "correct the argument that is named"


class InvalidInvocationError(LadingError):
    """A function was called directly in a way it cannot be called."""

    code = "bad-call"
    exit_code = 2
    remedy = "pass every argument the function asks for"


class UnknownPartitionError(LadingError):
    """The key is no partition of the asset or job."""

    code = "bad-partition"
    exit_code = 4
    remedy = "`lading show ASSET` lists the partitions"


class PartitionNeededError(InvalidInvocationError):
    """A partitioned asset was asked to run without saying which partition."""

    code = "partition-needed"
    remedy = "give partition_key= (or `--partition K`), or `lading backfill ASSET`"


class NotPartitionedError(CheckError):
    """A partition was given for something without partitions."""

    code = "not-partitioned"
    remedy = "leave the partition out"


class RunNotFoundError(LadingError):
    """No run has this id."""

    code = "run-unknown"
    exit_code = 4
    remedy = "`lading runs` lists the runs"


# ---------------------------------------------------------------- execution


class TypeCheckDidNotPass(LadingError):  # noqa: N818 - the name users already catch
    """A value is not of the declared type."""

    code = "wrong-type"
    remedy = "return (or load) a value of the declared type, or correct the annotation"


class AssetCheckFailedError(LadingError):
    """A blocking check did not pass, so nothing is made from its asset."""

    code = "check-failed"
    remedy = "see the verdict of the check; correct what makes the asset, then make it again"


class StepOutputNotFoundError(LadingError):
    """A required output was not produced."""

    code = "output-missing"
    remedy = "return or yield the output, or declare it with is_required=False"


class ExecutionHandleOutputError(LadingError):
    """An IO manager failed to store an output; the cause is the original exception."""

    code = "store-failed"
    remedy = "see the cause; the earlier value is unchanged where the manager writes atomically"


class ExecutionLoadInputError(LadingError):
    """An IO manager failed to load an input; the cause is the original exception."""

    code = "load-failed"
    remedy = "see the cause; materialize the upstream asset if it is missing"


class ExecutionStepError(LadingError):
    """The user's function failed; the cause is the original exception."""

    code = "step-failed"
    remedy = "see the cause"


class ResourceFunctionError(LadingError):
    """A resource failed to start; the cause is the original exception."""

    code = "resource-failed"
    exit_code = 5
    remedy = "see the cause; no step was started"


class MaxRetriesExceededError(LadingError):
    """A step failed more often than its retry policy allows."""

    code = "retries-exhausted"
    remedy = "see the last failure; raise max_retries if it is transient"


class StepLostError(LadingError):
    """The process that ran a step ended before the step did."""

    code = "step-lost"
    remedy = "look for memory or signal limits of the machine; the step can be run again"


class RunCancelledError(LadingError):
    """The run was cancelled before it finished."""

    code = "cancelled"
    exit_code = 130
    remedy = "`lading materialize` again; what was stored stays stored"


# ---------------------------------------------------------------- storage


class StorageError(LadingError):
    """Something about stored bytes is wrong."""

    code = "storage"
    exit_code = 5
    remedy = "look at the place that is named"


class ValueMissing(StorageError, FileNotFoundError):  # noqa: N818 - reads as what it says
    """The value was never stored (or was removed)."""

    code = "value-missing"
    exit_code = 4
    remedy = "materialize the asset first"


class PartitionsMissing(ValueMissing):
    """Partitions that a step needs were never stored.

    Attributes:
        partitions: Their keys, in order.
    """

    code = "partitions-missing"
    remedy = "backfill the partitions that are named"
    partitions: tuple[str, ...] = ()


class StoreMissing(StorageError, FileNotFoundError):  # noqa: N818 - reads as what it says
    """A store holds no object of this name."""

    code = "object-missing"
    exit_code = 4
    remedy = "write it first, or correct the name"


class VersionMissing(StorageError, LookupError):  # noqa: N818 - reads as what it says
    """No version that is kept is the one asked for."""

    code = "version-missing"
    exit_code = 4
    remedy = "`lading versions ASSET` lists those that are kept"


class ValueDamaged(StorageError, ValueError):  # noqa: N818 - reads as what it says
    """The stored bytes are not those that were written."""

    code = "damaged"
    exit_code = 1
    remedy = "materialize it again"


class ForeignValueError(StorageError):
    """A value without a bill of lading where foreign values are refused."""

    code = "foreign"
    exit_code = 1
    remedy = 'load it with foreign="warn", or materialize it again'


class PathRefusedError(StorageError):
    """A key cannot be stored here: it would leave the folder or overwrite another key's value."""

    code = "path-refused"
    exit_code = 3
    remedy = "rename the asset or the partition"


class CannotStoreError(InvariantViolationError, StorageError):
    """The value cannot be written in any format the manager may use."""

    code = "cannot-store"
    exit_code = 1
    remedy = "return plain data, register a Format, or set allow_pickle=True"


class CannotLoadError(StorageError):
    """The value cannot be given as the type that is asked for."""

    code = "cannot-load"
    exit_code = 1
    remedy = "annotate the parameter with a type the format can give"


class ExtraMissingError(LadingError, ImportError):
    """A library that this feature stands on is not installed."""

    code = "extra-missing"
    exit_code = 5
    remedy = "install the extra that is named"


class StoreUnreachableError(StorageError):
    """The place where values lie cannot be reached or refuses."""

    code = "store-unreachable"
    remedy = "check the URL and the credentials"


# ---------------------------------------------------------------- history


class HistoryError(LadingError):
    """The history cannot be read or written."""

    code = "history-trouble"
    exit_code = 5
    remedy = "look at the database that is named: is the disk full, is it locked, is it newer than this lading?"


# ---------------------------------------------------------------- command line


class NoDefinitionsError(LadingError):
    """No definitions were found."""

    code = "no-definitions"
    exit_code = 3
    remedy = "`lading init .`, or `-f FILE`"


class FileMissingError(LadingError):
    """The file that was named is not there."""

    code = "file-missing"
    exit_code = 3
    remedy = "correct the path"


class ImportFailedError(LadingError):
    """The user's definitions cannot be imported."""

    code = "import-failed"
    exit_code = 3
    remedy = "correct the line that is shown, or install the module that is missing"


class AmbiguousDefinitionsError(LadingError):
    """A module holds several Definitions objects."""

    code = "ambiguous-definitions"
    exit_code = 3
    remedy = "choose one with `-a NAME`"


class NothingSelectedError(LadingError):
    """A selection matches no asset."""

    code = "nothing-selected"
    exit_code = 4
    remedy = "`lading list` shows every asset; `--allow-empty` accepts an empty selection"


class UsageError(LadingError):
    """The command line is wrong."""

    code = "usage"
    exit_code = 2
    remedy = "see `lading --help`"
