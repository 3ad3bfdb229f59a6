"""``Partitions[T]``: the values of some partitions of an asset, each read when it is asked for."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, Generic, TypeVar, overload

from lading.errors import CheckError, InvariantViolationError, PartitionsMissing, ValueMissing
from lading.values.joining import joined
from lading.values.missing import DefaultValue, Missing

T = TypeVar("T")
D = TypeVar("D")


class PartitionsClosedError(InvariantViolationError):
    """Partitions are read after the function they were given to has ended."""

    code = "closed"
    remedy = "read what you need inside the function, and return values instead of the mapping"


class PartitionNotAskedForError(CheckError, KeyError):
    """The partition is none of those that the input asks for."""

    code = "bad-partition"
    remedy = "ask `.keys()` which partitions there are; the partition mapping of the input decides"

    # KeyError shows its argument with repr() otherwise.
    __str__ = CheckError.__str__


class Partitions(Mapping[str, T], Generic[T]):
    """The values of some partitions of an asset, by key: a mapping that reads a value when it is asked for.

    An input annotated ``Partitions[T]`` is always given one, for no, one or many partitions. Nothing is read before it
    is asked for, and nothing is kept: a value that is asked for twice is read twice. After the function has ended the
    mapping is closed.

    For tests of functions, :meth:`of` makes one of plain values.
    """

    __slots__ = ("_asked", "_closed", "_kind", "_load", "_missing", "_name", "_policy", "_stored")

    def __init__(
        self,
        keys: Iterable[str],
        load: Callable[[str], Any],
        stored: Callable[[], Collection[str]],
        name: str,
        kind: Any = None,
        policy: Missing = "raise",
    ) -> None:
        """Made by the engine.

        Args:
            keys: The partitions that the input asks for, in order.
            load: Reads one.
            stored: Which of them are stored.
            name: Whose they are, for messages.
            kind: The class of each value, where it is known.
            policy: What to give for partitions that were never stored.
        """
        self._asked = dict.fromkeys(map(str, keys))
        self._load = load
        self._stored = stored
        self._name = name
        self._kind = kind
        self._policy: Missing = policy
        self._missing: tuple[str, ...] | None = None
        self._closed = False

    @classmethod
    def of(cls, values: Mapping[str, D], missing: Iterable[str] = ()) -> Partitions[D]:
        """The partitions with these values: for tests of functions that take partitions.

        Args:
            values: The values by key.
            missing: Further keys that are asked for, but were never stored.
        """

        def load(key: str) -> D:
            if key not in values:
                raise PartitionsMissing(f"partition {key} has never been stored", where="Partitions.of")
            return values[key]

        return Partitions[D]((*values, *missing), load, values.keys, "Partitions.of")

    # ------------------------------------------------------------ which

    @property
    def missing(self) -> Sequence[str]:
        """The keys that the input asks for and that were never stored, in order. Reads no value."""
        if self._missing is None:
            self._refuse_closed()
            stored = self._stored()
            self._missing = tuple(key for key in self._asked if key not in stored)
        return self._missing

    def __iter__(self) -> Iterator[str]:
        if self._policy == "skip":
            gone = set(self.missing)
            return iter([key for key in self._asked if key not in gone])
        return iter(self._asked)

    def __len__(self) -> int:
        return len(self._asked) - (len(self.missing) if self._policy == "skip" else 0)

    def __contains__(self, key: object) -> bool:
        return key in self._asked and not (self._policy == "skip" and key in self.missing)

    # ------------------------------------------------------------ values

    def __getitem__(self, key: str) -> T:
        """Read the value of a partition.

        Raises:
            PartitionNotAskedForError: The input does not ask for this partition; a KeyError too.
            PartitionsMissing: It was never stored; the message names all that are missing.
            PartitionsClosedError: The function has ended.
        """
        self._refuse_closed()
        if key not in self._asked:
            raise PartitionNotAskedForError(f'"{key}" is not among the partitions of this input', where=self._name)
        try:
            return self._load(key)
        except FileNotFoundError:
            if isinstance(self._policy, DefaultValue):
                return self._policy.value
            raise

    @overload
    def get(self, key: str, /) -> T | None: ...
    @overload
    def get(self, key: str, /, default: T) -> T: ...
    @overload
    def get(self, key: str, /, default: D) -> T | D: ...
    def get(self, key: str, /, default: Any = None) -> Any:
        """The value of a partition, or the default where it is not asked for or was never stored."""
        try:
            return self[key]
        except (KeyError, ValueMissing):
            return default

    def concat(self) -> T:
        """All values as one: frames below each other, arrays and lists one after the other.

        Raises:
            CannotLoadError: Values of this type cannot be joined.
        """
        return joined(list(self.values()), self._kind)

    # ------------------------------------------------------------ the end

    def close(self) -> None:
        """Read no more."""
        self._closed = True

    def _refuse_closed(self) -> None:
        if self._closed:
            raise PartitionsClosedError(
                f"the partitions of {self._name} are closed, because the function they were given to has ended",
                where=self._name,
            )

    def __repr__(self) -> str:
        ends = list(self._asked)
        shown = ", ".join(ends) if len(ends) < 4 else f"{ends[0]}..{ends[-1]}"
        return f"<Partitions of {self._name}: {len(ends)}{f' ({shown})' if ends else ''}>"

    __hash__ = None  # pyright: ignore[reportAssignmentType] - as for any mapping
