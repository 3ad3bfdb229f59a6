"""Assets and ops called as plain functions."""

import pytest

import lading as dg


class Factor(dg.ConfigurableResource):
    by: int


class Settings(dg.Config):
    plus: int = 2


@dg.asset
def computed(context, config: Settings, factor: Factor, up):
    return up * factor.by + config.plus


def test_all_arguments_by_position():
    assert computed(dg.build_asset_context(), Settings(plus=1), Factor(by=3), 5) == 16


def test_resources_may_come_from_the_context():
    context = dg.build_asset_context(resources={"factor": Factor(by=3)})
    assert computed(context, Settings(plus=1), 5) == 16
    assert computed(context, up=5, config=Settings(plus=1)) == 16


def test_config_as_a_mapping():
    @dg.asset
    def shown(up, config: Settings):
        return up, config.plus

    assert shown(4) == (4, 2)
    assert shown(4, Settings(plus=9)) == (4, 9)
    assert shown(4, config={"plus": 3}) == (4, 3)


def test_op_config_is_validated():
    @dg.op(config_schema={"n": int})
    def configured(context):
        return context.op_config["n"]

    assert configured(dg.build_op_context(op_config={"n": 3})) == 3
    for wrong in (None, {"n": "q"}, {"m": 1}):
        with pytest.raises(dg.InvalidConfigError):
            configured(dg.build_op_context(op_config=wrong))


def test_required_resources_are_missed_before_the_call():
    ran = []

    @dg.op(required_resource_keys={"z"})
    def wants(context):
        ran.append(context.resources.z)

    wants(dg.build_op_context(resources={"z": 3}))
    with pytest.raises(dg.InvalidDefinitionError, match="z"):
        wants(dg.build_op_context())
    assert ran == [3]


@pytest.mark.parametrize("pass_it", ["missing", "unknown", "many", "twice", "nothing"])
def test_arguments_that_do_not_fit(pass_it):
    ran = []

    @dg.op(ins={"start": dg.In(dg.Nothing)})
    def two(a, b):
        ran.append(1)

    calls = {
        "missing": lambda: two(1),
        "unknown": lambda: two(1, 2, c=3),
        "many": lambda: two(1, 2, 3),
        "twice": lambda: two(1, 2, a=3),
        "nothing": lambda: two(1, 2, start=3),
    }
    with pytest.raises(dg.InvalidInvocationError):
        calls[pass_it]()
    assert ran == []


def test_a_context_that_is_missed():
    @dg.op
    def told(context, x):
        return x

    with pytest.raises(dg.InvalidInvocationError):
        told(x=3)
    assert told(dg.build_op_context(), 3) == 3


def test_types_are_checked():
    @dg.op
    def typed(x: int) -> int:
        return "no"

    with pytest.raises(dg.TypeCheckDidNotPass, match="x"):
        typed("q")
    with pytest.raises(dg.TypeCheckDidNotPass, match="result"):
        typed(1)

    @dg.asset
    def wrapped() -> dg.Output[int]:
        return dg.Output("no")

    with pytest.raises(dg.TypeCheckDidNotPass):
        wrapped()

    @dg.op
    def silent() -> None:
        return 3

    with pytest.raises(dg.TypeCheckDidNotPass):
        silent()


def test_several_outputs():
    outs = {"a": dg.Out(int), "b": dg.Out(int)}

    @dg.op(out=outs)
    def one_value():
        return 1

    with pytest.raises(dg.InvariantViolationError):
        one_value()

    @dg.op(out=outs)
    def wrong_second():
        return 1, "x"

    with pytest.raises(dg.TypeCheckDidNotPass, match="b"):
        wrong_second()

    @dg.op(out=outs)
    def only_first():
        yield dg.Output(1, "a")

    with pytest.raises(dg.InvariantViolationError, match="b"):
        list(only_first())

    @dg.op(out=outs)
    def good():
        return 1, 2

    assert good() == (1, 2)


def test_an_output_under_a_plain_annotation():
    @dg.op
    def wrapped() -> int:
        return dg.Output(1)

    with pytest.raises(dg.InvariantViolationError):
        wrapped()


def test_an_exception_of_the_function_comes_out_as_it_is():
    @dg.op
    def broken():
        raise ValueError("mine")

    with pytest.raises(ValueError, match="mine"):
        broken()


def test_a_graph_is_not_called():
    @dg.op
    def one():
        return 1

    @dg.graph
    def both():
        one()

    with pytest.raises(dg.InvariantViolationError):
        both()


def test_what_was_said_through_the_context():
    @dg.op
    def told(context):
        context.add_output_metadata({"n": 2})
        context.log.info("said")
        return 1

    context = dg.build_op_context()
    assert told(context) == 1
    assert set(context.get_output_metadata("result")) == {"n"}


def test_unknown_keywords_are_refused():
    with pytest.raises(TypeError):
        dg.asset(nme="x")
    with pytest.raises(TypeError):
        dg.AssetSpec("a", grop_name="x")
    with pytest.raises(TypeError):
        dg.materialize([computed], resource={})
