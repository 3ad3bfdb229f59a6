"""Pickle: every Python object that can be pickled, for readers who trust the place.

Loading a pickle runs code that stands in it. Managers therefore use it only where the user chose it.
"""

from __future__ import annotations

import pickle
from collections.abc import Sequence
from typing import BinaryIO

from lading.abc.format import NO_FACTS, Facts, Want
from lading.abc.store import Source
from lading.errors import CannotLoadError, CannotStoreError
from lading.storage.types import type_name

PROTOCOL = 5
_READ_WHOLE = 1 << 20


class PickleFormat:
    """One plain pickle; large buffers pass straight through to the file."""

    name = "pickle"
    suffix = ".pickle"

    def accepts(self, kind: type) -> bool:
        return True

    def dump(self, value: object, sink: BinaryIO) -> Facts:
        try:
            pickle.Pickler(sink, PROTOCOL).dump(value)
        except (pickle.PicklingError, TypeError, AttributeError) as error:
            # What the pickle module raises for locks, sockets, lambdas, local classes …
            raise CannotStoreError(
                f"a value of type {type_name(type(value))} is not picklable: {error}",
                fix="return plain data, give the object a __reduce__, or use an IO manager made for it",
            ) from error
        return NO_FACTS

    def load(self, sources: Sequence[Source], want: Want) -> object:
        (source,) = sources
        try:
            if source.stat.size <= _READ_WHOLE:
                return pickle.loads(source.read())  # noqa: S301 - the manager chose pickle
            with source.open() as reader:
                return pickle.load(reader)  # noqa: S301 - the manager chose pickle
        except (pickle.UnpicklingError, EOFError) as error:
            raise CannotLoadError(
                f"this is no whole pickle: {error}",
                fix="materialize it again, or load it with the manager that wrote it",
            ) from error


PICKLE = PickleFormat()
