"""The order of calls and events within a step, and what the events hold."""

import pytest

import lading as dg
from tests.behaviour.witness import Witness, events, kinds, made, plain, run_ops


@dg.op
def one():
    return 1


@dg.op
def increment(value):
    return value + 1


# ---------------------------------------------------------------- order


def test_order_of_events_of_an_op():
    result = run_ops(lambda: increment(one()), Witness())
    assert kinds(result, "one") == ["STEP_START", "STEP_OUTPUT", "HANDLED_OUTPUT", "STEP_SUCCESS"]
    assert kinds(result, "increment") == [
        "STEP_START", "LOADED_INPUT", "STEP_INPUT", "STEP_OUTPUT", "HANDLED_OUTPUT", "STEP_SUCCESS",
    ]  # fmt: skip


def test_order_of_events_of_an_asset():
    @dg.asset
    def up():
        return 1

    @dg.asset
    def down(up):
        return up

    result = dg.materialize([down, up], resources={"io_manager": Witness()})
    assert kinds(result, "up") == [
        "STEP_START", "STEP_OUTPUT", "ASSET_MATERIALIZATION", "HANDLED_OUTPUT", "STEP_SUCCESS",
    ]  # fmt: skip
    assert kinds(result, "down") == [
        "STEP_START", "LOADED_INPUT", "STEP_INPUT", "STEP_OUTPUT", "ASSET_MATERIALIZATION", "HANDLED_OUTPUT",
        "STEP_SUCCESS",
    ]  # fmt: skip


def test_calls_interleave_as_documented():
    log = []
    manager = Witness(lambda c, o: log.append(f"store {c.name}"), lambda c: log.append(f"load {c.name}"))

    @dg.op(out={"x": dg.Out(), "y": dg.Out()})
    def pair():
        log.append("make x")
        yield dg.Output(1, "x")
        log.append("make y")
        yield dg.Output(2, "y")

    @dg.op
    def join(b, a):
        log.append("join")
        return a + b

    @dg.job(resource_defs={"io_manager": manager})
    def j():
        x, y = pair()
        join(b=y, a=x)

    assert j.execute_in_process().success
    assert log == ["make x", "store x", "make y", "store y", "load b", "load a", "join", "store result"]


def test_a_value_stored_before_a_later_failure_stays():
    manager = Witness()

    @dg.multi_asset(outs={"x": dg.AssetOut(), "y": dg.AssetOut()})
    def pair():
        yield dg.Output(1, "x")
        raise RuntimeError("late")

    result = dg.materialize([pair], resources={"io_manager": manager}, raise_on_error=False)
    assert not result.success
    assert manager.values == {("x",): 1}
    assert [m.asset_key for m in made(result)] == [dg.AssetKey("x")]
    assert kinds(result, "pair")[-1] == "STEP_FAILURE"


def test_a_failing_store_emits_neither_materialization_nor_handled_output():
    def refuse(context, obj):
        raise RuntimeError("no room")

    @dg.asset
    def big():
        return 1

    result = dg.materialize([big], resources={"io_manager": Witness(refuse)}, raise_on_error=False)
    assert kinds(result, "big") == ["STEP_START", "STEP_OUTPUT", "STEP_FAILURE"]


def test_each_consumer_loads_for_itself_and_gets_what_the_manager_returns():
    class Doubling(Witness):
        def load_input(self, context):
            return super().load_input(context) * 10

    manager = Doubling()
    seen = []

    @dg.op
    def left(v):
        seen.append(v)

    @dg.op
    def right(v):
        seen.append(v)

    def build():
        v = one()
        left(v)
        right(v)

    result = run_ops(build, manager)
    assert manager.loaded() == ["v", "v"]
    assert seen == [10, 10]
    assert result.output_for_node("one") == 1


def test_fan_in_loads_each_element():
    ups = []

    @dg.op
    def two():
        return 2

    @dg.op
    def total(values):
        return sum(values)

    manager = Witness(on_load=lambda c: ups.append((c.name, c.upstream_output.step_key)))
    result = run_ops(lambda: total([one(), two()]), manager)
    assert result.output_for_node("total") == 3
    assert ups == [("values", "one"), ("values", "two")]
    assert len(events(result, "LOADED_INPUT", step="total")) == 2
    assert len(events(result, "STEP_INPUT", step="total")) == 1


def test_fan_in_leaves_out_what_was_skipped():
    @dg.op(out=dg.Out(is_required=False))
    def maybe():
        if False:
            yield dg.Output(1)

    @dg.op
    def total(values):
        return list(values)

    result = run_ops(lambda: total([one(), maybe()]), Witness())
    assert result.output_for_node("total") == [1]


def test_independent_steps_start_in_the_order_of_their_keys():
    @dg.asset
    def c():
        return 1

    @dg.asset
    def a():
        return 1

    @dg.asset
    def b():
        return 1

    result = dg.materialize([c, a, b], resources={"io_manager": Witness()})
    assert [e.step_key for e in events(result, "STEP_START")] == ["a", "b", "c"]


def test_one_manager_object_serves_a_run():
    log = []

    @dg.io_manager
    def manager(_):
        log.append("open")
        yield Witness(lambda c, o: log.append("store"), lambda c: log.append("load"))
        log.append("close")

    @dg.op
    def slow(v):
        log.append("body")
        return v

    result = run_ops(lambda: slow(one()), manager)
    assert result.success
    assert log == ["open", "store", "load", "body", "store", "close"]


def test_the_manager_that_stored_also_loads():
    first, second = Witness(), Witness()

    @dg.asset(io_manager_key="first")
    def up():
        return 1

    @dg.asset(io_manager_key="second")
    def down(up):
        return up

    dg.materialize([up, down], resources={"first": first, "second": second})
    assert first.calls == [("store", "up", "result"), ("load", "down", "up")]
    assert second.calls == [("store", "down", "result")]


def test_input_manager_key_replaces_only_the_loading():
    class Loader(dg.IOManager):
        def handle_output(self, context, obj):
            raise AssertionError("never stores")

        def load_input(self, context):
            return f"loaded {context.upstream_output.name}"

    store = Witness()

    @dg.asset
    def up():
        return 1

    @dg.asset(ins={"up": dg.AssetIn(input_manager_key="loader")})
    def down(up):
        return up

    result = dg.materialize([up, down], resources={"io_manager": store, "loader": Loader()})
    assert result.output_for_node("down") == "loaded result"
    (loaded,) = events(result, "LOADED_INPUT")
    assert loaded.event_specific_data.manager_key == "loader"


# ---------------------------------------------------------------- what events hold


def test_handled_output_and_loaded_input_data():
    @dg.op(out={"made": dg.Out(io_manager_key="store")})
    def make(context):
        context.add_output_metadata({"user": 1})
        return 1

    class Noting(Witness):
        def handle_output(self, context, obj):
            super().handle_output(context, obj)
            context.add_output_metadata({"manager": 2})

        def load_input(self, context):
            context.add_input_metadata({"read": 3})
            return super().load_input(context)

    @dg.job(resource_defs={"store": Noting(), "io_manager": Witness()})
    def j():
        increment(make())

    result = j.execute_in_process()
    (handled,) = events(result, "HANDLED_OUTPUT", step="make")
    assert handled.is_handled_output
    assert not handled.is_loaded_input
    data = handled.event_specific_data
    assert (data.output_name, data.manager_key) == ("made", "store")
    assert plain(data.metadata) == {"manager": 2}
    assert handled.message == 'Handled output "made" using IO manager "store"'
    (loaded,) = events(result, "LOADED_INPUT", step="increment")
    assert loaded.is_loaded_input
    data = loaded.event_specific_data
    assert (data.input_name, data.manager_key) == ("value", "store")
    assert (data.upstream_output_name, data.upstream_step_key) == ("made", "make")
    assert plain(data.metadata) == {"read": 3}
    assert loaded.message == 'Loaded input "value" using input manager "store", from output "made" of step "make"'
    (output,) = events(result, "STEP_OUTPUT", step="make")
    assert plain(output.event_specific_data.metadata) == {"user": 1}
    assert events(result, "ASSET_OBSERVATION") == []


def test_a_root_input_has_no_upstream():
    @dg.input_manager
    def loader(_):
        class Seven(dg.InputManager):
            def load_input(self, context):
                assert context.upstream_output is None
                return 7

        return Seven()

    @dg.op(ins={"value": dg.In(input_manager_key="loader")})
    def use(value):
        return value

    @dg.job(resource_defs={"loader": loader})
    def j():
        use()

    result = j.execute_in_process()
    assert result.output_for_node("use") == 7
    (loaded,) = events(result, "LOADED_INPUT")
    data = loaded.event_specific_data
    assert (data.upstream_output_name, data.upstream_step_key) == (None, None)
    assert loaded.message.startswith('Loaded input "value" using input manager "loader"')


def test_step_output_and_step_input_data():
    @dg.op(out=dg.Out(int))
    def make():
        return dg.Output(4, metadata={"why": "test"})

    @dg.op
    def use(value: int):
        return value

    result = run_ops(lambda: use(make()), Witness())
    (output,) = events(result, "STEP_OUTPUT", step="make")
    data = output.step_output_data
    handle = data.step_output_handle
    assert (handle.step_key, handle.output_name, handle.mapping_key) == ("make", "result", None)
    assert data.type_check_data.success is True
    assert plain(data.metadata) == {"why": "test"}
    assert output.message == 'Yielded output "result" of type "Int". (Type check passed).'
    (got,) = events(result, "STEP_INPUT", step="use")
    assert got.event_specific_data.input_name == "value"
    assert got.event_specific_data.type_check_data.success is True
    assert got.message == 'Got input "value" of type "Int". (Type check passed).'


def test_a_failed_type_check_says_so_in_its_event():
    @dg.op
    def make() -> int:
        return "no"

    result = run_ops(make, Witness(), raise_on_error=False)
    (output,) = events(result, "STEP_OUTPUT")
    data = output.step_output_data.type_check_data
    assert data.success is False
    assert output.message == 'Yielded output "result" of type "Int". Warning! Type check failed.' or (
        "Type check failed" in output.message
    )
    assert kinds(result, "make")[-2:] == ["STEP_OUTPUT", "STEP_FAILURE"]


def test_asset_materialization_data():
    @dg.asset(key_prefix="p", metadata={"declared": 1})
    def a():
        return dg.Output(1, metadata={"rows": 3}, tags={"team": "x"}, data_version=dg.DataVersion("v7"))

    result = dg.materialize([a], resources={"io_manager": Witness()})
    (event,) = events(result, "ASSET_MATERIALIZATION")
    assert event.asset_key == dg.AssetKey(["p", "a"])
    assert event.message == "Materialized value p a."
    m = event.event_specific_data.materialization
    assert m.asset_key == dg.AssetKey(["p", "a"])
    assert m.partition is None
    assert plain(m.metadata) == {"rows": 3}
    assert m.tags["team"] == "x"
    assert m.tags["dagster/data_version"] == "v7"
    assert m.tags["dagster/data_version_is_user_provided"] == "true"
    assert m.tags["dagster/code_version"] == result.run_id


def test_version_tags_follow_the_inputs():
    @dg.asset(code_version="c1")
    def up():
        return 1

    @dg.asset
    def down(up):
        return up

    result = dg.materialize([up, down], resources={"io_manager": Witness()})
    (first,) = made(result, "up")
    (second,) = made(result, "down")
    assert first.tags["dagster/code_version"] == "c1"
    assert "dagster/data_version_is_user_provided" not in first.tags
    assert second.tags["dagster/input_data_version/up"] == first.tags["dagster/data_version"]
    assert "dagster/input_event_pointer/up" in second.tags


def test_materialize_result_tags_and_version():
    @dg.asset
    def a():
        return dg.MaterializeResult(metadata={"n": 1}, tags={"t": "1"}, data_version=dg.DataVersion("d"))

    result = dg.materialize([a], resources={"io_manager": Witness()})
    (m,) = made(result)
    assert m.tags["t"] == "1"
    assert m.tags["dagster/data_version"] == "d"
    assert plain(m.metadata) == {"n": 1}


def test_step_failure_data():
    @dg.op
    def broken():
        raise dg.Failure("on purpose", metadata={"n": 1})

    result = run_ops(broken, raise_on_error=False)
    (failure,) = result.get_step_failure_events()
    data = failure.step_failure_data
    assert data.user_failure_data.description == "on purpose"
    assert plain(data.user_failure_data.metadata) == {"n": 1}
    assert data.user_failure_data.label == "intentional-failure"
    assert data.error.message
    assert isinstance(data.error.stack, (list, tuple))


def test_step_failure_of_a_plain_exception_keeps_class_and_cause():
    @dg.op
    def broken():
        try:
            raise KeyError("inner")
        except KeyError as inner:
            raise ValueError("outer") from inner

    result = run_ops(broken, raise_on_error=False)
    (failure,) = result.get_step_failure_events()
    error = failure.step_failure_data.error
    assert error.cls_name.endswith("ExecutionStepExecutionError") or error.cls_name.endswith("ExecutionStepError")
    assert error.cause.cls_name == "ValueError"
    assert "outer" in error.cause.message
    assert error.cause.cause.cls_name == "KeyError"
    assert failure.step_failure_data.user_failure_data is None


def test_run_level_events():
    result = run_ops(one, Witness())
    names = [e.event_type_value for e in result.all_events]
    assert names[0] == "PIPELINE_START"
    assert names[-1] == "PIPELINE_SUCCESS"
    assert "ENGINE_EVENT" in names
    assert names.index("RESOURCE_INIT_STARTED") < names.index("RESOURCE_INIT_SUCCESS") < names.index("STEP_START")
    for kind in ("RESOURCE_INIT_STARTED", "RESOURCE_INIT_SUCCESS"):
        assert [e.step_key for e in events(result, kind)] == ["one"]
    failed = run_ops(_broken, Witness(), raise_on_error=False)
    assert [e.event_type_value for e in failed.all_events][-1] == "PIPELINE_FAILURE"


@dg.op
def _broken():
    raise ValueError("no")


def test_resource_events_of_a_longer_plan_bear_no_step():
    result = run_ops(lambda: increment(one()), Witness())
    assert [e.step_key for e in events(result, "RESOURCE_INIT_STARTED")] == [None]


def test_event_types_are_an_enum_named_after_runs():
    kinds_of = dg.EventType
    assert kinds_of.RUN_START.value == "PIPELINE_START"
    assert kinds_of.RUN_SUCCESS.value == "PIPELINE_SUCCESS"
    assert kinds_of.RUN_FAILURE.value == "PIPELINE_FAILURE"
    result = run_ops(one, Witness())
    assert result.all_events[0].event_type is kinds_of.RUN_START
    assert {e.event_type for e in result.all_events} >= {kinds_of.STEP_START, kinds_of.HANDLED_OUTPUT}


def test_observations_of_the_body():
    @dg.asset
    def a(context: dg.AssetExecutionContext):
        context.log_event(dg.AssetObservation("other", metadata={"n": 1}, description="seen", partition="p"))
        return 1

    result = dg.materialize([a], resources={"io_manager": Witness()})
    (event,) = events(result, "ASSET_OBSERVATION")
    seen = event.event_specific_data.asset_observation
    assert (seen.asset_key, seen.description, seen.partition) == (dg.AssetKey("other"), "seen", "p")
    assert event.asset_key == dg.AssetKey("other")


@pytest.mark.parametrize("wrong", [3, "text", None])
def test_a_bare_value_is_not_yielded(wrong):
    @dg.op
    def bare():
        yield wrong

    with pytest.raises(dg.InvariantViolationError):
        run_ops(bare, Witness())


def test_steps_start_first_come_first_served():
    order = []

    def named(name, ins):
        @dg.op(name=name, ins={each: dg.In(dg.Nothing) for each in ins})
        def act():
            order.append(name)
            return 1

        return act

    def build():
        a = named("a", [])()
        named("c", [])()
        b = named("b", ["a"])(a=a)
        named("e", [])()
        named("aa", ["b"])(b=b)

    run_ops(build, Witness())
    assert order == ["a", "c", "e", "b", "aa"]
