"""Verdicts of checks: recorded, and acted on where they block."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from time import time
from typing import Any

from lading.engine.desk import Desk
from lading.errors import AssetCheckFailedError, InvariantViolationError, StepOutputNotFoundError
from lading.planning.plan import Step
from lading.values.events import Event, EventType
from lading.values.keys import AssetCheckKey
from lading.values.materialization import AssetCheckEvaluation, AssetCheckSeverity
from lading.values.outputs import AssetCheckResult


def record_check(desk: Desk, step: Step, specs: Sequence[Any], result: AssetCheckResult) -> AssetCheckEvaluation:
    """Record the verdict of a check.

    Raises:
        InvariantViolationError: The step has no such check, or does not say which it means.
    """
    found = [
        spec
        for spec in specs
        if (result.check_name is None or spec.name == result.check_name)
        and (result.asset_key is None or spec.asset_key == result.asset_key)
    ]
    if len(found) != 1:
        raise InvariantViolationError(
            "an AssetCheckResult fits no check" if not found else "an AssetCheckResult fits several checks",
            where=f"step {step.key}: check {result.check_name}",
            fix=f"name one of: {', '.join(spec.key.to_user_string() for spec in specs) or 'none'}",
        )
    spec = found[0]
    evaluation = AssetCheckEvaluation(
        spec.asset_key, spec.name, result.passed, result.metadata, result.severity, result.description, spec.blocking,
        desk.plan.partition_key,
    )  # fmt: skip
    desk.emit(Event(EventType.ASSET_CHECK_EVALUATION, time(), step.key, evaluation))
    return evaluation


def require_checks(
    desk: Desk, step: Step, specs: Sequence[Any], seen: Mapping[AssetCheckKey, AssetCheckEvaluation]
) -> None:
    """See that every check was made, and that no blocking one failed.

    Raises:
        StepOutputNotFoundError: A check was not made.
        AssetCheckFailedError: A blocking check failed.
    """
    del desk
    for spec in specs:
        verdict = seen.get(spec.key)
        if verdict is None:
            raise StepOutputNotFoundError(
                f'check "{spec.key.to_user_string()}" was not made', where=f"step {step.key}",
                fix="return or yield an AssetCheckResult for it",
            )  # fmt: skip
        if spec.blocking and not verdict.passed and verdict.severity is AssetCheckSeverity.ERROR:
            raise AssetCheckFailedError(
                f'the blocking check "{spec.key.to_user_string()}" failed'
                + (f": {verdict.description}" if verdict.description else ""),
                where=f"step {step.key}",
            )
