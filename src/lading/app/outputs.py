"""Values of a run that other processes computed, loaded when they are asked for."""

from __future__ import annotations

from typing import Any

from lading.abc.contexts.facts import RunFacts
from lading.app.jobs import Prepared
from lading.app.wanted import opened_managers
from lading.engine.desk import Desk
from lading.engine.inputs import load_output
from lading.engine.resources import open_resources
from lading.values.keys import StepOutputHandle


class OutputLoader:
    """Loads outputs of a run through their IO managers.

    Args:
        prepared: The run.
    """

    __slots__ = ("_desk", "_prepared")

    def __init__(self, prepared: Prepared) -> None:
        self._prepared = prepared
        self._desk: Desk | None = None

    def load(self, handle: StepOutputHandle) -> Any:
        """The value of an output."""
        if self._desk is None:
            self._desk = self._open()
        return load_output(self._desk, handle)

    def _open(self) -> Desk:
        prepared = self._prepared
        run, instance = prepared.run, prepared.instance
        opened = open_resources(
            prepared.sources, prepared.wanted.owners, prepared.configs, prepared.wanted.owners, run.run_id, instance,
            None, run, prepared.resources,
        )  # fmt: skip
        managers = opened_managers(opened, prepared.wanted, prepared.sources)
        facts = RunFacts(run.run_id, run.job_name, run.tags, run.run_config, instance, run)
        return Desk(facts, prepared.plan, prepared.workload, managers, opened, lambda _event: None)

    def close(self) -> None:
        """Close what was opened."""
        if self._desk is not None:
            self._desk.close()
            self._desk = None
