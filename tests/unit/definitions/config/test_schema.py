"""The config schema language: what is taken, what is filled in, and what the refusal says."""

from __future__ import annotations

import enum
from typing import Any, Optional

import pytest

from lading.config.envvar import EnvVar
from lading.config.model import Config
from lading.definitions.config import scalars
from lading.definitions.config.choices import ScalarUnion, Selector
from lading.definitions.config.kinds import BoolSource, Enum, EnumValue, IntSource, StringSource
from lading.definitions.config.reading import read_config
from lading.definitions.config.schema import (
    Array,
    Field,
    Map,
    Noneable,
    Permissive,
    Shape,
    as_kind,
)
from lading.definitions.types import BOOL, INT
from lading.errors import InvalidConfigError, InvalidDefinitionError, UnsetVariableError
from lading.values.outputs import NOT_GIVEN


class Colour(enum.Enum):
    RED = "r"
    BLUE = "b"


class Login(Config):
    user: str = "anna"


def read(schema, given=NOT_GIVEN):
    return read_config(schema, given, "ops.o.config")


TAKEN = [
    (int, 1, 1),
    (INT, 1, 1),
    ({"i": scalars.Int, "f": scalars.Float, "b": scalars.Bool, "s": scalars.String, "a": scalars.Any},
     {"i": 1, "f": 1.5, "b": True, "s": "x", "a": None}, {"i": 1, "f": 1.5, "b": True, "s": "x", "a": None}),
    (float, 1, 1.0),
    (float, 1.5, 1.5),
    (bool, True, True),
    (BOOL, False, False),
    (str, "a", "a"),
    (Any, {"a": [1]}, {"a": [1]}),
    (None, {"a": [1]}, {"a": [1]}),
    (None, NOT_GIVEN, None),
    (None, None, None),
    (list, [1, "a"], [1, "a"]),
    (dict, {"a": 1}, {"a": 1}),
    (dict, NOT_GIVEN, {}),
    ([int], [1, 2], [1, 2]),
    (Array(int), (1, 2), [1, 2]),
    (list[int], [1], [1]),
    ({str: int}, {"a": 1}, {"a": 1}),
    (Map(str, int), {"a": 1}, {"a": 1}),
    (dict[str, list[int]], {"a": [1]}, {"a": [1]}),
    (Noneable(int), NOT_GIVEN, None),
    (Noneable(int), None, None),
    (Noneable(int), 1, 1),
    (int | None, 1, 1),
    (Optional[int], None, None),
    ({"a": Noneable(int)}, {}, {"a": None}),
    ({"a": Noneable(int)}, NOT_GIVEN, {"a": None}),
    ({"a": Field(Noneable(int), is_required=False)}, {}, {}),
    ({"a": Field(int, is_required=False)}, {}, {}),
    ({"a": Field(int, is_required=False)}, NOT_GIVEN, {}),
    (Field(int, is_required=False), NOT_GIVEN, None),
    (Field(int, default_value=5), NOT_GIVEN, 5),
    (Field(int, default_value=5), 3, 3),
    ({"a": Field(int, default_value=4), "n": {"b": Field(str, "q"), "c": Field(int, 2)}}, NOT_GIVEN,
     {"a": 4, "n": {"b": "q", "c": 2}}),
    ({"a": Field(int, default_value=4), "n": {"b": Field(str, "q"), "c": Field(int, 2)}}, {"n": {"c": 5}},
     {"a": 4, "n": {"b": "q", "c": 5}}),
    (Selector({"a": int, "b": {"c": str}}), {"a": 1}, {"a": 1}),
    (Selector({"a": Field(int, default_value=3)}), {}, {"a": 3}),
    (Selector({"a": Field(int, default_value=3)}), NOT_GIVEN, {"a": 3}),
    (Permissive({"a": int}), {"a": 1, "b": 2}, {"a": 1, "b": 2}),
    (Permissive(), NOT_GIVEN, {}),
    (Shape({"a": int, "b": int}, field_aliases={"a": "x"}), {"x": 1, "b": 2}, {"a": 1, "b": 2}),
    (Enum("E", [EnumValue("X", 10), EnumValue("Y")]), "X", 10),
    (Enum("E", [EnumValue("X", 10), EnumValue("Y")]), "Y", "Y"),
    (Enum.from_python_enum(Colour), "RED", Colour.RED),
    (Enum.from_python_enum_direct_values(Colour), "RED", "r"),
    (Colour, "BLUE", Colour.BLUE),
    (Colour, Colour.BLUE, Colour.BLUE),
    (ScalarUnion(str, {"a": int}), "s", "s"),
    (ScalarUnion(str, {"a": int}), {"a": 1}, {"a": 1}),
    (Login, NOT_GIVEN, Login()),
    (Login, {"user": "bo"}, Login(user="bo")),
    (Login, Login(user="bo"), Login(user="bo")),
    ({"user": str}, Login(user="bo"), {"user": "bo"}),
    ({"login": Login}, {}, {"login": Login()}),
]  # fmt: skip


@pytest.mark.parametrize(("schema", "given", "value"), TAKEN)
def test_what_fits_is_taken(schema, given, value):
    found = read(schema, given)
    assert found == value
    assert type(found) is type(value)


REFUSED = [
    (int, "1", "ops.o.config: expected Int, got '1' (str)"),
    (int, 1.0, "ops.o.config: expected Int, got 1.0 (float)"),
    (int, True, "ops.o.config: expected Int, got True (bool)"),
    (int, None, "ops.o.config: expected Int, got None"),
    (int, NOT_GIVEN, "ops.o.config: missing, expected Int"),
    (float, True, "expected Float"),
    (bool, 1, "expected Bool, got 1 (int)"),
    (str, 1, "expected String, got 1 (int)"),
    ([int], [1, "a"], "ops.o.config[1]: expected Int, got 'a' (str)"),
    ([int], 1, "expected [Int], got 1 (int)"),
    (dict, 1, "expected {…}, got 1 (int)"),
    ({"a": int, "b": Field(str, "q")}, 3, "expected {a: Int, b?: String}, got 3 (int)"),
    ({"a": int}, {}, "ops.o.config.a: missing, expected Int"),
    ({"a": int}, NOT_GIVEN, "ops.o.config: missing, expected {a: Int}"),
    ({"n": {"a": int}}, {"n": {"a": "x"}}, "ops.o.config.n.a: expected Int"),
    (Map(str, int), {"a": "b"}, "ops.o.config.a: expected Int, got 'b' (str)"),
    (Map(str, int), {1: 1}, "key 1 of ops.o.config: expected String"),
    (Selector({"a": int, "b": int}), {"a": 1, "b": 2}, "expected one of {a: Int | b: Int}, got 2 entries"),
    (Selector({"a": int, "b": int}), {}, "got 0 entries"),
    (Selector({"a": int, "b": int}), {"c": 1}, "unknown entry 'c'"),
    (Selector({"a": int}), NOT_GIVEN, "missing"),
    (Permissive({"a": int}), {"b": 2}, "ops.o.config.a: missing"),
    (Enum("E", [EnumValue("X", 10)]), 10, "expected one of X, got 10 (int)"),
    (Colour, "r", "expected one of RED, BLUE"),
    (ScalarUnion(str, {"a": int}), 4, "expected String"),
    (ScalarUnion(str, {"a": int}), {"b": 4}, "unknown entry 'b'"),
    (Login, {"usr": 1}, 'Login: unknown field "usr"'),
    (Login, {"user": 1}, "Login: user: "),
]  # fmt: skip


@pytest.mark.parametrize(("schema", "given", "said"), REFUSED)
def test_what_does_not_fit_is_refused_with_place_expectation_and_value(schema, given, said):
    with pytest.raises(InvalidConfigError) as caught:
        read(schema, given)
    assert said in caught.value.what
    assert caught.value.where.startswith("ops.o.config")


def test_a_misspelt_entry_gets_the_nearest_name():
    with pytest.raises(InvalidConfigError, match=r"unknown entry 'limt', expected \{limit\?: Int\}") as caught:
        read({"limit": Field(int, 1)}, {"limt": 1})
    assert caught.value.did_you_mean == "limit"


def test_everything_wrong_is_said_at_once():
    with pytest.raises(InvalidConfigError, match="3 places") as caught:
        read({"limit": int, "name": str}, {"limt": 1, "name": 2})
    for line in (
        "ops.o.config: unknown entry",
        'did you mean "limit"?',
        "ops.o.config.limit: missing",
        "ops.o.config.name: expected",
    ):
        assert line in caught.value.what


def test_a_long_value_is_cut():
    with pytest.raises(InvalidConfigError) as caught:
        read(int, "x" * 500)
    assert len(caught.value.what) < 150


# ---------------------------------------------------------------- environment variables


def test_variables_are_read_by_every_scalar(monkeypatch):
    monkeypatch.setenv("WORD", "hello")
    monkeypatch.setenv("NUMBER", "7")
    monkeypatch.setenv("FLAG", "True")
    schema = {"s": StringSource, "i": IntSource, "b": BoolSource, "f": float, "l": [str], "e": str, "n": int}
    given = {
        "s": {"env": "WORD"},
        "i": {"env": "NUMBER"},
        "b": {"env": "FLAG"},
        "f": {"env": "NUMBER"},
        "l": [{"env": "WORD"}],
        "e": EnvVar("WORD"),
        "n": EnvVar.int("NUMBER"),
    }
    assert read(schema, given) == {"s": "hello", "i": 7, "b": True, "f": 7.0, "l": ["hello"], "e": "hello", "n": 7}


def test_a_variable_that_does_not_fit_is_named_and_not_shown(monkeypatch):
    monkeypatch.setenv("NUMBER", "secret")
    monkeypatch.setenv("FLAG", "perhaps")
    with pytest.raises(InvalidConfigError) as caught:
        read({"i": int, "b": bool}, {"i": {"env": "NUMBER"}, "b": {"env": "FLAG"}})
    assert "the environment variable NUMBER does not hold a value of Int" in caught.value.what
    assert "the environment variable FLAG does not hold a value of Bool" in caught.value.what
    assert "secret" not in caught.value.what


def test_an_unset_variable_names_itself_and_the_entry(monkeypatch):
    monkeypatch.delenv("NUMBER", raising=False)
    with pytest.raises(UnsetVariableError, match="NUMBER is not set") as caught:
        read({"i": int}, {"i": {"env": "NUMBER"}})
    assert caught.value.where == "ops.o.config.i"


def test_a_default_may_be_a_variable_and_is_read_when_needed(monkeypatch):
    monkeypatch.delenv("NUMBER", raising=False)
    schema = {"i": Field(int, default_value={"env": "NUMBER"}), "j": Field([int], default_value=[EnvVar.int("NUMBER")])}
    monkeypatch.setenv("NUMBER", "7")
    assert read(schema) == {"i": 7, "j": [7]}


def test_where_a_mapping_is_meant_env_is_an_entry():
    assert read({str: str}, {"env": "X"}) == {"env": "X"}


# ---------------------------------------------------------------- definitions


def test_a_default_that_does_not_fit_is_refused_where_it_stands():
    with pytest.raises(InvalidConfigError, match="expected Int, got 'x'"):
        Field(int, default_value="x")
    with pytest.raises(InvalidDefinitionError, match="required and has a default"):
        Field(int, default_value=1, is_required=True)


@pytest.mark.parametrize(
    "schema", [object, 5, "int", [int, str], [], {"a": object}, {1: int}, int | str, {"a": {"b": 5}}]
)
def test_what_is_no_schema_is_refused(schema):
    with pytest.raises(InvalidDefinitionError, match="is no config schema") as caught:
        as_kind(schema, "op o")
    assert "use int, float, bool, str" in caught.value.fix


def test_a_field_knows_whether_it_is_required():
    assert Field(int).is_required
    assert not Field(int, default_value=1).is_required
    assert not Field({"a": Field(int, 1)}).is_required
    assert Field({"a": int}).is_required
    assert Field(int, default_value=1).default_provided
    assert not Field(int).default_provided
