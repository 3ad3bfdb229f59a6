"""The kinds of value that a config schema may ask for, and how each reads what is given."""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from lading.abc.config import ConfigFace
from lading.config.envvar import env_name, holds_variable, read_variable
from lading.errors import InvalidConfigError, InvalidDefinitionError
from lading.values.outputs import NOT_GIVEN


class Problem:
    """One place where config does not fit its schema.

    Attributes:
        path: The place: ``ops.o.config.a``.
        what: What is wrong there.
        near: The known name that may have been meant.
    """

    __slots__ = ("near", "path", "what")

    def __init__(self, path: str, what: str, near: str | None = None) -> None:
        self.path = path
        self.what = what
        self.near = near


class ConfigKind:
    """A kind of config value."""

    __slots__ = ()

    def shown(self) -> str:
        """The kind, for messages: ``{a: Int, b?: String}``."""
        raise TypeError(f"{type(self).__name__} is no kind of config")

    def fallback(self) -> Any:
        """What stands when nothing is given, or NOT_GIVEN where something must be."""
        return NOT_GIVEN

    def read(self, given: Any, path: str, problems: list[Problem]) -> Any:
        """The value for what is given; what does not fit is added to ``problems``.

        Raises:
            UnsetVariableError: It names an environment variable that is not set.
        """
        raise TypeError(f"{type(self).__name__} is no kind of config ({path}: {given!r}, {problems})")

    def expected(self, given: Any, path: str, problems: list[Problem]) -> Any:
        """Note that ``given`` is of another kind."""
        problems.append(Problem(path, f"expected {self.shown()}, got {brief(given)}"))
        return NOT_GIVEN


class AnyKind(ConfigKind):
    """Anything at all.

    Args:
        required: Whether something must be given.
    """

    __slots__ = ("_required",)

    def __init__(self, required: bool = True) -> None:
        self._required = required

    def shown(self) -> str:
        return "Any"

    def fallback(self) -> Any:
        return NOT_GIVEN if self._required else None

    def read(self, given: Any, path: str, problems: list[Problem]) -> Any:
        return given


class Scalar(ConfigKind):
    """One value of a builtin type, or the environment variable that holds it: ``{"env": "NAME"}``."""

    __slots__ = ("_accepts", "_from_text", "_make", "_name")

    def __init__(
        self, name: str, accepts: tuple[type, ...], make: Callable[[Any], Any], from_text: Callable[[str], Any]
    ) -> None:
        self._name = name
        self._accepts = accepts
        self._make = make
        self._from_text = from_text

    def shown(self) -> str:
        return self._name

    def read(self, given: Any, path: str, problems: list[Problem]) -> Any:
        name = env_name(given)
        if name is not None:
            return self._read_variable(name, path, problems)
        # True is an int in Python; in config it is a mistake.
        if not isinstance(given, self._accepts) or (isinstance(given, bool) and bool not in self._accepts):
            return self.expected(given, path, problems)
        return self._make(given)

    def _read_variable(self, name: str, path: str, problems: list[Problem]) -> Any:
        text = read_variable(name, path)
        try:
            return self._from_text(text)
        except ValueError:
            # The text may be a secret: the variable is named, its value never shown.
            problems.append(Problem(path, f"the environment variable {name} does not hold a value of {self._name}"))
            return NOT_GIVEN


def truth(text: str) -> bool:
    """The truth value that a text names.

    Raises:
        ValueError: It names none.
    """
    named = {"true": True, "yes": True, "on": True, "1": True, "false": False, "no": False, "off": False, "0": False}
    found = named.get(text.strip().lower())
    if found is None:
        raise ValueError
    return found


ANY = AnyKind()
ANYTHING_OR_NOTHING = AnyKind(required=False)
INT = Scalar("Int", (int,), int, int)
FLOAT = Scalar("Float", (float, int), float, float)
BOOL = Scalar("Bool", (bool,), bool, truth)
STRING = Scalar("String", (str,), str, str)

StringSource = STRING
IntSource = INT
BoolSource = BOOL


class EnumValue:
    """One value of an :class:`Enum`.

    Args:
        config_value: What stands in the config.
        python_value: What the function sees; the same when left out.
        description: For people.
    """

    __slots__ = ("config_value", "description", "python_value")

    def __init__(self, config_value: str, python_value: Any = NOT_GIVEN, description: str | None = None) -> None:
        self.config_value = config_value
        self.python_value = config_value if python_value is NOT_GIVEN else python_value
        self.description = description


class Enum(ConfigKind):
    """One of several named values.

    Args:
        name: The name of the kind.
        enum_values: The values.
    """

    __slots__ = ("_name", "_values")

    def __init__(self, name: str, enum_values: Sequence[EnumValue]) -> None:
        self._name = name
        self._values = {value.config_value: value.python_value for value in enum_values}

    @classmethod
    def from_python_enum(cls, enum_class: type[enum.Enum], name: str | None = None) -> Enum:
        """The members of a Python enum, by their names."""
        return cls(name or enum_class.__name__, [EnumValue(member.name, member) for member in enum_class])

    @classmethod
    def from_python_enum_direct_values(cls, enum_class: type[enum.Enum], name: str | None = None) -> Enum:
        """The values of a Python enum, by their names."""
        return cls(name or enum_class.__name__, [EnumValue(member.name, member.value) for member in enum_class])

    def shown(self) -> str:
        return f"one of {', '.join(self._values)}"

    def read(self, given: Any, path: str, problems: list[Problem]) -> Any:
        if isinstance(given, str) and given in self._values:
            return self._values[given]
        # The member itself stands where config is written in Python.
        if isinstance(given, enum.Enum) and given.name in self._values:
            return self._values[given.name]
        near = nearest(given, self._values) if isinstance(given, str) else None
        problems.append(Problem(path, f"expected {self.shown()}, got {brief(given)}", near))
        return NOT_GIVEN


class ModelKind(ConfigKind):
    """What a Config class asks for.

    Args:
        model: The class.
    """

    __slots__ = ("_model",)

    def __init__(self, model: type[ConfigFace]) -> None:
        self._model = model

    def shown(self) -> str:
        return self._model.__name__

    def fallback(self) -> Any:
        default = self._model.default_run_config()
        return NOT_GIVEN if default is None else default

    def read(self, given: Any, path: str, problems: list[Problem]) -> Any:
        return self._model.from_run_config(given, path)


def brief(value: Any) -> str:
    """A value and its type, short enough for a message."""
    if value is None:
        return "None"
    if holds_variable(value):
        return "an environment variable"
    text = repr(value)
    if len(text) > 60:
        text = text[:57] + "…"
    return f"{text} ({type(value).__name__})"


def nearest(name: Any, known: Mapping[str, Any] | Sequence[str]) -> str | None:
    """The known name that a misspelt one most likely means, or None."""
    from difflib import get_close_matches

    found = get_close_matches(str.__str__(name), list(known), n=1) if isinstance(name, str) else []
    return found[0] if found else None


def refuse(problems: Sequence[Problem], where: str) -> None:
    """Raise what is wrong, all of it in one error.

    Raises:
        InvalidConfigError: There is a problem.
    """
    if not problems:
        return
    first = problems[0]
    if len(problems) == 1:
        raise InvalidConfigError(f"{first.path}: {first.what}", where=where, did_you_mean=first.near)
    lines = [f"{each.path}: {each.what}" + (f'; did you mean "{each.near}"?' if each.near else "") for each in problems]
    raise InvalidConfigError(
        f"the config does not fit in {len(problems)} places\n" + "\n".join(f"    {line}" for line in lines), where=where
    )


def no_kind(schema: Any, where: str) -> InvalidDefinitionError:
    """The refusal of something that is no config schema."""
    return InvalidDefinitionError(
        f"{schema!r} is no config schema",
        where=where,
        fix="use int, float, bool, str, list, dict, [int], {'name': str}, Field(…), or a subclass of Config",
    )
