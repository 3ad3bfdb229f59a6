from __future__ import annotations

import pickle

import pytest

from lading.definitions.asset import asset
from lading.definitions.checks import AssetCheckSpec, asset_check
from lading.definitions.lineage import Lineage
from lading.definitions.multi_asset import multi_asset
from lading.definitions.selected import select
from lading.definitions.selection import AssetSelection, as_selection
from lading.definitions.selection_words import parse_cli_selection
from lading.definitions.spec import AssetSpec
from lading.errors import (
    CheckError,
    InvalidAssetSelectionError,
    InvalidDefinitionError,
    InvalidSubsetError,
    NothingSelectedError,
)
from lading.values.keys import AssetCheckKey, AssetKey


def made(name, deps=(), **more):
    @asset(name=name, deps=list(deps), **more)
    def fn(): ...

    return fn


A = made("a", group_name="g1", tags={"t": "1"}, kinds={"python"}, owners=["x@y.com"])
B = made("b", ["a"], group_name="g1", tags={"t": "2"})


@multi_asset(specs=[AssetSpec("m1"), AssetSpec("m2", deps=["m1"]), AssetSpec("m3", deps=["a"])])
def whole(): ...


@multi_asset(specs=[AssetSpec("n1"), AssetSpec("n2", deps=["n1"])], can_subset=True)
def parts(): ...


@asset_check(asset="a")
def seen(): ...


ASSETS = [
    A, B,
    made("c", ["b"], group_name="g2", owners=["team:data"]),
    made("d", ["c", "b"], group_name="g2", kinds={"python", "duckdb"}),
    made("e", ["src"], key_prefix="pre"),
    made("f", [AssetKey(["pre", "e"])], key_prefix=["pre", "fix"]),
    AssetSpec("src", group_name="g1", kinds={"csv"}, owners=["x@y.com"]),
    made("lone", tags={"u": ""}, check_specs=[AssetCheckSpec("own", asset="lone")]),
    made("a-b.c"), whole, parts,
]  # fmt: skip
LINEAGE = Lineage(ASSETS, [seen])
ALL = {"a", "b", "c", "d", "pre/e", "pre/fix/f", "lone", "a-b.c", "m1", "m2", "m3", "n1", "n2"}
S = AssetSelection


def names(selection):
    return {key.to_user_string() for key in as_selection(selection).resolve(LINEAGE)}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a", "a"), (" a ", "a"), ("pre/e", "pre/e"), ("src", "src"), ("a-b.c", "a-b.c"),
        ("*d", "a b c d"), ("d*", "d"), ("a*", "a b c d m3"), ("*c*", "a b c d"),
        ("+d", "b c d"), ("++d", "a b c d"), ("+d+", "b c d"), ("*c+", "a b c d"), ("a+", "a b m3"),
        ("a++", "a b c d m3"), ("src+", "src pre/e"), ("+pre/e", "pre/e"), ("+m2", "m1 m2"),
        ("key:a", "a"), ('key:"pre/e"', "pre/e"), ("key:a*", "a a-b.c"), ('key:"pre/*"', "pre/e pre/fix/f"),
        ("key:*e", "lone pre/e"), ("key:a-b.c", "a-b.c"), ("key:nope", ""), ('key: "a"', "a"),
        ('key:"a"+', "a b c d m3"), ('key:"a" +', "a b c d m3"), ('key:"a"+1', "a b m3"), ('1+key:"d"', "b c d"),
        ('2+key:"d"', "a b c d"), ('1+key:"b"+1', "a b c d"), ('+(key:"d" and group:"g2")', "a b c d"),
        ('(key:"a" or key:"b")+', "a b c d m3"),
        ('group:"g1"', "a b"), ("group:g1", "a b"), ("group:nope", ""), ('group:"g*"', "a b c d"),
        ('tag:"t"="1"', "a"), ("tag:t=2", "b"), ("tag:u", "lone"), ("tag:t", ""),
        ("kind:python", "a d"), ('kind:"csv"', ""), ('owner:"x@y.com"', "a src"), ("owner:team:data", "c"),
        ("sinks(*)", "d lone a-b.c pre/fix/f m2 m3 n2"), ('roots(group:"g2")', "c"), ('roots(+key:"d")', "a"),
        ('sinks(key:"a"+)', "d m3"), ('key:"a" or key:"b" and group:"g2"', "a"), ('key:"a" AND NOT key:"b"', "a"),
        ('not not key:"a"', "a"), ('kind:"python" and not (group:"g1" or key:"e")', "d"), ("not *", ""),
        ('* and group:"g1"', "a b"), ("key:a\nor key:b", "a b"),
    ],
)  # fmt: skip
def test_text_selects(text, found):
    assert names(text) == set(found.split())


def test_star_selects_what_a_run_can_make():
    assert names("*") == ALL
    assert names('not group:"g1"') == ALL - {"a", "b"}


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("b or a", 0), ("a,b", 1), ("2+b", 2), ("b+2", 0), ("a b", 0), ("not a", 4), ("a and b", 0), ("(a)", 1),
        ("sinks(a)", 6), ("", 0), (",", 0), ("+", 1), ("a*b", 0), ("+*a", 2), ("**a", 1), ('"a"', 0), ("key:'a'", 4),
        ('foo:"a"', 0), ("key:", 4), ('key:"a', 4), ('key:"a" or', 10), ('key:"a"key:"b"', 7), ("()", 1),
        ('++key:"d"', 1), ('key:"d"++', 8), ("KEY:a", 0), ("Sinks(*)", 0), ("(" * 200 + "*" + ")" * 200, None),
    ],
)  # fmt: skip
def test_unreadable_text_is_refused_at_its_place(text, at):
    with pytest.raises(InvalidAssetSelectionError) as caught:
        AssetSelection.from_string(text)
    if at is not None:
        shown = str(caught.value).splitlines()
        assert shown[1] == f'  where: "{text}"'
        assert shown[2].index("^") == len('  where: "') + at
    assert caught.value.fix


def test_a_refusal_says_how_to_write_it():
    with pytest.raises(InvalidAssetSelectionError) as caught:
        AssetSelection.from_string("b or a")
    assert caught.value.fix.endswith('key:"b"')


def test_a_long_text_is_cut_around_the_place():
    with pytest.raises(InvalidAssetSelectionError) as caught:
        AssetSelection.from_string('key:"a" or ' * 20 + "wrong or " + 'key:"b" or ' * 20)
    text, caret = caught.value.where.splitlines()
    assert len(text) <= 82
    assert text[caret.index("^") - len("  where: ") :].startswith("wrong")


@pytest.mark.parametrize(
    ("selection", "found"),
    [
        (S.assets("a", "pre/e", ["pre", "fix", "f"]), "a pre/e pre/fix/f"), (S.keys("a"), "a"),
        (S.assets(whole), "m1 m2 m3"),
        (S.assets(), ""), (S.groups("g1"), "a b"), (S.groups("g1", include_sources=True), "a b src"),
        (S.groups("g*"), ""),
        (S.groups("g1", "nope"), "a b"), (S.key_prefixes("pre"), "pre/e pre/fix/f"), (S.key_prefixes("pr"), ""),
        (S.key_prefixes(["pre", "fix"]), "pre/fix/f"), (S.key_prefixes("pre/fix"), ""),
        (S.key_substring("re"), "pre/e pre/fix/f"), (S.tag("t", "1"), "a"), (S.kind("duckdb"), "d"),
        (S.kind("csv", include_sources=True), "src"), (S.owner("team:data"), "c"), (S.checks(seen), ""),
        (S.all_asset_checks(), ""), (S.assets("a").without_checks(), "a"),
        (S.assets("d").upstream(depth=1, include_self=False), "b c"), (S.assets("d").upstream(), "a b c d"),
        (S.assets("d", "b").upstream(include_self=False), "a c"), (S.assets("d").upstream(depth=0), "d"),
        (S.assets("a", "b").downstream(1, include_self=False), "c d m3"), (S.assets("src").upstream(), ""),
        (S.assets("pre/fix/f").upstream_source_assets(), "src"), (S.assets("src", "a").materializable(), "a"),
        (S.assets("a", "d").roots(), "a"), (S.assets("a", "d").sinks(), "d"), (S.groups("g2").roots(), "c"),
        (S.assets("m1").required_multi_asset_neighbors(), "m1 m2 m3"), (S.assets("m1"), "m1"),
        (S.assets("n1").required_multi_asset_neighbors(), "n1"), (S.groups("g1") | S.groups("g2"), "a b c d"),
        (S.groups("g1") & S.tag("t", "2"), "b"), (S.groups("g1") - S.assets("a"), "b"),
    ],
)  # fmt: skip
def test_constructors_and_operations(selection, found):
    assert names(selection) == set(found.split())


def test_all_with_and_without_assets_made_elsewhere():
    assert names(S.all()) == ALL
    assert names(S.all(include_sources=True)) == ALL | {"src"}
    assert names(S.all().roots()) == {"a", "pre/e", "lone", "a-b.c", "m1", "n1"}


def test_a_lineage_is_made_of_a_list_of_assets():
    assert S.all().resolve([A, B]) == {A.key, B.key}


def test_equal_by_content_and_hashable():
    assert S.assets("a", "b") == S.assets("b", AssetKey("a"))
    assert S.from_string("a") == S.assets("a")
    assert S.groups("a") | S.groups("b") | S.tag("t", "1") == S.tag("t", "1") | (S.groups("b") | S.groups("a"))
    assert S.groups("a") != S.groups("a", include_sources=True)
    assert S.groups("a") - S.groups("b") != S.groups("b") - S.groups("a")
    assert {S.assets("a").upstream(): 1}[S.assets("a").upstream()] == 1
    assert pickle.loads(pickle.dumps(S.assets("a").upstream())) == S.assets("a").upstream()
    assert repr(S.assets("b", "a") - S.groups("g")) == "AssetSelection(minus(keys(['a', 'b']), groups(['g'], False)))"


def test_many_unions_stay_flat():
    selection = S.assets("a")
    for number in range(3000):
        selection |= S.groups(f"g{number}")
    assert names(selection) == {"a", "b", "c", "d"}


@pytest.mark.parametrize(
    ("given", "found"),
    [
        (None, ALL), ("a+", {"a", "b", "m3"}), (["a+", "d"], {"a", "b", "m3", "d"}), (("a", "b"), {"a", "b"}),
        ([AssetKey("a"), AssetKey("d")], {"a", "d"}), ([A, whole], {"a", "m1", "m2", "m3"}), (A, {"a"}), ([], set()),
        (AssetKey("a"), {"a"}), ([A, seen], {"a"}), ([seen], set()), ([S.groups("g1"), S.assets("c")], {"a", "b", "c"}),
        ({"a", "b"}, {"a", "b"}), ([AssetSpec("src")], {"src"}),
    ],
)  # fmt: skip
def test_what_stands_for_a_selection(given, found):
    assert names(given) == found


@pytest.mark.parametrize("given", [5, [5], ["a", AssetKey("b")], [A, AssetKey("b")], [A, "b"], ["a", S.assets("b")]])
def test_what_stands_for_no_selection(given):
    with pytest.raises(CheckError):
        as_selection(given)
    with pytest.raises(CheckError):
        _ = S.assets("a") | given


def test_checks():
    chk, own = AssetCheckKey(AssetKey("a"), "seen"), AssetCheckKey(AssetKey("lone"), "own")

    def checks(selection):
        return selection.resolve_checks(LINEAGE)

    assert checks(S.all()) == checks(S.all_asset_checks()) == {chk, own}
    assert checks(S.assets("a")) == checks(S.checks(seen)) == checks(S.checks(chk)) == {chk}
    assert checks(S.assets("b")) == checks(S.assets("a").without_checks()) == set()
    assert checks(S.assets("b").upstream()) == {chk}
    assert checks(S.checks_for_assets("lone")) == {own}
    assert checks(S.all() - S.all_asset_checks()) == set()
    assert checks(S.assets("lone") | S.checks(seen)) == {chk, own}
    assert checks(S.all() & S.checks(seen)) == {chk}
    with pytest.raises(InvalidSubsetError, match="a:zzz"):
        checks(S.checks(AssetCheckKey(AssetKey("a"), "zzz")))


def test_an_unknown_key_names_the_nearest():
    for selection in (S.assets("e"), S.assets("e").downstream(), S.all() - S.assets("e")):
        with pytest.raises(InvalidSubsetError, match='no asset is called "e"') as caught:
            selection.resolve(LINEAGE)
        assert caught.value.did_you_mean == "pre/e"


def test_select_says_which_run_cannot_be_made():
    keys, checks = select("lone", LINEAGE, "job j")
    assert keys == {AssetKey("lone")}
    assert checks == {AssetCheckKey(AssetKey("lone"), "own")}
    with pytest.raises(InvalidDefinitionError, match=r"job j .* no asset") as caught:
        select(["lona"], LINEAGE, "job j")
    assert isinstance(caught.value.__cause__, InvalidSubsetError)
    assert "lone" in caught.value.fix
    with pytest.raises(InvalidDefinitionError, match="m2, m3 is not selected") as caught:
        select("m1", LINEAGE, "job j")
    assert isinstance(caught.value.__cause__, InvalidSubsetError)
    assert select(["n1", "m1", "m2", "m3"], LINEAGE, "job j")[0] == {AssetKey(k) for k in ("n1", "m1", "m2", "m3")}


# ---------------------------------------------------------------- the command line


def typed(*words, **more):
    return [key.to_user_string() for key in parse_cli_selection(words, LINEAGE, **more)]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (["b", "a"], "a b"), (["b,a"], "a b"), (["a,b", "c"], "a b c"), (["pre/*"], "pre/e pre/fix/f"),
        (["m?"], "m1 m2 m3"),
        (["[ab]"], "a b"), (["a*"], "a b c d m3"), (["lo*"], "lone"), (["*d"], "a b c d"), (["+d"], "b c d"),
        (["group:g1"], "a b"), (['tag:"t"="1",(key:"a" or key:"c"),lone'], "a c lone"),
        (['key:"a" or key:"b"', "c"], "a b c"), ([" a , b"], "a b"),
    ],
)  # fmt: skip
def test_words_form_a_union_in_order_of_definition(words, found):
    assert typed(*words) == found.split()


def test_no_words_are_everything():
    assert set(typed()) == set(typed("*")) == ALL
    assert set(typed(include_sources=True)) == ALL | {"src"}


@pytest.mark.parametrize("word", ["a,,b", ",a", "a,", "", "total,,++"])
def test_an_empty_word_is_refused(word):
    with pytest.raises(InvalidAssetSelectionError, match=r"`,+`|empty"):
        typed(word)


def test_unreadable_words_lead_to_the_options():
    with pytest.raises(InvalidAssetSelectionError) as caught:
        typed("total+2")
    assert caught.value.fix == "use `--upstream` or `--downstream`, or quote: 'total+'"


def test_unknown_assets_are_named_all_at_once():
    with pytest.raises(InvalidSubsetError, match='no asset is called "lona"') as caught:
        typed("lona", "a")
    assert caught.value.fix.startswith('did you mean "lone"?')
    assert caught.value.exit_code == 4
    with pytest.raises(InvalidSubsetError, match="lona, zzz") as caught:
        typed("a", "+zzz", "lona")
    assert '"lone" for "lona"' in caught.value.fix


@pytest.mark.parametrize(
    ("word", "hint"),
    [
        ("group:g11", 'did you mean "g1"? groups are: default, g1, g2;'),
        ("kind:pyton", 'did you mean "python"? kinds are'),
        ("tag:t=3", "tags are: t=1, t=2, u="), ("owner:nobody", "owners are: x@y.com, team:data"),
        ('key:"lon"', 'did you mean "lone"?'), ("lonx*", 'did you mean "lone"?'), ("zz*", "`lading list`"),
        ('key:"a" and group:"g2"', "groups are: default, g1, g2"),
    ],
)  # fmt: skip
def test_a_word_that_selects_nothing_is_refused(word, hint):
    with pytest.raises(NothingSelectedError) as caught:
        typed("a", word)
    assert hint in caught.value.fix
    assert "--allow-empty" in caught.value.fix
    assert caught.value.where == word
    assert typed("a", word, allow_empty=True) == ["a"]


def test_nothing_is_defined():
    with pytest.raises(NothingSelectedError, match="no asset is defined"):
        parse_cli_selection([], Lineage([]))
