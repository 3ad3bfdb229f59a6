"""Checks of assets: what they load, what they say, and what they hold back."""

import pytest

import lading as dg
from tests.behaviour.partition_witness import LETTERS, Notes, files
from tests.behaviour.witness import events

RAN = []


@pytest.fixture(autouse=True)
def nothing_ran_yet():
    RAN.clear()


@dg.asset
def orders():
    RAN.append("orders")
    return [1, 2]


@dg.asset
def report(orders):
    RAN.append("report")
    return len(orders)


def run(*assets, **how):
    how.setdefault("resources", {"io_manager": Notes()})
    return dg.materialize(list(assets), **how)


def verdicts(result):
    return {each.check_name: each.passed for each in result.get_asset_check_evaluations()}


def test_a_check_loads_its_asset(tmp_path):
    @dg.asset_check(asset=orders)
    def some(orders):
        return dg.AssetCheckResult(passed=len(orders) == 2, metadata={"rows": len(orders)}, description="counted")

    result = run(orders, some, resources=files(tmp_path))
    assert verdicts(result) == {"some": True}
    found = result.get_asset_check_evaluations()[0]
    assert found.asset_key == dg.AssetKey("orders")
    assert found.metadata["rows"].value == 2
    assert found.description == "counted"
    assert found.severity == dg.AssetCheckSeverity.ERROR
    assert [each.asset_check_evaluation_data if hasattr(each, "asset_check_evaluation_data") else each
            for each in events(result, "ASSET_CHECK_EVALUATION")]  # fmt: skip


@pytest.mark.parametrize("asset", [orders, "orders", dg.AssetKey("orders")])
def test_a_check_without_loading(asset):
    @dg.asset_check(asset=asset, name="named")
    def fn():
        return dg.AssetCheckResult(passed=True)

    notes = Notes(read=lambda c: c.asset_key)
    assert verdicts(run(orders, fn, resources={"io_manager": notes})) == {"named": True}
    assert notes.reads == []


def test_a_check_that_fails_lets_the_run_succeed():
    @dg.asset_check(asset=orders)
    def bad():
        return dg.AssetCheckResult(passed=False, severity=dg.AssetCheckSeverity.WARN)

    result = run(orders, bad, report)
    assert result.success
    assert verdicts(result) == {"bad": False}
    assert RAN == ["orders", "report"]


def test_a_blocking_check_that_fails_holds_back_what_follows():
    @dg.asset_check(asset=orders, blocking=True)
    def bad():
        return dg.AssetCheckResult(passed=False)

    result = run(orders, bad, report, raise_on_error=False)
    assert not result.success
    assert verdicts(result) == {"bad": False}
    assert RAN == ["orders"]
    with pytest.raises(dg.AssetCheckFailedError, match="bad"):
        run(orders, bad, report)


def test_a_blocking_check_that_fails_is_not_tried_again():
    tries = []

    @dg.asset_check(asset=orders, blocking=True, retry_policy=dg.RetryPolicy(max_retries=2))
    def bad():
        tries.append(1)
        return dg.AssetCheckResult(passed=False)

    run(orders, bad, raise_on_error=False)
    assert tries == [1]


def test_a_blocking_check_that_only_warns():
    @dg.asset_check(asset=orders, blocking=True)
    def warns():
        return dg.AssetCheckResult(passed=False, severity=dg.AssetCheckSeverity.WARN)

    assert run(orders, warns, report).success
    assert RAN == ["orders", "report"]


def test_a_blocking_check_that_passes():
    @dg.asset_check(asset=orders, blocking=True)
    def good():
        RAN.append("good")
        return dg.AssetCheckResult(passed=True)

    assert run(orders, good, report).success
    assert RAN == ["orders", "good", "report"]


def test_a_check_that_raises():
    @dg.asset_check(asset=orders)
    def raises():
        raise RuntimeError("no")

    assert not run(orders, raises, raise_on_error=False).success
    with pytest.raises(RuntimeError):
        run(orders, raises)


def test_a_check_may_answer_with_a_bool_annotated():
    @dg.asset_check(asset=orders)
    def fine(orders) -> dg.AssetCheckResult:
        return dg.AssetCheckResult(passed=bool(orders))

    assert verdicts(run(orders, fine)) == {"fine": True}


def test_a_check_sees_its_context():
    seen = {}

    @dg.asset_check(asset=orders)
    def looker(context: dg.AssetCheckExecutionContext):
        seen["log"] = context.log is not None
        return dg.AssetCheckResult(passed=True)

    run(orders, looker)
    assert seen == {"log": True}


def test_checks_of_the_asset_itself():
    @dg.asset(check_specs=[dg.AssetCheckSpec("positive", asset="numbers"), dg.AssetCheckSpec("odd", asset="numbers")])
    def numbers():
        yield dg.Output([1, 3])
        yield dg.AssetCheckResult(passed=True, check_name="positive")
        yield dg.AssetCheckResult(passed=False, check_name="odd")

    assert verdicts(run(numbers)) == {"positive": True, "odd": False}


def test_checks_with_a_result():
    @dg.asset(check_specs=[dg.AssetCheckSpec("positive", asset="numbers")])
    def numbers():
        return dg.MaterializeResult(check_results=[dg.AssetCheckResult(passed=True, check_name="positive")])

    assert verdicts(run(numbers)) == {"positive": True}


def test_a_check_of_the_asset_itself_may_leave_its_name_out():
    @dg.asset(check_specs=[dg.AssetCheckSpec("only", asset="numbers")])
    def numbers():
        return dg.MaterializeResult(check_results=[dg.AssetCheckResult(passed=True)])

    assert verdicts(run(numbers)) == {"only": True}


def test_a_blocking_check_of_the_asset_itself():
    @dg.asset(check_specs=[dg.AssetCheckSpec("fine", asset="numbers", blocking=True)])
    def numbers():
        yield dg.Output(1)
        yield dg.AssetCheckResult(passed=False)

    @dg.asset
    def follows(numbers):
        RAN.append("follows")

    assert not run(numbers, follows, raise_on_error=False).success
    assert RAN == []


def test_a_verdict_is_remembered():
    @dg.asset_check(asset=orders)
    def bad():
        return dg.AssetCheckResult(passed=False)

    with dg.Instance.ephemeral() as instance:
        run(orders, bad, instance=instance)
        key = dg.AssetCheckKey(dg.AssetKey("orders"), "bad")
        record = instance.get_latest_asset_check_evaluation_record(key)
    assert record.event.dagster_event.event_specific_data.passed is False


def test_two_checks_of_one_name():
    def check(asset):
        @dg.asset_check(asset=asset, name="same")
        def fn():
            return dg.AssetCheckResult(passed=True)

        return fn

    with pytest.raises(dg.InvalidDefinitionError):
        dg.Definitions.validate_loadable(dg.Definitions([orders], asset_checks=[check(orders), check(orders)]))


def test_a_check_that_says_nothing():
    @dg.asset_check(asset=orders)
    def silent():
        return None

    with pytest.raises(Exception):  # noqa: B017, PT011
        run(orders, silent)


def test_a_check_that_was_not_declared():
    @dg.asset
    def numbers():
        yield dg.Output(1)
        yield dg.AssetCheckResult(passed=True, check_name="surprise", asset_key="numbers")

    with pytest.raises(dg.InvariantViolationError):
        run(numbers)


def test_a_check_alone_loads_what_is_stored(tmp_path):
    @dg.asset_check(asset=orders)
    def some(orders):
        return dg.AssetCheckResult(passed=len(orders) == 2)

    run(orders, resources=files(tmp_path))
    RAN.clear()
    result = run(orders, some, selection=dg.AssetSelection.checks(some), resources=files(tmp_path))
    assert verdicts(result) == {"some": True}
    assert RAN == []


def test_a_selection_without_checks():
    @dg.asset_check(asset=orders)
    def some(orders):
        RAN.append("some")
        return dg.AssetCheckResult(passed=True)

    run(orders, some, selection=dg.AssetSelection.assets(orders).without_checks())
    assert RAN == ["orders"]
    run(orders, some, selection=dg.AssetSelection.assets(orders))
    assert RAN == ["orders", "orders", "some"]


def test_checks_of_one_partition():
    @dg.asset(partitions_def=LETTERS)
    def lettered():
        return 1

    @dg.asset_check(asset=lettered)
    def fine(context):
        return dg.AssetCheckResult(passed=True)

    assert verdicts(run(lettered, fine, partition_key="a")) == {"fine": True}


def test_keys_of_checks():
    @dg.asset_check(asset=["raw", "orders"], name="fine")
    def fn():
        return dg.AssetCheckResult(passed=True)

    key = next(iter(fn.check_keys))
    assert key == dg.AssetCheckKey(dg.AssetKey(["raw", "orders"]), "fine")
    assert key.to_user_string() == "raw/orders:fine"


def test_resources_of_checks():
    class Limit(dg.ConfigurableResource):
        rows: int

    @dg.asset_check(asset=orders)
    def few(orders, limit: Limit):
        return dg.AssetCheckResult(passed=len(orders) <= limit.rows)

    assert verdicts(run(orders, few, resources={"io_manager": Notes(), "limit": Limit(rows=1)})) == {"few": False}
