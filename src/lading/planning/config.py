"""Config of steps: found in the run config, validated before anything runs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from lading.definitions.config.kinds import Problem, nearest, refuse
from lading.definitions.config.schema import Field, as_kind
from lading.errors import InvalidConfigError
from lading.planning.plan import FromManager, FromValue, Plan, StepInput, StepUse, Workload
from lading.values.outputs import NOT_GIVEN

KNOWN = ("ops", "resources", "loggers", "execution", "inputs")
STEP_KNOWN = ("config", "inputs", "outputs", "ops")
NOTHING: Mapping[str, Any] = {}


def configure(plan: Plan, workload: Workload, run_config: Mapping[str, Any], input_values: Mapping[str, Any]) -> None:
    """Put its config and given input values beside every step.

    Raises:
        InvalidConfigError: Something is missing, unknown or of the wrong kind.
    """
    ops = _checked(run_config, KNOWN, "run config").get("ops") or NOTHING if run_config else NOTHING
    if ops:
        _check_names(ops, [step.key.split(".") for step in plan.steps], "ops")
    for step in plan.steps:
        use = workload.uses[step.key]
        given = _find(ops, step.key) if ops else NOTHING
        if use.op.config_schema is not None or "config" in given:
            use.config = _op_config(use, given, step.key)
        for each in step.inputs:
            _input_value(each, use, given, input_values, step.key)
        if given:
            use.output_config = given.get("outputs")
            use.input_config = given.get("inputs")


def _checked(given: Any, known: Iterable[str], where: str) -> Mapping[str, Any]:
    if not isinstance(given, Mapping):
        raise InvalidConfigError(f"{where} is a mapping, not {type(given).__name__}", where=where)
    for key in given:  # pyright: ignore[reportUnknownVariableType] - whatever the user wrote
        if key not in known:
            raise InvalidConfigError(
                f'unknown entry "{key}"', where=where, did_you_mean=nearest(key, list(known)),
                fix=f"entries are: {', '.join(known)}" if nearest(key, list(known)) is None else None,
            )  # fmt: skip
    return given  # pyright: ignore[reportUnknownVariableType] - checked above


def _check_names(ops: Mapping[str, Any], paths: list[list[str]], where: str) -> None:
    names = {path[0] for path in paths}
    for name, given in ops.items():
        if name not in names:
            raise InvalidConfigError(
                f'there is no op "{name}"', where=where, did_you_mean=nearest(name, sorted(names)),
            )  # fmt: skip
        if given is None:
            continue
        inner = _checked(given, STEP_KNOWN, f"{where}.{name}").get("ops")
        if inner:
            _check_names(
                inner, [path[1:] for path in paths if path[0] == name and len(path) > 1], f"{where}.{name}.ops"
            )


def _find(ops: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    level: Mapping[str, Any] = ops
    found: Mapping[str, Any] = NOTHING
    for part in key.split("."):
        found = level.get(part) or NOTHING
        level = found.get("ops") or NOTHING
    return found


def _op_config(use: StepUse, given: Mapping[str, Any], key: str) -> Any:
    schema = use.op.config_schema
    where = f"ops.{key}.config"
    if schema is None:
        return given["config"]
    return read_config(schema, given.get("config", NOT_GIVEN), where)


def read_config(schema: Any, given: Any, where: str) -> Any:
    """The validated config for a schema.

    Raises:
        InvalidConfigError: It does not fit, or is missing.
    """
    kind = as_kind(schema, where)
    if given is NOT_GIVEN or given is None:
        default = schema.default_value if isinstance(schema, Field) else NOT_GIVEN
        given = default if default is not NOT_GIVEN else kind.fallback()
    if given is NOT_GIVEN:
        if isinstance(schema, Field) and not schema.is_required:
            return None
        raise InvalidConfigError(
            f"missing config: expected {kind.shown()}", where=where,
            fix="give it in run_config={'ops': {…: {'config': …}}}, or RunConfig(ops={…})",
        )  # fmt: skip
    problems: list[Problem] = []
    value = kind.read(given, where, problems)
    refuse(problems, where)
    return value


def _input_value(
    each: StepInput, use: StepUse, given: Mapping[str, Any], input_values: Mapping[str, Any], key: str
) -> None:
    source = each.sources[0] if each.sources else None
    entry = (given.get("inputs") or NOTHING).get(each.name, NOT_GIVEN) if given else NOT_GIVEN
    if isinstance(source, FromManager) or not isinstance(source, FromValue):
        return
    value: Any = NOT_GIVEN
    if source.where.startswith("input:"):
        value = input_values.get(source.where[6:], NOT_GIVEN)
    elif entry is not NOT_GIVEN:
        wrapped: Any = entry
        value = wrapped["value"] if isinstance(entry, Mapping) and set(wrapped) == {"value"} else wrapped
    elif use.op.ins[each.name].default_value is not NOT_GIVEN:
        value = use.op.ins[each.name].default_value
    if value is NOT_GIVEN:
        raise InvalidConfigError(
            f'input "{each.name}" of "{key}" has no value: nothing is connected to it', where=f"ops.{key}.inputs",
            fix=f"connect it, give it a default, or run_config={{'ops': {{'{key}': {{'inputs': {{'{each.name}': …}}}}}}}}",
        )  # fmt: skip
    if use.input_values is None:
        use.input_values = {}
    use.input_values[each.name] = value
