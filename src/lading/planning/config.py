"""Config of steps: found in the run config, validated before anything runs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lading.definitions.config.reading import read_config
from lading.definitions.config.run_config import NO_SETTINGS, NodeSettings, RunSettings, input_value
from lading.errors import InvalidConfigError
from lading.planning.plan import FromValue, Plan, StepInput, StepUse, Workload
from lading.values.outputs import NOT_GIVEN


def configure(plan: Plan, workload: Workload, settings: RunSettings, input_values: Mapping[str, Any]) -> None:
    """Put its config and given input values beside every step.

    Raises:
        InvalidConfigError: Something is missing, unknown or of the wrong kind.
    """
    if settings.ops:
        settings.refuse_unknown_nodes(_known_nodes(plan))
    for step in plan.steps:
        use = workload.uses[step.key]
        given = settings.node(step.key) if settings.ops else NO_SETTINGS
        schema = use.op.config_schema
        if schema is not None:
            use.config = read_config(schema, given.config, f"ops.{step.key}.config")
        elif given.config is not NOT_GIVEN:
            use.config = given.config
        for each in step.inputs:
            _input_value(each, use, given, input_values, step.key)


def _known_nodes(plan: Plan) -> set[str]:
    known: set[str] = set()
    for step in plan.steps:
        parts = step.key.split(".")
        known.update(".".join(parts[: count + 1]) for count in range(len(parts)))
    return known


def _input_value(each: StepInput, use: StepUse, given: NodeSettings, input_values: Mapping[str, Any], key: str) -> None:
    source = each.sources[0] if each.sources else None
    if not isinstance(source, FromValue):
        return
    value: Any = NOT_GIVEN
    if source.where.startswith("input:"):
        value = input_values.get(source.where[6:], NOT_GIVEN)
    elif each.name in given.inputs:
        value = input_value(given.inputs[each.name])
    elif use.op.ins[each.name].default_value is not NOT_GIVEN:
        value = use.op.ins[each.name].default_value
    if value is NOT_GIVEN:
        example = "{'ops': {'" + key + "': {'inputs': {'" + each.name + "': …}}}}"
        raise InvalidConfigError(
            f'input "{each.name}" of "{key}" has no value: nothing is connected to it', where=f"ops.{key}.inputs",
            fix=f"connect it, give it a default, or run_config={example}",
        )  # fmt: skip
    if use.input_values is None:
        use.input_values = {}
    use.input_values[each.name] = value
