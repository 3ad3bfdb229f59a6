"""The promise of an IO manager: store an output, load an input; and the extra powers some managers have."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol, runtime_checkable

from lading.abc.contexts.input import InputContext
from lading.abc.contexts.output import OutputContext
from lading.values.receipt import Receipt


class InputManager(ABC):
    """Loads inputs that no output of lading's stands behind.

    Subclass it and implement :meth:`load_input`.
    """

    @abstractmethod
    def load_input(self, context: InputContext) -> Any:
        """The value for the input that ``context`` speaks of."""


class IOManager(InputManager):
    """Stores outputs and loads them as inputs.

    Subclass it and implement :meth:`handle_output` and :meth:`load_input`.
    """

    @abstractmethod
    def handle_output(self, context: OutputContext, obj: Any) -> Any:
        """Store ``obj``, the value of the output that ``context`` speaks of."""

    @abstractmethod
    def load_input(self, context: InputContext) -> Any:
        """The value for the input that ``context`` speaks of."""


@runtime_checkable
class SupportsManyPartitions(Protocol):
    """A manager that stores the partitions of a run over several one by one.

    Each is then committed and recorded on its own, as soon as it is stored: a run that dies has lost nothing of what
    was done.
    """

    def divide_output(self, context: OutputContext, obj: Any) -> Iterator[tuple[str, Any]] | None:
        """The value of each partition of the run, in order; None where the value is stored whole after all.

        Nothing is stored here: the manager's ``handle_output`` is then called for each, with a context of that one
        partition. Values are taken one at a time, so they may be computed on the way.

        Raises:
            CannotStoreError: The value does not divide into the partitions of the run. Nothing is stored then.
        """
        ...


@runtime_checkable
class SupportsVersions(Protocol):
    """A manager that keeps earlier versions of values. A version is called by its digest, or the beginning of it."""

    def find_versions(self, context: OutputContext | InputContext) -> Sequence[Receipt]:
        """The versions that are kept of the one value of the context, the newest first, the current one included."""
        ...

    def restore_version(self, context: OutputContext, version: str) -> Receipt:
        """Make a version the current value again.

        Raises:
            VersionMissing: It is not kept.
        """
        ...


@runtime_checkable
class SupportsReceipts(Protocol):
    """A manager that can say what it stored without reading it."""

    def find_receipts(self, context: OutputContext | InputContext) -> Mapping[str | None, Receipt]:
        """What lies where the values of the context belong, by partition (None: the whole); nothing for missing ones.

        The owner of a receipt says which run and step wrote it.
        """
        ...


@runtime_checkable
class SupportsPlaces(Protocol):
    """A manager that can say where a value will lie before there is one."""

    def describe_place(self, context: OutputContext) -> str:
        """Where the values of an output will lie, for people: a path or URL, ending in ``/`` where it is a folder.

        Of one value it is the place of that value, with ``*`` for an ending that follows from the value; of several
        partitions, or of none named yet, the folder that holds them.
        """
        ...
