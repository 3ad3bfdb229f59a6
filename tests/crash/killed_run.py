"""A run over several partitions in a process of its own that is killed: `killed_run.py HOME BASE MANAGER WHEN`.

WHEN says how many partitions are stored when the process dies; with `log`, no event is written before it dies.
"""

import os
import signal
import sys
from collections.abc import Iterator
from typing import Any

import lading as dg
from lading.engine.run import EventLog
from lading.storage.stores import local

days = dg.DailyPartitionsDefinition("2024-01-01", end_date="2024-01-11")


def definitions(base: str, manager: str, when: int = 99) -> dg.Definitions:
    @dg.asset(partitions_def=days, backfill_policy=dg.BackfillPolicy.single_run())
    def numbers(context: dg.AssetExecutionContext) -> Iterator[dg.Output[int]]:
        for count, key in enumerate(context.partition_keys):
            if count == when:
                os.kill(os.getpid(), signal.SIGKILL)
            yield dg.Output(int(key[-2:]), partition_key=key)

    @dg.asset
    def whole() -> int:
        return 7

    @dg.asset(deps=[whole])
    def dies(context: dg.AssetExecutionContext) -> int:
        if when < 99:
            os.kill(os.getpid(), signal.SIGKILL)
        return 8

    chosen: Any = dg.FilesystemIOManager(base_dir=base)
    if manager != "pickle":
        chosen = dg.TypedIOManager(base_dir=base)
    return dg.Definitions(assets=[numbers, whole, dies], resources={"io_manager": chosen})


def main(home: str, base: str, manager: str, when: str, *more: str) -> None:
    if manager == "records":
        local._keeping[os.stat(os.path.dirname(base)).st_dev] = False
    if "log" in more:
        EventLog.settle = lambda self, now=False: None  # type: ignore[method-assign]
    defs = definitions(base, manager, int(when))
    with dg.Instance.open(home) as instance:
        job = defs.get_implicit_global_asset_job_def()
        if "whole" in more:
            job.execute_in_process(instance=instance, asset_selection=["whole", "dies"])
        tags = {"dagster/asset_partition_range_start": "2024-01-01", "dagster/asset_partition_range_end": "2024-01-10"}
        job.execute_in_process(instance=instance, asset_selection=["numbers"], tags=tags)


if __name__ == "__main__":
    main(*sys.argv[1:])
