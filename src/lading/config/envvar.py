"""Environment variables that are named now and read when a run starts."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any, NoReturn, Self

from lading.config.errors import ConfigValueError
from lading.config.plain import is_list, is_mapping, is_set
from lading.errors import InvariantViolationError, UnsetVariableError


class EnvVar(str):
    """The name of an environment variable, given in place of its value.

    It is read anew for every run, so the value stands neither in the code nor in a message.

    Args:
        name: The variable.
    """

    __slots__ = ()

    @property
    def env_var_name(self) -> str:
        """The name of the variable."""
        return str.__str__(self)

    @classmethod
    def int(cls, name: str) -> int:
        """The same for a field that holds a whole number."""
        return IntEnvVar(name)

    def get_value(self, default: str | None = None) -> str | None:
        """The value now, or ``default`` where the variable is not set."""
        return os.environ.get(self.env_var_name, default)

    def __repr__(self) -> str:
        return f'EnvVar("{self.env_var_name}")'

    def __str__(self) -> str:  # noqa: PLE0307 - it never returns
        refuse_reading(self)

    def __format__(self, format_spec: str) -> str:
        refuse_reading(self)

    def __reduce__(self) -> tuple[Any, ...]:
        return EnvVar, (self.env_var_name,)


# Inside the class body ``int`` is the method of that name.
Number = int


class IntEnvVar(Number):
    """The name of an environment variable that holds a whole number. Made by ``EnvVar.int``.

    Args:
        name: The variable.
    """

    _name: str

    def __new__(cls, name: str) -> Self:
        made = super().__new__(cls, 0)
        made._name = name
        return made

    @property
    def env_var_name(self) -> str:
        """The name of the variable."""
        return self._name

    def get_value(self, default: Number | None = None) -> Number | None:
        """The value now, or ``default`` where the variable is not set.

        Raises:
            ConfigValueError: The variable holds no whole number.
        """
        text = os.environ.get(self._name)
        return default if text is None else _whole(text, self._name, None)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, IntEnvVar) and other._name == self._name

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __lt__(self, other: object) -> bool:
        refuse_reading(self)

    __le__ = __gt__ = __ge__ = __lt__

    def __bool__(self) -> bool:
        return True

    def __hash__(self) -> Number:
        return hash(self._name)

    def __repr__(self) -> str:
        return f'EnvVar.int("{self._name}")'

    def __str__(self) -> str:  # noqa: PLE0307 - it never returns
        refuse_reading(self)

    def __format__(self, format_spec: str) -> str:
        refuse_reading(self)

    def __int__(self) -> Number:
        refuse_reading(self)

    def __index__(self) -> Number:  # noqa: PLE0305 - it never returns
        refuse_reading(self)

    def __reduce__(self) -> tuple[Any, ...]:
        return IntEnvVar, (self._name,)


Variable = EnvVar | IntEnvVar


def refuse_reading(variable: Variable) -> NoReturn:
    """Say that a variable stands here by name only.

    Raises:
        InvariantViolationError: Always.
    """
    raise InvariantViolationError(
        f"{variable!r} names an environment variable; its value is read when a run starts",
        fix="outside a run call .process_config_and_initialize() on the resource, or .get_value() on the variable",
    )


def is_variable(value: object) -> bool:
    """Whether it is an EnvVar."""
    return isinstance(value, (EnvVar, IntEnvVar))


def read_variable(name: str, where: str) -> str:
    """The value of an environment variable.

    Raises:
        UnsetVariableError: It is not set.
    """
    value = os.environ.get(name)
    if value is None:
        raise UnsetVariableError(
            f"the environment variable {name} is not set",
            where=where,
            fix=f"export {name}=…, or give the value another way",
        )
    return value


def resolve_variable(variable: Variable, where: str) -> str | Number:
    """The value of an EnvVar.

    Raises:
        UnsetVariableError: It is not set.
        ConfigValueError: It should hold a whole number and does not.
    """
    text = read_variable(variable.env_var_name, where)
    return _whole(text, variable.env_var_name, where) if isinstance(variable, IntEnvVar) else text


def resolve_variables(value: Any, where: str) -> Any:
    """The same value with every EnvVar in its lists and mappings read.

    Raises:
        UnsetVariableError: One is not set.
        ConfigValueError: One should hold a whole number and does not.
    """
    return _replace(value, lambda variable: resolve_variable(variable, where))


def name_variables(value: Any) -> Any:
    """The same value with every EnvVar written as ``{"env": NAME}``, as run config says it."""
    return _replace(value, lambda variable: {"env": variable.env_var_name})


def env_name(given: Any) -> str | None:
    """The variable that ``{"env": NAME}`` or an EnvVar names, or None where it is neither."""
    if isinstance(given, (EnvVar, IntEnvVar)):
        return given.env_var_name
    if is_mapping(given) and len(given) == 1:
        name = given.get("env")
        if isinstance(name, str):
            return name
    return None


def holds_variable(value: Any) -> bool:
    """Whether an EnvVar stands in it, its lists or its mappings."""
    if isinstance(value, (EnvVar, IntEnvVar)):
        return True
    if is_mapping(value):
        return any(map(holds_variable, value.values()))
    return (is_list(value) or is_set(value)) and any(map(holds_variable, value))


def _replace(value: Any, read: Callable[[Variable], Any]) -> Any:
    if isinstance(value, (EnvVar, IntEnvVar)):
        return read(value)
    if not holds_variable(value):
        return value
    if is_mapping(value):
        return {key: _replace(each, read) for key, each in value.items()}
    return type(value)(_replace(each, read) for each in value)


def _whole(text: str, name: str, where: str | None) -> int:
    try:
        return Number(text)
    except ValueError:
        # The text itself may be a secret: neither it nor the original message is shown.
        raise ConfigValueError(
            f"the environment variable {name} does not hold a whole number",
            where=where,
            fix=f"export {name}=… with digits only",
        ) from None
