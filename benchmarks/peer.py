"""The rows that Dagster can play, run by an interpreter that has it: ``python peer.py ROW TIMES``, seconds a unit."""

import json
import logging
import os
import statistics
import subprocess
import sys
import tempfile
import time

# Its own log lines and reports home are not part of the comparison.
os.environ["DAGSTER_DISABLE_TELEMETRY"] = "yes"
FIRST = """
import sys
import dagster as dg

@dg.asset
def first():
    return 1

with dg.DagsterInstance.local_temp(sys.argv[1]) as instance:
    assert dg.materialize([first], instance=instance).success
"""


def process(code):
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        subprocess.run([sys.executable, "-c", code, folder], check=True, capture_output=True)
        return time.perf_counter() - began


def timed(work, units=1):
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) / units


def chain(dg, count):
    made = []
    for n in range(count):
        if n:

            @dg.asset(name=f"s{n:05d}", ins={"before": dg.AssetIn(key=made[-1].key)})
            def link(before):
                return before + 1
        else:

            @dg.asset(name="s00000")
            def link():
                return 1

        made.append(link)
    return made


def in_memory(dg):
    assets = chain(dg, 100)
    with dg.DagsterInstance.ephemeral() as instance:
        memory = {"io_manager": dg.InMemoryIOManager()}
        return timed(lambda: dg.materialize(assets, instance=instance, resources=memory), 100)


def stored(dg):
    assets = chain(dg, 50)
    with tempfile.TemporaryDirectory() as folder, dg.DagsterInstance.local_temp(folder) as instance:
        return timed(lambda: dg.materialize(assets, instance=instance), 50)


def define(dg):
    def work():
        assets = []
        for n in range(10_000):
            ins = {"before": dg.AssetIn(key=f"a{n - 1}")} if n % 100 else {}
            source = "lambda before: before" if ins else "lambda: 1"
            fn = eval(source)
            fn.__name__ = f"a{n}"
            assets.append(dg.asset(name=f"a{n}", ins=ins)(fn))
        job = dg.define_asset_job("last", selection='+key:"a9999"')
        return dg.Definitions(assets=assets, jobs=[job]).resolve_job_def("last")

    return timed(work)


def context(dg):
    return timed(lambda: [dg.build_output_context(step_key="abc", name="result") for _ in range(20)], 20)


def nothing(dg):
    class Nothing(dg.IOManager):
        def handle_output(self, context, obj):
            pass

        def load_input(self, context):
            pass

    return {"io_manager": Nothing()}


def single_run(dg):
    keys = [f"p{n:05d}" for n in range(1000)]

    @dg.asset(partitions_def=dg.StaticPartitionsDefinition(keys), backfill_policy=dg.BackfillPolicy.single_run())
    def many():
        return 1

    tags = {"dagster/asset_partition_range_start": keys[0], "dagster/asset_partition_range_end": keys[-1]}
    with tempfile.TemporaryDirectory() as folder, dg.DagsterInstance.local_temp(folder) as instance:
        return timed(lambda: dg.materialize([many], instance=instance, resources=nothing(dg), tags=tags), 1000)


def run_each(dg):
    keys = [f"p{n}" for n in range(10)]

    @dg.asset(partitions_def=dg.StaticPartitionsDefinition(keys))
    def many():
        return 1

    with tempfile.TemporaryDirectory() as folder, dg.DagsterInstance.local_temp(folder) as instance:
        return timed(lambda: [dg.materialize([many], instance=instance, partition_key=key) for key in keys], 10)


ROWS = {
    "memory-100": in_memory,
    "fast": stored,
    "define": define,
    "context": context,
    "single-run": single_run,
    "run-each": run_each,
}


def main():
    row, times = sys.argv[1], int(sys.argv[2])
    if row in {"import", "first"}:
        found = [process("import dagster" if row == "import" else FIRST) for _ in range(times)]
    else:
        import dagster

        logging.getLogger("dagster").setLevel(logging.CRITICAL)
        found = [ROWS[row](dagster) for _ in range(times)]
    print(json.dumps(statistics.median(found)))


if __name__ == "__main__":
    main()
