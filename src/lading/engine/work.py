"""One try at a step: what it works with, and what it made so far."""

from __future__ import annotations

from typing import Any

from lading.abc.contexts.execution import OpExecutionContext
from lading.abc.contexts.facts import BodyNotes
from lading.engine.desk import Desk
from lading.engine.logs import StepLog
from lading.planning.plan import Step, StepOutput, StepUse
from lading.values.materialization import AssetCheckEvaluation


class Work:
    """One try at a step.

    Attributes:
        desk: What the run shares.
        step: The step.
        use: The function behind it.
        log: The step's logger.
        planned: Its outputs as planned, by name.
        produced: Names of the outputs it gave so far.
        parts: Outputs that it gives partition by partition, by name.
        mapping_keys: Keys of its dynamic outputs, by output.
        context: What the function sees, where it asks for it.
        notes: What the function said through its context.
        seen_checks: Verdicts it gave so far.
        loaded_at: When its inputs began to be loaded; None where it has none.
        lazy: Inputs that are read while the function runs; closed when it is done.
    """

    __slots__ = (
        "context", "desk", "lazy", "loaded_at", "log", "mapping_keys", "notes", "parts", "planned", "produced",
        "seen_checks", "step", "use",
    )  # fmt: skip

    def __init__(self, desk: Desk, step: Step, use: StepUse, log: StepLog) -> None:
        self.desk = desk
        self.step = step
        self.use = use
        self.log = log
        self.planned: dict[str, StepOutput] = {each.name: each for each in step.outputs}
        self.produced: set[str] = set()
        self.parts: dict[str, Any] = {}
        self.mapping_keys: dict[str, list[str]] = {}
        self.context: OpExecutionContext | None = None
        self.notes: BodyNotes | None = None
        self.seen_checks: dict[Any, AssetCheckEvaluation] = {}
        self.loaded_at: float | None = None
        self.lazy: list[Any] = []
