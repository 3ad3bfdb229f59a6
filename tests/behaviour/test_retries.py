"""Steps that are tried again."""

import pytest

import lading as dg
from tests.behaviour.witness import Witness, events, kinds, made, run_ops


class Flaky:
    """Fails the first ``times`` times."""

    def __init__(self, times, error=ValueError):
        self.left = times
        self.error = error
        self.calls = 0

    def __call__(self, *_):
        self.calls += 1
        if self.left:
            self.left -= 1
            raise self.error("flaky")


def test_a_policy_repeats_the_whole_step():
    flaky = Flaky(2)
    manager = Witness()
    numbers = []

    @dg.op
    def one():
        return 1

    @dg.op(retry_policy=dg.RetryPolicy(max_retries=2))
    def shaky(context, value):
        numbers.append(context.retry_number)
        flaky()
        return value

    result = run_ops(lambda: shaky(one()), manager)
    assert result.success
    assert numbers == [0, 1, 2]
    assert manager.loaded() == ["value"] * 3
    assert kinds(result, "shaky") == [
        "STEP_START", "LOADED_INPUT", "STEP_INPUT", "STEP_UP_FOR_RETRY",
        "STEP_RESTARTED", "LOADED_INPUT", "STEP_INPUT", "STEP_UP_FOR_RETRY",
        "STEP_RESTARTED", "LOADED_INPUT", "STEP_INPUT", "STEP_OUTPUT", "HANDLED_OUTPUT", "STEP_SUCCESS",
    ]  # fmt: skip
    assert result.retry_attempts_for_node("shaky") == 2


def test_exhausted_retries():
    flaky = Flaky(9)

    @dg.asset(retry_policy=dg.RetryPolicy(max_retries=1))
    def shaky():
        flaky()

    with pytest.raises(dg.MaxRetriesExceededError, match="Exceeded max_retries of 1"):
        dg.materialize([shaky], resources={"io_manager": Witness()})
    assert flaky.calls == 2
    flaky = Flaky(9)
    result = dg.materialize([shaky], resources={"io_manager": Witness()}, raise_on_error=False)
    assert len(events(result, "STEP_FAILURE")) == 1
    assert len(events(result, "STEP_UP_FOR_RETRY")) == 1


@pytest.mark.parametrize("place", ["store", "load"])
def test_errors_of_managers_are_retried(place):
    flaky = Flaky(1)
    manager = Witness(**{f"on_{place}": flaky})
    policy = dg.RetryPolicy(max_retries=1)

    @dg.asset(retry_policy=policy)
    def up():
        return 1

    @dg.asset(retry_policy=policy)
    def down(up):
        return up

    result = dg.materialize([up, down], resources={"io_manager": manager})
    assert result.success
    assert [e.step_key for e in events(result, "STEP_UP_FOR_RETRY")] == ["up" if place == "store" else "down"]
    assert len(made(result)) == 2


@pytest.mark.parametrize("place", ["body", "store", "load"])
def test_retry_requested(place):
    asked = []

    def ask(*_):
        if not asked:
            asked.append(1)
            raise dg.RetryRequested(max_retries=1)

    @dg.op
    def one():
        return 1

    @dg.op
    def shaky(value):
        if place == "body":
            ask()
        return value

    hooks = {} if place == "body" else {f"on_{place}": ask}
    result = run_ops(lambda: shaky(one()), Witness(**hooks))
    assert result.success
    assert asked == [1]
    assert len(events(result, "STEP_UP_FOR_RETRY")) == 1


def test_retry_requested_too_often():
    calls = []

    @dg.op
    def shaky():
        calls.append(1)
        raise dg.RetryRequested(max_retries=2) from ValueError("why")

    result = run_ops(shaky, Witness(), raise_on_error=False)
    assert len(calls) == 3
    assert not result.success
    assert len(result.get_step_failure_events()) == 1


def test_a_policy_for_the_whole_job():
    flaky = Flaky(1)

    @dg.op
    def shaky():
        flaky()

    @dg.job(op_retry_policy=dg.RetryPolicy(max_retries=1))
    def j():
        shaky()

    assert j.execute_in_process().success

    own = Flaky(1)

    @dg.asset
    def a():
        own()

    defs = dg.Definitions(
        [a],
        jobs=[dg.define_asset_job("all", op_retry_policy=dg.RetryPolicy(max_retries=1))],
        resources={"io_manager": Witness()},
    )
    assert defs.resolve_job_def("all").execute_in_process().success


def test_the_policy_of_the_op_goes_before_that_of_the_job():
    flaky = Flaky(1)

    @dg.op(retry_policy=dg.RetryPolicy(max_retries=0))
    def shaky():
        flaky()

    @dg.job(op_retry_policy=dg.RetryPolicy(max_retries=3))
    def j():
        shaky()

    assert not j.execute_in_process(raise_on_error=False).success


def test_a_policy_where_the_op_is_used():
    flaky = Flaky(1)

    @dg.op
    def shaky():
        flaky()

    @dg.job
    def j():
        shaky.with_retry_policy(dg.RetryPolicy(max_retries=1))()

    assert j.execute_in_process().success


def test_a_failure_that_allows_no_retries():
    calls = []

    @dg.op(retry_policy=dg.RetryPolicy(max_retries=3))
    def final():
        calls.append(1)
        raise dg.Failure("enough", allow_retries=False)

    with pytest.raises(dg.Failure, match="enough"):
        run_ops(final)
    assert len(calls) == 1


def test_a_failure_that_allows_retries():
    calls = []

    @dg.op(retry_policy=dg.RetryPolicy(max_retries=1))
    def again():
        calls.append(1)
        if len(calls) == 1:
            raise dg.Failure("once")

    assert run_ops(again).success


def test_delays():
    policy = dg.RetryPolicy(max_retries=4, delay=0.5, backoff=dg.Backoff.EXPONENTIAL)
    assert [policy.calculate_delay(n) for n in (1, 2, 3)] == [0.5, 1.5, 3.5]
    linear = dg.RetryPolicy(max_retries=4, delay=0.5, backoff=dg.Backoff.LINEAR)
    assert [linear.calculate_delay(n) for n in (1, 2, 3)] == [0.5, 1.0, 1.5]
    spread = dg.RetryPolicy(max_retries=1, delay=1, jitter=dg.Jitter.FULL)
    assert 0 <= spread.calculate_delay(1) <= 1
    with pytest.raises(dg.InvalidDefinitionError):
        dg.RetryPolicy(backoff=dg.Backoff.LINEAR)
