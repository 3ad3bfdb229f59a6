"""Resources and managers made by functions."""

from __future__ import annotations

from typing import Annotated, get_args

import pytest

from lading.abc.contexts.resource import InitResourceContext
from lading.abc.io import InputManager, IOManager
from lading.config.io import ConfigurableIOManager
from lading.config.model import Config
from lading.definitions.config.schema import Field
from lading.definitions.managers import InputManagerDefinition, IOManagerDefinition, input_manager, io_manager
from lading.definitions.resource_functions import ResourceDefinition, configured, resource
from lading.definitions.resources import ReadyResource, ResourceParam, as_resource_source
from lading.definitions.signature import is_resource
from lading.engine.resources import open_resources
from lading.errors import InvalidConfigError, InvalidDefinitionError, InvalidInvocationError, ResourceFunctionError


class Shelf(IOManager):
    def handle_output(self, context, obj):
        pass

    def load_input(self, context):
        return 1


class Reader(InputManager):
    def load_input(self, context):
        return 1


def opened(source, config=None):
    given = {} if config is None else {"r": config}
    with open_resources({"r": as_resource_source("r", source)}, ["r"], given) as all_of_them:
        return all_of_them.values["r"]


@resource(config_schema={"n": int, "word": Field(str, default_value="hi")})
def counter(context):
    """Counts."""
    return context.resource_config


# ---------------------------------------------------------------- decorators


def test_the_decorator_takes_functions_bare_and_with_arguments():
    @resource
    def bare():
        return "bare"

    @resource()
    def called(context):
        return context.resource_config

    @resource({"n": int}, "counts", {"db"}, "1")
    def full(context):
        return context

    assert opened(bare) == "bare"
    assert opened(called) is None
    assert opened(called, {"any": "thing"}) == {"any": "thing"}
    assert (full.description, full.required_resource_keys, full.version) == ("counts", {"db"}, "1")


def test_a_class_as_only_argument_is_a_schema():
    @resource(int)
    def number(context):
        return context.resource_config

    class Settings(Config):
        n: int = 4

    @resource(Settings)
    def settings(context):
        return context.resource_config

    assert opened(number, 3) == 3
    assert opened(settings) == {"n": 4}
    assert opened(settings, Settings(n=5)) == {"n": 5}


@pytest.mark.parametrize("fn", [lambda a, b: 1, lambda a, *, b: 1, lambda *, b: 1])
def test_a_function_with_other_arguments_is_refused(fn):
    with pytest.raises(InvalidDefinitionError, match="more than a context"):
        resource(fn)


@pytest.mark.parametrize("fn", [lambda: 1, lambda a: 1, lambda a=None: 1, lambda *a: 1, lambda a, b=1: 1])
def test_no_argument_or_one_is_taken(fn):
    assert opened(resource(fn)) == 1


def test_managers_keep_the_schemas_of_their_inputs_and_outputs():
    @io_manager(config_schema={"base": str}, output_config_schema={"name": str}, input_config_schema={"sep": str})
    def shelf(context):
        return Shelf()

    @input_manager(input_config_schema=int)
    def reader():
        return Reader()

    assert isinstance(shelf, IOManagerDefinition)
    assert (shelf.output_config_schema, shelf.input_config_schema) == ({"name": str}, {"sep": str})
    assert isinstance(reader, InputManagerDefinition)
    assert reader.input_config_schema is int
    settled = shelf.configured({"base": "b"})
    assert isinstance(settled, IOManagerDefinition)
    assert settled.output_config_schema == {"name": str}
    assert isinstance(opened(settled), Shelf)


def test_an_io_manager_serves_as_input_manager():
    @input_manager
    def reader():
        return Shelf()

    assert isinstance(opened(reader), Shelf)


# ---------------------------------------------------------------- config


def test_config_is_validated_and_defaults_filled():
    assert opened(counter, {"n": 1}) == {"n": 1, "word": "hi"}
    with pytest.raises(InvalidConfigError, match="missing"):
        opened(counter)


def test_configured_settles_the_config():
    settled = counter.configured({"n": 3})
    assert opened(settled) == {"n": 3, "word": "hi"}
    with pytest.raises(InvalidConfigError, match="unknown entry 'n'"):
        opened(settled, {"n": 4})


def test_configured_by_a_function_maps_config_to_config():
    doubled = counter.configured(lambda config: {"n": config["half"] * 2}, config_schema={"half": int})
    again = doubled.configured({"half": 4})
    assert opened(doubled, {"half": 3}) == {"n": 6, "word": "hi"}
    assert opened(again) == {"n": 8, "word": "hi"}
    with pytest.raises(InvalidConfigError, match="expected Int"):
        opened(counter.configured(lambda _: {"n": "x"}))


def test_configured_as_a_decorator():
    @configured(counter, {"half": int})
    def doubled(config):
        return {"n": config["half"] * 2}

    assert isinstance(doubled, ResourceDefinition)
    assert opened(doubled, {"half": 3}) == {"n": 6, "word": "hi"}


# ---------------------------------------------------------------- fixed ones


def test_resources_that_are_given_once_and_for_all():
    shelf = Shelf()
    assert opened(ResourceDefinition.hardcoded_resource(5)) == 5
    assert opened(ResourceDefinition.none_resource()) is None
    assert opened(ResourceDefinition.string_resource(), "text") == "text"
    assert opened(IOManagerDefinition.hardcoded_io_manager(shelf)) is shelf
    mock = opened(ResourceDefinition.mock_resource())
    mock.anything("goes")
    mock.anything.assert_called_once_with("goes")


def test_generators_yield_exactly_once():
    @resource
    def never():
        if never is None:
            yield 1

    @resource
    def twice():
        yield 1
        yield 2

    with pytest.raises(ResourceFunctionError, match="yields no resource"):
        opened(never)
    with open_resources({"r": twice}, ["r"]) as all_of_them:
        assert all_of_them.values["r"] == 1
    assert "more than once" in str(all_of_them.teardown_errors[0][1])


# ---------------------------------------------------------------- direct calls


def test_a_definition_is_called_like_its_function():
    @resource
    def plain():
        return 1

    @resource
    def yielding():
        yield 2

    assert plain() == 1
    assert counter(InitResourceContext({"n": 3})) == {"n": 3, "word": "hi"}
    with yielding() as value:
        assert value == 2
    assert resource(lambda context: context.resource_config)(None) is None
    assert resource(Field(int, default_value=4))(lambda context: context.resource_config)(None) == 4
    with pytest.raises(InvalidInvocationError, match="needs config"):
        counter(None)
    with pytest.raises(InvalidConfigError, match="expected Int"):
        counter(InitResourceContext({"n": "x"}))


# ---------------------------------------------------------------- what may stand in resources=


def test_objects_stand_as_they_are():
    shelf = Shelf()
    assert as_resource_source("a", counter) is counter
    for value, kind in ((shelf, "io_manager"), (Reader(), "input_manager"), (5, None), ({"a": 1}, None), (None, None)):
        source = as_resource_source("a", value)
        assert isinstance(source, ReadyResource)
        assert source.manager_kind == kind
        assert opened(source, {"ignored": 1}) is value


def test_a_class_of_managers_is_refused():
    class Configurable(ConfigurableIOManager):
        def handle_output(self, context, obj):
            pass

        def load_input(self, context):
            pass

    for kind in (Shelf, Reader, Configurable):
        with pytest.raises(InvalidDefinitionError, match=f"{kind.__name__} is a class") as caught:
            as_resource_source("a", kind)
        assert f"{kind.__name__}(…)" in caught.value.fix
    assert opened(as_resource_source("a", dict)) is dict


def test_a_parameter_marked_as_resource_is_seen_as_one():
    annotation = ResourceParam[str]
    assert get_args(annotation)[0] is str
    assert is_resource(annotation)
    assert not is_resource(Annotated[str, "something else"])
