"""When the IO manager takes no part."""

import pytest

import lading as dg
from tests.behaviour.witness import Witness, events, kinds, made, run_ops


def test_an_output_of_nothing_is_not_stored():
    manager = Witness()

    @dg.op(out=dg.Out(dg.Nothing))
    def declared():
        return None

    @dg.op
    def annotated() -> None:
        pass

    result = run_ops(lambda: (declared(), annotated()) and None, manager)
    assert manager.calls == []
    assert events(result, "HANDLED_OUTPUT") == []
    assert len(events(result, "STEP_OUTPUT")) == 2


def test_an_asset_of_nothing_is_materialized_all_the_same():
    manager = Witness()

    @dg.asset
    def annotated() -> None:
        pass

    @dg.asset(dagster_type=dg.Nothing)
    def declared():
        return None

    result = dg.materialize([annotated, declared], resources={"io_manager": manager})
    assert manager.calls == []
    assert sorted(m.asset_key.to_user_string() for m in made(result)) == ["annotated", "declared"]
    assert events(result, "HANDLED_OUTPUT") == []


def test_an_asset_without_annotation_stores_its_none():
    manager = Witness()

    @dg.asset
    def plain():
        return None

    dg.materialize([plain], resources={"io_manager": manager})
    assert manager.values == {("plain",): None}


def test_a_value_where_nothing_is_declared_is_wrong():
    manager = Witness()

    @dg.asset
    def liar() -> None:
        return 3

    with pytest.raises(dg.TypeCheckDidNotPass):
        dg.materialize([liar], resources={"io_manager": manager})
    assert manager.calls == []


def test_deps_order_without_loading():
    manager = Witness()

    @dg.asset
    def zebra():
        return 1

    @dg.asset(deps=[zebra])
    def ant():
        return 2

    result = dg.materialize([ant, zebra], resources={"io_manager": manager})
    assert [e.step_key for e in events(result, "STEP_START")] == ["zebra", "ant"]
    assert manager.loaded() == []
    assert events(result, "LOADED_INPUT") == []


def test_in_of_nothing_orders_without_loading():
    manager = Witness()

    @dg.op
    def zebra():
        return 1

    @dg.op(ins={"start": dg.In(dg.Nothing)})
    def ant():
        return 2

    result = run_ops(lambda: ant(start=zebra()), manager)
    assert [e.step_key for e in events(result, "STEP_START")] == ["zebra", "ant"]
    assert manager.loaded() == []
    assert "LOADED_INPUT" not in kinds(result, "ant")


def test_in_of_nothing_may_wait_for_several():
    @dg.op
    def b():
        return 1

    @dg.op
    def c():
        return 1

    @dg.op(ins={"start": dg.In(dg.Nothing)})
    def a():
        return 2

    result = run_ops(lambda: a(start=[b(), c()]), Witness())
    assert [e.step_key for e in events(result, "STEP_START")] == ["b", "c", "a"]


def test_a_result_without_value_is_materialized_not_stored():
    manager = Witness()

    @dg.asset
    def outside():
        return dg.MaterializeResult(metadata={"n": 1})

    result = dg.materialize([outside], resources={"io_manager": manager})
    assert manager.calls == []
    assert len(made(result)) == 1
    assert events(result, "HANDLED_OUTPUT") == []


@pytest.mark.parametrize("value", [5, None])
def test_a_result_with_value_is_stored(value):
    manager = Witness()

    @dg.asset
    def inside():
        return dg.MaterializeResult(value=value)

    dg.materialize([inside], resources={"io_manager": manager})
    assert manager.values == {("inside",): value}


def test_a_result_without_the_value_its_type_asks_for():
    @dg.asset(dagster_type=int)
    def typed():
        return dg.MaterializeResult()

    with pytest.raises(dg.TypeCheckDidNotPass):
        dg.materialize([typed], resources={"io_manager": Witness()})


def test_specs_store_nothing_and_a_silent_body_materializes_all():
    manager = Witness()

    @dg.multi_asset(specs=[dg.AssetSpec("a"), dg.AssetSpec("b", deps=["a"])])
    def both():
        pass

    result = dg.materialize([both], resources={"io_manager": manager})
    assert manager.calls == []
    assert [m.asset_key.to_user_string() for m in made(result)] == ["a", "b"]


def test_specs_with_results():
    @dg.multi_asset(specs=[dg.AssetSpec("a"), dg.AssetSpec("b")])
    def both():
        yield dg.MaterializeResult("b", metadata={"n": 2})
        yield dg.MaterializeResult("a", metadata={"n": 1})

    manager = Witness()
    result = dg.materialize([both], resources={"io_manager": manager})
    assert manager.calls == []
    assert [m.asset_key.to_user_string() for m in made(result)] == ["b", "a"]


def test_an_optional_output_that_is_not_made_skips_what_follows():
    manager = Witness()
    ran = []

    @dg.asset(output_required=False)
    def maybe():
        if ran:
            yield dg.Output(1)

    @dg.asset
    def child(maybe):
        ran.append("child")

    @dg.asset
    def grandchild(child):
        ran.append("grandchild")

    result = dg.materialize([maybe, child, grandchild], resources={"io_manager": manager})
    assert result.success
    assert ran == []
    assert manager.calls == []
    assert made(result) == []
    assert kinds(result, "child") == ["STEP_SKIPPED"]
    assert kinds(result, "grandchild") == ["STEP_SKIPPED"]
    assert result.is_node_skipped("child")


def test_one_of_several_optional_outputs():
    manager = Witness()

    @dg.op(out={"x": dg.Out(is_required=False), "y": dg.Out(is_required=False)})
    def split():
        yield dg.Output(1, "x")

    @dg.op
    def of_x(v):
        return v

    @dg.op
    def of_y(v):
        return v

    def build():
        x, y = split()
        of_x(x)
        of_y(y)

    result = run_ops(build, manager)
    assert result.is_node_success("of_x")
    assert result.is_node_skipped("of_y")
    assert [e.step_key for e in result.get_step_skipped_events()] == ["of_y"]


def test_values_given_instead_of_loaded():
    manager = Witness()

    @dg.op(ins={"a": dg.In(int, default_value=3), "b": dg.In(int), "c": dg.In(int)})
    def add(a, b, c):
        return a + b + c

    config = {"ops": {"add": {"inputs": {"b": {"value": 4}, "c": 6}}}}
    result = run_ops(add, manager, run_config=config)
    assert result.output_for_node("add") == 13
    assert manager.loaded() == []
    assert events(result, "LOADED_INPUT") == []
    assert len(events(result, "STEP_INPUT")) == 3


def test_direct_calls_touch_no_manager():
    @dg.asset
    def down(up):
        return up + 1

    @dg.op
    def double(v):
        return v * 2

    @dg.asset
    def wrapped():
        return dg.Output(3, metadata={"n": 1})

    @dg.multi_asset(outs={"x": dg.AssetOut(), "y": dg.AssetOut()})
    def pair():
        yield dg.Output(1, "x")
        yield dg.Output(2, "y")

    assert down(5) == 6
    assert down(up=5) == 6
    assert double(4) == 8
    output = wrapped()
    assert isinstance(output, dg.Output)
    assert output.value == 3
    assert [each.value for each in pair()] == [1, 2]


def test_direct_calls_with_a_missing_argument():
    @dg.asset
    def down(up):
        return up

    with pytest.raises(dg.InvalidInvocationError):
        down()

    @dg.op
    def two(a, b):
        return a

    with pytest.raises(dg.InvalidInvocationError):
        two(1)
    with pytest.raises(dg.InvalidInvocationError):
        two(1, 2, 3)


def test_direct_calls_with_context_config_and_resources():
    class Settings(dg.ConfigurableResource):
        factor: int

    class Wants(dg.Config):
        plus: int

    @dg.asset
    def computed(context: dg.AssetExecutionContext, config: Wants, settings: Settings, up):
        assert context.log is not None
        return up * settings.factor + config.plus

    context = dg.build_asset_context(resources={"settings": Settings(factor=3)})
    assert computed(context, up=2, config=Wants(plus=1)) == 7
    assert computed(dg.build_asset_context(), Wants(plus=1), settings=Settings(factor=3), up=2) == 7
