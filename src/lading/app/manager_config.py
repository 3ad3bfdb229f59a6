"""Config of managers for single inputs and outputs, validated before anything runs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lading.abc.config import ResourceSource
from lading.app.wanted import stored_by
from lading.definitions.config.reading import read_config
from lading.definitions.config.run_config import NodeSettings, RunSettings
from lading.errors import InvalidConfigError
from lading.planning.plan import FromAsset, FromManager, FromValue, Plan, Step, StepInput, StepUse, Workload
from lading.values.outputs import NOT_GIVEN


def configure_managers(
    plan: Plan, workload: Workload, settings: RunSettings, sources: Mapping[str, ResourceSource]
) -> None:
    """Put beside every step what its managers are told of each input and output.

    Raises:
        InvalidConfigError: Something is missing, unknown or of the wrong kind.
    """
    if not settings.ops and not any(
        getattr(source, "output_config_schema", None) or getattr(source, "input_config_schema", None)
        for source in sources.values()
    ):
        return
    for step in plan.steps:
        use = workload.uses[step.key]
        given = settings.node(step.key)
        use.output_config = _outputs(step, use, given, sources)
        use.input_config = _inputs(step, workload, given, sources)


def _outputs(
    step: Step, use: StepUse, given: NodeSettings, sources: Mapping[str, ResourceSource]
) -> Mapping[str, Any] | None:
    found: dict[str, Any] = {}
    names = [out.name for out in step.outputs]
    _refuse_unknown(given.outputs, names, f"ops.{step.key}.outputs")
    for name in names:
        source = sources.get(use.op.outs[name].io_manager_key)
        schema = getattr(source, "output_config_schema", None)
        where = f"ops.{step.key}.outputs.{name}"
        if schema is not None:
            found[name] = read_config(schema, given.outputs.get(name, NOT_GIVEN), where)
        elif name in given.outputs:
            raise _no_config(where, "output", "output_config_schema")
    return found or None


def _inputs(
    step: Step, workload: Workload, given: NodeSettings, sources: Mapping[str, ResourceSource]
) -> Mapping[str, Any] | None:
    found: dict[str, Any] = {}
    known = [*(each.name for each in step.inputs), *workload.uses[step.key].op.ins]
    _refuse_unknown(given.inputs, known, f"ops.{step.key}.inputs")
    for each in step.inputs:
        source = each.sources[0]
        if isinstance(source, FromValue):
            continue
        where = f"ops.{step.key}.inputs.{each.name}"
        schema = _input_schema(each, workload, sources)
        if schema is None:
            if each.name in given.inputs:
                raise _no_config(where, "input", "input_config_schema")
        elif each.manager_key is not None or each.name in given.inputs or isinstance(source, FromManager):
            found[each.name] = read_config(schema, given.inputs.get(each.name, NOT_GIVEN), where)
    return found or None


def _input_schema(each: StepInput, workload: Workload, sources: Mapping[str, ResourceSource]) -> Any:
    # What another step stored is loaded as it was stored; nothing more is to be said of it.
    source = each.sources[0]
    if each.manager_key is None and not isinstance(source, FromAsset | FromManager):
        return None
    key = each.manager_key or stored_by(source, workload)
    return getattr(sources.get(key), "input_config_schema", None)


def _refuse_unknown(given: Mapping[str, Any], known: list[str], where: str) -> None:
    for name in given:
        if name not in known:
            raise InvalidConfigError(
                f'{where}: there is no "{name}"', where=where, fix=f"known are: {', '.join(known) or 'none'}"
            )


def _no_config(where: str, what: str, schema: str) -> InvalidConfigError:
    return InvalidConfigError(
        f"{where}: the manager of this {what} takes no config for it", where=where,
        fix=f"leave it out, or give the manager an {schema}",
    )  # fmt: skip
