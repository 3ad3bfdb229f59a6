"""Resources without a run."""

from __future__ import annotations

import pytest

from lading.config.envvar import EnvVar
from lading.config.resource import ConfigurableResource
from lading.definitions.resource_functions import resource
from lading.errors import InvalidConfigError, InvariantViolationError, ResourceMissingError
from lading.testing.resources import build_init_resource_context, build_resources


class Database(ConfigurableResource):
    url: str
    pool: int = 2


def lamp(log):
    @resource(config_schema={"n": int}, required_resource_keys={"db"})
    def made(context):
        log.append("on")
        yield context.resource_config["n"], context.resources.db, context.instance
        log.append("off")

    return made


def test_resources_are_open_inside_the_block():
    log = []
    with build_resources(
        {"lamp": lamp(log), "db": "plain"}, instance="i", resource_config={"lamp": {"config": {"n": 3}}}
    ) as resources:
        assert resources.lamp == (3, "plain", "i")
        assert log == ["on"]
    assert log == ["on", "off"]


def test_variables_are_read(monkeypatch):
    monkeypatch.setenv("URL", "there")
    with build_resources({"db": Database(url=EnvVar("URL"))}) as resources:
        assert resources.db.url == "there"


def test_refusals_come_before_anything_opens():
    log = []
    with pytest.raises(ResourceMissingError, match='"db"'), build_resources({"lamp": lamp(log)}):
        pass
    with (
        pytest.raises(InvalidConfigError, match="n: missing"),
        build_resources({"lamp": lamp(log), "db": 1}, resource_config={"lamp": {"config": {}}}),
    ):
        pass
    assert log == []


def test_a_failing_teardown_is_told():
    @resource
    def breaks():
        yield 1
        raise ValueError("stuck")

    with (
        pytest.raises(InvariantViolationError, match='"b" failed to close: ValueError: stuck'),
        build_resources({"b": breaks}),
    ):
        pass


def test_a_context_for_calling_a_function():
    log = []
    context = build_init_resource_context(config={"n": 2}, resources={"db": Database(url="x")}, instance="i")
    with lamp(log)(context) as value:
        assert value[0] == 2
        assert value[1].url == "x"
        assert value[2] == "i"
    assert log == ["on", "off"]
    assert context.run_id is None


def test_a_context_closes_what_it_opened():
    log = []
    with build_init_resource_context(resources={"lamp": lamp(log).configured({"n": 1}), "db": 5}) as context:
        assert context.resources.lamp[0] == 1
        assert log == ["on"]
    assert log == ["on", "off"]
