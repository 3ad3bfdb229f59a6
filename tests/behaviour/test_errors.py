"""Each thing that can go wrong: what is raised, when, and what is said."""

import pytest

import lading as dg
from tests.behaviour.witness import Witness, events, kinds, made, run_ops

RAN = []


@pytest.fixture(autouse=True)
def nothing_ran_yet():
    RAN.clear()


def refused(kind, act, match=None):
    """Acting raises an error of this kind that has a remedy, before any user function was called."""
    with pytest.raises(kind, match=match) as caught:
        act()
    assert RAN == []
    assert getattr(caught.value, "fix", "a remedy")
    return caught.value


@dg.asset
def up():
    RAN.append("up")
    return 1


@dg.asset
def down(up):
    RAN.append("down")
    return up


@dg.op
def one():
    RAN.append("one")
    return 1


@dg.op
def use(value):
    RAN.append("use")
    return value


class Boom(Exception):
    pass


def broken_store(context, obj):
    raise Boom("storing")


def broken_load(context):
    raise Boom("loading")


# ---------------------------------------------------------------- failing managers


def test_an_exception_in_handle_output():
    with pytest.raises(Boom, match="storing"):
        dg.materialize([up], resources={"io_manager": Witness(broken_store)})
    result = dg.materialize([up, down], resources={"io_manager": Witness(broken_store)}, raise_on_error=False)
    assert not result.success
    assert result.get_failed_step_keys() == {"up"}
    (failure,) = result.get_step_failure_events()
    error = failure.step_failure_data.error
    assert error.cls_name.endswith("ExecutionHandleOutputError")
    assert error.cause.cls_name == "Boom"
    assert made(result) == []
    assert "down" not in RAN


def test_an_exception_in_load_input():
    manager = Witness(on_load=broken_load)
    with pytest.raises(Boom, match="loading"):
        dg.materialize([up, down], resources={"io_manager": manager})
    result = dg.materialize([up, down], resources={"io_manager": manager}, raise_on_error=False)
    assert result.get_failed_step_keys() == {"down"}
    error = result.failure_data_for_node("down").error
    assert error.cls_name.endswith("ExecutionLoadInputError")
    assert error.cause.cls_name == "Boom"
    assert kinds(result, "down") == ["STEP_START", "STEP_FAILURE"]
    assert "down" not in RAN


def test_an_exception_in_the_body():
    @dg.asset
    def broken():
        raise Boom("body")

    with pytest.raises(Boom, match="body"):
        dg.materialize([broken], resources={"io_manager": Witness()})
    result = dg.materialize([broken], resources={"io_manager": Witness()}, raise_on_error=False)
    assert result.get_failed_step_keys() == {"broken"}
    assert result.failure_data_for_node("broken").error.cause.cls_name == "Boom"


# ---------------------------------------------------------------- wrong types


def test_an_output_of_the_wrong_type_is_not_stored():
    @dg.asset
    def wrong() -> int:
        return "text"

    manager = Witness()
    with pytest.raises(dg.TypeCheckDidNotPass):
        dg.materialize([wrong], resources={"io_manager": manager})
    assert manager.calls == []
    result = dg.materialize([wrong], resources={"io_manager": manager}, raise_on_error=False)
    assert kinds(result, "wrong") == ["STEP_START", "STEP_OUTPUT", "STEP_FAILURE"]
    (output,) = events(result, "STEP_OUTPUT")
    assert output.step_output_data.type_check_data.success is False


def test_an_input_of_the_wrong_type_stops_the_body():
    @dg.op
    def typed(value: str):
        RAN.append("typed")

    with pytest.raises(dg.TypeCheckDidNotPass):
        run_ops(lambda: typed(one()), Witness())
    result = run_ops(lambda: typed(one()), Witness(), raise_on_error=False)
    assert kinds(result, "typed") == ["STEP_START", "LOADED_INPUT", "STEP_INPUT", "STEP_FAILURE"]
    assert "typed" not in RAN


# ---------------------------------------------------------------- what is missing, before anything runs


def test_a_missing_manager():
    @dg.asset(io_manager_key="absent")
    def a():
        RAN.append("a")

    error = refused(dg.InvalidDefinitionError, lambda: dg.materialize([up, a]), "absent")
    assert "absent" in str(error)
    defs = dg.Definitions([a])
    refused(dg.InvalidDefinitionError, defs.resolve_implicit_global_asset_job_def, "absent")


def test_a_missing_input_manager():
    @dg.asset(ins={"up": dg.AssetIn(input_manager_key="absent")})
    def a(up):
        RAN.append("a")

    refused(dg.InvalidDefinitionError, lambda: dg.materialize([up, a]), "absent")


def test_a_missing_resource():
    @dg.asset(required_resource_keys={"absent"})
    def a(context):
        RAN.append("a")

    @dg.op(required_resource_keys={"absent"})
    def o(context):
        RAN.append("o")

    refused(dg.InvalidDefinitionError, lambda: dg.materialize([a]), "absent")

    @dg.job
    def j():
        o()

    refused(dg.InvalidDefinitionError, j.execute_in_process, "absent")


def test_a_missing_configurable_resource():
    class Thing(dg.ConfigurableResource):
        n: int = 1

    @dg.asset
    def a(absent: Thing):
        RAN.append("a")

    refused(dg.InvalidDefinitionError, lambda: dg.materialize([a]), "absent")


@pytest.mark.parametrize("value", [3, "text", object()], ids=["int", "text", "object"])
def test_an_object_that_is_no_manager(value):
    refused(dg.InvalidDefinitionError, lambda: dg.materialize([up], resources={"io_manager": value}), "io_manager")


def test_a_resource_that_is_no_manager():
    class Thing(dg.ConfigurableResource):
        n: int = 1

    refused(dg.InvalidDefinitionError, lambda: dg.materialize([up], resources={"io_manager": Thing()}), "io_manager")


def test_definitions_and_jobs_are_made_without_their_resources():
    @dg.asset(io_manager_key="absent")
    def a():
        return 1

    @dg.op(out=dg.Out(io_manager_key="absent"))
    def o():
        return 1

    @dg.job
    def j():
        o()

    dg.Definitions([a])
    refused(dg.InvalidDefinitionError, j.execute_in_process, "absent")


# ---------------------------------------------------------------- what the body gives


def test_a_required_output_that_is_not_made():
    @dg.op(out={"x": dg.Out(), "y": dg.Out()})
    def pair():
        yield dg.Output(1, "x")

    manager = Witness()
    with pytest.raises(dg.StepOutputNotFoundError):
        run_ops(pair_job(pair), manager)
    assert manager.stored() == ["pair"]


def pair_job(op):
    def build():
        op()

    return build


def give_unknown():
    yield dg.Output(1, "nope")


def give_twice():
    yield dg.Output(1, "x")
    yield dg.Output(2, "x")


def give_short():
    return (1,)


def give_long():
    return 1, 2, 3


def give_one():
    return 5


def give_none():
    return None


@pytest.mark.parametrize("fn", [give_unknown, give_twice, give_short, give_long, give_one, give_none])
def test_outputs_that_do_not_fit(fn):
    op = dg.op(name="pair", out={"x": dg.Out(), "y": dg.Out()})(fn)
    with pytest.raises(dg.InvariantViolationError):
        run_ops(pair_job(op), Witness())
    result = run_ops(pair_job(op), Witness(), raise_on_error=False)
    assert result.get_failed_step_keys() == {"pair"}


def test_an_output_under_a_plain_annotation():
    @dg.op
    def plain() -> int:
        return dg.Output(1)

    with pytest.raises(dg.InvariantViolationError):
        run_ops(plain, Witness())


def test_a_materialize_result_for_another_asset():
    @dg.asset
    def a():
        return dg.MaterializeResult(asset_key="other")

    with pytest.raises(dg.LadingError):
        dg.materialize([a], resources={"io_manager": Witness()})


# ---------------------------------------------------------------- definitions that do not fit


def test_two_assets_of_one_name():
    def make(value):
        @dg.asset(name="same")
        def a():
            RAN.append(value)

        return a

    refused(dg.InvalidDefinitionError, lambda: dg.materialize([make(1), make(2)]), "same")
    refused(dg.InvalidDefinitionError, lambda: dg.Definitions([make(1), make(2)]).resolve_asset_graph(), "same")


def test_an_asset_that_needs_itself():
    def act():
        @dg.asset
        def me(me):
            RAN.append(1)

        dg.materialize([me])

    refused(dg.InvalidDefinitionError, act)


def test_an_asset_that_depends_on_itself():
    def act():
        @dg.asset(deps=["me"])
        def me():
            RAN.append(1)

        dg.materialize([me])

    refused(dg.InvalidDefinitionError, act)


def test_assets_in_a_circle():
    @dg.asset
    def a(b):
        RAN.append("a")

    @dg.asset
    def b(a):
        RAN.append("b")

    refused(dg.CircularDependencyError, lambda: dg.materialize([a, b]), "a")


def test_ins_that_name_no_parameter():
    def act():
        @dg.asset(ins={"other": dg.AssetIn("x")})
        def a(value):
            RAN.append(1)

    refused(dg.InvalidDefinitionError, act, "other")

    def op():
        @dg.op(ins={"other": dg.In(int)})
        def o(value):
            RAN.append(1)

    refused(dg.InvalidDefinitionError, op, "other")


@pytest.mark.parametrize("more", [{"key_prefix": "p"}, {"name": "n"}])
def test_a_key_excludes_its_parts(more):
    def act():
        @dg.asset(key="k", **more)
        def a():
            RAN.append(1)

    refused(dg.InvalidDefinitionError, act)


def test_an_input_that_nothing_makes():
    error = refused(dg.InvalidDefinitionError, lambda: dg.materialize([down]), "up")
    assert "up" in str(error)


def test_an_unknown_selection():
    refused(dg.InvalidDefinitionError, lambda: dg.materialize([up, down], selection=["nope"]))
    defs = dg.Definitions([up], jobs=[dg.define_asset_job("j", ["nope"])])
    refused(dg.InvalidDefinitionError, lambda: defs.resolve_job_def("j"))


def test_part_of_what_cannot_be_parted():
    @dg.multi_asset(outs={"a": dg.AssetOut(), "b": dg.AssetOut()})
    def both():
        RAN.append(1)
        return 1, 2

    refused(dg.InvalidDefinitionError, lambda: dg.materialize([both], selection=["a"]))


@pytest.mark.parametrize("name", ["a b", "a-b", "a.b", "ä", ""])
def test_names_of_ops(name):
    def act():
        @dg.op(name=name)
        def o():
            RAN.append(1)

        return o

    if name == "":
        act()
        return
    refused(dg.InvalidDefinitionError, act)


@pytest.mark.parametrize(
    ("name", "good"), [("a-b", True), ("a.b", True), ("a_1", True), ("a b", False), ("a/b", False)]
)
def test_names_of_assets(name, good):
    def act():
        @dg.asset(name=name)
        def a():
            return 1

        return a

    if good:
        assert act().key == dg.AssetKey(name)
    else:
        refused(Exception, act)


@pytest.mark.parametrize("key", ["a b", "a-b", "a.b", "a/b", ""])
def test_mapping_keys(key):
    with pytest.raises(dg.LadingError):
        dg.DynamicOutput(1, mapping_key=key)


def test_asset_keys_may_be_anything():
    assert dg.AssetKey("a b/c!").path == ["a b/c!"]


def test_an_unknown_partition():
    @dg.asset(partitions_def=dg.StaticPartitionsDefinition(["a"]))
    def parted():
        RAN.append(1)

    refused(dg.UnknownPartitionError, lambda: dg.materialize([parted], partition_key="b"), "b")


def test_a_partitioned_asset_without_a_partition():
    @dg.asset(partitions_def=dg.StaticPartitionsDefinition(["a"]))
    def parted(context):
        RAN.append(context.partition_key)

    try:
        with pytest.raises(Exception, match="partition"):
            dg.materialize([parted])
    finally:
        assert RAN == []


# ---------------------------------------------------------------- config


CONFIGS = {
    "missing": None,
    "wrong type": {"ops": {"configured": {"config": {"n": "x"}}}},
    "unknown field": {"ops": {"configured": {"config": {"n": 1, "m": 2}}}},
    "unknown op": {"ops": {"configured": {"config": {"n": 1}}, "nope": {}}},
    "unknown entry": {"ops": {"configured": {"config": {"n": 1}}}, "nope": {}},
    "unknown entry of the op": {"ops": {"configured": {"config": {"n": 1}, "nope": 1}}},
    "unknown resource": {"ops": {"configured": {"config": {"n": 1}}}, "resources": {"nope": {"config": {}}}},
}


@pytest.mark.parametrize("config", CONFIGS.values(), ids=CONFIGS)
@pytest.mark.parametrize("of", ["asset", "op"])
def test_config_that_does_not_fit(config, of):
    class Settings(dg.Config):
        n: int

    if of == "asset":

        @dg.asset
        def configured(config: Settings):
            RAN.append(1)

        refused(dg.InvalidConfigError, lambda: dg.materialize([up, configured], run_config=config))
    else:

        @dg.op(config_schema={"n": int})
        def configured(context):
            RAN.append(1)

        @dg.job
        def j():
            one()
            configured()

        refused(dg.InvalidConfigError, lambda: j.execute_in_process(run_config=config))


def test_a_job_config_is_overridden_by_run_config():
    @dg.op(config_schema={"n": int, "m": int})
    def configured(context):
        return dict(context.op_config)

    @dg.job(config={"ops": {"configured": {"config": {"n": 1, "m": 2}}}})
    def j():
        configured()

    assert j.execute_in_process().output_for_node("configured") == {"n": 1, "m": 2}
    other = {"ops": {"configured": {"config": {"n": 5, "m": 6}}}}
    assert j.execute_in_process(run_config=other).output_for_node("configured") == {"n": 5, "m": 6}


# ---------------------------------------------------------------- after a failure


def test_independent_branches_run_on():
    @dg.op
    def broken():
        raise Boom("x")

    def build():
        use.alias("after_broken")(broken())
        use.alias("after_one")(one())

    result = run_ops(build, Witness(), raise_on_error=False)
    assert not result.success
    assert result.is_node_success("after_one")
    assert result.is_node_untouched("after_broken")
    assert not result.is_node_skipped("after_broken")
    assert kinds(result, "after_broken") == []
    assert result.is_node_failed("broken")


def test_questions_about_what_is_not_there():
    result = run_ops(lambda: use(one()), Witness())
    with pytest.raises(dg.InvariantViolationError):
        result.output_for_node("nope")
    with pytest.raises(dg.InvariantViolationError):
        result.output_for_node("one", "nope")

    @dg.op
    def broken():
        raise Boom("x")

    failed = run_ops(lambda: use(broken()), Witness(), raise_on_error=False)
    for node in ("broken", "use"):
        with pytest.raises(dg.InvariantViolationError):
            failed.output_for_node(node)
    with pytest.raises(dg.InvariantViolationError):
        dg.Definitions([up]).resolve_job_def("nope")


def test_failure_with_its_words():
    @dg.op
    def broken():
        raise dg.Failure("words", metadata={"n": 1}, allow_retries=False)

    with pytest.raises(dg.Failure, match="words"):
        run_ops(broken)
    assert dg.Failure("d").allow_retries is True


def test_what_must_not_be_an_op_output_twice():
    def act():
        @dg.job
        def j():
            use(one(), one())

    refused(dg.LadingError, act)


def test_an_unconnected_input_without_a_value():
    @dg.job
    def j():
        use()

    refused(dg.InvalidConfigError, j.execute_in_process)


def test_a_graph_that_connects_wrongly():
    def act():
        @dg.job
        def j():
            use(other=one())

    refused(dg.LadingError, act)


def test_two_nodes_of_one_alias():
    def act():
        @dg.job
        def j():
            one.alias("same")()
            one.alias("same")()

    refused(dg.InvalidDefinitionError, act)


# ---------------------------------------------------------------- arguments of the wrong kind


def test_functions_that_cannot_be_assets():
    def variadic(*values):
        return values

    refused(dg.InvalidDefinitionError, lambda: dg.asset(variadic))
    refused(Exception, lambda: dg.asset(3))
    refused(Exception, lambda: dg.op(3))


@pytest.mark.parametrize(
    "declared",
    [{"tags": {"a b!": "c"}}, {"tags": {"a": 1}}, {"owners": ["nobody"]}, {"partitions_def": 3}, {"group_name": "a b"}],
    ids=str,
)
def test_declarations_that_do_not_fit(declared):
    def fn():
        RAN.append(1)

    refused(Exception, lambda: dg.asset(**declared)(fn))


def test_a_nothing_input_is_no_parameter():
    def fn(x):
        RAN.append(1)

    refused(dg.InvalidDefinitionError, lambda: dg.op(ins={"x": dg.In(dg.Nothing)})(fn))


def test_two_checks_of_one_name():
    def make():
        @dg.asset_check(asset=up, name="same")
        def check():
            RAN.append(1)

        return check

    refused(
        dg.InvalidDefinitionError, lambda: dg.Definitions([up], asset_checks=[make(), make()]).resolve_asset_graph()
    )


def test_outputs_within_a_graph_have_no_values():
    def act():
        @dg.job
        def j():
            for _ in one():
                pass

    refused(dg.InvariantViolationError, act)
    for value in (3, "text", one):

        def constant(value=value):
            use(value)

        refused(dg.InvalidDefinitionError, lambda constant=constant: dg.job(name="j")(lambda: constant()))


@pytest.mark.parametrize("given", [{"resources": [3]}, {"instance": 3}, {"run_config": 3}], ids=str)
def test_arguments_of_materialize(given):
    refused(Exception, lambda: dg.materialize([up], **given))


def test_a_partition_of_assets_that_have_none():
    refused(Exception, lambda: dg.materialize([up], partition_key="a"))
