"""Configurable resources: bound, opened once, torn down, by hand and nested."""

from __future__ import annotations

from contextlib import contextmanager

import pytest
from pydantic import PrivateAttr

from lading.config.envvar import EnvVar
from lading.config.errors import ConfigValueError
from lading.config.resource import ConfigurableResource, ResourceDependency
from lading.definitions.resource_functions import resource
from lading.engine.resources import open_resources
from lading.errors import CheckError, InvalidConfigError, UnsetVariableError


class Database(ConfigurableResource):
    url: str
    pool: int = 2
    _log: list[str] = PrivateAttr(default_factory=list)

    def setup_for_execution(self, context):
        self._log.append(f"open {self.url}")


class Loader(ConfigurableResource):
    db: Database
    size: int = 1
    clock: ResourceDependency[str] = "noon"


class Closing(ConfigurableResource):
    name: str = "c"

    def teardown_after_execution(self, context):
        context.log.append(f"close {self.name}")


def run(resources, wanted=None, config=None, **facts):
    with open_resources(resources, wanted or resources, config or {}, **facts) as opened:
        return opened


def test_a_run_gets_a_fresh_object_and_the_config_of_its_fields(monkeypatch):
    monkeypatch.setenv("URL", "there")
    given = Database(url=EnvVar("URL"))
    opened = run({"db": given})
    made = opened.values["db"]
    assert made is not given
    assert made._log == ["open there"]
    assert given._log == []
    assert opened.configs["db"] == {"url": "there", "pool": 2}
    assert "there" not in repr(made)


def test_run_config_says_the_whole_of_a_resource():
    opened = run({"db": Database(url="x", pool=5)}, config={"db": {"url": "y"}})
    assert opened.configs["db"] == {"url": "y", "pool": 2}
    with pytest.raises(InvalidConfigError, match="url"):
        run({"db": Database(url="x", pool=5)}, config={"db": {"pool": 3}})


def test_an_object_as_run_config_stands_in_place_of_the_whole():
    opened = run({"db": Database(url="x", pool=5)}, config={"db": Database(url="y")})
    assert opened.configs["db"] == {"url": "y", "pool": 2}


@pytest.mark.parametrize(("config", "said"), [({"ulr": "y"}, "ulr"), ({"pool": "many"}, "pool"), (3, "mapping")])
def test_run_config_that_does_not_fit_is_refused(config, said):
    with pytest.raises(InvalidConfigError, match=said) as caught:
        run({"db": Database(url="x")}, config={"db": config})
    assert caught.value.where == "resources.db.config"


def test_an_unset_variable_names_resource_and_field(monkeypatch):
    monkeypatch.delenv("URL", raising=False)
    with pytest.raises(UnsetVariableError) as caught:
        run({"loader": Loader(db=Database(url=EnvVar("URL")))})
    assert caught.value.where == "resources.loader.config.db.url"


# ---------------------------------------------------------------- configured at launch


def test_what_is_missing_comes_with_the_run_config():
    partial = Database.configure_at_launch(pool=7)
    opened = run({"db": partial}, config={"db": {"url": "z"}})
    assert opened.configs["db"] == {"url": "z", "pool": 7}
    with pytest.raises(InvalidConfigError, match='"url" is missing'):
        run({"db": partial})
    assert run({"db": partial}, config={"db": Database(url="obj")}).configs["db"]["url"] == "obj"


@pytest.mark.parametrize("given", [{"ulr": "x"}, {"pool": "many"}])
def test_what_is_known_at_launch_is_checked_at_once(given):
    with pytest.raises(ConfigValueError):
        Database.configure_at_launch(**given)


# ---------------------------------------------------------------- nested


def test_a_nested_resource_is_opened_before_the_one_around_it(monkeypatch):
    monkeypatch.setenv("URL", "there")
    opened = run({"loader": Loader(db=Database(url=EnvVar("URL")))})
    assert opened.values["loader"].db._log == ["open there"]
    assert opened.configs["loader"] == {"size": 1}


def test_a_nested_resource_under_its_own_key_is_opened_once():
    db = Database(url="x")
    opened = run({"loader": Loader(db=db), "db": db}, config={"db": {"url": "y"}})
    assert opened.values["loader"].db is opened.values["db"]
    assert opened.values["db"]._log == ["open y"]


def test_run_config_reaches_a_nested_resource():
    opened = run({"loader": Loader(db=Database(url="x", pool=9))}, config={"loader": {"size": 2, "db": {"url": "y"}}})
    made = opened.values["loader"]
    assert (made.size, made.db.url, made.db.pool) == (2, "y", 2)
    opened = run({"loader": Loader(db=Database(url="x", pool=9))}, config={"loader": {"size": 3}})
    assert (opened.values["loader"].db.url, opened.values["loader"].db.pool) == ("x", 9)


def test_config_for_a_shared_resource_belongs_under_its_own_key():
    db = Database(url="x")
    with pytest.raises(InvalidConfigError, match="config of its own"):
        run({"loader": Loader(db=db), "db": db}, config={"loader": {"db": {"url": "y"}}})


def test_a_nested_resource_may_wait_for_launch():
    opened = run({"loader": Loader(db=Database.configure_at_launch())}, config={"loader": {"db": {"url": "y"}}})
    assert opened.values["loader"].db._log == ["open y"]
    opened = run({"loader": Loader.configure_at_launch()}, config={"loader": {"db": {"url": "z"}}})
    assert opened.values["loader"].db._log == ["open z"]


def test_a_default_may_be_a_resource():
    class Keeper(ConfigurableResource):
        db: Database = Database(url="default")

    assert run({"k": Keeper()}).values["k"].db._log == ["open default"]


def test_another_resource_than_the_annotated_one_is_refused():
    with pytest.raises(ConfigValueError, match="db"):
        Loader(db=Closing())


def test_a_dependency_takes_objects_functions_and_resources_that_make_something_else():
    @resource
    def clock():
        return "from a function"

    class Made(ConfigurableResource):
        def create_resource(self, context):
            return "made"

    db = Database(url="x")
    assert run({"l": Loader(db=db, clock="plain")}).values["l"].clock == "plain"
    assert run({"l": Loader(db=db, clock=clock)}).values["l"].clock == "from a function"
    assert run({"l": Loader(db=db, clock=Made())}).values["l"].clock == "made"


# ---------------------------------------------------------------- opening and closing


def test_teardown_follows_setup_in_reverse_order():
    log = []
    with open_resources({"a": Closing(name="a"), "b": Closing(name="b")}, ["a", "b"], log=log):
        assert log == []
    assert log == ["close b", "close a"]


def test_yield_for_execution_opens_and_closes():
    log = []

    class Yielding(ConfigurableResource):
        @contextmanager
        def yield_for_execution(self, context):
            log.append(("open", context.run_id, self.get_resource_context() is context))
            yield self
            log.append("close")

    with open_resources({"y": Yielding()}, ["y"], run_id="r1") as opened:
        assert opened.values["y"].get_resource_context().run_id == "r1"
    assert log == [("open", "r1", True), "close"]


def test_what_is_yielded_may_be_something_else():
    class Client(ConfigurableResource):
        @contextmanager
        def yield_for_execution(self, context):
            yield "client"

    assert run({"c": Client()}).values["c"] == "client"


def test_a_resource_that_is_not_open_has_no_context():
    with pytest.raises(CheckError, match="not open"):
        Database(url="x").get_resource_context()


# ---------------------------------------------------------------- by hand


def test_by_hand_variables_are_read_and_nested_resources_opened(monkeypatch):
    monkeypatch.setenv("URL", "there")
    made = Loader(db=Database(url=EnvVar("URL"))).process_config_and_initialize()
    assert made.db._log == ["open there"]


def test_by_hand_a_resource_named_twice_is_opened_once():
    class Pair(ConfigurableResource):
        left: Database
        right: Loader

    db = Database(url="x")
    made = Pair(left=db, right=Loader(db=db)).process_config_and_initialize()
    assert made.left is made.right.db


def test_by_hand_what_must_be_closed_needs_a_block():
    with pytest.raises(CheckError, match="Closing has to be torn down"):
        Closing().process_config_and_initialize()

    class Outer(ConfigurableResource):
        inner: Closing = Closing()

    with pytest.raises(CheckError, match="Closing has to be torn down"):
        Outer().process_config_and_initialize()


def test_by_hand_a_block_opens_and_closes():
    log = []

    class Yielding(ConfigurableResource):
        @contextmanager
        def yield_for_execution(self, context):
            log.append("open")
            yield self
            log.append("close")

    with Yielding().process_config_and_initialize_cm() as made:
        assert isinstance(made, Yielding)
        assert log == ["open"]
    assert log == ["open", "close"]


def test_a_function_may_make_a_configurable_resource_of_its_config(monkeypatch):
    @resource(config_schema=Database.to_config_schema())
    def database(context):
        return Database.from_resource_context(context)

    monkeypatch.setenv("URL", "there")
    opened = run({"db": database}, config={"db": {"url": {"env": "URL"}}})
    assert opened.values["db"]._log == ["open there"]
    assert opened.configs["db"] == {"url": "there", "pool": 2}


def test_a_function_may_choose_a_configurable_resource(monkeypatch):
    @resource
    def database():
        return Database(url=EnvVar("URL"))

    monkeypatch.setenv("URL", "there")
    assert run({"db": database}).values["db"]._log == ["open there"]
