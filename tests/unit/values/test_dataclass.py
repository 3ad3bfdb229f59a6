"""The package's own ``dataclass`` behaves as the standard one does, in all that the package uses of it."""

from __future__ import annotations

import copy
import dataclasses
import inspect
import pickle
from concurrent.futures import ThreadPoolExecutor
from typing import ClassVar

import pytest

from lading.values.dataclass import dataclass, field, replace


@dataclass(frozen=True, slots=True)
class Point:
    kind: ClassVar[str] = "point"
    x: int
    y: int = 0
    names: list[str] = field(default_factory=list)
    note: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Point3(Point):
    z: int = 0


@dataclass(slots=True)
class Open:
    a: int
    b: int = 1


@dataclass(frozen=True, slots=True, order=True)
class Rank:
    n: int


@dataclass(frozen=True)
class Loose:
    n: int

    def __post_init__(self) -> None:
        if self.n < 0:
            raise ValueError("below zero")


def test_fields_defaults_and_factories() -> None:
    one, other = Point(1), Point(x=1, y=0, names=[], note="!")
    assert (one.x, one.y, one.names, one.note) == (1, 0, [], "")
    assert one.names is not Point(1).names
    assert one == other
    assert repr(Point3(1, 2, z=3)) == "Point3(x=1, y=2, names=[], note='', z=3)"
    assert Point.__match_args__ == ("x", "y", "names", "note")
    with pytest.raises(TypeError, match="missing 1 required positional argument: 'x'"):
        Point()  # type: ignore[call-arg]


def test_frozen_and_slotted() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        Point(1).x = 2  # type: ignore[misc]
    with pytest.raises(dataclasses.FrozenInstanceError):
        Point(1).other = 2  # type: ignore[attr-defined]
    with pytest.raises(dataclasses.FrozenInstanceError):
        del Point(1).x
    assert not hasattr(Point3(1), "__dict__")
    opened = Open(1)
    opened.a = 2
    assert opened == Open(2)
    with pytest.raises(TypeError, match="unhashable"):
        hash(opened)


def test_equality_needs_the_same_class_and_hash_follows() -> None:
    assert Point(1) != Point3(1)
    assert Rank(1) == Rank(1)
    assert hash(Rank(1)) == hash(Rank(1))
    assert {Rank(2): "two"}[Rank(2)] == "two"
    assert sorted([Rank(2), Rank(1)]) == [Rank(1), Rank(2)]


def test_copies_and_pickles() -> None:
    one = Point3(1, 2, ["a"], "b", 3)
    assert pickle.loads(pickle.dumps(one)) == one
    assert copy.deepcopy(one) == one
    assert replace(one, y=9) == Point3(1, 9, ["a"], "b", 3)
    assert dataclasses.replace(one, y=9).y == 9


def test_the_standard_library_sees_a_dataclass() -> None:
    assert dataclasses.is_dataclass(Point)
    assert [each.name for each in dataclasses.fields(Point3)] == ["x", "y", "names", "note", "z"]
    assert dataclasses.asdict(Point(1)) == {"x": 1, "y": 0, "names": [], "note": ""}
    assert str(inspect.signature(Open)) == "(a: 'int', b: 'int' = 1) -> None"


def test_what_a_class_says_itself_stays() -> None:
    @dataclass(frozen=True, slots=True)
    class Own:
        n: int

        def __init__(self, text: str) -> None:
            object.__setattr__(self, "n", int(text))

        def __repr__(self) -> str:
            return f"<{self.n}>"

    assert repr(Own("7")) == "<7>"
    with pytest.raises(ValueError, match="below zero"):
        Loose(-1)


def test_a_subclass_that_calls_up() -> None:
    class Child(Open):
        def __init__(self) -> None:
            super().__init__(5)

    assert Child().a == 5


def test_many_threads_may_be_the_first() -> None:
    for _ in range(50):

        @dataclass(frozen=True, slots=True)
        class Fresh:
            n: int

        with ThreadPoolExecutor(4) as threads:
            assert set(threads.map(Fresh, [1] * 8)) == {Fresh(1)}
