from __future__ import annotations

import pytest

from lading.definitions.asset import asset
from lading.definitions.lineage import Lineage
from lading.definitions.partitions.static import StaticPartitionsDefinition
from lading.definitions.source import SourceAsset, external_assets_from_specs, observable_source_asset
from lading.definitions.spec import IO_MANAGER_KEY, AssetSpec
from lading.errors import DuplicateKeyError, InvalidDefinitionError, InvalidInvocationError
from lading.values.keys import AssetKey
from lading.values.outputs import DataVersion


def test_a_source_asset_is_an_external_asset():
    partitions = StaticPartitionsDefinition(["a"])
    source = SourceAsset(
        ["raw", "users"], {"table": "u"}, "warehouse", description="d", partitions_def=partitions, group_name="g",
        resource_defs={"r": 1}, tags={"t": "1"},
    )  # fmt: skip
    assert source.key == AssetKey(["raw", "users"])
    assert source.kind == "external"
    assert not source.is_executable
    assert not source.is_materializable
    assert not source.is_observable
    assert source.metadata == {"table": "u"}
    assert source.get_asset_spec().metadata[IO_MANAGER_KEY] == source.io_manager_key == "warehouse"
    assert (source.description, source.group_name, source.tags) == ("d", "g", {"t": "1"})
    assert source.partitions_def is source.get_asset_spec().partitions_def is partitions
    assert source.resource_defs == {"r": 1}
    assert repr(source) == "SourceAsset('raw/users')"
    assert (SourceAsset("x").io_manager_key, SourceAsset("x").metadata) == (None, {})
    with pytest.raises(InvalidInvocationError):
        source()


def test_an_io_manager_of_its_own():
    manager = object()
    source = SourceAsset(["raw", "users"], io_manager_def=manager)
    assert source.resource_defs == {source.io_manager_key: manager}
    with pytest.raises(InvalidDefinitionError, match="exclude"):
        SourceAsset("x", io_manager_key="a", io_manager_def=manager)


def test_a_source_asset_takes_its_place_in_the_lineage():
    source = SourceAsset("raw")

    @asset
    def clean(raw): ...

    lineage = Lineage([source, clean])
    assert lineage.parents(clean.key) == {source.key}
    assert lineage.materializable_keys == [clean.key]
    with pytest.raises(DuplicateKeyError):
        Lineage([clean, SourceAsset("clean")])


def test_copies_stay_source_assets():
    renamed = SourceAsset("raw", {"m": 1}, "lake").renamed({AssetKey("raw"): AssetKey("bronze")}, "g")
    assert isinstance(renamed, SourceAsset)
    assert (renamed.key, renamed.group_name, renamed.io_manager_key) == (AssetKey("bronze"), "g", "lake")
    assert renamed.metadata == {"m": 1}


def test_an_observable_source_asset_is_observed_not_made():
    @observable_source_asset(key_prefix="pre", group_name="g", io_manager_key="lake", op_tags={"n": 1}, tags={"t": "1"})
    def seen(context):
        """What it is."""
        return DataVersion("1")

    assert seen.key == AssetKey(["pre", "seen"])
    assert seen.kind == "observe"
    assert seen.is_observable
    assert seen.is_executable
    assert not seen.is_materializable
    assert seen.keys_by_output_name == {"result": seen.key}
    assert (seen.node.name, seen.node.tags) == ("pre__seen", {"n": "1"})
    assert (seen.description, seen.group_name, seen.io_manager_key) == ("What it is.", "g", "lake")
    lineage = Lineage([seen])
    assert lineage.materializable_keys == []
    assert lineage.executable_keys == [seen.key]


def test_an_observation_is_called_directly():
    @observable_source_asset
    def seen():
        return DataVersion("7")

    assert seen() == DataVersion("7")


def test_what_cannot_be_observed():
    with pytest.raises(InvalidDefinitionError, match='"upstream" would be an input'):
        observable_source_asset(name="x")(lambda upstream: None)
    with pytest.raises(InvalidDefinitionError, match="key excludes"):
        observable_source_asset(key="a", name="b")(lambda: None)
    with pytest.raises(InvalidDefinitionError, match="no name"):
        SourceAsset("a b", observe_fn=lambda: None)


def test_external_assets_from_specs():
    first, second = external_assets_from_specs([AssetSpec("a", deps=["z"]), AssetSpec(["b", "c"], group_name="g")])
    assert (first.key, first.kind, first.dependency_keys) == (AssetKey("a"), "external", {AssetKey("z")})
    assert second.get_asset_spec().group_name == "g"
