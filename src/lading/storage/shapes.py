"""Plain data into the shape of an annotation: dataclasses, models, enums, nested containers."""

from __future__ import annotations

import dataclasses
import types
from collections.abc import Iterable, Mapping, Sequence
from enum import Enum
from typing import Any, Literal, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from lading.errors import CannotLoadError
from lading.storage.types import type_name

_SEQUENCES: dict[Any, type] = {list: list, set: set, frozenset: frozenset, Sequence: list, Iterable: list}


def as_kind(value: Any, kind: Any) -> Any:
    """The value in the shape of an annotation; what already fits stays as it is.

    Annotations that say nothing about shape, and classes that plain data cannot become, leave the value alone: the
    type check of the step judges it.

    Raises:
        CannotLoadError: The data does not fill the shape.
    """
    if kind is None or kind is Any or kind is object or isinstance(kind, (str, TypeVar)):
        return value
    origin = get_origin(kind)
    if origin is not None:
        return _as_generic(value, kind, origin)
    if not isinstance(kind, type):
        return value
    if isinstance(value, kind):
        return value
    shape = cast("Any", kind)
    if dataclasses.is_dataclass(shape):
        return _as_dataclass(value, cast("type", shape))
    if issubclass(kind, Enum):
        return _called(kind, value, kind)
    if hasattr(shape, "model_validate"):
        return _called(shape.model_validate, value, shape)
    if kind in {tuple, set, frozenset} and isinstance(value, (list, tuple, set, frozenset)):
        return shape(cast("Iterable[Any]", value))
    return float(value) if kind is float and type(value) is int else value


def _as_generic(value: Any, kind: Any, origin: Any) -> Any:
    arguments = get_args(kind)
    if origin is Union or origin is types.UnionType:
        return _as_one_of(value, arguments, kind)
    if origin is Literal:
        return value
    if origin in _SEQUENCES and isinstance(value, (list, tuple, set, frozenset)):
        items = cast("Iterable[Any]", value)
        return _SEQUENCES[origin]([as_kind(item, arguments[0]) for item in items])
    if origin is tuple and isinstance(value, (list, tuple)):
        return _as_tuple(cast("Sequence[Any]", value), arguments, kind)
    if origin in {dict, Mapping} and isinstance(value, dict):
        entries = cast("dict[Any, Any]", value)
        return {as_kind(key, arguments[0]): as_kind(item, arguments[1]) for key, item in entries.items()}
    return value


def _as_tuple(items: Sequence[Any], arguments: tuple[Any, ...], kind: Any) -> tuple[Any, ...]:
    if len(arguments) == 2 and arguments[1] is ...:
        return tuple([as_kind(item, arguments[0]) for item in items])
    if len(items) != len(arguments):
        raise CannotLoadError(f"the stored value has {len(items)} items, but {kind} has {len(arguments)}")
    return tuple([as_kind(item, argument) for item, argument in zip(items, arguments, strict=True)])


def _as_one_of(value: Any, kinds: Sequence[Any], whole: Any) -> Any:
    for kind in kinds:
        if isinstance(kind, type) and type(value) is kind:
            return value
    errors: list[CannotLoadError] = []
    for kind in kinds:
        if kind is types.NoneType:
            continue
        try:
            shaped = as_kind(value, kind)
        except CannotLoadError as error:
            errors.append(error)
            continue
        plain = get_origin(kind) or kind
        if not isinstance(plain, type) or isinstance(shaped, plain):
            return shaped
    if errors:
        raise CannotLoadError(f"the stored value fits none of {whole}") from errors[0]
    return value


def _as_dataclass(value: Any, kind: type) -> Any:
    if not isinstance(value, dict):
        raise CannotLoadError(f"the stored value is of type {type(value).__name__}, not a {type_name(kind)}")
    entries = cast("dict[str, Any]", value)
    hints = _hints(kind)
    fields = {field.name: field for field in dataclasses.fields(kind) if field.init}
    unknown = sorted(set(entries) - set(fields))
    missing = [
        name
        for name, field in fields.items()
        if name not in entries and field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING
    ]
    if unknown or missing:
        raise CannotLoadError(
            f"the stored value does not fit {type_name(kind)}",
            where=f"missing: {', '.join(missing) or 'nothing'}; unknown: {', '.join(unknown) or 'nothing'}",
            fix="materialize it again after changing the class, or give new fields a default",
        )
    return kind(**{name: as_kind(item, hints.get(name)) for name, item in entries.items()})


def _hints(kind: type) -> Mapping[str, Any]:
    try:
        return get_type_hints(kind)
    except NameError:  # names that only the type checker sees say nothing here
        return {}


def _called(make: Any, value: Any, kind: type) -> Any:
    try:
        return make(value)
    except ValueError as error:
        raise CannotLoadError(f"the stored value is no {type_name(kind)}: {error}") from error
