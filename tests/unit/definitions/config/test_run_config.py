"""Run config: written in Python or as mappings, and taken apart."""

from __future__ import annotations

import pytest

from lading.config.envvar import EnvVar
from lading.config.model import Config
from lading.config.resource import ConfigurableResource
from lading.definitions.config.run_config import NO_SETTINGS, RunConfig, input_value, parse_run_config
from lading.errors import InvalidConfigError
from lading.values.outputs import NOT_GIVEN


class Load(Config):
    url: str
    limit: int = 3


class Database(ConfigurableResource):
    url: str
    pool: int = 2


def test_objects_become_plain_config():
    made = RunConfig(
        ops={
            "load": Load(url=EnvVar("URL")),
            "g": {"ops": {"inner": Load(url="x")}},
            "raw": {"config": {"n": EnvVar("N")}},
        },
        resources={"db": Database(url="x"), "raw": {"config": Database(url="y")}},
        execution={"config": {"max_concurrent": 2}},
        loggers={"console": {"config": {"log_level": "INFO"}}},
    )
    assert made.to_config_dict() == {
        "ops": {
            "load": {"config": {"url": {"env": "URL"}, "limit": 3}},
            "g": {"ops": {"inner": {"config": {"url": "x", "limit": 3}}}},
            "raw": {"config": {"n": {"env": "N"}}},
        },
        "resources": {"db": {"config": {"url": "x", "pool": 2}}, "raw": {"config": {"url": "y", "pool": 2}}},
        "execution": {"config": {"max_concurrent": 2}},
        "loggers": {"console": {"config": {"log_level": "INFO"}}},
    }
    assert RunConfig().to_config_dict() == {"ops": {}, "resources": {}, "execution": {}, "loggers": {}}


def test_what_is_said_about_a_node_is_found_by_its_path():
    settings = parse_run_config(
        {
            "ops": {
                "a": {"config": {"n": 1}, "inputs": {"x": {"value": 4}}, "outputs": {"result": {"name": "t"}}},
                "g": {"ops": {"h": {"ops": {"a": {"config": 5}}}}},
            }
        }
    )
    assert settings.node("a").config == {"n": 1}
    assert settings.node("a").inputs == {"x": {"value": 4}}
    assert settings.node("a").outputs == {"result": {"name": "t"}}
    assert settings.node("g.h.a").config == 5
    assert settings.node("g").config is NOT_GIVEN
    assert settings.node("g.h.b") is NO_SETTINGS
    assert settings.node("a.b") is NO_SETTINGS


def test_resources_loggers_and_execution_are_their_configs():
    settings = parse_run_config(
        {
            "resources": {"db": {"config": {"url": "x"}}, "none": {}},
            "execution": {"config": {"max_concurrent": 2}},
            "loggers": {"console": {"config": {"log_level": "INFO"}}},
        }
    )
    assert settings.resources == {"db": {"url": "x"}}
    assert settings.execution == {"max_concurrent": 2}
    assert settings.loggers == {"console": {"log_level": "INFO"}}


def test_objects_stay_objects():
    load, db = Load(url="x"), Database(url="y")
    for given in (
        RunConfig(ops={"load": load}, resources={"db": db}),
        {"ops": {"load": load}, "resources": {"db": db}},
        {"ops": {"load": {"config": load}}, "resources": {"db": {"config": db}}},
    ):
        settings = parse_run_config(given)
        assert settings.node("load").config is load
        assert settings.resources["db"] is db


@pytest.mark.parametrize("given", [None, {}, RunConfig(), {"ops": {}, "resources": {}}])
def test_nothing_is_fine(given):
    settings = parse_run_config(given)
    assert settings.node("any.thing") is NO_SETTINGS
    assert settings.resources == {}
    settings.refuse_unknown_nodes(())


@pytest.mark.parametrize(
    ("given", "said", "fix"),
    [
        ({"opps": {}}, "run_config: unknown entry 'opps'", 'did you mean "ops"?'),
        ({"solids": {}}, "run_config: unknown entry 'solids'", "takes ops, resources, execution, loggers"),
        ({"ops": {"o": {"confg": {}}}}, "ops.o: unknown entry 'confg'", 'did you mean "config"?'),
        ({"ops": {"o": {"n": 1}}}, "ops.o: unknown entry 'n'", "under config"),
        ({"ops": {"g": {"ops": {"o": {"x": 1}}}}}, "ops.g.ops.o: unknown entry 'x'", "under config"),
        ({"resources": {"db": {"url": 1}}}, "resources.db: unknown entry 'url'", "under config"),
        ({"execution": {"n": 1}}, "execution: unknown entry 'n'", "under config"),
        ({"ops": None}, "ops: expected a mapping of names, got None", ""),
        ({"ops": {"o": None}}, "ops.o: expected a mapping of names, got None", ""),
        ({"resources": []}, "resources: expected a mapping of names, got [] (list)", ""),
        ({"ops": {"o": {"inputs": 3}}}, "ops.o.inputs: expected a mapping of names", ""),
        ("ops", "run_config: expected a mapping of names, got 'ops' (str)", ""),
    ],
)
def test_another_form_is_refused(given, said, fix):
    with pytest.raises(InvalidConfigError) as caught:
        parse_run_config(given)
    assert said in caught.value.what
    assert fix in caught.value.fix


def test_nodes_that_do_not_exist_are_refused():
    settings = parse_run_config({"ops": {"load": {}, "g": {"ops": {"clean": {}}}}})
    settings.refuse_unknown_nodes({"load", "g", "g.clean"})
    with pytest.raises(InvalidConfigError, match=r'"g\.clean", which is no op') as caught:
        settings.refuse_unknown_nodes({"load", "g", "g.cleen"})
    assert caught.value.where == "ops.g.ops.clean"
    assert 'did you mean "g.cleen"?' in caught.value.fix


@pytest.mark.parametrize(
    ("given", "value"), [(6, 6), ({"value": 6}, 6), ({"value": 6, "more": 1}, {"value": 6, "more": 1}), ({}, {})]
)
def test_the_value_of_an_input(given, value):
    assert input_value(given) == value
