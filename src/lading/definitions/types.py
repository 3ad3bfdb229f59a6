"""Types of inputs and outputs: a name to show and a check; most come from annotations."""

from __future__ import annotations

import types
import typing
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, Union, get_args, get_origin

from lading.abc.partition_values import Partitions
from lading.abc.types import TypeFace
from lading.definitions.type_checks import checker, short_text, show_type
from lading.errors import CheckError, InvalidDefinitionError
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
            return TypeCheck(success=False, description=f"{short_text(value)} is not of type {self._name}")
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
        kinds = python_type if isinstance(python_type, tuple) else (python_type,)
        if not kinds or not all(isinstance(each, type) for each in kinds):  # pyright: ignore[reportUnnecessaryIsInstance] - callers are not all typed
            raise CheckError(
                f"{python_type!r:.60} is no class", where="PythonObjectType(…)", fix="give a class, or a tuple of them"
            )
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
                description=f"expected a value of type {shown}, got {short_text(value)} of type {type(value).__name__}",
            )

        annotation: Any = Union[python_type] if isinstance(python_type, tuple) else python_type  # noqa: UP007 - built from a tuple
        super().__init__(check, key or name or _qualified(python_type), shown, typing_type=annotation, **more)

    def __reduce__(self) -> str | tuple[Any, ...]:
        return PythonObjectType, (self.python_type, self._key, self._name)


class PartitionsType(Type):
    """The type of an input annotated ``Partitions[T]``.

    Args:
        item: The type of each value.
    """

    __slots__ = ("item",)

    def __init__(self, item: Type) -> None:
        shown = f"Partitions[{item.display_name}]"
        super().__init__(_is(Partitions), key=f"Partitions[{item.key}]", name=shown, typing_type=Partitions)
        self.item = item

    def __reduce__(self) -> str | tuple[Any, ...]:
        return PartitionsType, (self.item,)


def _qualified(python_type: type | tuple[type, ...]) -> str:
    each = python_type if isinstance(python_type, tuple) else (python_type,)
    return "|".join(f"{kind.__module__}.{kind.__qualname__}" for kind in each)


def _positional_count(fn: Callable[..., Any]) -> int:
    code = getattr(fn, "__code__", None)
    if code is None:
        return 1
    return code.co_argcount - (1 if isinstance(fn, types.MethodType) else 0)


def _is(kind: type) -> Callable[[object], TypeCheck]:
    def check(value: object) -> TypeCheck:
        if isinstance(value, kind):
            return PASSED
        return TypeCheck(
            success=False,
            description=f"{short_text(value)} is of type {type(value).__name__}, not {kind.__name__}",
        )

    return check


def _anything(value: object) -> bool:
    return True


def _is_none(value: object) -> bool:
    return value is None


ANY = Type(_anything, key="Any", name="Any", is_builtin=True)
NOTHING = Type(_is_none, key="Nothing", name="Nothing", is_builtin=True, typing_type=type(None))
INT = Type(_is(int), key="Int", name="Int", is_builtin=True, typing_type=int)
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


def is_partitions(annotation: Any) -> bool:
    """Whether an annotation is ``Partitions`` or ``Partitions[T]``."""
    return annotation is Partitions or get_origin(annotation) is Partitions


@lru_cache(maxsize=4096)
def _cached(annotation: Any) -> Type:
    return _build(annotation)


def _build(annotation: Any) -> Type:
    origin = get_origin(annotation)
    if origin is typing.Annotated:
        return resolve_type(get_args(annotation)[0])
    if is_partitions(annotation):
        return PartitionsType(resolve_type(get_args(annotation)[0]) if origin is Partitions else ANY)
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


def check_type(dagster_type: Any, value: object) -> TypeCheck:
    """The verdict of a type (or annotation) on a value: for tests of types."""
    return resolve_type(dagster_type).check(value)
