"""Checks of assets."""

import pytest

import lading as dg
from tests.behaviour.witness import Witness, events, kinds, plain


@dg.asset
def table():
    return [1, 2, 3]


def verdicts(result):
    return {e.check_name: e.passed for e in result.get_asset_check_evaluations()}


def test_a_check_loads_its_asset_by_the_manager():
    manager = Witness()

    @dg.asset_check(asset=table)
    def three_rows(table):
        return dg.AssetCheckResult(passed=len(table) == 3, metadata={"rows": len(table)})

    result = dg.materialize([table, three_rows], resources={"io_manager": manager})
    (evaluation,) = result.get_asset_check_evaluations()
    assert evaluation.passed is True
    assert evaluation.check_name == "three_rows"
    assert evaluation.asset_key == dg.AssetKey("table")
    assert evaluation.severity == dg.AssetCheckSeverity.ERROR
    assert plain(evaluation.metadata) == {"rows": 3}
    assert manager.stored() == ["table"]
    assert manager.loaded() == ["table"]


def test_a_check_that_fails_does_not_fail_the_run():
    @dg.asset_check(asset=table)
    def never():
        return dg.AssetCheckResult(passed=False, severity=dg.AssetCheckSeverity.WARN, description="no")

    result = dg.materialize([table, never], resources={"io_manager": Witness()})
    assert result.success
    (evaluation,) = result.get_asset_check_evaluations()
    assert (evaluation.passed, evaluation.severity, evaluation.description) == (False, dg.AssetCheckSeverity.WARN, "no")


def test_a_blocking_check_stops_what_is_downstream():
    @dg.asset_check(asset=table, blocking=True)
    def never():
        return dg.AssetCheckResult(passed=False)

    @dg.asset
    def after(table):
        return table

    result = dg.materialize([table, never, after], resources={"io_manager": Witness()}, raise_on_error=False)
    assert not result.success
    assert result.is_node_success("table")
    assert result.is_node_untouched("after")


def test_checks_made_on_the_way():
    @dg.asset(check_specs=[dg.AssetCheckSpec("small", asset="own"), dg.AssetCheckSpec("big", asset="own")])
    def own():
        yield dg.Output(4)
        yield dg.AssetCheckResult(check_name="small", passed=True)
        yield dg.AssetCheckResult(check_name="big", passed=False)

    result = dg.materialize([own], resources={"io_manager": Witness()})
    assert verdicts(result) == {"small": True, "big": False}
    assert "ASSET_CHECK_EVALUATION" in kinds(result, "own")


def test_checks_within_a_result():
    @dg.asset(check_specs=[dg.AssetCheckSpec("small", asset="own")])
    def own():
        return dg.MaterializeResult(check_results=[dg.AssetCheckResult(check_name="small", passed=True)])

    assert verdicts(dg.materialize([own], resources={"io_manager": Witness()})) == {"small": True}


def test_a_check_that_was_promised_and_not_made():
    @dg.asset(check_specs=[dg.AssetCheckSpec("small", asset="own")])
    def own():
        return 1

    with pytest.raises(dg.LadingError):
        dg.materialize([own], resources={"io_manager": Witness()})


def test_checks_with_resources_and_more_inputs():
    @dg.asset
    def other():
        return 3

    @dg.asset_check(asset=table, additional_ins={"other": dg.AssetIn("other")}, required_resource_keys={"n"})
    def compared(context, table, other):
        return dg.AssetCheckResult(passed=len(table) == other == context.resources.n)

    result = dg.materialize([table, other, compared], resources={"io_manager": Witness(), "n": 3})
    assert verdicts(result) == {"compared": True}


def test_only_a_check():
    manager = Witness()

    @dg.asset_check(asset=table)
    def three_rows(table):
        return dg.AssetCheckResult(passed=len(table) == 3)

    dg.materialize([table], resources={"io_manager": manager})
    manager.calls.clear()
    result = dg.materialize(
        [table, three_rows],
        selection=dg.AssetSelection.checks_for_assets(table),
        resources={"io_manager": manager},
    )
    assert verdicts(result) == {"three_rows": True}
    assert manager.stored() == []


def test_assets_without_their_checks():
    @dg.asset_check(asset=table)
    def three_rows(table):
        return dg.AssetCheckResult(passed=len(table) == 3)

    result = dg.materialize(
        [table, three_rows],
        selection=dg.AssetSelection.assets(table).without_checks(),
        resources={"io_manager": Witness()},
    )
    assert verdicts(result) == {}


def test_a_check_is_called_directly():
    @dg.asset_check(asset=table)
    def three_rows(table):
        return dg.AssetCheckResult(passed=len(table) == 3)

    assert three_rows([1, 2, 3]).passed is True


def test_a_check_that_raises_fails_its_step():
    @dg.asset_check(asset=table)
    def broken(table):
        raise ValueError("x")

    result = dg.materialize([table, broken], resources={"io_manager": Witness()}, raise_on_error=False)
    assert not result.success
    assert result.get_failed_step_keys() == {"table_broken"}
    assert len(events(result, "ASSET_MATERIALIZATION")) == 1


def test_checks_go_with_prefixed_copies():
    @dg.asset(check_specs=[dg.AssetCheckSpec("small", asset="own")])
    def own():
        yield dg.Output(4)
        yield dg.AssetCheckResult(check_name="small", passed=True)

    moved = own.with_attributes(asset_key_replacements={dg.AssetKey("own"): dg.AssetKey(["p", "own"])})
    (key,) = moved.check_keys
    assert key.asset_key == dg.AssetKey(["p", "own"])
