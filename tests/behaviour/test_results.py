"""What a result tells of its run."""

import pytest

import lading as dg
from tests.behaviour.witness import Witness, made, plain, run_ops


@dg.op
def one():
    return 1


@dg.op
def increment(value):
    return value + 1


@dg.op
def broken(value):
    raise ValueError("x")


@dg.asset
def up():
    return 1


@dg.asset
def down(up):
    return up + 1


def test_of_a_run_that_went_well():
    result = run_ops(lambda: increment(one()), Witness(), tags={"team": "x"})
    assert result.success is True
    assert isinstance(result.run_id, str)
    assert result.dagster_run.run_id == result.run_id
    assert result.dagster_run.job_name == "the_job"
    assert result.dagster_run.tags["team"] == "x"
    assert result.dagster_run.status == dg.RunStatus.SUCCESS
    assert result.output_for_node("one") == 1
    assert result.output_for_node("increment", "result") == 2
    assert result.is_node_success("one")
    assert not result.is_node_failed("one")
    assert not result.is_node_skipped("one")
    assert not result.is_node_untouched("one")
    assert [e.step_key for e in result.get_step_success_events()] == ["one", "increment"]
    assert result.get_failed_step_keys() == set()
    assert result.get_run_success_event().event_type_value == "PIPELINE_SUCCESS"
    assert result.retry_attempts_for_node("one") == 0


def test_of_a_run_that_failed():
    result = run_ops(lambda: increment(broken(one())), Witness(), raise_on_error=False)
    assert result.success is False
    assert result.dagster_run.status == dg.RunStatus.FAILURE
    assert result.is_node_failed("broken")
    assert result.is_node_untouched("increment")
    assert result.get_failed_step_keys() == {"broken"}
    assert [e.step_key for e in result.get_step_failure_events()] == ["broken"]
    assert result.get_run_failure_event().event_type_value == "PIPELINE_FAILURE"
    assert result.failure_data_for_node("broken").error.cause.cls_name == "ValueError"
    assert result.failure_data_for_node("one") is None


def test_events_by_node_and_by_filter():
    result = run_ops(lambda: increment(one()), Witness())
    assert {e.step_key for e in result.events_for_node("one")} == {"one"}
    assert all(e.step_key for e in result.all_node_events)
    handled = result.filter_events(lambda e: e.is_handled_output)
    assert [e.step_key for e in handled] == ["one", "increment"]
    assert len(result.all_events) > len(result.all_node_events)


def test_values_are_those_computed():
    class Liar(Witness):
        def load_input(self, context):
            return 100

    result = run_ops(lambda: increment(one()), Liar())
    assert result.output_for_node("one") == 1
    assert result.output_for_node("increment") == 101


def test_nested_and_aliased_nodes():
    @dg.graph
    def inner():
        return increment.alias("again")(one())

    @dg.graph
    def outer():
        return inner()

    result = run_ops(lambda: outer(), Witness())
    assert result.output_for_node("outer.inner.again") == 2
    assert result.output_for_node("outer.inner") == 2
    assert result.output_for_node("outer") == 2
    assert result.is_node_success("outer.inner.one")


def test_the_output_of_a_graph():
    @dg.graph
    def whole():
        return increment(one())

    result = whole.execute_in_process()
    assert result.output_value() == 2

    @dg.graph(out={"a": dg.GraphOut(), "b": dg.GraphOut()})
    def both():
        first = one()
        return {"a": first, "b": increment(first)}

    result = both.execute_in_process()
    assert (result.output_value("a"), result.output_value("b")) == (1, 2)


def test_dynamic_values_come_by_mapping_key():
    @dg.op(out=dg.DynamicOut())
    def many():
        for n in (1, 2):
            yield dg.DynamicOutput(n, mapping_key=f"k{n}")

    result = run_ops(lambda: many().map(increment) and None, Witness())
    assert result.output_for_node("many") == {"k1": 1, "k2": 2}
    assert result.output_for_node("increment") == {"k1": 2, "k2": 3}


def test_asset_values_and_materializations():
    result = dg.materialize([up, down], resources={"io_manager": Witness()})
    assert result.asset_value("up") == 1
    assert result.asset_value(dg.AssetKey("down")) == 2
    (m,) = result.asset_materializations_for_node("down")
    assert m.asset_key == dg.AssetKey("down")
    assert [e.asset_key for e in result.get_asset_materialization_events()] == [dg.AssetKey("up"), dg.AssetKey("down")]
    assert len(made(result)) == 2


def test_asset_observations_of_a_node():
    @dg.asset
    def seen(context):
        context.log_event(dg.AssetObservation("other", metadata={"n": 1}))
        return 1

    result = dg.materialize([seen], resources={"io_manager": Witness()})
    (observation,) = result.asset_observations_for_node("seen")
    assert plain(observation.metadata) == {"n": 1}


def test_skipped_nodes():
    @dg.op(out=dg.Out(is_required=False))
    def maybe():
        if False:
            yield dg.Output(1)

    result = run_ops(lambda: increment(maybe()), Witness())
    assert result.is_node_skipped("increment")
    assert not result.is_node_untouched("maybe")
    assert [e.step_key for e in result.get_step_skipped_events()] == ["increment"]
    with pytest.raises(dg.InvariantViolationError):
        result.output_for_node("increment")


def test_materialize_names_its_job_and_keeps_tags():
    names = []
    manager = Witness(lambda c, o: names.append(c.job_name))
    result = dg.materialize([up], resources={"io_manager": manager}, tags={"a": "b"})
    assert names == ["__ephemeral_asset_job__"]
    assert result.dagster_run.tags["a"] == "b"
    defs = dg.Definitions([up], resources={"io_manager": manager}, jobs=[dg.define_asset_job("named", [up])])
    defs.resolve_implicit_global_asset_job_def().execute_in_process()
    defs.resolve_job_def("named").execute_in_process()
    assert names[1:] == ["__ASSET_JOB", "named"]


def test_an_instance_remembers_the_run():
    with dg.Instance.ephemeral() as instance:
        result = dg.materialize([up, down], instance=instance, tags={"a": "b"})
        run = instance.get_run_by_id(result.run_id)
        assert run.status == dg.RunStatus.SUCCESS
        assert run.tags["a"] == "b"
        event = instance.get_latest_materialization_event(dg.AssetKey("up"))
        assert event.asset_materialization.asset_key == dg.AssetKey("up")
        assert event.run_id == result.run_id


def test_choices_of_a_run():
    defs = dg.Definitions([up, down], resources={"io_manager": Witness()})
    job = defs.resolve_implicit_global_asset_job_def()
    result = job.execute_in_process(asset_selection=[dg.AssetKey("up")], run_id="3f2b9d0c-0000-4000-8000-000000000001")
    assert result.run_id == "3f2b9d0c-0000-4000-8000-000000000001"
    assert [m.asset_key for m in made(result)] == [dg.AssetKey("up")]

    @dg.job(resource_defs={"io_manager": Witness()})
    def j():
        increment(one())

    result = j.execute_in_process(op_selection=["one"])
    assert result.is_node_success("one")
    assert [e.step_key for e in result.get_step_success_events()] == ["one"]


def test_input_values():
    @dg.graph
    def whole(value):
        return increment(value)

    assert whole.execute_in_process(input_values={"value": 4}).output_value() == 5
    assert whole.to_job(input_values={"value": 6}).execute_in_process().output_for_node("increment") == 7

    @dg.job
    def j(value):
        increment(value)

    assert j.execute_in_process(input_values={"value": 1}).output_for_node("increment") == 2


def test_resources_given_to_the_run():
    @dg.op(required_resource_keys={"n"})
    def told(context):
        return context.resources.n

    @dg.graph
    def whole():
        return told()

    assert whole.execute_in_process(resources={"n": 3}).output_value() == 3
    assert (
        whole.to_job(resource_defs={"n": dg.ResourceDefinition.hardcoded_resource(4)})
        .execute_in_process()
        .output_for_node("told")
        == 4
    )
