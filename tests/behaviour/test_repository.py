"""The older way to gather definitions."""

import pytest

import lading as dg


def test_a_repository_gathers_assets_and_jobs():
    @dg.asset
    def one():
        return 1

    @dg.op
    def step():
        return 2

    @dg.job
    def stepping():
        step()

    @dg.repository
    def everything():
        return [one, [stepping, dg.define_asset_job("ones", selection="one")]]

    assert everything.name == "everything"
    assert set(everything.job_names) >= {"stepping", "ones"}
    assert everything.get_job("stepping").execute_in_process().output_for_node("step") == 2
    assert everything.get_job("ones").execute_in_process().asset_value("one") == 1
    assert everything.has_job("ones")
    assert not everything.has_job("twos")


def test_something_else_is_refused():
    with pytest.raises(dg.InvalidDefinitionError, match="neither") as caught:

        @dg.repository(name="odd")
        def everything():
            return [5]

    assert caught.value.fix
