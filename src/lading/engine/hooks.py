"""Hooks: the user's functions that are called after a step."""

from __future__ import annotations

from time import time
from typing import Any

from lading.definitions.hooks import HookContext, HookTrigger
from lading.engine.desk import Desk
from lading.engine.failure import error_info
from lading.planning.plan import Step, StepUse
from lading.values.events import EngineEventData, Event, EventType


def run_hooks(
    desk: Desk, step: Step, use: StepUse, trigger: HookTrigger, error: BaseException | None, log: Any, work: Any
) -> None:
    """Call the hooks of a step. A hook that fails is recorded, and changes nothing else."""
    for hook in sorted(use.hooks, key=lambda each: each.name):
        if hook.trigger != trigger:
            continue
        values, metadata = _outputs(desk, step, work)
        context = HookContext(
            hook, step.key, desk.facts.job_name, desk.facts.run_id, use.op, use.config, error, values, metadata,
            desk.resources.scoped(hook.required_resource_keys, f'hook "{hook.name}"'), desk.facts.instance, log,
        )  # fmt: skip
        try:
            hook.fn(context)
        except Exception as trouble:  # noqa: BLE001 - recorded; the step itself has ended already
            info = EngineEventData(error=error_info(trouble))
            desk.emit(Event(EventType.HOOK_ERRORED, time(), step.key, info, f'Hook "{hook.name}" failed.'))
        else:
            desk.emit(Event(EventType.HOOK_COMPLETED, time(), step.key, text=f'Hook "{hook.name}" is done.'))


def _outputs(desk: Desk, step: Step, work: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    values: dict[str, Any] = {}
    for handle, value in (desk.captured or {}).items():
        if handle.step_key != step.key:
            continue
        if handle.mapping_key is None:
            values[handle.output_name] = value
        else:
            values.setdefault(handle.output_name, {})[handle.mapping_key] = value
    said: dict[tuple[str, str | None], Any] = work.notes.output_metadata if work.notes is not None else {}
    return values, {name: found for (name, mapping_key), found in said.items() if mapping_key is None}
