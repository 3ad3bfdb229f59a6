"""The resources of a run: checked before anything opens, opened in order, closed in reverse."""

from __future__ import annotations

import subprocess
import sys

import pytest

from lading.abc.io import InputManager, IOManager
from lading.definitions.managers import input_manager, io_manager
from lading.definitions.resource_functions import resource
from lading.definitions.resources import as_resource_source
from lading.engine.resources import open_resources, plan_resources
from lading.errors import (
    CheckError,
    CircularDependencyError,
    InvalidConfigError,
    ResourceFunctionError,
    ResourceMissingError,
)


class Shelf(IOManager):
    def handle_output(self, context, obj):
        pass

    def load_input(self, context):
        return 1


class Reader(InputManager):
    def load_input(self, context):
        return 1


def sources(**given):
    return {key: as_resource_source(key, value) for key, value in given.items()}


def traced(log, name, needs=(), fails=False, breaks=False):
    @resource(required_resource_keys=set(needs))
    def made(context):
        if fails:
            raise ValueError(f"{name} fails")
        log.append(f"+{name}")
        yield [getattr(context.resources, need) for need in needs] or name
        log.append(f"-{name}")
        if breaks:
            raise ValueError(f"{name} breaks")

    return made


def test_what_is_required_opens_first_and_closes_last():
    log = []
    given = sources(a=traced(log, "a", ["b", "c"]), b=traced(log, "b", ["c"]), c=traced(log, "c"), d=traced(log, "d"))
    with open_resources(given, ["a"]) as opened:
        assert opened.values["a"] == [["c"], "c"]
        assert log == ["+c", "+b", "+a"]
    assert log == ["+c", "+b", "+a", "-a", "-b", "-c"]
    assert set(opened.seconds) == {"a", "b", "c"}


def test_one_source_under_two_keys_is_opened_once():
    log = []
    one = traced(log, "a")
    with open_resources(sources(x=one, y=one), ["x", "y"]) as opened:
        assert opened.values["x"] is opened.values["y"]
    assert log == ["+a", "-a"]


def test_a_failure_closes_what_was_open_and_names_the_resource():
    log = []
    given = sources(a=traced(log, "a"), z=traced(log, "z", fails=True))
    with pytest.raises(ResourceFunctionError, match='resource "z" could not be opened: ValueError: z fails') as caught:
        open_resources(given, ["a", "z"])
    assert log == ["+a", "-a"]
    assert isinstance(caught.value.__cause__, ValueError)


def test_an_interrupt_closes_what_was_open_and_passes_through():
    log = []

    @resource
    def interrupted():
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        open_resources(sources(a=traced(log, "a"), z=interrupted), ["a", "z"])
    assert log == ["+a", "-a"]


def test_a_failing_teardown_stops_no_other_and_is_kept():
    log = []
    with open_resources(sources(a=traced(log, "a"), b=traced(log, "b", breaks=True)), ["a", "b"]) as opened:
        pass
    assert log == ["+a", "+b", "-b", "-a"]
    ((name, error),) = opened.teardown_errors
    assert (name, str(error)) == ("b", "b breaks")


def test_teardown_follows_an_error_in_the_block_which_passes_through():
    log = []
    with pytest.raises(RuntimeError, match="step"), open_resources(sources(a=traced(log, "a")), ["a"]):
        raise RuntimeError("step")
    assert log == ["+a", "-a"]


def test_an_interrupt_while_closing_lets_the_others_close():
    log = []

    @resource
    def interrupted():
        yield 1
        raise KeyboardInterrupt

    # The name keeps it alive: what only the garbage collector closes is not closed.
    opened = open_resources(sources(a=traced(log, "a"), z=interrupted), ["a", "z"])
    with pytest.raises(KeyboardInterrupt):
        opened.close()
    assert log == ["+a", "-a"]
    opened.close()
    assert log == ["+a", "-a"]


# ---------------------------------------------------------------- refusals before anything opens


def test_a_missing_key_names_who_wants_it_and_what_there_is():
    with pytest.raises(ResourceMissingError, match='"db"') as caught:
        open_resources(sources(a=1, b=2), ["db"], owners={"db": "asset orders"})
    assert caught.value.where == "asset orders"
    assert "a, b" in caught.value.fix


def test_a_missing_key_of_a_resource_names_that_resource():
    log = []
    with pytest.raises(ResourceMissingError) as caught:
        open_resources(sources(a=traced(log, "a", ["db"]), b=traced(log, "b")), ["b", "a"])
    assert caught.value.where == 'resource "a"'
    assert log == []


def test_a_circle_is_shown():
    log = []
    given = sources(a=traced(log, "a", ["b"]), b=traced(log, "b", ["c"]), c=traced(log, "c", ["b"]))
    with pytest.raises(CircularDependencyError, match="b → c → b"):
        open_resources(given, ["a"])
    assert log == []


def test_all_config_is_checked_before_anything_opens():
    log = []

    @resource(config_schema={"n": int})
    def wants_config(context):
        return context.resource_config["n"]

    given = sources(a=traced(log, "a"), z=wants_config)
    with pytest.raises(InvalidConfigError, match=r"resources.z.config.n: expected Int, got 'x'"):
        open_resources(given, ["a", "z"], {"z": {"n": "x"}})
    assert log == []
    with open_resources(given, ["z"], {"z": {"n": 3}}) as opened:
        assert opened.values == {"z": 3}
        assert opened.configs == {"z": {"n": 3}}


def test_config_for_an_unknown_key_is_refused_with_the_nearest():
    with pytest.raises(InvalidConfigError, match='"databse"') as caught:
        plan_resources(sources(database=1), [], {"databse": {}})
    assert caught.value.did_you_mean == "database"


def test_config_of_what_no_step_needs_is_checked_and_not_opened():
    log = []

    @resource(config_schema=int)
    def unused(context):
        log.append("opened")

    with pytest.raises(InvalidConfigError):
        open_resources(sources(u=unused), [], {"u": "x"})
    with open_resources(sources(u=unused), [], {"u": 1}) as opened:
        assert opened.values == {}
    assert log == []


def test_a_plan_made_before_is_used():
    given = sources(a=5)
    plan = plan_resources(given, ["a"])
    with open_resources(given, ["a"], plan=plan) as opened:
        assert opened.values == {"a": 5}


# ---------------------------------------------------------------- what steps see


def test_a_step_sees_what_it_requires_and_no_more():
    with open_resources(sources(a=1, b=2), ["a", "b"]) as opened:
        seen = opened.scoped(["a"], "op o")
        assert seen.a == 1
        assert "b" not in seen
        with pytest.raises(ResourceMissingError, match='"c"') as caught:
            opened.scoped(["c"], "op o")
    assert caught.value.where == "op o"


@pytest.mark.parametrize(
    ("value", "kind", "fits"),
    [
        (Shelf(), "io_manager", True),
        (Shelf(), "input_manager", True),
        (Reader(), "input_manager", True),
        (Reader(), "io_manager", False),
        (5, "io_manager", False),
    ],
)
def test_a_manager_can_do_what_is_asked(value, kind, fits):
    with open_resources(sources(m=value), ["m"]) as opened:
        if fits:
            assert opened.manager("m", kind, "op o") is value
        else:
            with pytest.raises(ResourceMissingError, match=f"is no {kind.replace('_', ' ')}"):
                opened.manager("m", kind, "op o")
        with pytest.raises(ResourceMissingError):
            opened.manager("other", kind, "op o")


def test_functions_promise_their_kind_of_manager():
    @io_manager
    def wrong_shelf():
        return 5

    @input_manager
    def wrong_reader():
        return 5

    for source in (wrong_shelf, wrong_reader):
        with pytest.raises(ResourceFunctionError, match="int, which is no"):
            open_resources(sources(m=source), ["m"])


def test_the_context_tells_about_the_run():
    seen = []

    @resource
    def looks(context):
        seen.append((context.run_id, context.instance, context.run, context.log, context.resource_config))

    with open_resources(sources(a=looks), ["a"], run_id="r", instance="i", run="record", log="log"):
        pass
    assert seen == [("r", "i", "record", "log", None)]


def test_reading_an_undeclared_resource_is_refused():
    @resource
    def curious(context):
        return context.resources.other

    with pytest.raises(ResourceFunctionError, match='unknown resource "other"'):
        open_resources(sources(a=curious, other=1), ["a"])


def test_a_plain_object_costs_no_opening():
    with open_resources(sources(io_manager=Shelf()), ["io_manager"]) as opened:
        assert opened.seconds == {}
        assert opened.configs == {"io_manager": None}


def test_without_configurable_classes_pydantic_is_not_loaded():
    code = (
        "import sys; from lading.engine.resources import open_resources; "
        "from lading.definitions.managers import io_manager; "
        "from lading.definitions.resources import as_resource_source; "
        "open_resources({'a': as_resource_source('a', 5)}, ['a']); "
        "assert 'pydantic' not in sys.modules, 'pydantic is loaded'"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_lading_error_keeps_its_remedy():
    @resource
    def fails():
        raise CheckError("no luck", fix="try again")

    with pytest.raises(ResourceFunctionError) as caught:
        open_resources(sources(a=fails), ["a"])
    assert caught.value.fix == "try again"
