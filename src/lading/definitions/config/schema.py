"""The config schema language: kinds made of other kinds, and the shorthand that stands for them."""

from __future__ import annotations

import enum
import types
import typing
from collections.abc import Mapping, Sequence
from typing import Any, get_args, get_origin

from lading.abc.config import ConfigFace
from lading.abc.types import TypeFace
from lading.config.envvar import env_name
from lading.config.plain import is_list, is_mapping
from lading.definitions.config.kinds import (
    ANY,
    BOOL,
    FLOAT,
    INT,
    STRING,
    ConfigKind,
    Enum,
    ModelKind,
    Problem,
    brief,
    nearest,
    no_kind,
    refuse,
)
from lading.errors import InvalidDefinitionError
from lading.values.outputs import NOT_GIVEN


class Noneable(ConfigKind):
    """None, or a value of another kind. None when nothing is given.

    Args:
        inner_type: The other kind.
    """

    __slots__ = ("inner",)

    def __init__(self, inner_type: Any) -> None:
        self.inner = as_kind(inner_type)

    def shown(self) -> str:
        return f"{self.inner.shown()} or None"

    def fallback(self) -> Any:
        return None

    def read(self, given: Any, path: str, problems: list[Problem]) -> Any:
        return None if given is None else self.inner.read(given, path, problems)


class Array(ConfigKind):
    """A list of values of one kind.

    Args:
        inner_type: The kind of the values.
    """

    __slots__ = ("inner",)

    def __init__(self, inner_type: Any) -> None:
        self.inner = as_kind(inner_type)

    def shown(self) -> str:
        return f"[{self.inner.shown()}]"

    def read(self, given: Any, path: str, problems: list[Problem]) -> Any:
        if not is_list(given):
            return self.expected(given, path, problems)
        return [self.inner.read(item, f"{path}[{number}]", problems) for number, item in enumerate(given)]


class Map(ConfigKind):
    """A mapping with keys of one kind and values of another.

    Args:
        key_type: The kind of the keys.
        inner_type: The kind of the values.
        key_label_name: What a key is called, for people.
    """

    __slots__ = ("inner", "key_label_name", "keys")

    def __init__(self, key_type: Any, inner_type: Any, key_label_name: str | None = None) -> None:
        self.keys = as_kind(key_type)
        self.inner = as_kind(inner_type)
        self.key_label_name = key_label_name

    def shown(self) -> str:
        return f"{{{self.key_label_name or self.keys.shown()}: {self.inner.shown()}, …}}"

    def read(self, given: Any, path: str, problems: list[Problem]) -> Any:
        if not is_mapping(given):
            return self.expected(given, path, problems)
        return {
            self.keys.read(key, f"key {key!r} of {path}", problems): self.inner.read(value, f"{path}.{key}", problems)
            for key, value in given.items()
        }


class Field:
    """An entry of a :class:`Shape`: its kind, whether it must be given, and what stands when it is not.

    Args:
        config: The kind, in any form a schema may have.
        default_value: What stands when nothing is given.
        is_required: Whether it must be given. True unless there is a default, or the kind has one.
        description: For people.

    Raises:
        InvalidConfigError: The default does not fit the kind.
        InvalidDefinitionError: The kind is none, or the field is required and has a default.
    """

    __slots__ = ("config_type", "default_value", "description", "is_required")

    def __init__(
        self,
        config: Any,
        default_value: Any = NOT_GIVEN,
        is_required: bool | None = None,
        description: str | None = None,
    ) -> None:
        self.config_type = as_kind(config)
        self.description = description
        if default_value is NOT_GIVEN and is_required is None:
            # A kind that says itself what stands when nothing is given: None, or a mapping of defaults.
            default_value = self.config_type.fallback()
        elif default_value is not NOT_GIVEN and is_required:
            raise InvalidDefinitionError(
                "a Field is required and has a default value", fix="leave out is_required=True or default_value="
            )
        self.default_value = default_value
        self.is_required = default_value is NOT_GIVEN and is_required is not False
        self._check_default()

    def _check_default(self) -> None:
        default = self.default_value
        # What an environment variable holds is known only when a run starts.
        if default is NOT_GIVEN or isinstance(self.config_type, ModelKind) or mentions_variable(default):
            return
        problems: list[Problem] = []
        self.config_type.read(default, "default_value", problems)
        refuse(problems, "Field")

    @property
    def default_provided(self) -> bool:
        """Whether it has a default value."""
        return self.default_value is not NOT_GIVEN


class Shape(ConfigKind):
    """A mapping with known entries.

    Args:
        fields: Name to kind (or :class:`Field`).
        description: For people.
        field_aliases: Name to the name it has in the config.
    """

    __slots__ = ("_aliases", "_fields", "description")
    is_open = False

    def __init__(
        self,
        fields: Mapping[str, Any],
        description: str | None = None,
        field_aliases: Mapping[str, str] | None = None,
    ) -> None:
        self._fields = as_fields(fields)
        self._aliases: Mapping[str, str] = field_aliases or {}
        self.description = description

    @property
    def fields(self) -> Mapping[str, Field]:
        """Its entries."""
        return self._fields

    def shown(self) -> str:
        entries = [
            f"{self._aliases.get(name, name)}{'' if field.is_required else '?'}: {field.config_type.shown()}"
            for name, field in self._fields.items()
        ]
        if self.is_open:
            entries.append("…")
        return f"{{{', '.join(entries)}}}"

    def fallback(self) -> Any:
        return NOT_GIVEN if any(field.is_required for field in self._fields.values()) else {}

    def read(self, given: Any, path: str, problems: list[Problem]) -> Any:
        if not is_mapping(given):
            return self.expected(given, path, problems)
        found: dict[Any, Any] = {}
        names: set[str] = set()
        for name, field in self._fields.items():
            alias = self._aliases.get(name, name)
            names.add(alias)
            read_field(field, name, given.get(alias, NOT_GIVEN), f"{path}.{alias}", problems, found)
        for key, value in given.items():
            if key in names:
                continue
            if self.is_open:
                found[key] = value
            else:
                problems.append(Problem(path, unknown_entry(key, self.shown()), nearest(key, sorted(names))))
        return found


class Permissive(Shape):
    """A mapping with known entries and any others.

    Args:
        fields: Name to kind (or :class:`Field`) of the known ones.
        description: For people.
    """

    __slots__ = ()
    is_open = True

    def __init__(self, fields: Mapping[str, Any] | None = None, description: str | None = None) -> None:
        super().__init__(fields or {}, description)


def read_field(field: Field, name: str, given: Any, path: str, problems: list[Problem], found: dict[Any, Any]) -> None:
    """Put the value of one entry into ``found``: what is given, else its default, else nothing or a problem."""
    if given is NOT_GIVEN:
        given = field.default_value
        if given is NOT_GIVEN:
            if field.is_required:
                problems.append(Problem(path, f"missing, expected {field.config_type.shown()}"))
            return
    found[name] = field.config_type.read(given, path, problems)


def unknown_entry(key: Any, shown: str) -> str:
    """The text about an entry that no schema knows."""
    return f"unknown entry {brief(key) if not isinstance(key, str) else repr(str.__str__(key))}, expected {shown}"


def as_fields(fields: Mapping[str, Any]) -> dict[str, Field]:
    """The entries of a schema."""
    return {name: each if isinstance(each, Field) else Field(each) for name, each in fields.items()}


def mentions_variable(value: Any) -> bool:
    """Whether an environment variable is named in it, in either spelling."""
    if env_name(value) is not None:
        return True
    if is_mapping(value):
        return any(map(mentions_variable, value.values()))
    return is_list(value) and any(map(mentions_variable, value))


SCALARS: Mapping[Any, ConfigKind] = {
    int: INT,
    float: FLOAT,
    bool: BOOL,
    str: STRING,
    Any: ANY,
}


def as_kind(schema: Any, where: str = "config_schema") -> ConfigKind:
    """The kind that a schema in any of its forms stands for.

    Args:
        schema: A kind, a Python scalar type, ``dict``, ``list``, ``{name: schema}``, ``{str: schema}``, ``[schema]``,
            an enum class, a Config class, a builtin Type, or an annotation such as ``dict[str, int] | None``.
        where: Whose schema it is, for messages.

    Raises:
        InvalidDefinitionError: It is no schema.
    """
    if isinstance(schema, ConfigKind):
        return schema
    if isinstance(schema, Field):
        return schema.config_type
    if isinstance(schema, TypeFace) and schema.typing_type in SCALARS:
        return SCALARS[schema.typing_type]
    if is_mapping(schema):
        return _from_mapping(schema, where)
    if is_list(schema) and not isinstance(schema, tuple):
        if len(schema) != 1:
            raise no_kind(schema, where)
        return Array(schema[0])
    if isinstance(schema, type):
        found = _from_class(schema)
        if found is not None:
            return found
    return _from_annotation(schema, where)


def _from_mapping(schema: Mapping[Any, Any], where: str) -> ConfigKind:
    if len(schema) == 1:
        ((key, value),) = schema.items()
        if key in SCALARS:
            return Map(key, value)
    for key in schema:
        if not isinstance(key, str):
            raise no_kind(schema, where)
    return Shape(schema)


def _from_class(schema: type) -> ConfigKind | None:
    if schema is list:
        return Array(ANY)
    if schema is dict:
        return Permissive()
    if issubclass(schema, enum.Enum):
        return Enum.from_python_enum(schema)
    if issubclass(schema, ConfigFace):
        return ModelKind(schema)
    return None


def _from_annotation(schema: Any, where: str) -> ConfigKind:
    try:
        if schema in SCALARS:
            return SCALARS[schema]
    except TypeError:
        raise no_kind(schema, where) from None
    origin, arguments = get_origin(schema), get_args(schema)
    if origin is typing.Annotated:
        return as_kind(arguments[0], where)
    if origin in (typing.Union, types.UnionType):
        others = [each for each in arguments if each is not type(None)]
        if len(others) == 1 and len(arguments) == 2:
            return Noneable(others[0])
    if origin in (list, Sequence):
        return Array(arguments[0])
    if origin in (dict, Mapping):
        return Map(*arguments)
    raise no_kind(schema, where)
