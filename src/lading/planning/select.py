"""Part of a plan: some ops, or the steps that are left of a run."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any

from lading.errors import InvalidSubsetError, InvariantViolationError
from lading.planning.order import needs_of
from lading.planning.plan import FromAsset, FromStep, FromValue, Plan, Source, Step, StepInput
from lading.values.dataclass import replace

CLAUSE = re.compile(r"^(\*|\++)?([^*+]+)(\*|\++)?$")


def select_steps(
    plan: Plan, op_selection: Any, step_keys: Iterable[str] | None, parents: Mapping[str, str] | None
) -> Plan:
    """The plan with only some of its steps.

    Args:
        plan: The whole plan.
        op_selection: Names of ops, with ``*`` and ``+`` for what is up- and downstream; or None.
        step_keys: Keys of steps; or None.
        parents: Step to the earlier run its outputs are read from; None where there is none.

    Raises:
        InvalidSubsetError: A name stands for no step.
    """
    keep = {step.key for step in plan.steps}
    if op_selection is not None:
        clauses: Sequence[str] = [op_selection] if isinstance(op_selection, str) else list(op_selection)
        keep &= _by_clauses(plan, clauses)
    if step_keys is not None:
        wanted = {key.split("[", 1)[0] for key in step_keys}
        unknown = wanted - {step.key for step in plan.steps}
        if unknown:
            raise InvalidSubsetError(f'there is no step "{min(unknown)}"', where=f"job {plan.job_name}")
        keep &= wanted
    # What is mapped over a dynamic output needs its keys, which only the step that makes it can tell.
    keep |= {step.mapped_over.step_key for step in plan.steps if step.key in keep and step.mapped_over is not None}
    if not keep and plan.steps:
        raise InvariantViolationError("the selection matches no step", where=f"job {plan.job_name}")
    made = {pair[0]: key for key, pair in plan.asset_outputs.items()}
    steps = tuple(_rebased(step, keep, parents, made) for step in plan.steps if step.key in keep)
    outputs = {key: pair for key, pair in plan.asset_outputs.items() if pair[0] in keep}
    return replace(plan, steps=steps, asset_outputs=outputs)


def _by_clauses(plan: Plan, clauses: Sequence[str]) -> AbstractSet[str]:
    parents = {step.key: set(needs_of(step)) for step in plan.steps}
    children: dict[str, set[str]] = {}
    for key, needs in parents.items():
        for each in needs:
            children.setdefault(each, set()).add(key)
    found: set[str] = set()
    for clause in clauses:
        match = CLAUSE.match(clause)
        if clause == "*":
            return set(parents)
        if match is None:
            raise InvalidSubsetError(f"op selection {clause!r} cannot be read", where=f"job {plan.job_name}")
        up, name, down = match.groups()
        start = {key for key in parents if key == name or key.startswith(name + ".")}
        if not start:
            raise InvalidSubsetError(
                f'no op is called "{name}"', where=f"job {plan.job_name}",
                fix=f"ops are: {', '.join(list(parents)[:20])}",
            )  # fmt: skip
        found |= start | _layers(start, parents, up) | _layers(start, children, down)
    return found


def _layers(start: AbstractSet[str], edges: dict[str, set[str]], depth: str | None) -> AbstractSet[str]:
    found: set[str] = set()
    front = set(start)
    left = 0 if depth is None else len(edges) + len(start) if depth == "*" else len(depth)
    while front and left:
        front = {each for key in front for each in edges.get(key, ())} - found
        found |= front
        left -= 1
    return found


def _rebased(step: Step, kept: AbstractSet[str], parents: Mapping[str, str] | None, made: dict[str, Any]) -> Step:
    inputs: list[StepInput] = []
    for each in step.inputs:
        sources = tuple(_source(source, kept, parents, each, made) for source in each.sources)
        inputs.append(replace(each, sources=sources))
    over = step.mapped_over if step.mapped_over is None or step.mapped_over.step_key in kept else None
    after = tuple(key for key in step.after if key in kept)
    return replace(step, inputs=tuple(inputs), after=after, mapped_over=over)


def _source(
    source: Source, kept: AbstractSet[str], parents: Mapping[str, str] | None, each: StepInput, made: dict[str, Any]
) -> Source:
    if not isinstance(source, FromStep) or source.step_key in kept:
        return source
    if each.asset_key is not None and source.step_key in made:
        return FromAsset(each.asset_key)
    if parents is not None and source.step_key in parents:
        return replace(source, parent_run_id=parents[source.step_key])
    return FromValue("config")
