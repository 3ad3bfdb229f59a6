"""Checks that look inside a value, built from annotations such as ``dict[str, int]`` or ``X | None``."""

from __future__ import annotations

import collections.abc
import types
import typing
from collections.abc import Callable, Mapping
from typing import Any, Literal, Union, get_args, get_origin

NAMES: Mapping[type, str] = {int: "Int", str: "String", bool: "Bool", float: "Float"}
Checker = Callable[[object, str], "str | None"]


def show_type(annotation: Any) -> str:
    """The name of an annotation as it is shown."""
    if annotation is Any:
        return "Any"
    if annotation is None or annotation is type(None):
        return "None"
    if isinstance(annotation, type) and annotation in NAMES:
        return NAMES[annotation]
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin in (Union, types.UnionType):
        rest = [each for each in arguments if each is not type(None)]
        if len(rest) == 1 and len(arguments) == 2:
            return f"{show_type(rest[0])}?"
        return "Union[" + ", ".join(show_type(each) for each in arguments) + "]"
    if origin is list and arguments:
        return f"[{show_type(arguments[0])}]"
    if origin is dict and arguments:
        return f"Dict[{', '.join(show_type(each) for each in arguments)}]"
    if isinstance(annotation, type) and origin is None:
        return annotation.__name__
    return str(annotation).replace("typing.", "")


def checker(annotation: Any) -> Checker | None:
    """A function that says what is wrong with a value (None: nothing), or None where nothing can be checked."""
    if annotation is Any or isinstance(annotation, typing.TypeVar | str):
        return None
    if annotation is None or annotation is type(None):
        return _plain(type(None), "None")
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is typing.Annotated:
        return checker(arguments[0])
    if origin in (Union, types.UnionType):
        return _any_of([checker(each) for each in arguments], show_type(annotation))
    if origin is Literal:
        return _literal(arguments)
    if origin is None:
        return _class(annotation)
    if isinstance(origin, type) and not arguments:  # typing.List without what it holds
        return _plain(origin, show_type(annotation))
    if origin in (list, set, frozenset, collections.abc.Sequence, collections.abc.Iterable, collections.abc.Set):
        return _items(origin, arguments[0])
    if origin in (dict, collections.abc.Mapping):
        return _mapping(origin, arguments)
    if origin is tuple:
        return _tuple(arguments)
    return _plain(origin, show_type(annotation)) if isinstance(origin, type) else None


def _class(annotation: Any) -> Checker | None:
    if not isinstance(annotation, type):
        return None
    if annotation is int:
        return _plain(int, "Int")
    if getattr(annotation, "_is_protocol", False) and not getattr(annotation, "_is_runtime_protocol", False):
        return None
    return _plain(annotation, annotation.__name__)


def _plain(kind: type, name: str) -> Checker:
    def check(value: object, where: str) -> str | None:
        if isinstance(value, kind):
            return None
        return f"{where}: {short_text(value)} is of type {type(value).__name__}, not {name}"

    return check


def _any_of(checks: list[Checker | None], name: str) -> Checker | None:
    if None in checks:
        return None
    real = [each for each in checks if each is not None]

    def check(value: object, where: str) -> str | None:
        if any(each(value, where) is None for each in real):
            return None
        return f"{where}: {short_text(value)} is of type {type(value).__name__}, not {name}"

    return check


def _literal(allowed: tuple[Any, ...]) -> Checker:
    def check(value: object, where: str) -> str | None:
        return None if value in allowed else f"{where}: {short_text(value)} is none of {', '.join(map(repr, allowed))}"

    return check


def _items(origin: type, item: Any) -> Checker:
    inner, outer = checker(item), _plain(origin, getattr(origin, "__name__", str(origin)))
    walk = origin is not collections.abc.Iterable

    def check(value: Any, where: str) -> str | None:
        trouble = outer(value, where)
        if trouble is not None or inner is None or not walk:
            return trouble
        for number, each in enumerate(value):
            trouble = inner(each, f"{where}[{number}]")
            if trouble is not None:
                return trouble
        return None

    return check


def _mapping(origin: type, arguments: tuple[Any, ...]) -> Checker:
    outer = _plain(origin, getattr(origin, "__name__", str(origin)))
    of_key, of_value = (checker(each) for each in arguments)

    def check(value: Any, where: str) -> str | None:
        trouble = outer(value, where)
        if trouble is not None:
            return trouble
        for key, each in value.items():
            trouble = of_key(key, f"{where} key") if of_key is not None else None
            if trouble is None and of_value is not None:
                trouble = of_value(each, f"{where}[{key!r}]")
            if trouble is not None:
                return trouble
        return None

    return check


def _tuple(arguments: tuple[Any, ...]) -> Checker:
    outer = _plain(tuple, "tuple")
    if len(arguments) == 2 and arguments[1] is Ellipsis:
        return _items(tuple, arguments[0])
    inner = [checker(each) for each in arguments]

    def check(value: Any, where: str) -> str | None:
        trouble = outer(value, where)
        if trouble is not None:
            return trouble
        if len(value) != len(inner):
            return f"{where}: {short_text(value)} has {len(value)} items, not {len(inner)}"
        for number, (item, test) in enumerate(zip(value, inner, strict=True)):
            trouble = test(item, f"{where}[{number}]") if test is not None else None
            if trouble is not None:
                return trouble
        return None

    return check


def short_text(value: object, limit: int = 80) -> str:
    """A value as text, cut after ``limit`` characters."""
    text = repr(value)
    return text if len(text) <= limit else text[: limit - 1] + "…"
