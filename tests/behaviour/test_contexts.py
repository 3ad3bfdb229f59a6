"""What the contexts of inputs and outputs hold, in a run and made by hand."""

import pytest

import lading as dg
from tests.behaviour.witness import Witness, run_ops

INVARIANT = dg.InvariantViolationError


@dg.op(out=dg.Out(int, metadata={"o": 1}))
def one(context):
    context.add_output_metadata({"said": 3})
    return 1


@dg.op(ins={"value": dg.In(metadata={"i": 2})})
def use(value):
    return value


def refuses(kind, *calls):
    for call in calls:
        with pytest.raises(kind):
            call()


def test_an_upstream_of_an_op():
    seen = []

    def on_load(c):
        up = c.upstream_output
        seen.append((up.name, up.step_key, up.op_def.name, dict(up.definition_metadata), dict(up.output_metadata)))
        refuses(INVARIANT, lambda: up.step_context, lambda: up.asset_key, lambda: c.asset_key, c.get_asset_identifier)
        assert c.instance is not None
        assert c.step_context is not None
        assert (c.has_asset_key, c.has_partition_key, c.has_asset_partitions) == (False, False, False)

    @dg.graph
    def inner():
        return one()

    result = run_ops(lambda: use(inner()), Witness(on_load=on_load))
    assert result.success
    assert seen == [("result", "inner.one", "one", {"o": 1}, {})]


def test_an_output_of_an_op_that_is_no_asset():
    def on_store(c, obj):
        refuses(INVARIANT, lambda: c.asset_key, lambda: c.asset_spec, c.get_asset_identifier)
        refuses(Exception, lambda: c.partition_key, lambda: c.asset_partition_key, lambda: c.asset_partition_keys)
        assert c.resource_config is None
        assert c.config is None
        assert c.version is None
        assert c.step_context is not None
        assert c.log is not None

    assert run_ops(lambda: one() and None, Witness(on_store)).success


def test_identifiers_of_assets():
    seen = {}

    @dg.asset(key_prefix="p", group_name="g", metadata={"m": 1})
    def a():
        return dg.Output(1, metadata={"run": 1})

    def on_store(c, obj):
        seen.update(
            identifier=list(c.get_identifier())[1:],
            output=list(c.get_output_identifier())[1:],
            scoped=list(c.get_run_scoped_output_identifier())[1:],
            asset=list(c.get_asset_identifier()),
            group=c.asset_spec.group_name,
            definition=dict(c.definition_metadata),
            op=c.op_def.name,
        )

    dg.materialize([a], resources={"io_manager": Witness(on_store)})
    assert seen == {
        "identifier": ["p__a", "result"], "output": ["p__a", "result"], "scoped": ["p__a", "result"],
        "asset": ["p", "a"], "group": "g", "definition": {"m": 1}, "op": "p__a",
    }  # fmt: skip


def test_an_asset_that_is_made_elsewhere():
    seen = {}

    @dg.asset
    def reader(outside):
        return outside

    class Reads(Witness):
        def load_input(self, c):
            up = c.upstream_output
            seen.update(name=up.name, key=up.asset_key, table=up.definition_metadata["table"], run=up.run_id)
            refuses(INVARIANT, lambda: up.dagster_type)
            assert list(c.get_asset_identifier()) == ["outside"]
            return 1

    dg.materialize([dg.AssetSpec("outside", metadata={"table": "t"}), reader], resources={"io_manager": Reads()})
    assert seen == {"name": "outside", "key": dg.AssetKey("outside"), "table": "t", "run": "__EPHEMERAL_RUN_ID"}


def test_an_asset_that_is_not_selected():
    seen = {}

    @dg.asset(key_prefix="p", metadata={"m": 1})
    def up():
        return 1

    @dg.asset(ins={"up": dg.AssetIn(key_prefix="p", metadata={"i": 2})})
    def down(up: int):
        return up

    def on_load(c):
        if c.upstream_output.step_key == "none":
            seen.update(
                run=c.upstream_output.run_id,
                manager=c.upstream_output.definition_metadata["dagster/io_manager_key"],
                own=dict(c.definition_metadata),
                kind=c.dagster_type.typing_type,
            )

    manager = Witness(on_load=on_load)
    dg.materialize([up, down], resources={"io_manager": manager})
    dg.materialize([up, down], selection=[down], resources={"io_manager": manager})
    assert seen == {"run": "__EPHEMERAL_RUN_ID", "manager": "io_manager", "own": {"i": 2}, "kind": int}


@pytest.mark.parametrize("name", ["name", "step_key", "job_name", "dagster_type", "op_def", "asset_key", "asset_spec"])
def test_what_a_built_output_context_lacks(name):
    with pytest.raises(INVARIANT) as caught:
        getattr(dg.build_output_context(), name)
    assert getattr(caught.value, "fix", "a remedy")


@pytest.mark.parametrize("name", ["name", "job_name", "dagster_type", "op_def", "asset_key", "instance"])
def test_what_a_built_input_context_lacks(name):
    with pytest.raises(INVARIANT) as caught:
        getattr(dg.build_input_context(), name)
    assert getattr(caught.value, "fix", "a remedy")


def test_built_contexts_of_partitions():
    out = dg.build_output_context(asset_key="a", partition_key="p")
    assert (out.has_partition_key, out.partition_key) == (True, "p")
    assert list(out.get_asset_identifier()) == ["a", "p"]
    read = dg.build_input_context(asset_key="a", partition_key="p")
    assert (read.has_partition_key, read.partition_key) == (True, "p")


def test_a_type_is_a_type_object():
    with pytest.raises(Exception, match=r"type|Type"):
        dg.build_output_context(dagster_type=int)


def test_an_asset_context_of_part_of_its_assets():
    seen = []

    @dg.multi_asset(outs={"a": dg.AssetOut(is_required=False), "b": dg.AssetOut(is_required=False)}, can_subset=True)
    def both(context: dg.AssetExecutionContext):
        seen.append((context.asset_key, context.selected_asset_keys, context.output_for_asset_key(dg.AssetKey("b"))))
        yield dg.Output(1, "b")

    dg.materialize([both], selection=["b"], resources={"io_manager": Witness()})
    assert seen == [(dg.AssetKey("b"), {dg.AssetKey("b")}, "b")]
