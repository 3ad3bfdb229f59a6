from __future__ import annotations

import pytest

from lading.definitions.asset import asset
from lading.definitions.assets import AssetsDefinition
from lading.definitions.checks import AssetCheckSpec
from lading.definitions.graph import GraphDefinition, graph
from lading.definitions.graph_asset import graph_asset, graph_multi_asset
from lading.definitions.hooks import success_hook
from lading.definitions.ins_outs import GraphOut, In, Out
from lading.definitions.lineage import Lineage
from lading.definitions.op import op
from lading.definitions.spec import AssetIn, AssetOut
from lading.errors import DuplicateKeyError, InvalidDefinitionError, InvariantViolationError
from lading.values.keys import AssetKey


@op(ins={"x": In(metadata={"own": 1})})
def plus(x):
    return x + 1


@op(out=Out(io_manager_key="lake", metadata={"op": 1}, description="what op says", code_version="5"))
def kept(x):
    return x


@op
def one():
    return 1


@op(out={"p": Out(io_manager_key="lake"), "q": Out(metadata={"w": 2}, is_required=False)})
def two(raw):
    return 1, 2


@graph
def inner(x):
    return plus(x)


def behind(definition, node, output="result"):
    """The output of the op that IO managers will see."""
    found = definition.node
    for name in node.split("."):
        found = found.nodes[name].definition
    return found.outs[output]


def test_a_graph_asset_has_the_key_of_its_function_and_the_inputs_of_its_parameters():
    @graph_asset
    def sums(raw):
        """What it is."""
        return plus(raw)

    assert sums.key == AssetKey("sums")
    assert sums.keys_by_output_name == {"result": AssetKey("sums")}
    assert sums.keys_by_input_name == {"raw": AssetKey("raw")}
    assert isinstance(sums.node, GraphDefinition)
    assert sums.node.name == "sums"
    assert sums.get_asset_spec().description == "What it is."
    assert sums.is_materializable


def test_what_is_declared_of_a_graph_asset():
    policy, condition = object(), object()

    @success_hook
    def told(context): ...

    @graph_asset(
        key_prefix=["pre", "fix"], name="own", description="d", ins={"a": AssetIn(key=["far", "away"])}, group_name="g",
        metadata={"m": 1}, tags={"t": "1"}, owners=["x@y.com"], code_version="3", kinds={"k"}, hooks={told},
        automation_condition=condition, backfill_policy=policy, resource_defs={"r": 1}, config={"plus": {}},
        check_specs=[AssetCheckSpec("c", asset=["pre", "fix", "own"])],
    )  # fmt: skip
    def other(a):
        return plus(a)

    spec = other.get_asset_spec()
    assert other.key == AssetKey(["pre", "fix", "own"])
    assert other.node.name == "pre__fix__own"
    assert other.keys_by_input_name == {"a": AssetKey(["far", "away"])}
    assert (spec.description, spec.group_name, spec.metadata, spec.tags) == ("d", "g", {"m": 1}, {"t": "1"})
    assert (spec.owners, spec.code_version, spec.kinds) == (("x@y.com",), "3", {"k"})
    assert spec.automation_condition is condition
    assert other.backfill_policy is policy
    assert other.hooks == {told}
    assert other.resource_defs == {"r": 1}
    assert other.config == other.node.config == {"plus": {}}
    assert [key.name for key in other.check_keys] == ["c"]


def test_key_stands_for_name_and_prefix():
    @graph_asset(key=["a", "b"])
    def fn():
        return one()

    assert fn.key == AssetKey(["a", "b"])
    with pytest.raises(InvalidDefinitionError, match="key excludes"):
        graph_asset(key="k", name="n")(one)


def test_io_managers_see_what_is_declared_through_the_op_behind():
    @graph_asset(metadata={"m": 1}, code_version="7", ins={"raw": AssetIn(metadata={"in": 1}, input_manager_key="im")})
    def outer(raw):
        return inner(kept(plus(raw)))

    out = behind(outer, "inner.plus")
    assert (dict(out.metadata), out.code_version, out.io_manager_key) == ({"m": 1}, "7", "io_manager")
    first = outer.node.nodes["plus"].definition.ins["x"]
    assert (dict(first.metadata), first.input_manager_key) == ({"own": 1, "in": 1}, "im")
    assert outer.node.nodes["kept"].definition is kept
    # The ops that everyone shares are left as they were.
    assert (dict(plus.outs["result"].metadata), dict(plus.ins["x"].metadata)) == ({}, {"own": 1})
    assert dict(inner.nodes["plus"].definition.outs["result"].metadata) == {}


def test_the_metadata_of_op_and_asset_are_joined():
    @graph_asset(metadata={"m": 1})
    def joined():
        return kept(one())

    out = behind(joined, "kept")
    assert (dict(out.metadata), out.io_manager_key) == ({"op": 1, "m": 1}, "lake")
    spec = joined.get_asset_spec()
    assert (dict(spec.metadata), spec.description, spec.code_version) == ({"op": 1, "m": 1}, "what op says", "5")


def test_a_graph_cannot_give_out_its_own_input():
    with pytest.raises(InvalidDefinitionError, match='returns its own input "raw"'):

        @graph_asset
        def through(raw):
            return raw


def test_the_graph_must_fit():
    with pytest.raises(InvalidDefinitionError, match="returns nothing"):

        @graph_asset
        def empty():
            one()

    with pytest.raises(InvalidDefinitionError, match='"zz", which is no parameter'):

        @graph_asset(ins={"zz": AssetIn()})
        def strange():
            return one()

    with pytest.raises(InvalidDefinitionError):

        @graph_asset
        def pair():
            return one(), one()


def test_a_graph_multi_asset():
    @graph_multi_asset(
        outs={
            "x": AssetOut(io_manager_key="iom", metadata={"q": 1}, dagster_type=int, group_name="own"),
            "y": AssetOut(key_prefix="kp", is_required=False, tags={"t": "1"}),
        },
        ins={"raw": AssetIn(key_prefix="src")}, group_name="g", can_subset=True,
    )  # fmt: skip
    def both(raw):
        first = plus(raw)
        return {"x": first, "y": kept(first)}

    assert both.keys_by_output_name == {"x": AssetKey("x"), "y": AssetKey(["kp", "y"])}
    assert both.keys_by_input_name == {"raw": AssetKey(["src", "raw"])}
    assert both.can_subset
    assert both.node.name == "both"
    assert {key.parts[-1]: spec.group_name for key, spec in both.specs_by_key.items()} == {"x": "own", "y": "g"}
    assert both.specs_by_key[AssetKey(["kp", "y"])].skippable
    out = behind(both, "plus")
    assert (out.io_manager_key, out.annotation, dict(out.metadata)) == ("iom", int, {"q": 1})
    assert behind(both, "kept").io_manager_key == "lake"


def test_a_graph_multi_asset_must_fit():
    outs = {"x": AssetOut(), "y": AssetOut()}
    with pytest.raises(InvalidDefinitionError, match="declares x, y"):
        graph_multi_asset(outs=outs, name="g")(lambda: {"x": one()})
    with pytest.raises(InvalidDefinitionError, match="twice"):

        @graph_multi_asset(outs=outs)
        def twin():
            found = one()
            return {"x": found, "y": found}

    with pytest.raises(DuplicateKeyError):

        @graph_multi_asset(outs={"x": AssetOut(key="same"), "y": AssetOut(key="same")})
        def same():
            return {"x": one(), "y": one()}


def test_assets_of_a_graph():
    @graph(out={"p": GraphOut(), "q": GraphOut()})
    def pair(raw):
        return {"p": plus(raw), "q": one()}

    made = AssetsDefinition.from_graph(
        pair, keys_by_input_name={"raw": AssetKey("bronze")}, keys_by_output_name={"p": AssetKey("r")}, key_prefix="kk",
        group_name="g", group_names_by_output_name={"q": "h"}, metadata_by_output_name={"p": {"z": 1}},
        descriptions_by_output_name={"q": "d"}, tags_by_output_name={"p": {"t": "1"}},
        owners_by_output_name={"p": ["a@b.com"]}, code_versions_by_output_name={"p": "9"},
        internal_asset_deps={"q": set()},
    )  # fmt: skip
    p, q = AssetKey(["kk", "r"]), AssetKey(["kk", "q"])
    assert made.keys_by_output_name == {"p": p, "q": q}
    assert made.keys_by_input_name == {"raw": AssetKey("bronze")}
    assert {key: spec.group_name for key, spec in made.specs_by_key.items()} == {p: "g", q: "h"}
    assert (made.specs_by_key[p].metadata, made.specs_by_key[p].tags) == ({"z": 1}, {"t": "1"})
    assert (made.specs_by_key[p].owners, made.specs_by_key[p].code_version) == (("a@b.com",), "9")
    assert made.specs_by_key[q].description == "d"
    assert made.asset_deps == {p: {AssetKey("bronze")}, q: set()}
    assert dict(behind(made, "plus").metadata) == {"z": 1}


def test_the_one_output_is_called_like_the_graph_or_op():
    assert AssetsDefinition.from_graph(inner).key == AssetKey("inner")
    single = AssetsDefinition.from_op(plus, keys_by_input_name={"x": "bronze"})
    assert (single.key, single.keys_by_input_name) == (AssetKey("plus"), {"x": AssetKey("bronze")})


def test_assets_of_an_op():
    made = AssetsDefinition.from_op(two, metadata_by_output_name={"p": {"z": 1}})
    p, q = AssetKey("p"), AssetKey("q")
    assert made.keys_by_output_name == {"p": p, "q": q}
    assert dict(made.node.outs["p"].metadata) == {"z": 1}
    assert made.node.outs["p"].io_manager_key == "lake"
    assert dict(made.specs_by_key[q].metadata) == {"w": 2}
    assert made.specs_by_key[q].skippable
    assert dict(two.outs["p"].metadata) == {}


@pytest.mark.parametrize(
    "declared",
    [
        {"keys_by_input_name": {"zz": "a"}},
        {"keys_by_output_name": {"zz": "a"}},
        {"metadata_by_output_name": {"zz": {}}},
        {"internal_asset_deps": {"zz": set()}},
        {"internal_asset_deps": {"result": {AssetKey("strange")}}},
    ],
)
def test_what_a_graph_does_not_have_cannot_be_declared(declared):
    with pytest.raises(InvalidDefinitionError, match=r"zz|strange"):
        AssetsDefinition.from_graph(inner, **declared)


def test_a_graph_asset_takes_its_place_in_the_lineage():
    @asset
    def raw(): ...

    @graph_asset
    def middle(raw):
        return plus(raw)

    @asset
    def end(middle): ...

    lineage = Lineage([end, middle, raw])
    assert lineage.parents(middle.key) == {raw.key}
    assert lineage.children(middle.key) == {end.key}
    with pytest.raises(InvariantViolationError, match="outside a graph"):
        middle()
