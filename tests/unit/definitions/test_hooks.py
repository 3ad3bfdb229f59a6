from __future__ import annotations

import pytest

from lading.definitions.asset import asset
from lading.definitions.hooks import HookContext, failure_hook, success_hook
from lading.definitions.job_decorator import job
from lading.definitions.op import op
from lading.errors import InvalidDefinitionError, InvalidInvocationError


def test_what_is_declared_of_a_hook():
    @success_hook(required_resource_keys={"slack"})
    def told(context):
        return context.step_key

    @failure_hook
    def cried(context): ...

    assert (told.name, told.trigger, told.required_resource_keys) == ("told", "success", {"slack"})
    assert (cried.name, cried.trigger, cried.required_resource_keys) == ("cried", "failure", frozenset())
    assert failure_hook(name="other")(lambda _: None).name == "other"
    assert told(HookContext(told, "s")) == told.decorated_fn(HookContext(told, "s")) == "s"


def test_a_context_knows_how_the_step_ended():
    hook = failure_hook(name="h", required_resource_keys={"r"})(lambda _: None)
    context = HookContext(hook, "step", op_exception=ValueError("no"))
    assert context.required_resource_keys == {"r"}
    assert (context.op_output_values, context.op_output_metadata, context.op_config) == ({}, {}, None)
    assert isinstance(context.op_exception, ValueError)


@pytest.mark.parametrize("fn", [lambda: None, lambda a, b: None])
def test_a_hook_takes_its_context_and_nothing_else(fn):
    with pytest.raises(InvalidDefinitionError, match="parameters"):
        success_hook(name="h")(fn)


def test_a_hook_decorates_a_job_or_an_asset():
    hook, other = success_hook(name="h")(lambda _: None), failure_hook(name="o")(lambda _: None)

    @op
    def one(): ...

    @hook
    @job(hooks={other})
    def flow():
        one()

    assert flow.hooks == {hook, other}
    assert hook(asset(name="a")(lambda: 1)).hooks == {hook}
    with pytest.raises(InvalidInvocationError):
        hook()
