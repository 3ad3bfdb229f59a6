"""Types of inputs and outputs: a name to show and a check; most come from annotations."""

from __future__ import annotations

import collections.abc
import types
import typing
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, Literal, Union, get_args, get_origin

from lading.abc.types import TypeFace
from lading.errors import InvalidDefinitionError, TypeCheckDidNotPass
from lading.values.metadata import RawMetadata, as_metadata
from lading.values.outputs import TypeCheck

PASSED = TypeCheck(success=True)


class Type(TypeFace):
    """A type with a check of its own.

    Args:
        type_check_fn: ``(context, value)`` or ``(value)`` to a bool or TypeCheck.
        key: What names the type uniquely; the name when left out.
        name: The name to show.
        is_builtin: Whether it is one of lading's own.
        description: For people.
        loader: Accepted and kept.
        required_resource_keys: Accepted and kept.
        kind: Accepted and kept.
        typing_type: The Python annotation it stands for.
        metadata: Facts to show with the type.
    """

    __slots__ = ("_check", "_key", "_name", "_takes_context", "_typing_type", "description", "loader", "metadata")

    def __init__(
        self,
        type_check_fn: Callable[..., Any],
        key: str | None = None,
        name: str | None = None,
        is_builtin: bool = False,
        description: str | None = None,
        loader: Any = None,
        required_resource_keys: set[str] | None = None,
        kind: Any = None,
        typing_type: Any = Any,
        metadata: RawMetadata | None = None,
    ) -> None:
        if key is None and name is None:
            raise InvalidDefinitionError("a type needs a name or a key", where="Type(…)", fix='Type(fn, name="Even")')
        self._check = type_check_fn
        self._key = key if key is not None else str(name)
        self._name = name if name is not None else str(key)
        self._typing_type = typing_type
        self.description = description
        self.loader = loader
        self.metadata = as_metadata(metadata)
        self._takes_context = _positional_count(type_check_fn) >= 2

    @property
    def key(self) -> str:
        """What names the type uniquely."""
        return self._key

    @property
    def unique_name(self) -> str:
        """The name to show."""
        return self._name

    @property
    def display_name(self) -> str:
        """The name to show."""
        return self._name

    @property
    def typing_type(self) -> Any:
        """The Python annotation it stands for."""
        return self._typing_type

    @property
    def is_nothing(self) -> bool:
        """Whether it says that no value travels."""
        return self is NOTHING

    @property
    def accepts_all(self) -> bool:
        """Whether every value passes."""
        return self is ANY

    def check(self, value: object) -> TypeCheck:
        """The verdict on a value.

        Raises:
            InvalidDefinitionError: The check gave neither a bool nor a TypeCheck.
        """
        verdict = self._check(None, value) if self._takes_context else self._check(value)
        if isinstance(verdict, TypeCheck):
            return verdict
        if isinstance(verdict, bool):
            if verdict:
                return PASSED
            return TypeCheck(success=False, description=f"{_short(value)} is not of type {self._name}")
        raise InvalidDefinitionError(
            f"the check of type {self._name} returned {type(verdict).__name__}",
            where=f"Type(name={self._name!r})",
            fix="return a bool or a TypeCheck",
        )

    def type_check(self, context: Any, value: object) -> TypeCheck:
        """The verdict on a value, the older call."""
        return self.check(value)

    def __repr__(self) -> str:
        return f"Type({self._name!r})"

    def __reduce__(self) -> str | tuple[Any, ...]:
        for annotation, known in _BUILTIN.items():
            if known is self:
                return resolve_type, (annotation,)
        return Type, (self._check, self._key, self._name, False, self.description, None, None, None, self._typing_type)


class PythonObjectType(Type):
    """A type whose values are the instances of a class.

    Args:
        python_type: The class, or a tuple of classes.
        key: What names the type uniquely.
        name: The name to show.
        **more: As for :class:`Type`.
    """

    __slots__ = ("python_type",)

    def __init__(
        self,
        python_type: type | tuple[type, ...],
        key: str | None = None,
        name: str | None = None,
        **more: Any,
    ) -> None:
        self.python_type = python_type
        shown = (
            "Union[" + ", ".join(each.__name__ for each in python_type) + "]"
            if isinstance(python_type, tuple)
            else python_type.__name__
        )
        shown = name or shown

        def check(value: object) -> TypeCheck:
            if isinstance(value, python_type):
                return PASSED
            return TypeCheck(
                success=False,
                description=f"expected a value of type {shown}, got {_short(value)} of type {type(value).__name__}",
            )

        annotation: Any = Union[python_type] if isinstance(python_type, tuple) else python_type  # noqa: UP007 - built from a tuple
        super().__init__(check, key or name or _qualified(python_type), shown, typing_type=annotation, **more)

    def __reduce__(self) -> str | tuple[Any, ...]:
        return PythonObjectType, (self.python_type, self._key, self._name)


def _qualified(python_type: type | tuple[type, ...]) -> str:
    each = python_type if isinstance(python_type, tuple) else (python_type,)
    return "|".join(f"{kind.__module__}.{kind.__qualname__}" for kind in each)


def _positional_count(fn: Callable[..., Any]) -> int:
    code = getattr(fn, "__code__", None)
    if code is None:
        return 1
    return code.co_argcount - (1 if isinstance(fn, types.MethodType) else 0)


def _short(value: object, limit: int = 80) -> str:
    text = repr(value)
    return text if len(text) <= limit else text[: limit - 1] + "…"


def _is(kind: type, *but: type) -> Callable[[object], TypeCheck]:
    def check(value: object) -> TypeCheck:
        if isinstance(value, kind) and not isinstance(value, but):
            return PASSED
        return TypeCheck(
            success=False,
            description=f"{_short(value)} is of type {type(value).__name__}, not {kind.__name__}",
        )

    return check


def _anything(value: object) -> bool:  # noqa: ARG001 - every value passes
    return True


def _is_none(value: object) -> bool:
    return value is None


ANY = Type(_anything, key="Any", name="Any", is_builtin=True)
NOTHING = Type(_is_none, key="Nothing", name="Nothing", is_builtin=True, typing_type=type(None))
INT = Type(_is(int, bool), key="Int", name="Int", is_builtin=True, typing_type=int)
STRING = Type(_is(str), key="String", name="String", is_builtin=True, typing_type=str)
BOOL = Type(_is(bool), key="Bool", name="Bool", is_builtin=True, typing_type=bool)
FLOAT = Type(_is(float), key="Float", name="Float", is_builtin=True, typing_type=float)

Nothing = type(None)

_BUILTIN: Mapping[Any, Type] = {
    Any: ANY,
    None: NOTHING,
    type(None): NOTHING,
    int: INT,
    str: STRING,
    bool: BOOL,
    float: FLOAT,
}
_REGISTERED: dict[Any, Type] = {}


def make_python_type_usable_as_dagster_type(python_type: type, dagster_type: Type) -> None:
    """Have ``python_type`` as an annotation mean ``dagster_type``."""
    _REGISTERED[python_type] = dagster_type


def resolve_type(annotation: Any) -> Type:
    """The type that an annotation (or a Type) stands for; what cannot be checked accepts every value."""
    if isinstance(annotation, Type):
        return annotation
    if isinstance(annotation, type) and annotation in _REGISTERED:
        return _REGISTERED[annotation]
    try:
        known = _BUILTIN.get(annotation)
    except TypeError:  # an annotation that cannot be hashed
        return _build(annotation)
    return known if known is not None else _cached(annotation)


@lru_cache(maxsize=4096)
def _cached(annotation: Any) -> Type:
    return _build(annotation)


def _build(annotation: Any) -> Type:
    origin = get_origin(annotation)
    if origin is typing.Annotated:
        return resolve_type(get_args(annotation)[0])
    if isinstance(annotation, type) and origin is None:
        if annotation in (list, dict, tuple, set, frozenset):
            return Type(
                _is(annotation),
                key=annotation.__name__,
                name=_BARE[annotation],
                is_builtin=True,
                typing_type=annotation,
            )
        return PythonObjectType(annotation)
    verdict = checker(annotation)
    if verdict is None:
        return Type(_anything, key=str(annotation), name=show_type(annotation), typing_type=annotation)

    def check(value: object) -> TypeCheck:
        trouble = verdict(value, "value")
        return PASSED if trouble is None else TypeCheck(success=False, description=trouble)

    return Type(check, key=str(annotation), name=show_type(annotation), typing_type=annotation)


_BARE: Mapping[type, str] = {
    list: "[Any]",
    dict: "dict",
    tuple: "Tuple[Any, ...]",
    set: "Set[Any]",
    frozenset: "FrozenSet[Any]",
}

Checker = Callable[[object, str], "str | None"]


def show_type(annotation: Any) -> str:
    """The name of an annotation as it is shown."""
    if annotation is Any:
        return "Any"
    if annotation is None or annotation is type(None):
        return "None"
    known = _BUILTIN.get(annotation) if annotation.__hash__ else None
    if known is not None:
        return known.display_name
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin in (Union, types.UnionType):
        rest = [each for each in arguments if each is not type(None)]
        if len(rest) == 1 and len(arguments) == 2:
            return f"{show_type(rest[0])}?"
        return "Union[" + ", ".join(show_type(each) for each in arguments) + "]"
    if origin is list:
        return f"[{show_type(arguments[0])}]"
    if origin is dict:
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
    if annotation in (int, float):
        exact = INT if annotation is int else FLOAT

        def check(value: object, where: str) -> str | None:
            verdict = exact.check(value)
            return None if verdict.success else f"{where}: {verdict.description}"

        return check
    if getattr(annotation, "_is_protocol", False) and not getattr(annotation, "_is_runtime_protocol", False):
        return None
    return _plain(annotation, annotation.__name__)


def _plain(kind: type, name: str) -> Checker:
    def check(value: object, where: str) -> str | None:
        if isinstance(value, kind):
            return None
        return f"{where}: {_short(value)} is of type {type(value).__name__}, not {name}"

    return check


def _any_of(checks: list[Checker | None], name: str) -> Checker | None:
    if None in checks:
        return None
    real = [each for each in checks if each is not None]

    def check(value: object, where: str) -> str | None:
        if any(each(value, where) is None for each in real):
            return None
        return f"{where}: {_short(value)} is of type {type(value).__name__}, not {name}"

    return check


def _literal(allowed: tuple[Any, ...]) -> Checker:
    def check(value: object, where: str) -> str | None:
        return None if value in allowed else f"{where}: {_short(value)} is none of {', '.join(map(repr, allowed))}"

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
        each = _items(tuple, arguments[0])
        return each
    inner = [checker(each) for each in arguments]

    def check(value: Any, where: str) -> str | None:
        trouble = outer(value, where)
        if trouble is not None:
            return trouble
        if len(value) != len(inner):
            return f"{where}: {_short(value)} has {len(value)} items, not {len(inner)}"
        for number, (item, test) in enumerate(zip(value, inner, strict=True)):
            trouble = test(item, f"{where}[{number}]") if test is not None else None
            if trouble is not None:
                return trouble
        return None

    return check


def check_type(dagster_type: Any, value: object) -> TypeCheck:
    """The verdict of a type (or annotation) on a value: for tests of types."""
    return resolve_type(dagster_type).check(value)


def require_type(kind: TypeFace, verdict: TypeCheck, what: str, step: str) -> None:
    """Raise when a verdict is bad.

    Raises:
        TypeCheckDidNotPass: The value is not of the type.
    """
    if not verdict.success:
        raise TypeCheckDidNotPass(
            f'{what} of step "{step}" is not of type "{kind.display_name}"'
            + (f": {verdict.description}" if verdict.description else ""),
            where=f"step {step}",
        )
