"""EnvVar: a name that never becomes a value by accident."""

from __future__ import annotations

import pickle

import pytest

from lading.config.envvar import EnvVar, env_name, holds_variable, name_variables, resolve_variables
from lading.config.errors import ConfigValueError
from lading.errors import InvariantViolationError, UnsetVariableError


def test_the_value_is_read_when_it_is_asked_for(monkeypatch):
    variable = EnvVar("PLACE")
    monkeypatch.setenv("PLACE", "here")
    assert variable.get_value() == "here"
    monkeypatch.setenv("PLACE", "there")
    assert variable.get_value() == "there"


def test_an_unset_variable_gives_the_default(monkeypatch):
    monkeypatch.delenv("PLACE", raising=False)
    assert EnvVar("PLACE").get_value() is None
    assert EnvVar("PLACE").get_value("home") == "home"
    assert EnvVar.int("PLACE").get_value(4) == 4


def test_a_whole_number_is_read_as_one(monkeypatch):
    monkeypatch.setenv("PORT", "5432")
    assert EnvVar.int("PORT").get_value() == 5432
    assert isinstance(EnvVar.int("PORT"), int)


def test_text_where_a_whole_number_is_meant_is_refused_without_showing_it(monkeypatch):
    monkeypatch.setenv("PORT", "hush-hush")
    with pytest.raises(ConfigValueError, match="PORT does not hold a whole number") as caught:
        EnvVar.int("PORT").get_value()
    assert "hush" not in str(caught.value)
    assert caught.value.__suppress_context__


@pytest.mark.parametrize("use", [str, format, "{}".format, int])
@pytest.mark.parametrize("variable", [EnvVar("PLACE"), EnvVar.int("PLACE")], ids=repr)
def test_using_it_as_the_value_is_refused(use, variable):
    with pytest.raises((InvariantViolationError, ValueError)) as caught:
        use(variable)
    if use is not int or not isinstance(variable, str):
        assert "its value is read when a run starts" in str(caught.value)


def test_it_shows_its_name_and_nothing_else(monkeypatch):
    monkeypatch.setenv("PLACE", "secret")
    assert repr(EnvVar("PLACE")) == 'EnvVar("PLACE")'
    assert repr(EnvVar.int("PLACE")) == 'EnvVar.int("PLACE")'


def test_it_travels_to_other_processes():
    text, number = pickle.loads(pickle.dumps((EnvVar("A"), EnvVar.int("B"))))
    assert isinstance(text, EnvVar)
    assert text.env_var_name == "A"
    assert number == EnvVar.int("B")
    assert number != EnvVar.int("A")
    assert number != 0


def test_a_number_that_is_not_read_yet_is_not_compared():
    assert EnvVar.int("PORT")
    with pytest.raises(InvariantViolationError):
        _ = EnvVar.int("PORT") > 3


def test_variables_are_found_and_read_inside_lists_and_mappings(monkeypatch):
    monkeypatch.setenv("A", "a")
    monkeypatch.setenv("B", "7")
    given = {"x": [EnvVar("A"), 1], "y": {"z": (EnvVar.int("B"),)}}
    assert holds_variable(given)
    assert resolve_variables(given, "there") == {"x": ["a", 1], "y": {"z": (7,)}}
    assert name_variables(given) == {"x": [{"env": "A"}, 1], "y": {"z": ({"env": "B"},)}}


def test_reading_an_unset_variable_names_it_and_the_place(monkeypatch):
    monkeypatch.delenv("A", raising=False)
    with pytest.raises(UnsetVariableError, match="A is not set") as caught:
        resolve_variables([EnvVar("A")], "resources.db.config.password")
    assert caught.value.where == "resources.db.config.password"


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ({"env": "X"}, "X"),
        (EnvVar("X"), "X"),
        (EnvVar.int("X"), "X"),
        ({"env": 1}, None),
        ({"env": "X", "a": 1}, None),
        ("X", None),
    ],
    ids=repr,
)
def test_what_names_a_variable(given, name):
    assert env_name(given) == name
