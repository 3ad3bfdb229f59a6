"""How run config spells values: environment variables and members of enums by name."""

from __future__ import annotations

import enum
import types
import typing
from collections.abc import Mapping
from typing import Any, get_args, get_origin

from pydantic import BaseModel

from lading.config.envvar import EnvVar, env_name, is_variable
from lading.config.plain import is_list, is_mapping

MAPPINGS = (dict, Mapping)
LISTS = (list, set, frozenset, tuple)


def from_spelling(annotation: Any, given: Any) -> Any:
    """The value that run config spells, with an :class:`EnvVar` where it names a variable.

    Args:
        annotation: The type of the field.
        given: What is said: ``{"env": NAME}`` where the field is no mapping, the name of a member of an enum,
            and both anywhere inside lists, mappings and nested models.
    """
    if isinstance(given, BaseModel) or is_variable(given):
        return given
    kinds = members(annotation)
    name = env_name(given)
    if name is not None and not any(map(takes_mapping, kinds)):
        return EnvVar(name)
    for kind in kinds:
        if isinstance(kind, type) and issubclass(kind, enum.Enum):
            given = _member(kind, given)
    if is_mapping(given):
        return _from_mapping(kinds, given)
    if is_list(given):
        inner = next((get_args(kind)[0] for kind in kinds if get_origin(kind) in LISTS), Any)
        return type(given)([from_spelling(inner, each) for each in given])
    return given


def _member(kind: type[enum.Enum], given: Any) -> Any:
    if not isinstance(given, str) or isinstance(given, kind) or given not in kind.__members__:
        return given
    # Where a text is both the name of one member and the value of another, the value wins.
    return given if any(each.value == given for each in kind) else kind[given]


def _from_mapping(kinds: list[Any], given: Mapping[Any, Any]) -> Any:
    models = [kind for kind in kinds if isinstance(kind, type) and issubclass(kind, BaseModel)]
    inner = next((get_args(kind)[1] for kind in kinds if get_origin(kind) in MAPPINGS), Any)
    found: dict[Any, Any] = {}
    for key, value in given.items():
        annotation = inner
        if len(models) == 1 and key in models[0].model_fields:
            annotation = models[0].model_fields[key].annotation
        found[key] = from_spelling(annotation, value)
    return found


def members(annotation: Any) -> list[Any]:
    """The types that an annotation allows, without None."""
    origin = get_origin(annotation)
    if origin is typing.Annotated:
        return members(get_args(annotation)[0])
    if origin in (typing.Union, types.UnionType):
        return [kind for each in get_args(annotation) for kind in members(each)]
    return [] if annotation is type(None) else [annotation]


def takes_mapping(kind: Any) -> bool:
    """Whether a value of this type may itself be written as a mapping."""
    if kind is Any or kind is object or get_origin(kind) in MAPPINGS:
        return True
    if typing.is_typeddict(kind):
        return True
    return isinstance(kind, type) and issubclass(kind, (Mapping, BaseModel))
