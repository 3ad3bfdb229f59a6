"""Outputs of any number of values."""

import pytest

import lading as dg
from tests.behaviour.witness import Witness, events, run_ops


@dg.op(out=dg.DynamicOut())
def many():
    for n in (3, 1, 2):
        yield dg.DynamicOutput(n, mapping_key=f"k{n}")


@dg.op
def double(value):
    return value * 2


@dg.op
def total(values):
    return sum(values)


@dg.op
def as_list(values):
    return list(values)


def test_map_and_collect():
    result = run_ops(lambda: as_list(many().map(double).collect()), Witness())
    assert result.output_for_node("as_list") == [6, 2, 4]
    assert {e.step_key for e in events(result, "STEP_SUCCESS")} == {
        "many", "double[k3]", "double[k1]", "double[k2]", "as_list",
    }  # fmt: skip


def test_collect_without_map():
    assert run_ops(lambda: as_list(many().collect()), Witness()).output_for_node("as_list") == [3, 1, 2]


def test_chains_of_maps():
    result = run_ops(lambda: total(many().map(lambda v: double(double.alias("first")(v))).collect()), Witness())
    assert result.output_for_node("total") == 24


def test_what_the_contexts_say():
    seen = []

    def on_store(context, obj):
        seen.append((context.step_key, context.mapping_key, tuple(context.get_identifier())[1:]))

    result = run_ops(lambda: total(many().map(double).collect()), Witness(on_store))
    assert ("many", "k3", ("many", "result", "k3")) in seen
    assert ("double[k1]", None, ("double[k1]", "result")) in seen
    assert result.success


def test_step_output_handles_bear_the_mapping_key():
    result = run_ops(lambda: many() and None, Witness())
    handles = [e.step_output_data.step_output_handle for e in events(result, "STEP_OUTPUT")]
    assert [h.mapping_key for h in handles] == ["k3", "k1", "k2"]


def test_upstream_of_a_mapped_step():
    seen = []

    def on_load(context):
        seen.append((context.upstream_output.step_key, context.upstream_output.mapping_key))

    run_ops(lambda: many().map(double) and None, Witness(on_load=on_load))
    assert sorted(seen) == [("many", "k1"), ("many", "k2"), ("many", "k3")]


def test_no_values_at_all():
    @dg.op(out=dg.DynamicOut())
    def none():
        yield from ()

    result = run_ops(lambda: as_list(none().map(double).collect()), Witness())
    assert result.success
    assert result.output_for_node("as_list") == []


def test_a_list_of_dynamic_outputs():
    @dg.op(out=dg.DynamicOut())
    def listed() -> list[dg.DynamicOutput[int]]:
        return [dg.DynamicOutput(1, "a"), dg.DynamicOutput(2, "b")]

    assert run_ops(lambda: total(listed().map(double).collect()), Witness()).output_for_node("total") == 6


def test_a_mapping_key_twice():
    @dg.op(out=dg.DynamicOut())
    def twice():
        yield dg.DynamicOutput(1, "same")
        yield dg.DynamicOutput(2, "same")

    with pytest.raises(dg.InvariantViolationError):
        run_ops(lambda: twice() and None, Witness())


def test_a_failure_of_one_leaves_the_others():
    @dg.op
    def picky(value):
        if value == 1:
            raise ValueError("one")
        return value

    result = run_ops(lambda: total(many().map(picky).collect()), Witness(), raise_on_error=False)
    assert result.get_failed_step_keys() == {"picky[k1]"}
    assert {e.step_key for e in result.get_step_success_events()} == {"many", "picky[k2]", "picky[k3]"}
    assert result.is_node_untouched("total")


def test_dynamic_outputs_are_not_used_bare():
    with pytest.raises(dg.LadingError):

        @dg.job
        def j():
            double(many())


def test_two_dynamic_outputs_of_one_op():
    @dg.op(out={"x": dg.DynamicOut(), "y": dg.DynamicOut()})
    def both():
        yield dg.DynamicOutput(1, "a", "x")
        yield dg.DynamicOutput(2, "a", "y")
        yield dg.DynamicOutput(3, "b", "x")

    def build():
        x, y = both()
        total(x.map(double).collect())
        total.alias("total_y")(y.collect())

    result = run_ops(build, Witness())
    assert result.output_for_node("total") == 8
    assert result.output_for_node("total_y") == 2
    assert result.output_for_node("both", "x") == {"a": 1, "b": 3}


def test_dynamic_outputs_within_a_graph_asset():
    @dg.graph_asset
    def whole():
        return total(many().map(double).collect())

    assert dg.materialize([whole], resources={"io_manager": Witness()}).asset_value("whole") == 12
