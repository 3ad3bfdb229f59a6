"""Configurable managers: models and managers in one."""

from __future__ import annotations

import pytest
from pydantic import PrivateAttr

from lading.abc.io import InputManager, IOManager
from lading.config.envvar import EnvVar
from lading.config.io import ConfigurableInputManager, ConfigurableIOManager, ConfigurableIOManagerFactory
from lading.engine.resources import open_resources
from lading.errors import ResourceFunctionError


class Shelf(ConfigurableIOManager):
    base: str = "shelf"
    _stored: dict[str, object] = PrivateAttr(default_factory=dict)

    def handle_output(self, context, obj):
        self._stored[context] = obj

    def load_input(self, context):
        return self._stored[context]


class Factory(ConfigurableIOManagerFactory[Shelf]):
    base: str

    def create_io_manager(self, context):
        return Shelf(base=f"{self.base} of {context.run_id}")


def test_a_manager_is_an_io_manager_with_fields(monkeypatch):
    monkeypatch.setenv("BASE", "there")
    assert isinstance(Shelf(), IOManager)
    with open_resources({"io": Shelf(base=EnvVar("BASE"))}, ["io"]) as opened:
        manager = opened.manager("io", "io_manager", "step a")
        manager.handle_output("k", 1)
        assert (manager.base, manager.load_input("k")) == ("there", 1)
        assert opened.configs["io"] == {"base": "there"}


def test_a_factory_makes_one_manager_per_run():
    source = Factory(base="b")
    made = []
    for run_id in ("r1", "r2"):
        with open_resources({"io": source}, ["io"], run_id=run_id) as opened:
            made.append(opened.manager("io", "io_manager", "step a"))
    assert [manager.base for manager in made] == ["b of r1", "b of r2"]
    assert made[0] is not made[1]


def test_a_factory_that_makes_no_io_manager_is_refused():
    class Wrong(ConfigurableIOManagerFactory):
        def create_io_manager(self, context):
            return 5

    with pytest.raises(ResourceFunctionError, match="gave int, which is no IO manager"):
        open_resources({"io": Wrong()}, ["io"])


@pytest.mark.parametrize(
    ("kind", "names"),
    [
        (ConfigurableIOManager, "handle_output'?, '?load_input"),
        (ConfigurableInputManager, "load_input"),
        (ConfigurableIOManagerFactory, "create_io_manager"),
    ],
)
def test_what_is_not_implemented_is_named_at_once(kind, names):
    class Lacking(kind):
        base: str = "x"

    with pytest.raises(TypeError, match=names):
        Lacking()


def test_which_kind_of_manager_each_becomes():
    class Reader(ConfigurableInputManager):
        def load_input(self, context):
            return 1

    assert isinstance(Reader(), InputManager)
    assert Reader().manager_kind == "input_manager"
    assert Shelf().manager_kind == "io_manager"
    assert Shelf.configure_at_launch().manager_kind == "io_manager"
    assert Factory(base="b").manager_kind == "io_manager"
