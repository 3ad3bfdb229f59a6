from __future__ import annotations

import sys
from types import ModuleType

import pytest

from lading.definitions.asset import asset
from lading.definitions.backfill import BackfillPolicy
from lading.definitions.checks import AssetCheckSpec, asset_check
from lading.definitions.lineage import Lineage
from lading.definitions.modules import (
    load_asset_checks_from_modules,
    load_asset_checks_from_package_name,
    load_assets_from_current_module,
    load_assets_from_modules,
    load_assets_from_package_module,
    load_assets_from_package_name,
)
from lading.definitions.source import SourceAsset
from lading.definitions.spec import AssetSpec
from lading.errors import CheckError, InvalidDefinitionError
from lading.values.keys import AssetCheckKey, AssetKey


def module(name, **values):
    found = ModuleType(name)
    vars(found).update(values)
    return found


def made(name, deps=(), **more):
    @asset(name=name, deps=list(deps), **more)
    def fn(): ...

    return fn


def keys(assets):
    return [each.key.to_user_string() for each in assets]


A = made("a", check_specs=[AssetCheckSpec("own", asset="a", blocking=True)])


@asset(group_name="own")
def b(a): ...


C = made("c", ["a", "outside", "ext"])


@asset_check(asset="a")
def seen(a): ...


here = load_assets_from_current_module()


def test_assets_are_found_as_attributes_and_in_lists_in_order():
    source = SourceAsset("s")
    found = load_assets_from_modules(
        [module("m", one=A, many=[b, source, 5], inner=[[C]], other={"c": C}, spec=AssetSpec("spec"), text="x")]
    )
    assert found == [A, b, source]


def test_specs_are_found_when_asked_for():
    spec = AssetSpec("ext")
    given = [module("m", one=A, spec=spec)]
    assert load_assets_from_modules(given) == [A]
    assert load_assets_from_modules(given, include_specs=True) == [A, spec]


def test_one_object_in_two_modules_counts_once():
    assert load_assets_from_modules([module("m", a=A, again=A), module("n", a=A, b=b)]) == [A, b]


def test_two_assets_of_one_key_are_refused():
    with pytest.raises(InvalidDefinitionError, match='two assets are called "a"') as caught:
        load_assets_from_modules([module("m", a=A), module("n", a=made("a"))])
    assert caught.value.where == "module m and module n"
    with pytest.raises(InvalidDefinitionError) as caught:
        load_assets_from_modules([module("m", a=A, again=SourceAsset("a"))])
    assert caught.value.where == "module m"


def test_a_group_for_all_that_name_none():
    found = load_assets_from_modules([module("m", a=A, s=SourceAsset("s"))], group_name="g")
    assert [each.get_asset_spec().group_name for each in found] == ["g", "g"]
    with pytest.raises(InvalidDefinitionError, match='"b" is in group "own"'):
        load_assets_from_modules([module("m", a=A, b=b)], group_name="g")
    assert keys(load_assets_from_modules([module("m", b=b)], group_name="own")) == ["b"]


def test_a_prefix_also_renames_what_depends_on_the_loaded():
    a, b_, c = load_assets_from_modules([module("m", a=A, b=b), module("n", c=C)], key_prefix=["p", "q"])
    assert keys([a, b_, c]) == ["p/q/a", "p/q/b", "p/q/c"]
    assert b_.keys_by_input_name == {"a": AssetKey(["p", "q", "a"])}
    assert c.dependency_keys == {AssetKey(["p", "q", "a"]), AssetKey("outside"), AssetKey("ext")}
    assert list(a.check_keys) == [AssetCheckKey(a.key, "own")]
    assert a.check_specs[0].blocking
    assert A.key == AssetKey("a")
    assert Lineage([a, b_, c]).parents(b_.key) == {a.key}


def test_sources_have_a_prefix_of_their_own():
    given = [module("m", a=A, c=C, s=SourceAsset("s"), ext=AssetSpec("ext"))]
    assert keys(load_assets_from_modules(given, key_prefix="p", include_specs=True)) == ["p/a", "p/c", "s", "ext"]
    found = load_assets_from_modules(given, key_prefix="p", source_key_prefix="q", include_specs=True)
    assert keys(found) == ["p/a", "p/c", "q/s", "q/ext"]
    assert AssetKey(["q", "ext"]) in found[1].dependency_keys


def test_policies_for_all_that_have_none():
    own, shared, condition = BackfillPolicy.single_run(), BackfillPolicy.multi_run(2), object()
    first, second = load_assets_from_modules(
        [module("m", a=made("x", backfill_policy=own), b=made("y"))],
        backfill_policy=shared, automation_condition=condition,
    )  # fmt: skip
    assert (first.backfill_policy, second.backfill_policy) == (own, shared)
    assert first.get_asset_spec().automation_condition is condition


def test_the_current_module():
    assert keys(here) == ["a", "b", "c"]


def test_no_module_is_refused():
    with pytest.raises(CheckError, match="is no module"):
        load_assets_from_modules([A])


def test_checks():
    given = [module("m", c=seen, a=A), module("n", many=[seen])]
    assert load_asset_checks_from_modules(given) == [seen]
    (moved,) = load_asset_checks_from_modules(given, asset_key_prefix="p")
    assert moved.check_keys == [AssetCheckKey(AssetKey(["p", "a"]), "seen")]
    assert moved.keys_by_input == {"a": AssetKey(["p", "a"])}
    assert seen.check_keys == [AssetCheckKey(AssetKey("a"), "seen")]


@pytest.fixture
def package(tmp_path, monkeypatch):
    text = "from lading.definitions.asset import asset\n@asset\ndef {0}(): ...\n"
    check = "from lading.definitions.checks import asset_check\n@asset_check(asset='{0}')\ndef ok({0}): ...\n"
    inside = tmp_path / "lading_test_pack" / "sub"
    inside.mkdir(parents=True)
    (inside.parent / "__init__.py").write_text(text.format("top"), "utf-8")
    (inside / "__init__.py").write_text(text.format("deep"), "utf-8")
    (inside / "leaf.py").write_text(text.format("leaf") + check.format("leaf"), "utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    yield "lading_test_pack"
    for name in [name for name in sys.modules if name.startswith("lading_test_pack")]:
        del sys.modules[name]


def test_packages_are_walked(package):
    assert keys(load_assets_from_package_name(package)) == ["top", "deep", "leaf"]
    assert keys(load_assets_from_package_module(sys.modules[package], key_prefix="p")) == ["p/top", "p/deep", "p/leaf"]
    assert load_asset_checks_from_package_name(package)[0].check_keys == [AssetCheckKey(AssetKey("leaf"), "ok")]


def test_no_package_is_refused(package):
    load_assets_from_package_name(package)
    with pytest.raises(CheckError, match="not a package"):
        load_assets_from_package_module(sys.modules[f"{package}.sub.leaf"])
    with pytest.raises(ModuleNotFoundError):
        load_assets_from_package_name(f"{package}.missing")
