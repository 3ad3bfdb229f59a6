"""Definitions: gathered, looked at, refused, merged, found in modules; and the jobs in them."""

import sys
import types

import pytest

import lading as dg
from tests.behaviour.partition_witness import LETTERS, Notes, made, refused

RAN = []


@pytest.fixture(autouse=True)
def nothing_ran_yet():
    RAN.clear()


@dg.asset(group_name="one")
def first():
    RAN.append("first")
    return 1


@dg.asset
def second(first):
    RAN.append("second")
    return first + 1


def notes():
    return {"io_manager": Notes(gives=1)}


def bad(match, *args, kind=dg.InvalidDefinitionError, **how):
    """These definitions are refused when they are forced, at the latest."""
    return refused(kind, match, lambda: dg.Definitions.validate_loadable(dg.Definitions(*args, **how)), RAN)


# ---------------------------------------------------------------- jobs


def test_a_job_of_all_assets():
    defs = dg.Definitions([first, second], jobs=[dg.define_asset_job("all_of_it")], resources=notes())
    job = defs.get_job_def("all_of_it")
    assert job.name == "all_of_it"
    assert [name for name, _ in made(job.execute_in_process())] == ["first", "second"]


@pytest.mark.parametrize("selection", ["first", ["first"], [first], dg.AssetSelection.groups("one"), 'group:"one"',
                                       [dg.AssetKey("first")]])  # fmt: skip
def test_a_job_of_some_assets(selection):
    defs = dg.Definitions([first, second], jobs=[dg.define_asset_job("some", selection)], resources=notes())
    assert [name for name, _ in made(defs.get_job_def("some").execute_in_process())] == ["first"]


def test_a_job_of_assets_takes_a_selection():
    defs = dg.Definitions([first, second], jobs=[dg.define_asset_job("j")], resources=notes())
    result = defs.get_job_def("j").execute_in_process(asset_selection=[dg.AssetKey("second")])
    assert [name for name, _ in made(result)] == ["second"]


def test_a_job_of_assets_has_tags_and_config():
    @dg.asset(config_schema={"n": int})
    def configured(context):
        return context.op_config["n"]

    job = dg.define_asset_job(
        "j", tags={"a": "1"}, run_tags={"b": "2"}, description="text", metadata={"m": 1},
        config={"ops": {"configured": {"config": {"n": 3}}}},
    )  # fmt: skip
    defs = dg.Definitions([configured], jobs=[job], resources=notes())
    with dg.Instance.ephemeral() as instance:
        result = defs.get_job_def("j").execute_in_process(instance=instance, tags={"c": "3"})
        run = instance.get_run_by_id(result.run_id)
    assert result.output_for_node("configured") == 3
    assert run.job_name == "j"
    assert {key: run.tags.get(key) for key in "bc"} == {"b": "2", "c": "3"}
    other = defs.get_job_def("j").execute_in_process(run_config={"ops": {"configured": {"config": {"n": 4}}}})
    assert other.output_for_node("configured") == 4


def test_the_job_of_all_assets_has_a_name():
    defs = dg.Definitions([first], resources=notes())
    assert made(defs.get_implicit_global_asset_job_def().execute_in_process()) == [("first", None)]
    assert defs.get_implicit_global_asset_job_def().name == "__ASSET_JOB"


def test_jobs_by_their_newer_name():
    defs = dg.Definitions([first], jobs=[dg.define_asset_job("j")], resources=notes())
    assert defs.resolve_job_def("j").execute_in_process().success


def test_an_unknown_job():
    @dg.op
    def one(): ...

    @dg.job
    def known():
        one()

    defs = dg.Definitions(jobs=[known])
    refused(dg.InvariantViolationError, "known", lambda: defs.get_job_def("zebra"))


def test_a_job_of_an_unknown_asset():
    bad("zebra", [first], jobs=[dg.define_asset_job("j", ["zebra"])])


def test_an_empty_job():
    defs = dg.Definitions([first], jobs=[dg.define_asset_job("j", dg.AssetSelection.groups("zebra"))])
    assert defs.get_job_def("j").execute_in_process().success
    assert RAN == []


def test_two_jobs_of_one_name():
    def make():
        @dg.op
        def one(): ...

        @dg.job(name="same")
        def fn():
            one()

        return fn

    bad("same", jobs=[make(), make()])


def test_a_partitioned_job_of_assets():
    @dg.asset(partitions_def=LETTERS)
    def lettered(context):
        return context.partition_key

    defs = dg.Definitions([lettered], jobs=[dg.define_asset_job("j", partitions_def=LETTERS)], resources=notes())
    assert made(defs.get_job_def("j").execute_in_process(partition_key="b")) == [("lettered", "b")]
    assert defs.get_job_def("j").partitions_def == LETTERS


def test_a_job_of_assets_with_different_partitions():
    @dg.asset(partitions_def=LETTERS)
    def lettered(): ...

    @dg.asset(partitions_def=dg.StaticPartitionsDefinition(["x"]))
    def other(): ...

    bad("artition|resolve", [lettered, other], jobs=[dg.define_asset_job("j")])
    bad("artition|resolve", [lettered], jobs=[dg.define_asset_job("j", partitions_def=other.partitions_def)])
    apart = [dg.define_asset_job("j", [lettered]), dg.define_asset_job("k", [other])]
    dg.Definitions.validate_loadable(dg.Definitions([lettered, other], jobs=apart))


# ---------------------------------------------------------------- refused


def test_definitions_are_lazy():
    @dg.asset(name="first")
    def again(): ...

    dg.Definitions([first, again])
    bad("first", [first, again])


def test_the_same_asset_twice_is_one():
    defs = dg.Definitions([first, first], resources=notes())
    dg.Definitions.validate_loadable(defs)
    assert made(dg.materialize([first, first], resources=notes())) == [("first", None)]


def test_a_circle():
    @dg.asset
    def a(b): ...

    @dg.asset
    def b(a): ...

    bad("[Cc]ircular", [a, b], kind=Exception)


def test_a_circle_of_deps():
    @dg.asset(deps=["b"])
    def a(): ...

    @dg.asset(deps=["a"])
    def b(): ...

    bad("[Cc]ircular", [a, b], kind=ValueError)


def test_an_asset_made_from_itself():
    with pytest.raises(dg.InvalidDefinitionError, match="itself"):

        @dg.asset
        def me(me): ...

    with pytest.raises(dg.InvalidDefinitionError, match="itself"):

        @dg.asset(deps=["again"], partitions_def=LETTERS)
        def again(): ...


def test_a_missing_manager():
    @dg.asset(io_manager_key="nowhere")
    def a(): ...

    bad("nowhere", [a])
    refused(dg.InvalidDefinitionError, "nowhere", lambda: dg.materialize([a]))


def test_a_missing_resource():
    @dg.asset(required_resource_keys={"nowhere"})
    def a(): ...

    bad("nowhere", [a])


def test_a_resource_of_the_wrong_kind():
    class Other(dg.ConfigurableResource):
        x: int = 1

    @dg.asset(io_manager_key="wrong")
    def a():
        return 1

    for each in (Other(), object(), 3):
        bad("wrong", [a], resources={"wrong": each})
        refused(dg.InvalidDefinitionError, "wrong", lambda each=each: dg.materialize([a], resources={"wrong": each}))


def test_an_input_nobody_makes():
    @dg.asset
    def a(zebra): ...

    bad("zebra", [a])


def test_a_dep_nobody_makes():
    @dg.asset(deps=["zebra"])
    def a():
        return 1

    dg.Definitions.validate_loadable(dg.Definitions([a]))
    assert made(dg.materialize([a], resources=notes())) == [("a", None)]


@pytest.mark.parametrize("what", [3, "text", object(), None])
def test_what_is_no_asset(what):
    with pytest.raises(Exception):  # noqa: B017, PT011
        dg.Definitions.validate_loadable(dg.Definitions([what]))


# ---------------------------------------------------------------- merged


def test_definitions_are_merged():
    shared = Notes()
    one = dg.Definitions([first], resources={"io_manager": shared})
    two = dg.Definitions([second], resources={"io_manager": shared, "n": 3}, jobs=[dg.define_asset_job("j")])
    merged = dg.Definitions.merge(one, two)
    assert [name for name, _ in made(merged.get_job_def("j").execute_in_process())] == ["first", "second"]


def test_different_resources_are_not_merged():
    one, two = dg.Definitions(resources={"r": 1}), dg.Definitions(resources={"r": 2})
    refused(dg.InvariantViolationError, "r", lambda: dg.Definitions.merge(one, two))
    same = dg.Definitions(resources={"r": 1})
    assert dict(dg.Definitions.merge(one, same).resources) == {"r": 1}


def test_two_executors_are_not_merged():
    one, two = (
        dg.Definitions(executor=each) for each in (dg.in_process_executor, dg.multiprocess_executor)
    )  # fmt: skip
    refused(dg.InvariantViolationError, "executor", lambda: dg.Definitions.merge(one, two))


def test_clashing_assets_are_found_after_merging():
    @dg.asset(name="first")
    def again(): ...

    with pytest.raises(dg.InvalidDefinitionError):
        dg.Definitions.validate_loadable(dg.Definitions.merge(dg.Definitions([first]), dg.Definitions([again])))


# ---------------------------------------------------------------- modules


def module(name, **names):
    made_module = types.ModuleType(name)
    vars(made_module).update(names)
    sys.modules[name] = made_module
    return made_module


def keys(assets):
    return sorted(key.to_user_string() for each in assets for key in each.keys)


def test_assets_of_modules():
    found = dg.load_assets_from_modules([module("m1", first=first, several=[second], other=3)])
    assert keys(found) == ["first", "second"]


def test_one_asset_in_two_modules():
    assert keys(dg.load_assets_from_modules([module("m1", a=first), module("m2", b=first)])) == ["first"]


def test_two_assets_of_one_key_in_two_modules():
    @dg.asset(name="first")
    def again(): ...

    with pytest.raises(dg.InvalidDefinitionError, match="first"):
        dg.load_assets_from_modules([module("m1", a=first), module("m2", b=again)])


def test_a_prefix_for_all():
    found = dg.load_assets_from_modules([module("m1", a=first, b=second)], key_prefix="raw")
    assert keys(found) == ["raw/first", "raw/second"]
    result = dg.materialize(list(found), resources=notes())
    assert [name for name, _ in made(result)] == ["raw/first", "raw/second"]


def test_a_group_for_all():
    @dg.asset
    def third(): ...

    found = dg.load_assets_from_modules([module("m1", a=third)], group_name="late")
    assert next(iter(found)).group_names_by_key[dg.AssetKey("third")] == "late"


def test_an_asset_with_another_group():
    with pytest.raises(dg.InvalidDefinitionError):
        dg.load_assets_from_modules([module("m1", a=first)], group_name="late")


def test_assets_of_this_module():
    assert {"first", "second"} <= set(keys(dg.load_assets_from_current_module()))


# ---------------------------------------------------------------- sources


@pytest.mark.parametrize("make", [
    lambda: dg.SourceAsset("outside", io_manager_key="mine", metadata={"table": "t"}),
    lambda: dg.AssetSpec("outside", metadata={"table": "t"}).with_io_manager_key("mine"),
])  # fmt: skip
def test_sources_are_loaded(make):
    @dg.asset
    def reader(outside):
        return outside

    mine = Notes(read=lambda c: c.upstream_output.definition_metadata["table"], gives="there")
    result = dg.materialize([make(), reader], resources={"mine": mine, "io_manager": Notes()})
    assert result.output_for_node("reader") == "there"
    assert mine.reads == ["t"]
    assert made(result) == [("reader", None)]


def test_sources_with_partitions():
    source = dg.SourceAsset("outside", partitions_def=LETTERS)

    @dg.asset(partitions_def=LETTERS)
    def reader(outside):
        return outside

    witness = Notes(read=lambda c: c.asset_partition_key, gives=1)
    dg.materialize([source, reader], partition_key="c", resources={"io_manager": witness})
    assert witness.reads == ["c"]


def test_what_definitions_hold():
    job = dg.define_asset_job("j")
    defs = dg.Definitions(assets=[first], jobs=[job], resources={"n": 3}, metadata={"m": 1})
    assert list(defs.assets) == [first]
    assert list(defs.jobs) == [job]
    assert dict(defs.resources) == {"n": 3}
    assert defs.metadata["m"].value == 1
