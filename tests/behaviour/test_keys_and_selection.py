"""Keys of assets, and how assets are chosen."""

import pytest

import lading as dg
from tests.behaviour.partition_witness import Notes, made, refused

RAN = []


@pytest.fixture(autouse=True)
def nothing_ran_yet():
    RAN.clear()


# ---------------------------------------------------------------- keys


def test_keys():
    assert dg.AssetKey("a/b").path == ["a/b"]
    key = dg.AssetKey(["a", "b"])
    assert list(key.path) == ["a", "b"]
    assert tuple(key.parts) == ("a", "b")
    assert key.to_user_string() == "a/b"
    assert dg.AssetKey.from_user_string("a/b") == key
    assert dg.AssetKey(["a/b", "c"]).to_escaped_user_string() == "a\\/b/c"
    assert dg.AssetKey.from_escaped_user_string("a\\/b/c") == dg.AssetKey(["a/b", "c"])
    assert key.to_python_identifier() == "a__b"
    assert key.to_string() == '["a", "b"]'
    assert key.with_prefix("p") == dg.AssetKey(["p", "a", "b"])
    assert key.with_prefix(["p", "q"]) == dg.AssetKey(["p", "q", "a", "b"])
    assert key.has_prefix(["a"])
    assert not key.has_prefix(["b"])
    assert sorted([dg.AssetKey("b"), key]) == [key, dg.AssetKey("b")]
    assert len({key, dg.AssetKey(("a", "b"))}) == 1
    assert key != "a/b"
    assert dg.AssetCheckKey(key, "check").to_user_string() == "a/b:check"
    assert dg.AssetCheckKey.from_user_string("a/b:check") == dg.AssetCheckKey(key, "check")
    with pytest.raises(Exception):  # noqa: B017, PT011
        dg.AssetCheckKey.from_user_string("a/b")


def test_the_name_of_a_step():
    @dg.asset(key_prefix=["raw", "x-y"], name="users")
    def fn():
        return 1

    assert fn.op.name == "raw__x_y__users"
    assert dg.materialize([fn], resources={"io_manager": Notes()}).output_for_node("raw__x_y__users") == 1


@pytest.mark.parametrize("name", ["with space", "a/b"])
def test_a_name_that_no_step_can_have(name):
    with pytest.raises(Exception):  # noqa: B017, PT011

        @dg.asset(name=name, key_prefix="x")
        def fn():
            return 1


@pytest.mark.parametrize("extra", [{"name": "n"}, {"key_prefix": "p"}])
def test_a_key_and_another_name(extra):
    with pytest.raises(dg.InvalidDefinitionError):

        @dg.asset(key="k", **extra)
        def fn():
            return 1


@pytest.mark.parametrize("name", ["a b", "a-b", "a.b"])
def test_a_group_name_that_is_none(name):
    with pytest.raises(dg.InvalidDefinitionError):

        @dg.asset(group_name=name)
        def fn():
            return 1


def test_groups():
    @dg.asset(group_name="a/b")
    def one(): ...

    @dg.asset
    def two(): ...

    assert one.group_names_by_key[dg.AssetKey("one")] == "a/b"
    assert two.group_names_by_key[dg.AssetKey("two")] == "default"


def test_a_parameter_is_matched_by_the_last_part_within_its_group():
    @dg.asset(key_prefix="raw")
    def users():
        return 1

    @dg.asset
    def count(users):
        return users

    notes = Notes(read=lambda c: c.asset_key.path)
    dg.materialize([users, count], resources={"io_manager": notes})
    assert notes.reads == [["raw", "users"]]


def test_a_parameter_is_not_matched_across_groups():
    @dg.asset(key_prefix="raw", group_name="other")
    def users():
        RAN.append("users")

    @dg.asset
    def count(users):
        RAN.append("count")

    refused(dg.InvalidDefinitionError, "users", lambda: dg.materialize([users, count]), RAN)


# ---------------------------------------------------------------- selection


def graph():
    """raw/a -> b -> c, d beside b; e alone."""

    @dg.asset(key_prefix="raw", group_name="g1", tags={"t": "1"}, kinds={"python"}, owners=["me@x.org"])
    def a():
        return 1

    @dg.asset(ins={"a": dg.AssetIn(["raw", "a"])}, group_name="g1", tags={"t": "2"})
    def b(a):
        return 1

    @dg.asset(group_name="g2")
    def c(b):
        return 1

    @dg.asset(ins={"a": dg.AssetIn(["raw", "a"])}, group_name="g2", kinds={"sql"})
    def d(a):
        return 1

    @dg.asset
    def e():
        return 1

    return [a, b, c, d, e]


GRAPH = graph()
S = dg.AssetSelection


def chosen(selection, assets=None):
    resources = {"io_manager": Notes(gives=1)}
    result = dg.materialize(GRAPH if assets is None else assets, selection=selection, resources=resources)
    assert result.success
    return sorted(name for name, _ in made(result))


@pytest.mark.parametrize(
    ("selection", "names"),
    [
        (S.all(), ["b", "c", "d", "e", "raw/a"]),
        (S.assets("b", ["raw", "a"]), ["b", "raw/a"]),
        (S.assets(GRAPH[1]), ["b"]),
        (S.keys("b", "raw/a"), ["b", "raw/a"]),
        (S.keys(["raw", "a"]), ["raw/a"]),
        (S.groups("g2"), ["c", "d"]),
        (S.groups("g1", "g2"), ["b", "c", "d", "raw/a"]),
        (S.groups("zebra"), []),
        (S.key_prefixes("raw"), ["raw/a"]),
        (S.key_prefixes(["raw"]), ["raw/a"]),
        (S.tag("t", "1"), ["raw/a"]),
        (S.kind("sql"), ["d"]),
        (S.owner("me@x.org"), ["raw/a"]),
        (S.assets("c").upstream(), ["b", "c", "raw/a"]),
        (S.assets("c").upstream(depth=1), ["b", "c"]),
        (S.assets("c").upstream(include_self=False), ["b", "raw/a"]),
        (S.assets("b").downstream(), ["b", "c"]),
        (S.key_prefixes("raw").downstream(depth=1), ["b", "d", "raw/a"]),
        (S.key_prefixes("raw").downstream(include_self=False), ["b", "c", "d"]),
        (S.groups("g2").roots(), ["c", "d"]),
        (S.all().roots(), ["e", "raw/a"]),
        (S.all().sinks(), ["c", "d", "e"]),
        (S.groups("g1").sinks(), ["b"]),
        (S.groups("g1") & S.assets("b"), ["b"]),
        (S.assets("e") | S.assets("b"), ["b", "e"]),
        (S.all() - S.groups("g1"), ["c", "d", "e"]),
        (S.all().materializable(), ["b", "c", "d", "e", "raw/a"]),
    ],
)
def test_selections(selection, names):
    assert chosen(selection) == names


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("b", ["b"]),
        ("raw/a", ["raw/a"]),
        ("*c", ["b", "c", "raw/a"]),
        ("b*", ["b", "c"]),
        ("+c", ["b", "c"]),
        ("b+", ["b", "c"]),
        ("++c", ["b", "c", "raw/a"]),
        ('key:"b"+', ["b", "c"]),
        ("key:b*", ["b"]),
        ('key:"raw/a"', ["raw/a"]),
        ('group:"g2"', ["c", "d"]),
        ('tag:"t"="2"', ["b"]),
        ('kind:"sql"', ["d"]),
        ("sinks(*)", ["c", "d", "e"]),
        ('group:"g1" and tag:"t"="1"', ["raw/a"]),
        ("key:b or key:e", ["b", "e"]),
        ('not group:"g1" and not key:e', ["c", "d"]),
        ("*", ["b", "c", "d", "e", "raw/a"]),
    ],
)
def test_selections_as_text(text, names):
    assert chosen(text) == names


@pytest.mark.parametrize("text", ["b or e", "b,e", "2+b"])
def test_text_that_is_no_selection(text):
    with pytest.raises(dg.LadingError):
        chosen(text)


def test_selections_as_lists():
    assert chosen(["b", "*c"]) == ["b", "c", "raw/a"]
    assert chosen([dg.AssetKey("b"), dg.AssetKey(["raw", "a"])]) == ["b", "raw/a"]
    assert chosen([GRAPH[0], GRAPH[4]]) == ["e", "raw/a"]


def test_selections_compare_by_content():
    assert S.assets("a") == S.assets("a")
    assert S.groups("g") != S.groups("h")
    assert S.assets("a") | S.groups("g") == S.assets("a") | S.groups("g")


def test_nothing_is_chosen():
    assert chosen([]) == []
    assert chosen("group:zebra") == []


def test_an_unknown_key_is_refused():
    refused(dg.InvalidDefinitionError, "zebra", lambda: chosen(S.assets("zebra")))
    refused(dg.InvalidDefinitionError, "zebra", lambda: chosen([dg.AssetKey("zebra")]))


def test_the_cause_of_an_unknown_key():
    with pytest.raises(dg.InvalidDefinitionError) as caught:
        dg.Definitions(GRAPH, jobs=[dg.define_asset_job("j", ["zebra"])]).get_job_def("j")
    assert isinstance(caught.value, dg.InvalidSubsetError) or isinstance(
        caught.value.__cause__, dg.InvalidSubsetError
    )  # fmt: skip


def test_part_of_what_is_made_together():
    @dg.multi_asset(outs={"x": dg.AssetOut(), "y": dg.AssetOut()})
    def both():
        RAN.append("both")
        return 1, 2

    refused(dg.InvalidDefinitionError, "x|y", lambda: chosen(S.assets("x"), [both]), RAN)
    assert chosen(S.assets("x").required_multi_asset_neighbors(), [both]) == ["x", "y"]


def test_part_of_what_can_be_made_apart():
    @dg.multi_asset(
        outs={"x": dg.AssetOut(is_required=False), "y": dg.AssetOut(is_required=False)}, can_subset=True
    )  # fmt: skip
    def either(context):
        for name in sorted(context.selected_output_names):
            yield dg.Output(name, name)

    assert chosen(S.assets("x"), [either]) == ["x"]


def test_checks_are_chosen():
    @dg.asset_check(asset=GRAPH[4])
    def fine():
        RAN.append("fine")
        return dg.AssetCheckResult(passed=True)

    def run(selection):
        RAN.clear()
        result = dg.materialize([*GRAPH, fine], selection=selection, resources={"io_manager": Notes(gives=1)})
        return sorted(name for name, _ in made(result)), list(RAN)

    assert run(S.checks(fine)) == ([], ["fine"])
    assert run(S.all_asset_checks()) == ([], ["fine"])
    assert run(S.assets("e")) == (["e"], ["fine"])
    assert run(S.assets("e") - S.all_asset_checks()) == (["e"], [])
    assert run(S.checks_for_assets("e")) == ([], ["fine"])


def test_sources_are_not_chosen_unless_asked_for():
    source = dg.SourceAsset("source")
    assert "source" not in chosen(S.all(), [source, *GRAPH])
    assert S.all().resolve([source, *GRAPH]) == {key for each in GRAPH for key in each.keys}
    assert dg.AssetKey("source") in S.all(include_sources=True).resolve([source, *GRAPH])
