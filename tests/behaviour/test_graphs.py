"""Ops connected by functions: graphs, jobs, and assets made of them."""

import pytest

import lading as dg
from tests.behaviour.witness import Witness, events, made, run_ops


@dg.op
def one():
    return 1


@dg.op
def two():
    return 2


@dg.op
def add(a, b):
    return a + b


@dg.op
def increment(value):
    return value + 1


def test_arguments_by_position_and_name():
    result = run_ops(lambda: add(b=one(), a=two()), Witness())
    assert result.output_for_node("add") == 3


def test_ops_used_twice_get_numbers():
    result = run_ops(lambda: add(increment(one()), increment(two())), Witness())
    assert result.output_for_node("increment") == 2
    assert result.output_for_node("increment_2") == 3


def test_outputs_by_name():
    @dg.op(out={"x": dg.Out(), "y": dg.Out()})
    def pair():
        return 1, 2

    @dg.job(resource_defs={"io_manager": Witness()})
    def j():
        both = pair()
        add(both.x, both.y)

    assert j.execute_in_process().output_for_node("add") == 3
    assert j.execute_in_process().output_for_node("pair", "y") == 2


def test_tuple_annotations_name_outputs():
    @dg.op(out={"x": dg.Out(), "y": dg.Out()})
    def pair() -> tuple[int, str]:
        return 1, 2

    result = run_ops(lambda: pair() and None, Witness(), raise_on_error=False)
    assert result.get_failed_step_keys() == {"pair"}


def test_tags_and_hooks_do_not_change_values():
    result = run_ops(lambda: increment.tag({"a": "b"})(one()), Witness())
    assert result.output_for_node("increment") == 2


def test_ops_that_share_a_graph():
    @dg.graph
    def inner(value):
        return increment(value)

    result = run_ops(lambda: add(inner(one()), inner.alias("again")(two())), Witness())
    assert result.output_for_node("add") == 5
    assert {e.step_key for e in events(result, "STEP_START")} == {
        "one", "two", "inner.increment", "again.increment", "add",
    }  # fmt: skip


def test_op_config_within_graphs():
    @dg.op(config_schema={"n": int})
    def configured(context):
        return context.op_config["n"]

    @dg.graph
    def inner():
        return configured()

    config = {"ops": {"inner": {"ops": {"configured": {"config": {"n": 3}}}}}}
    assert run_ops(lambda: inner(), run_config=config).output_for_node("inner") == 3


def test_defaults_of_parameters():
    @dg.op
    def default(a, b=5):
        return a + b

    assert run_ops(lambda: default(one()), Witness()).output_for_node("default") == 6


def test_graph_assets():
    @dg.asset
    def source():
        return 10

    @dg.graph_asset(group_name="g", description="sum")
    def total(source):
        return add(source, one())

    @dg.asset
    def after(total):
        return total

    manager = Witness()
    result = dg.materialize([source, total, after], resources={"io_manager": manager})
    assert result.output_for_node("after") == 11
    assert [m.asset_key.to_user_string() for m in made(result)] == ["source", "total", "after"]
    assert result.asset_value("total") == 11


def test_graph_multi_assets():
    @dg.graph_multi_asset(outs={"first": dg.AssetOut(), "second": dg.AssetOut(key_prefix="p")})
    def both():
        value = one()
        return {"first": value, "second": increment(value)}

    result = dg.materialize([both], resources={"io_manager": Witness()})
    assert {m.asset_key.to_user_string() for m in made(result)} == {"first", "p/second"}


def test_assets_from_graphs_and_ops():
    @dg.graph
    def summed(a):
        return increment(a)

    @dg.asset
    def a():
        return 4

    from_graph = dg.AssetsDefinition.from_graph(summed, keys_by_output_name={"result": dg.AssetKey("total")})
    from_op = dg.AssetsDefinition.from_op(two, key_prefix="p")
    result = dg.materialize([a, from_graph, from_op], resources={"io_manager": Witness()})
    assert {m.asset_key.to_user_string() for m in made(result)} == {"a", "total", "p/two"}
    assert result.asset_value("total") == 5


def test_from_graph_refuses_unknown_names():
    with pytest.raises(Exception, match="nope"):
        dg.AssetsDefinition.from_op(two, keys_by_output_name={"nope": dg.AssetKey("x")})


def test_multi_asset_outputs_and_internal_deps():
    @dg.multi_asset(
        outs={"a": dg.AssetOut(), "b": dg.AssetOut()},
        internal_asset_deps={"a": set(), "b": {dg.AssetKey("a")}},
    )
    def both():
        yield dg.Output(1, "a")
        yield dg.Output(2, "b")

    assert both.asset_deps[dg.AssetKey("b")] == {dg.AssetKey("a")}
    assert dg.materialize([both], resources={"io_manager": Witness()}).success


def test_a_subset_of_a_multi_asset():
    @dg.multi_asset(outs={"a": dg.AssetOut(is_required=False), "b": dg.AssetOut(is_required=False)}, can_subset=True)
    def both(context):
        for name in sorted(context.op_execution_context.selected_output_names):
            yield dg.Output(name, name)

    result = dg.materialize([both], selection=["b"], resources={"io_manager": Witness()})
    assert [m.asset_key.to_user_string() for m in made(result)] == ["b"]


def test_selections():
    @dg.asset
    def a():
        return 1

    @dg.asset
    def b(a):
        return a

    @dg.asset
    def c(b):
        return b

    manager = Witness()
    dg.materialize([a, b, c], resources={"io_manager": manager})
    for chosen, stored in (
        (dg.AssetSelection.assets("b").upstream(), ["a", "b"]),
        (dg.AssetSelection.assets("b").downstream(), ["b", "c"]),
        ("key:b+", ["b", "c"]),
        ([c], ["c"]),
        (["a", "c"], ["a", "c"]),
    ):
        manager.calls.clear()
        dg.materialize([a, b, c], selection=chosen, resources={"io_manager": manager})
        assert manager.stored() == stored


def test_an_asset_that_is_not_selected_is_loaded():
    @dg.asset
    def a():
        return 1

    @dg.asset
    def b(a):
        return a

    ups = []
    manager = Witness(on_load=lambda c: ups.append((c.upstream_output.run_id, c.upstream_output.name, c.asset_key)))
    dg.materialize([a, b], resources={"io_manager": manager})
    ups.clear()
    dg.materialize([a, b], selection=[b], resources={"io_manager": manager})
    ((run_id, name, key),) = ups
    assert (run_id, name, key) == ("__EPHEMERAL_RUN_ID", "a", dg.AssetKey("a"))


def test_keys_with_prefix_find_their_inputs():
    @dg.asset(key_prefix=["deep", "er"])
    def a():
        return 1

    @dg.asset(ins={"a": dg.AssetIn(key_prefix=["deep", "er"])})
    def by_prefix(a):
        return a

    @dg.asset(ins={"other": dg.AssetIn(key=["deep", "er", "a"])})
    def by_key(other):
        return other

    result = dg.materialize([a, by_prefix, by_key], resources={"io_manager": Witness()})
    assert result.output_for_node("by_prefix") == result.output_for_node("by_key") == 1
    assert result.output_for_node("deep__er__a") == 1


def test_hooks():
    log = []

    @dg.success_hook
    def fine(context):
        log.append(("fine", context.step_key))

    @dg.failure_hook
    def sad(context):
        log.append(("sad", context.step_key, type(context.op_exception).__name__))

    @dg.op
    def broken():
        raise KeyError("x")

    @dg.job(hooks={fine, sad}, resource_defs={"io_manager": Witness()})
    def j():
        one()
        broken()

    j.execute_in_process(raise_on_error=False)
    assert log == [("sad", "broken", "KeyError"), ("fine", "one")]
