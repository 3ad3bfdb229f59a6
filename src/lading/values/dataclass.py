"""``@dataclass`` as the standard library has it, but paid for when a class is used and not when it is imported.

The standard decorator compiles six functions for each class at once, and loads ``inspect``: more than half of the time
it would take to import this package. Here the class is made at once, and each function when it is first called for.
``dataclasses.fields``, ``replace``, ``asdict`` and pickling work as ever. Only what this package uses is offered.
"""

from __future__ import annotations

from collections.abc import Callable
from operator import attrgetter
from typing import Any, Final, NoReturn, TypeVar, cast, dataclass_transform, overload

T = TypeVar("T")
_FIELDS: Final = "__value_fields__"


class _Missing:
    __slots__ = ()

    def __repr__(self) -> str:
        return "MISSING"


_MISSING: Final = _Missing()


class _Field:
    """What is known of one field."""

    __slots__ = ("compare", "default", "factory", "name", "type")

    def __init__(self, default: Any = _MISSING, factory: Any = _MISSING, compare: bool = True) -> None:
        self.name = ""
        self.type: Any = None
        self.default = default
        self.factory = factory
        self.compare = compare


@overload
def field(*, compare: bool = True) -> Any: ...
@overload
def field(*, default: T, compare: bool = True) -> T: ...
@overload
def field(*, default_factory: Callable[[], T], compare: bool = True) -> T: ...
def field(*, default: Any = _MISSING, default_factory: Any = _MISSING, compare: bool = True) -> Any:
    """A field that is more than a name and a default.

    Args:
        default: Its default.
        default_factory: Makes its default anew for each object.
        compare: Whether it counts for equality.
    """
    return _Field(default, default_factory, compare)


def replace(value: T, /, **changes: Any) -> T:
    """A copy of a value with some fields changed."""
    kind = type(value)
    for name in getattr(kind, _FIELDS):
        if name not in changes:
            changes[name] = getattr(value, name)
    return kind(**changes)


@dataclass_transform(field_specifiers=(field,))
def dataclass(
    *,
    frozen: bool = False,
    slots: bool = False,
    order: bool = False,
    init: bool = True,
    repr: bool = True,
) -> Callable[[type[T]], type[T]]:
    """Make a class a value: see :func:`dataclasses.dataclass` for the arguments."""

    def make(kind: type[T]) -> type[T]:
        fields = _gather(kind)
        space: dict[str, Any] = {
            _FIELDS: fields,
            "__dataclass_fields__": _STANDARD_FIELDS,
            "__match_args__": tuple(fields),
            "__replace__": replace,
        }
        if init:
            space["__init__"] = _INIT
        if repr:
            space["__repr__"] = _repr
        if order:
            space["__lt__"] = _LT
        space |= _FROZEN if frozen else _OPEN
        if slots:
            return _with_slots(kind, fields, space)
        for name, value in space.items():
            if kind.__dict__.get(name) is None:
                setattr(kind, name, value)
        return kind

    return make


def _gather(kind: type) -> dict[str, _Field]:
    fields: dict[str, _Field] = {}
    for base in reversed(kind.__mro__[1:]):
        fields.update(base.__dict__.get(_FIELDS, ()))
    for name, annotation in kind.__annotations__.items():
        if isinstance(annotation, str) and annotation.startswith("ClassVar"):
            continue
        given = kind.__dict__.get(name, _MISSING)
        one = given if type(given) is _Field else _Field(given)
        one.name, one.type = name, annotation
        fields[name] = one
        if type(given) is _Field:
            if given.default is _MISSING:
                delattr(kind, name)
            else:
                setattr(kind, name, given.default)
    return fields


def _with_slots(kind: type[T], fields: dict[str, _Field], space: dict[str, Any]) -> type[T]:
    # A class cannot be given slots later: it is made a second time, as the standard decorator does.
    own = {name: value for name, value in kind.__dict__.items() if name not in fields}
    own.pop("__dict__", None)
    own.pop("__weakref__", None)
    for name, value in space.items():
        if own.get(name) is None:
            own[name] = value
    inherited = {name for base in kind.__mro__[1:-1] for name in base.__dict__.get("__slots__", ())}
    own["__slots__"] = tuple(name for name in fields if name not in inherited)
    made = type(kind)(kind.__name__, kind.__bases__, own)
    made.__qualname__ = kind.__qualname__
    return cast("type[T]", made)


# ---------------------------------------------------------------- functions made on first use


class _Later:
    """Stands in a class for a function that is made, and takes its place, when it is first asked for."""

    __slots__ = ("_make", "_name")

    def __init__(self, name: str, make: Callable[[type], Callable[..., Any]]) -> None:
        self._name = name
        self._make = make

    def __get__(self, value: object, kind: type) -> Any:
        # inspect asks for the method of a class as if the class were the object.
        among = (*kind.__mro__, *value.__mro__) if isinstance(value, type) else kind.__mro__
        owner = next((each for each in among if each.__dict__.get(self._name) is self), None)
        if owner is None:  # another thread was quicker
            found = getattr(kind, self._name)
            return found if value is None else found.__get__(value, kind)
        made = self._make(owner)
        made.__qualname__ = f"{owner.__qualname__}.{self._name}"
        made.__module__ = owner.__module__
        type.__setattr__(owner, self._name, made)
        return made if value is None else made.__get__(value, kind)


def _init_of(kind: type) -> Callable[..., Any]:
    fields: dict[str, _Field] = getattr(kind, _FIELDS)
    # A slot sets itself at half the price of object.__setattr__, which a frozen class would need.
    space: dict[str, Any] = {"MISSING": _MISSING}
    parameters: list[str] = []
    lines: list[str] = []
    for name, one in fields.items():
        given = name
        if one.factory is not _MISSING:
            space[f"_new_{name}"] = one.factory
            parameters.append(f"{name}=MISSING")
            given = f"_new_{name}() if {name} is MISSING else {name}"
        elif one.default is not _MISSING:
            space[f"_default_{name}"] = one.default
            parameters.append(f"{name}=_default_{name}")
        else:
            parameters.append(name)
        if "__setattr__" not in kind.__dict__:
            lines.append(f" self.{name} = {given}")
        else:
            space[f"_set_{name}"] = _setter(kind, name)
            lines.append(f" _set_{name}(self, {given})")
    if hasattr(kind, "__post_init__"):
        lines.append(" self.__post_init__()")
    text = f"def __init__(self, {', '.join(parameters)}):\n" + ("\n".join(lines) or " pass")
    exec(text, space)  # noqa: S102 - the text is made of names of fields, as the standard library does it
    made = space["__init__"]
    made.__annotations__ = {**{name: one.type for name, one in fields.items()}, "return": None}
    return made


def _setter(kind: type, name: str) -> Callable[[Any, Any], None]:
    slot = getattr(kind, name, None)
    if type(slot).__name__ == "member_descriptor":
        return cast("Any", slot).__set__

    def put(value: object, to: Any) -> None:
        object.__setattr__(value, name, to)

    return put


def _getter(kind: type) -> Callable[[Any], Any]:
    names = [name for name, one in getattr(kind, _FIELDS).items() if one.compare]
    if len(names) > 1:
        return attrgetter(*names)
    return (lambda value: (getattr(value, names[0]),)) if names else (lambda value: ())


def _eq_of(kind: type) -> Callable[[Any, Any], Any]:
    parts = _getter(kind)

    def __eq__(self: Any, other: object) -> Any:  # noqa: N807 - the name it will have
        return parts(self) == parts(other) if other.__class__ is self.__class__ else NotImplemented

    return __eq__


def _hash_of(kind: type) -> Callable[[Any], int]:
    parts = _getter(kind)

    def __hash__(self: Any) -> int:  # noqa: N807 - the name it will have
        return hash(parts(self))

    return __hash__


def _lt_of(kind: type) -> Callable[[Any, Any], Any]:
    parts = _getter(kind)

    def __lt__(self: Any, other: object) -> Any:  # noqa: N807 - the name it will have
        return parts(self) < parts(other) if other.__class__ is self.__class__ else NotImplemented

    return __lt__


_INIT: Final = _Later("__init__", _init_of)
_EQ: Final = _Later("__eq__", _eq_of)
_HASH: Final = _Later("__hash__", _hash_of)
_LT: Final = _Later("__lt__", _lt_of)


class _StandardFields:
    """``__dataclass_fields__``, for whoever asks through the standard library."""

    __slots__ = ()

    def __get__(self, value: object, kind: type) -> dict[str, Any]:
        import dataclasses

        found: dict[str, Any] = {}
        for name, one in getattr(kind, _FIELDS).items():
            default = dataclasses.MISSING if one.default is _MISSING else one.default
            factory = dataclasses.MISSING if one.factory is _MISSING else one.factory
            made: Any = cast("Any", dataclasses.Field)(default, factory, True, True, None, one.compare, None, False)
            made.name, made.type = name, one.type
            made._field_type = cast("Any", dataclasses)._FIELD  # noqa: SLF001 - there is no public way to make one
            found[name] = made
        return found


_STANDARD_FIELDS: Final = _StandardFields()

# ---------------------------------------------------------------- functions that all classes share


def _names(self: Any) -> dict[str, _Field]:
    return self.__value_fields__


def _repr(self: Any) -> str:
    said = ", ".join(f"{name}={getattr(self, name)!r}" for name in _names(self))
    return f"{self.__class__.__qualname__}({said})"


def _refuse(name: str, verb: str) -> NoReturn:
    from dataclasses import FrozenInstanceError

    raise FrozenInstanceError(f"cannot {verb} field {name!r}")


def _refuse_set(self: Any, name: str, value: object) -> None:
    if name in _names(self) or not hasattr(self, "__dict__"):
        _refuse(name, "assign to")
    object.__setattr__(self, name, value)


def _refuse_delete(self: Any, name: str) -> None:
    if name in _names(self) or not hasattr(self, "__dict__"):
        _refuse(name, "delete")
    object.__delattr__(self, name)


def _get_state(self: Any) -> list[Any]:
    return [getattr(self, name) for name in _names(self)]


def _set_state(self: Any, state: list[Any]) -> None:
    for name, value in zip(_names(self), state, strict=True):
        object.__setattr__(self, name, value)


_OPEN: Final[dict[str, Any]] = {"__eq__": _EQ, "__hash__": None}
_FROZEN: Final[dict[str, Any]] = {
    "__eq__": _EQ,
    "__hash__": _HASH,
    "__setattr__": _refuse_set,
    "__delattr__": _refuse_delete,
    "__getstate__": _get_state,
    "__setstate__": _set_state,
}
