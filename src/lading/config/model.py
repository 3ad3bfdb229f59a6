"""Config: classes whose fields are validated and documented by their annotations."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping
from copy import deepcopy
from typing import Any, ClassVar, Self, cast, get_args

from pydantic import BaseModel, ConfigDict, SecretBytes, SecretStr, ValidationError

from lading.abc.config import ConfigFace, ResourceSource
from lading.config.envvar import holds_variable, resolve_variables
from lading.config.errors import FrozenConfigError
from lading.config.fields import field_names, fields_by_key, is_held, no_mapping, set_state
from lading.config.partial import validator_without
from lading.config.plain import STARS, is_list, is_mapping
from lading.config.refusal import refusal
from lading.config.spelling import from_spelling

NO_ENTRIES: Mapping[str, Any] = {}


class Config(BaseModel, ConfigFace):
    """The config of an op, an asset or a resource: a pydantic model.

    Annotate the parameter ``config`` of a function with a subclass, and the run config of that function is validated
    into an object of it. Objects are frozen; unknown fields are refused.

    Raises:
        ConfigValueError: A value does not fit its field, or a field is unknown. It is a ValueError.
    """

    # Beside the fields, and so neither compared nor dumped: the arguments as they were given. A run validates them
    # anew, with the values of environment variables in their places.
    __slots__ = ("_lading_given",)

    model_config: ClassVar[ConfigDict] = ConfigDict(
        extra="forbid",
        frozen=True,
        arbitrary_types_allowed=True,
        # Fields may be called model_path.
        protected_namespaces=(),
        hide_input_in_errors=True,
    )

    def __init__(self, **data: Any) -> None:
        self._fill(data, (), None)

    # Told to be like BaseModel's own: nested models are then validated in one go, and their errors keep their paths.
    __init__.__pydantic_base_init__ = True  # pyright: ignore[reportFunctionMemberAccess] - it takes any

    def _fill(self, data: dict[str, Any], hidden: Iterable[str], where: str | None) -> None:
        kind = type(self)
        data = {key: spelt(kind, key, value) for key, value in data.items()}
        object.__setattr__(self, "_lading_given", data)
        try:
            if any(map(is_held, data.values())) and self._fill_partly(data):
                return
            self.__pydantic_validator__.validate_python(data, self_instance=self)
        except ValidationError as error:
            raise refusal(error, kind.__name__, field_names(kind), hidden, where) from None

    def _fill_partly(self, data: Mapping[str, Any]) -> bool:
        """Validate what is known and keep aside what is not; False where all is known after all."""
        kind = type(self)
        by_key = fields_by_key(kind)
        held = {by_key.get(key, key): value for key, value in data.items() if is_held_for(kind, key, value)}
        if not held:
            return False
        open_ended = kind.model_config.get("extra") == "allow"
        known = {
            key: value
            for key, value in data.items()
            if by_key.get(key, key) not in held or (key not in by_key and not open_ended)
        }
        values, extra, given = validator_without(kind, frozenset(held)).validate_python(known)
        ordered = {name: held[name] if name in held else values[name] for name in kind.model_fields}
        extra = None if extra is None else {**extra, **{k: v for k, v in held.items() if k not in kind.model_fields}}
        set_state(self, ordered, extra, given | set(held))
        return True

    # ------------------------------------------------------------ what it was made of

    def given_arguments(self) -> dict[str, Any]:
        """The arguments it was made with, and defaults that name environment variables."""
        given = getattr(self, "_lading_given", None)
        if given is None:
            # Made by pydantic itself, as part of another model.
            given = {name: self.__dict__[name] for name in self.model_fields_set if name in self.__dict__}
            given.update(self.__pydantic_extra__ or {})
        keys = fields_by_key(type(self))
        said = {keys.get(key, key) for key in given}
        held = {name: value for name, value in self.__dict__.items() if name not in said and holds_variable(value)}
        return {**held, **given}

    def resolved_for_run(self, overrides: Mapping[str, Any], where: str) -> Self:
        """A fresh object with every environment variable read.

        Args:
            overrides: Values, as run config spells them, that stand instead of its own.
            where: Whose config it is, for messages.

        Raises:
            UnsetVariableError: A variable is not set.
            ConfigValueError: A value does not fit.
        """
        kind = type(self)
        given = self.given_arguments()
        by_key = fields_by_key(kind)
        for key, value in overrides.items():
            name = by_key.get(key, key)
            # The same field may have been given under its alias.
            for other in [each for each in given if by_key.get(each, each) == name]:
                del given[other]
            given[key] = overridden(kind, name, self.__dict__.get(name), value)
        return self._settled(given, where)

    def _settled(self, given: dict[str, Any], where: str) -> Self:
        hidden: list[str] = []
        fresh = type(self).__new__(type(self))
        values = {key: settled(value, f"{where}.{key}", hidden) for key, value in given.items()}
        fresh._fill(values, hidden, where)  # noqa: SLF001 - an object of this very class
        # It is shown as it was written, not with what the variables hold.
        object.__setattr__(fresh, "_lading_given", given)
        carry_state(self, fresh)
        return fresh

    def __repr_args__(self) -> Iterable[tuple[str | None, Any]]:
        given = getattr(self, "_lading_given", None) or NO_ENTRIES
        keys = fields_by_key(type(self))
        shown = {keys.get(key, key): value for key, value in given.items() if names_variable(value)}
        return [(name, shown.get(name or "", value)) for name, value in super().__repr_args__()]

    def __setattr__(self, name: str, value: Any) -> None:
        try:
            super().__setattr__(name, value)
        except ValidationError as error:
            if error.errors()[0]["type"] not in ("frozen_instance", "frozen_field"):
                raise refusal(error, type(self).__name__, field_names(type(self))) from None
            raise FrozenConfigError(f'"{name}" cannot be assigned', where=type(self).__name__) from None

    def __getstate__(self) -> dict[Any, Any]:
        return {**super().__getstate__(), "_lading_given": getattr(self, "_lading_given", None)}

    def __setstate__(self, state: dict[Any, Any]) -> None:
        object.__setattr__(self, "_lading_given", state.pop("_lading_given", None))
        super().__setstate__(state)

    def __copy__(self) -> Self:
        copy = super().__copy__()
        object.__setattr__(copy, "_lading_given", getattr(self, "_lading_given", None))
        return copy

    def __deepcopy__(self, memo: dict[int, Any] | None = None) -> Self:
        copy = super().__deepcopy__(memo)
        given = getattr(self, "_lading_given", None)
        object.__setattr__(copy, "_lading_given", deepcopy(given, memo))
        return copy

    # ------------------------------------------------------------ the face that other floors know

    @classmethod
    def from_run_config(cls, given: Any, where: str) -> Self:
        if isinstance(given, cls):
            return given.resolved_for_run(NO_ENTRIES, where)
        if not is_mapping(given):
            raise no_mapping(cls, given, where)
        blank = cls.__new__(cls)
        values = {str(key): overridden(cls, str(key), None, value) for key, value in given.items()}
        fresh = blank._settled(values, where)  # noqa: SLF001 - an object of this very class
        # A default may name an environment variable as well.
        return fresh.resolved_for_run(NO_ENTRIES, where) if any(map(holds_variable, fresh.__dict__.values())) else fresh

    @classmethod
    def default_run_config(cls) -> Mapping[str, Any] | None:
        return None if any(field.is_required() for field in cls.model_fields.values()) else NO_ENTRIES

    def as_run_config(self) -> Mapping[str, Any]:
        given = self.given_arguments()
        keys = fields_by_key(type(self))
        said = {keys.get(key, key): value for key, value in given.items()}
        found: dict[str, Any] = {}
        for name, field in type(self).model_fields.items():
            value = said.get(name, self.__dict__.get(name))
            if isinstance(value, ResourceSource) or (value is None and field.default is None):
                continue
            found[name] = plain(value)
        found.update({name: plain(value) for name, value in said.items() if name not in found and name not in keys})
        return found

    @classmethod
    def hide_secrets(cls, given: Any) -> Any:
        """Plain config with stars in place of fields of pydantic's secret types."""
        if not is_mapping(given):
            return given
        names = fields_by_key(cls)
        return {key: _hidden(cls, names.get(key), value) for key, value in given.items()}

    def field_values(self) -> Mapping[str, Any]:
        values = {**self.__dict__, **(self.__pydantic_extra__ or NO_ENTRIES)}
        return {name: as_config(value) for name, value in values.items()}


class PermissiveConfig(Config):
    """A Config that takes any further fields and keeps them as attributes."""

    model_config: ClassVar[ConfigDict] = ConfigDict(extra="allow")


def check_some(kind: type[BaseModel], given: Mapping[str, Any]) -> None:
    """Validate some values of a class while the others are still missing.

    Raises:
        ConfigValueError: A value does not fit its field, or a field is unknown.
    """
    keys = fields_by_key(kind)
    known = {key: value for key, value in given.items() if not is_held_for(kind, key, value)}
    absent = frozenset(kind.model_fields) - {keys.get(key, key) for key in known}
    unknown = {key: value for key, value in given.items() if key not in keys}
    try:
        validator_without(kind, absent).validate_python({**unknown, **known})
    except ValidationError as error:
        raise refusal(error, kind.__name__, field_names(kind)) from None


def is_held_for(kind: type[BaseModel], key: str, value: Any) -> bool:
    """Whether a value of a field is kept aside until a run starts.

    A resource is, unless it is of the very class that the field is annotated with.
    """
    if not isinstance(value, ResourceSource):
        return holds_variable(value)
    field = kind.model_fields.get(fields_by_key(kind).get(key, key))
    if field is None or not isinstance(value, Config):
        return True
    annotation = field.annotation
    return not (isinstance(annotation, type) and issubclass(annotation, ResourceSource))


def spelt(kind: type[BaseModel], key: str, value: Any) -> Any:
    """A value with members of enums by name, as run config and Python alike may spell them."""
    if not isinstance(value, str) or holds_variable(value):
        return value
    field = kind.model_fields.get(fields_by_key(kind).get(key, key))
    return value if field is None else from_spelling(field.annotation, value)


def overridden(kind: type[BaseModel], key: str, current: Any, value: Any) -> Any:
    """A value as run config spells it; a mapping for a nested Config changes only the fields it names."""
    name = fields_by_key(kind).get(key, key)
    if isinstance(current, Config) and not isinstance(current, ResourceSource) and is_mapping(value):
        nested = current.given_arguments()
        inner = fields_by_key(type(current))
        for each, changed in value.items():
            field_name = inner[each] if each in inner else str(each)
            before = current.__dict__.get(field_name)
            nested[each] = overridden(type(current), each, before, changed)
        return nested
    field = kind.model_fields.get(name)
    return from_spelling(Any if field is None else field.annotation, value)


def settled(value: Any, where: str, hidden: list[str]) -> Any:
    """A value with its environment variables read; resources are left to be opened."""
    if isinstance(value, ResourceSource):
        return value
    if isinstance(value, Config):
        return value.resolved_for_run(NO_ENTRIES, where) if names_variable(value) else value
    if is_mapping(value) and names_variable(value):
        return {key: settled(each, f"{where}.{key}", hidden) for key, each in value.items()}
    if is_list(value) and names_variable(value):
        return type(value)([settled(each, f"{where}[{number}]", hidden) for number, each in enumerate(value)])
    if not holds_variable(value):
        return value
    read = resolve_variables(value, where)
    hidden.append(str(read))
    return read


def names_variable(value: Any) -> bool:
    """Whether an EnvVar stands in it, also deep inside nested Configs; resources speak for themselves."""
    if isinstance(value, ResourceSource):
        return False
    if isinstance(value, Config):
        return any(map(names_variable, value.given_arguments().values()))
    if is_mapping(value):
        return any(map(names_variable, value.values()))
    if is_list(value):
        return any(map(names_variable, value))
    return holds_variable(value)


def plain(value: Any) -> Any:
    """A value as run config spells it."""
    if isinstance(value, Config):
        return value.as_run_config()
    if isinstance(value, enum.Enum):
        return value.name
    if is_mapping(value):
        return {key: plain(each) for key, each in value.items()}
    if is_list(value):
        return [plain(each) for each in value]
    name = getattr(value, "env_var_name", None) if holds_variable(value) else None
    return value if name is None else {"env": name}


def as_config(value: Any) -> Any:
    """A validated value as contexts show it: nested Configs as mappings."""
    if isinstance(value, Config):
        return value.field_values()
    if is_mapping(value):
        return {key: as_config(each) for key, each in value.items()}
    if is_list(value) and not isinstance(value, tuple):
        return [as_config(each) for each in value]
    return value


def carry_state(old: Config, fresh: Config) -> None:
    """Private attributes begin anew in each run, except where the class fills them in an ``__init__`` of its own."""
    own_init = cast("Any", type(old).__init__)
    private = getattr(old, "__pydantic_private__", None)
    if private and not getattr(own_init, "__pydantic_base_init__", False):
        object.__setattr__(fresh, "__pydantic_private__", {**private})


def _hidden(kind: type[BaseModel], name: str | None, value: Any) -> Any:
    if name is None:
        return value
    kinds = _kinds_in(kind.model_fields[name].annotation)
    if any(issubclass(each, (SecretStr, SecretBytes)) for each in kinds):
        return value if is_mapping(value) and set(value) == {"env"} else STARS
    inner = next((each for each in kinds if issubclass(each, ConfigFace)), None)
    return value if inner is None else inner.hide_secrets(value)


def _kinds_in(annotation: Any) -> list[type]:
    if isinstance(annotation, type) and not get_args(annotation):
        return [annotation]
    return [kind for each in get_args(annotation) for kind in _kinds_in(each)]
