"""Jobs for the tests of executors: at the top of a module, so that workers can find them."""

import os
import pathlib
import time

import lading as dg


@dg.op
def first():
    return os.getpid()


@dg.op
def second(pid):
    return (pid, os.getpid())


@dg.job(executor_def=dg.multiprocess_executor.configured({"max_concurrent": 2}))
def two_steps():
    second(first())


@dg.op
def dies():
    os.kill(os.getpid(), 9)


@dg.op
def lives():
    return "alive"


@dg.job(executor_def=dg.multiprocess_executor)
def one_dies():
    dies()
    lives()


@dg.op(config_schema={"marker": str}, retry_policy=dg.RetryPolicy(max_retries=2))
def dies_once(context):
    marker = pathlib.Path(context.op_config["marker"])
    if not marker.exists():
        marker.write_text("died")
        os.kill(os.getpid(), 9)
    return "second life"


@dg.job(executor_def=dg.multiprocess_executor)
def dies_and_returns():
    dies_once()


@dg.op
def fails():
    raise ValueError("in the worker")


@dg.job(executor_def=dg.multiprocess_executor)
def one_fails():
    fails()


@dg.op(out=dg.DynamicOut())
def numbers():
    for number in range(3):
        yield dg.DynamicOutput(number, str(number))


@dg.op
def double(number):
    return 2 * number


@dg.op
def total(found):
    return sum(found)


@dg.job(executor_def=dg.multiprocess_executor)
def mapped():
    total(numbers().map(double).collect())


@dg.job(executor_def=dg.multiprocess_executor, resource_defs={"io_manager": dg.mem_io_manager})
def in_memory():
    second(first())


days = dg.StaticPartitionsDefinition(["a", "b"])


@dg.asset(partitions_def=days)
def letters(context):
    return context.partition_key.upper()


@dg.asset(partitions_def=days)
def shout(letters):
    return letters + "!"


defs = dg.Definitions(
    assets=[letters, shout],
    jobs=[dg.define_asset_job("shouting", executor_def=dg.multiprocess_executor)],
)


def shouting_job():
    return defs.get_job_def("shouting")


@dg.op
def flaky(context):
    marker = pathlib.Path(os.environ["LADING_TEST_MARKER"])
    if not marker.exists():
        raise RuntimeError("not yet")
    return 10


@dg.op
def after_flaky(one, other):
    return one + other


@dg.op
def steady():
    with open(os.environ["LADING_TEST_MARKER"] + ".calls", "a") as calls:
        calls.write("x")
    return 1


@dg.job
def resumable():
    after_flaky(flaky(), steady())


@dg.op
def sleeps():
    time.sleep(30)


@dg.job(executor_def=dg.multiprocess_executor)
def sleeping():
    sleeps()


@dg.op
def halve(number):
    if number == 1 and not pathlib.Path(os.environ["LADING_TEST_MARKER"]).exists():
        raise RuntimeError("odd")
    return number / 2


@dg.job
def halves():
    total(numbers().map(halve).collect())
