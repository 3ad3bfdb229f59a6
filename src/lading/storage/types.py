"""The names of types, in records and for libraries that must not be imported just to ask."""

from __future__ import annotations


def kind_of(value: object) -> type:
    """The type of a value."""
    return type(value)


def type_name(kind: type) -> str:
    """The full name of a type: ``builtins`` is left out."""
    module = kind.__module__
    return kind.__qualname__ if module == "builtins" else f"{module}.{kind.__qualname__}"


def library_name(kind: type) -> str:
    """A type by its library and its own name, wherever in the library it is defined: ``pandas.DataFrame``."""
    return f"{kind.__module__.partition('.')[0]}.{kind.__qualname__}"
