"""Several values of one kind as one: frames below each other, arrays and lists one after the other."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from itertools import chain
from typing import Any, cast

from lading.errors import CannotLoadError


def joined(values: Sequence[Any], kind: Any = None) -> Any:
    """The values as one of their kind.

    Frames of pandas, Polars and Arrow are put below each other by the names of their columns; a column that one of
    them does not have is empty there. NumPy arrays and lists follow each other.

    Args:
        values: The values, of one kind.
        kind: What to give where there are no values, as a class.

    Raises:
        CannotLoadError: Values of this kind cannot be joined, or there are none and no kind is known.
    """
    if not values:
        return _nothing(kind)
    first: object = values[0]
    kinds = set(map(_kind_of, values))
    library, name = type(first).__module__.partition(".")[0], type(first).__name__
    if len(kinds) == 1:
        # The library of a value has been imported by whoever made the value.
        module: Any = sys.modules.get(library)
        if library == "pandas" and name in {"DataFrame", "Series"}:
            numbered = all(type(value.index).__name__ == "RangeIndex" for value in values)
            return module.concat(list(values), ignore_index=numbered)
        if library == "polars" and name in {"DataFrame", "LazyFrame"}:
            return module.concat(list(values), how="diagonal_relaxed")
        if library == "pyarrow" and name == "Table":
            return module.concat_tables(list(values), promote_options="permissive")
        if library == "numpy" and name == "ndarray":
            return module.concatenate(list(values))
        if library == "builtins" and name == "list":
            return list(chain.from_iterable(values))
    shown = ", ".join(sorted(each.__name__ for each in kinds))
    raise CannotLoadError(
        f"values of type {shown} cannot be joined into one",
        fix="join them yourself: iterate over the mapping",
    )


def _kind_of(value: object) -> type:
    return type(value)


def _nothing(kind: Any) -> Any:
    if isinstance(kind, type):
        library = kind.__module__.partition(".")[0]
        if kind is list:
            return list[Any]()
        if library in {"pandas", "polars"} and kind.__name__ in {"DataFrame", "LazyFrame"}:
            return cast("Any", kind)()
        if library == "pyarrow" and kind.__name__ == "Table":
            module: Any = sys.modules[library]
            return module.table({})
    raise CannotLoadError("there is no partition to join", fix="ask for the keys first")
