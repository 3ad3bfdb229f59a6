"""The order of steps, and which of them are mapped over a dynamic output."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from lading.errors import CircularDependencyError, InvalidDefinitionError
from lading.planning.plan import FromStep, Step
from lading.values.dataclass import replace


def needs_of(step: Step) -> Iterable[str]:
    """Keys of the steps a step waits for."""
    for each in step.inputs:
        for source in each.sources:
            if type(source) is FromStep:
                yield source.step_key
    yield from step.after


def in_order(steps: Sequence[Step]) -> tuple[Step, ...]:
    """The steps, each after those it needs; otherwise in the order given.

    Raises:
        CircularDependencyError: They wait for each other.
    """
    by_key = {step.key: step for step in steps}
    waiting: dict[str, int] = {}
    followers: dict[str, list[str]] = {}
    for step in steps:
        needs = {key for key in needs_of(step) if key in by_key}
        waiting[step.key] = len(needs)
        for key in needs:
            followers.setdefault(key, []).append(step.key)
    ready = [step.key for step in steps if not waiting[step.key]]
    done: list[Step] = []
    for key in ready:  # grows while it is walked
        done.append(by_key[key])
        for follower in followers.get(key, ()):
            waiting[follower] -= 1
            if not waiting[follower]:
                ready.append(follower)
    if len(done) != len(steps):
        left = [key for key, count in waiting.items() if count > 0]
        raise CircularDependencyError(
            f"Circular dependencies exist between steps: {', '.join(left[:20])}", where=f"{len(left)} steps"
        )
    return tuple(done)


def with_mapping(steps: tuple[Step, ...], dynamic: set[tuple[str, str]]) -> tuple[Step, ...]:
    """The steps, those downstream of a dynamic output marked with it. ``steps`` are in order.

    Raises:
        InvalidDefinitionError: A step is mapped over two dynamic outputs, or makes one itself.
    """
    if not dynamic:
        return steps
    over: dict[str, FromStep] = {}
    marked: list[Step] = []
    for step in steps:
        found: set[FromStep] = set()
        for each in step.inputs:
            for source in each.sources:
                if not isinstance(source, FromStep) or source.collect:
                    continue
                if (source.step_key, source.output_name) in dynamic:
                    found.add(FromStep(source.step_key, source.output_name))
                elif source.step_key in over:
                    found.add(over[source.step_key])
        found.update(over[key] for key in step.after if key in over)
        if len(found) > 1:
            raise InvalidDefinitionError(
                f'step "{step.key}" is mapped over two dynamic outputs', where=", ".join(map(str, found)),
                fix="collect one of them first",
            )  # fmt: skip
        if found:
            over[step.key] = mapped = found.pop()
            if any((step.key, out.name) in dynamic for out in step.outputs):
                raise InvalidDefinitionError(
                    f'step "{step.key}" is mapped over a dynamic output and makes one itself', where=step.key,
                    fix="collect the first one before",
                )  # fmt: skip
            step = replace(step, mapped_over=mapped)  # noqa: PLW2901 - the marked step takes its place
        marked.append(step)
    return tuple(marked)
