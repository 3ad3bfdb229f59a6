"""A run over several partitions that dies in the middle, for the exam of IO managers."""

from __future__ import annotations

import os
import signal
import time
import warnings
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any

from lading.abc.contexts.execution import AssetExecutionContext
from lading.abc.partitions import PartitionsDefinition
from lading.app.instance import Instance
from lading.app.materialize import materialize
from lading.app.recover import recover_runs
from lading.definitions.asset import asset
from lading.definitions.assets import AssetsDefinition
from lading.definitions.collect import Definitions
from lading.planning.partitions import RANGE_END, RANGE_START
from lading.testing.contexts import build_input_context, build_output_context
from lading.testing.slots import finished, opened
from lading.values.keys import AssetKey
from lading.values.outputs import Output
from lading.values.result import RunResult

PATIENCE = 60.0
"""So many seconds the child has to come to its death."""

_KEY = AssetKey(["exam", "range"])


class RangeRun:
    """A run over several partitions of one asset, which gives one Output for each.

    Args:
        io_manager: What the fixture of the exam gave.
        partitions_def: The partitions.
        values: The value of each partition of the run.
        home: The folder of the instance.
    """

    def __init__(
        self, io_manager: Any, partitions_def: PartitionsDefinition, values: Mapping[str, Any], home: str
    ) -> None:
        self._io_manager = io_manager
        self._partitions_def = partitions_def
        self._values = values
        self._home = home

    def die_after(self, count: int, *, killed: bool) -> str:
        """Run until so many partitions are stored.

        Args:
            count: How many.
            killed: Whether a process of its own is killed then; else the function raises.

        Returns:
            The id of the run.
        """
        if not killed:
            return self._run(list(self._values), self._asset(count, killed=False)).run_id
        with warnings.catch_warnings():
            # Threads of the test runner do not go on in the child, and it needs none of them.
            warnings.simplefilter("ignore", DeprecationWarning)
            child = os.fork()
        if not child:
            try:
                self._run(list(self._values), self._asset(count, killed=True))
            finally:
                os._exit(1)
        status = _awaited(child)
        assert os.WIFSIGNALED(status), f"the run came to its end instead of dying after {count} partitions"
        with Instance.open(self._home) as instance:
            recover_runs(self._definitions(), instance)
            (run,) = instance.get_runs()
            return run.run_id

    def finish(self, keys: Sequence[str]) -> None:
        """Make the rest."""
        self._run(keys, self._asset(len(self._values) + 1, killed=False), raise_on_error=True)

    def recorded(self) -> AbstractSet[str]:
        """The partitions that the history knows to be stored."""
        with Instance.open(self._home) as instance:
            return {*instance.get_materialized_partitions(_KEY)}

    def load(self, key: str, run_id: str) -> Any:
        """The value of a partition, as a run after this one would load it."""
        about: dict[str, Any] = {
            "asset_key": _KEY,
            "partition_key": key,
            "asset_partitions_def": self._partitions_def,
        }
        upstream = build_output_context(step_key="exam__range", name="result", run_id=run_id, **about)
        with opened(self._io_manager) as manager:
            return finished(manager.load_input(build_input_context(name="value", upstream_output=upstream, **about)))

    def _asset(self, count: int, *, killed: bool) -> AssetsDefinition:
        @asset(key=_KEY, partitions_def=self._partitions_def)
        def parts(context: AssetExecutionContext) -> Iterator[Output[Any]]:
            for number, key in enumerate(context.partition_keys):
                if number == count and killed:
                    os.kill(os.getpid(), signal.SIGKILL)
                if number == count:
                    raise RuntimeError("the run dies here")
                yield Output(self._values[key], partition_key=key)

        return parts

    def _definitions(self) -> Definitions:
        made = self._asset(len(self._values) + 1, killed=False)
        return Definitions(assets=[made], resources={"io_manager": self._io_manager})

    def _run(self, keys: Sequence[str], made: AssetsDefinition, *, raise_on_error: bool = False) -> RunResult:
        tags = {RANGE_START[0]: keys[0], RANGE_END[0]: keys[-1]}
        with Instance.open(self._home) as instance:
            resources = {"io_manager": self._io_manager}
            return materialize([made], instance=instance, resources=resources, tags=tags, raise_on_error=raise_on_error)


def _awaited(child: int) -> int:
    """How a child ended; one that hangs is ended here."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return status
        time.sleep(0.01)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    raise AssertionError(
        f"a run over several partitions still hung after {PATIENCE:.0f} s, in a forked process: does the manager hold "
        "threads or locks of its own?"
    )
