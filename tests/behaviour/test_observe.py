"""Source assets that can be looked at."""

import lading as dg


def test_an_observation_records_the_version_that_was_seen():
    @dg.observable_source_asset
    def remote():
        return dg.DataVersion("v7")

    @dg.asset
    def local(remote):
        raise AssertionError("not made by looking")

    with dg.Instance.ephemeral() as instance:
        result = dg.observe([remote, local], instance=instance)
        assert result.success
        (seen,) = result.get_asset_observation_events()
        assert seen.asset_key == dg.AssetKey("remote")
        assert seen.asset_observation_data.asset_observation.tags["dagster/data_version"] == "v7"
        assert instance.fetch_observations("remote", limit=1).records[0].asset_observation.tags


def test_materializing_does_not_look():
    looked = []

    @dg.observable_source_asset
    def remote():
        looked.append(1)
        return dg.DataVersion("v1")

    assert dg.materialize([remote]).success
    assert looked == []


def test_an_observation_may_carry_metadata():
    @dg.observable_source_asset
    def remote():
        return dg.ObserveResult(metadata={"rows": 3})

    (seen,) = dg.observe([remote]).get_asset_observation_events()
    assert seen.asset_observation_data.asset_observation.metadata["rows"].value == 3
