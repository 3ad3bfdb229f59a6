"""Config: what fits is taken, what does not is named, and variables are read by the run alone."""

from __future__ import annotations

import copy
import enum
import pickle

import pytest
from pydantic import ConfigDict, Field, PrivateAttr, SecretStr, field_validator, model_validator

from lading.config.envvar import EnvVar
from lading.config.errors import ConfigValueError, FrozenConfigError
from lading.config.model import Config, PermissiveConfig
from lading.errors import InvalidConfigError, InvalidInvocationError, UnsetVariableError


class Colour(enum.Enum):
    RED = "r"
    BLUE = "b"


class Login(Config):
    user: str = "anna"
    tries: int = 1


class Source(Config):
    url: str
    limit: int = Field(10, gt=0)
    login: Login = Login()
    paths: list[str] = []  # noqa: RUF012 - pydantic copies it
    labels: dict[str, str] = {}  # noqa: RUF012 - pydantic copies it
    colour: Colour = Colour.RED
    note: str | None = None
    _cache: dict[str, int] = PrivateAttr(default_factory=dict)

    @field_validator("url")
    @classmethod
    def add_slash(cls, value: str) -> str:
        assert "bad" not in value, f"{value} is bad"
        return value + "/"


def for_run(made, overrides=None):
    return made.resolved_for_run(overrides or {}, "ops.load.config")


# ---------------------------------------------------------------- making one


def test_values_are_validated_and_defaults_filled():
    made = Source(url="x", limit="5")
    assert (made.url, made.limit, made.login.user, made.colour) == ("x/", 5, "anna", Colour.RED)


@pytest.mark.parametrize("colour", ["RED", "r", Colour.RED])
def test_a_member_of_an_enum_goes_by_name_and_by_value(colour):
    assert Source(url="x", colour=colour).colour is Colour.RED


def test_a_value_that_does_not_fit_is_a_value_error_naming_field_and_fields():
    with pytest.raises(ValueError, match=r"Source: limit: .*greater than 0, got -1") as caught:
        Source(url="x", limit=-1)
    assert isinstance(caught.value, InvalidConfigError)
    assert "url, limit, login" in caught.value.fix


def test_an_unknown_argument_is_refused_with_the_nearest_name():
    with pytest.raises(ConfigValueError, match='unknown field "limt"') as caught:
        Source(url="x", limt=1)
    assert caught.value.did_you_mean == "limit"


def test_an_unknown_argument_is_refused_when_it_is_a_variable_too():
    with pytest.raises(ConfigValueError, match='unknown field "limt"'):
        Source(url="x", limt=EnvVar("X"))


def test_everything_wrong_is_said_at_once():
    with pytest.raises(ConfigValueError) as caught:
        Source(limit="x", login={"usr": 1})
    text = str(caught.value)
    assert '"url" is missing' in text
    assert "limit: " in text
    assert 'unknown field "login.usr"' in text


def test_a_missing_value_is_named():
    with pytest.raises(ConfigValueError, match='"url" is missing'):
        Source()


def test_objects_are_frozen():
    made = Source(url="x")
    with pytest.raises(FrozenConfigError, match='"limit" cannot be assigned') as caught:
        made.limit = 3
    assert isinstance(caught.value, InvalidInvocationError)
    made._cache["a"] = 1


def test_a_subclass_may_thaw():
    class Loose(Config):
        model_config = ConfigDict(frozen=False)
        a: int = 1

    made = Loose()
    made.a = 2
    assert made.a == 2


def test_a_permissive_config_keeps_what_it_does_not_know():
    made = PermissiveConfig(a=1, b=[2])
    assert (made.a, made.b) == (1, [2])


def test_secrets_are_not_shown():
    class Account(Config):
        password: SecretStr = Field(min_length=6)

    assert "open-sesame" not in repr(Account(password="open-sesame"))
    with pytest.raises(ConfigValueError) as caught:
        Account(password=SecretStr("short"))
    assert "short" not in str(caught.value).replace("too short", "")


# ---------------------------------------------------------------- environment variables


def test_a_variable_is_kept_aside_and_read_for_a_run(monkeypatch):
    monkeypatch.setenv("URL", "there")
    made = Source(url=EnvVar("URL"), limit="3")
    assert made.url == EnvVar("URL")
    assert made.limit == 3
    assert for_run(made).url == "there/"
    monkeypatch.setenv("URL", "elsewhere")
    assert for_run(made).url == "elsewhere/"


def test_what_is_known_is_validated_at_once_beside_a_variable():
    with pytest.raises(ConfigValueError, match="limit"):
        Source(url=EnvVar("URL"), limit=-1)
    with pytest.raises(ConfigValueError, match='"url" is missing'):
        Source(limit=EnvVar.int("LIMIT"))


def test_constraints_are_checked_when_the_variable_is_read(monkeypatch):
    monkeypatch.setenv("LIMIT", "-5")
    made = Source(url="x", limit=EnvVar.int("LIMIT"))
    with pytest.raises(ConfigValueError, match="limit: input should be greater than 0") as caught:
        for_run(made)
    assert "-5" not in str(caught.value)
    assert caught.value.where == "ops.load.config"


def test_the_text_of_a_variable_fits_a_number(monkeypatch):
    monkeypatch.setenv("LIMIT", "12")
    assert for_run(Source(url="x", limit=EnvVar("LIMIT"))).limit == 12


def test_a_validators_message_does_not_tell_the_value(monkeypatch):
    monkeypatch.setenv("URL", "bad-and-secret")
    with pytest.raises(ConfigValueError, match="… is bad") as caught:
        for_run(Source(url=EnvVar("URL")))
    assert "secret" not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


def test_variables_are_read_in_lists_mappings_and_nested_configs(monkeypatch):
    monkeypatch.setenv("A", "a")
    monkeypatch.setenv("N", "4")
    made = Source(
        url="x",
        paths=["p", EnvVar("A")],
        labels={"k": EnvVar("A")},
        login=Login(user=EnvVar("A"), tries=EnvVar.int("N")),
    )
    run = for_run(made)
    assert (run.paths, run.labels, run.login.user, run.login.tries) == (["p", "a"], {"k": "a"}, "a", 4)
    assert for_run(Source(url="x", login={"user": EnvVar("A")})).login.user == "a"


def test_a_default_may_be_a_variable(monkeypatch):
    class Place(Config):
        path: str = EnvVar("A")

    monkeypatch.setenv("A", "a")
    assert for_run(Place()).path == "a"
    assert Place.from_run_config({}, "w").path == "a"


def test_an_unset_variable_names_itself_and_the_field(monkeypatch):
    monkeypatch.delenv("URL", raising=False)
    with pytest.raises(UnsetVariableError, match="URL is not set") as caught:
        for_run(Source(url=EnvVar("URL")))
    assert caught.value.where == "ops.load.config.url"


def test_what_a_run_reads_is_not_shown(monkeypatch):
    monkeypatch.setenv("A", "secret")
    run = for_run(Source(url=EnvVar("A"), login=Login(user=EnvVar("A"))))
    assert "secret" not in repr(run)
    assert "secret" not in str(run)
    assert 'url=EnvVar("A")' in repr(run)


def test_validators_of_the_whole_model_wait_for_the_variables(monkeypatch):
    class Span(Config):
        low: int
        high: int

        @model_validator(mode="after")
        def ordered(self):
            assert self.low < self.high, "low is not below high"
            return self

    made = Span(low=EnvVar.int("LOW"), high=3)
    monkeypatch.setenv("LOW", "2")
    assert for_run(made).low == 2
    monkeypatch.setenv("LOW", "3")
    with pytest.raises(ConfigValueError, match="low is not below high"):
        for_run(made)


def test_private_state_is_there_beside_a_variable_and_new_in_each_run(monkeypatch):
    monkeypatch.setenv("URL", "x")
    made = Source(url=EnvVar("URL"))
    made._cache["a"] = 1
    assert for_run(made)._cache == {}


def test_a_value_is_validated_once_per_run():
    made = Source(url="x")
    assert for_run(made).url == "x/"
    assert for_run(for_run(made)).url == "x/"


def test_aliases_are_followed(monkeypatch):
    class Aliased(Config):
        kind: str = Field(alias="type")

    monkeypatch.setenv("A", "a")
    assert for_run(Aliased(type=EnvVar("A"))).kind == "a"
    assert Aliased(type="b").kind == "b"
    assert for_run(Aliased(type="b"), {"type": "c"}).kind == "c"


def test_an_override_under_the_alias_replaces_what_was_given_under_the_name():
    class Aliased(Config):
        model_config = ConfigDict(populate_by_name=True)
        kind: str = Field(alias="type")

    assert for_run(Aliased(type="a"), {"kind": "b"}).kind == "b"
    assert for_run(Aliased(kind="a"), {"type": "b"}).kind == "b"


@pytest.mark.parametrize("again", [copy.copy, copy.deepcopy, lambda made: pickle.loads(pickle.dumps(made))])
def test_copies_keep_their_variables(again, monkeypatch):
    monkeypatch.setenv("A", "secret")
    made = again(Login(user=EnvVar("A")))
    assert for_run(made).user == "secret"
    assert "secret" not in repr(again(for_run(made)))


def test_equal_values_make_equal_objects():
    assert Source(url="x", limit="3") == Source(url="x", limit=3)
    assert Login() == Login(user="anna")


# ---------------------------------------------------------------- run config


def test_run_config_becomes_an_object(monkeypatch):
    monkeypatch.setenv("A", "a")
    made = Source.from_run_config(
        {"url": {"env": "A"}, "login": {"user": {"env": "A"}}, "paths": [{"env": "A"}], "colour": "BLUE"},
        "ops.x.config",
    )
    assert (made.url, made.login.user, made.paths, made.colour) == ("a/", "a", ["a"], Colour.BLUE)
    assert 'url=EnvVar("A")' in repr(made)


def test_a_mapping_called_env_stays_a_mapping_where_a_mapping_is_meant():
    assert Source.from_run_config({"url": "x", "labels": {"env": "A"}}, "w").labels == {"env": "A"}


def test_run_config_that_does_not_fit_says_whose_it_is():
    with pytest.raises(InvalidConfigError) as caught:
        Source.from_run_config({"url": 1}, "ops.load.config")
    assert caught.value.where == "ops.load.config"
    with pytest.raises(InvalidConfigError, match="made from a mapping, got int"):
        Source.from_run_config(3, "ops.load.config")


def test_an_object_in_place_of_run_config_is_read_for_the_run(monkeypatch):
    monkeypatch.setenv("A", "a")
    assert Source.from_run_config(Source(url=EnvVar("A")), "w").url == "a/"


def test_overrides_change_what_they_name_and_leave_the_rest():
    made = Source(url="x", limit=3, login=Login(user="bo", tries=2))
    run = for_run(made, {"limit": 4, "login": {"tries": 5}})
    assert (run.url, run.limit, run.login.user, run.login.tries) == ("x/", 4, "bo", 5)
    assert (made.limit, made.login.tries) == (3, 2)


def test_plain_config_builds_an_equal_object():
    made = Source(url="x", limit=3, login=Login(user=EnvVar("A")), colour=Colour.BLUE)
    said = made.as_run_config()
    assert said == {
        "url": "x",
        "limit": 3,
        "login": {"user": {"env": "A"}, "tries": 1},
        "paths": [],
        "labels": {},
        "colour": "BLUE",
    }


def test_default_run_config_stands_only_where_nothing_is_required():
    assert Login.default_run_config() == {}
    assert Source.default_run_config() is None


def test_field_values_are_plain_mappings():
    assert Source(url="x").field_values()["login"] == {"user": "anna", "tries": 1}


def test_a_class_with_an_init_of_its_own_keeps_its_private_state():
    class Own(Config):
        path: str
        _opened: int = PrivateAttr(0)

        def __init__(self, where: str) -> None:
            super().__init__(path=where)
            self._opened = 5

    run = for_run(Own("here"))
    assert (run.path, run._opened) == ("here", 5)
