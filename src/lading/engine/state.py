"""Which steps are ready, running, done: pure, without clock or I/O."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping

from lading.planning.order import needs_of
from lading.planning.plan import FromStep, Plan, Step, StepInput
from lading.values.dataclass import replace


class State:
    """How far the steps of a plan have come.

    Steps come out of :meth:`take` when all they need is done: first come, first served, and those that can start at
    the same moment ordered by key. A step mapped over a dynamic output
    comes out once for each of its values; the plan keeps only the template.

    Attributes:
        absent: Outputs that were not produced, by step and name.
        mapped: Dynamic outputs, and outputs of steps mapped over one, to the step and mapping key of each value.
        skipped: Steps that will not run because an input they need was not produced.
    """

    __slots__ = (
        "_followers", "_instances", "_left", "_mapping_keys", "_ready", "_steps", "_waiting", "absent", "mapped",
        "skipped",
    )  # fmt: skip

    def __init__(
        self, plan: Plan, absent: set[tuple[str, str]], mapped: dict[tuple[str, str], list[tuple[str, str | None]]]
    ) -> None:
        self._steps: dict[str, Step] = {step.key: step for step in plan.steps}
        self._waiting: dict[str, int] = {}
        self._followers: dict[str, list[str]] = {}
        self._instances: dict[str, Step] = {}
        self._left: dict[str, int] = {}
        self._mapping_keys: dict[tuple[str, str], list[str]] = {}
        self.absent = absent
        self.mapped = mapped
        self.skipped: list[str] = []
        known = self._steps
        for step in plan.steps:
            needs = {key for key in needs_of(step) if key in known}
            self._waiting[step.key] = len(needs)
            for key in needs:
                self._followers.setdefault(key, []).append(step.key)
        self._ready: deque[str] = deque(sorted(key for key, count in self._waiting.items() if not count))

    def take(self) -> Step | None:
        """The next step that can start, or None."""
        while self._ready:
            key = self._ready.popleft()
            instance = self._instances.pop(key, None)
            if instance is not None:
                return instance
            step = self._steps[key]
            if self._must_skip(step):
                self.skipped.append(key)
                self._finish(key, {out.name for out in step.outputs})
            elif step.mapped_over is None or step.mapped_over.parent_run_id is not None:
                return step
            else:
                self._expand(step, step.mapped_over)
        return None

    def done(self, key: str, produced: Iterable[str], mapping_keys: Mapping[str, list[str]]) -> None:
        """A step is done."""
        template = key.split("[", 1)[0]
        step = self._steps.get(key) or self._steps[template]
        for name, keys in mapping_keys.items():
            self._mapping_keys[key, name] = keys
            self.mapped[key, name] = [(key, each) for each in keys]
        made = set(produced)
        missing = {out.name for out in step.outputs if out.name not in made}
        if step.mapped_over is None or key == step.key:
            self._finish(key, missing)
            return
        for name in missing:
            self.absent.add((key, name))
        for name in made:
            self.mapped.setdefault((template, name), []).append((key, None))
        self._left[template] -= 1
        if not self._left[template]:
            self._order_instances(step)
            self._finish(template, ())

    def _order_instances(self, step: Step) -> None:
        # Instances end in any order; what is collected comes in the order of the dynamic output.
        over = step.mapped_over
        if over is None:
            return
        place = {
            f"{step.key}[{key}]": n
            for n, key in enumerate(self._mapping_keys.get((over.step_key, over.output_name), ()))
        }
        for out in step.outputs:
            found = self.mapped.get((step.key, out.name))
            if found:
                found.sort(key=lambda item: place.get(item[0], 0))

    def _finish(self, key: str, missing: Iterable[str]) -> None:
        for name in missing:
            self.absent.add((key, name))
        waiting = self._waiting
        ready: list[str] = []
        for follower in self._followers.get(key, ()):
            waiting[follower] -= 1
            if not waiting[follower]:
                ready.append(follower)
        if ready:
            self._ready.extend(sorted(ready))

    def _must_skip(self, step: Step) -> bool:
        absent = self.absent
        if not absent:
            return False
        for each in step.inputs:
            missing = [
                type(source) is FromStep and not source.collect and (source.step_key, source.output_name) in absent
                for source in each.sources
            ]
            if missing and (all(missing) if each.fan_in else any(missing)):
                return True
        for key in step.after:
            outputs = self._steps[key].outputs if key in self._steps else ()
            if outputs and all((key, out.name) in absent for out in outputs):
                return True
        return False

    def _expand(self, step: Step, over: FromStep) -> None:
        keys = self._mapping_keys.get((over.step_key, over.output_name), [])
        if not keys:
            for out in step.outputs:
                self.mapped.setdefault((step.key, out.name), [])
            self._finish(step.key, ())
            return
        self._left[step.key] = len(keys)
        ready: list[str] = []
        for mapping_key in keys:
            instance = self._instance(step, over, mapping_key)
            if self._must_skip(instance):
                self.skipped.append(instance.key)
                self.done(instance.key, (), {})
                continue
            self._instances[instance.key] = instance
            ready.append(instance.key)
        # They take the place of their template.
        self._ready.extendleft(reversed(ready))

    def _instance(self, step: Step, over: FromStep, mapping_key: str) -> Step:
        inputs: list[StepInput] = []
        for each in step.inputs:
            sources = tuple(
                replace(source, step_key=f"{source.step_key}[{mapping_key}]")
                if isinstance(source, FromStep)
                and not source.collect
                and source.step_key != over.step_key
                and (upstream := self._steps.get(source.step_key)) is not None
                and upstream.mapped_over is not None
                else source
                for source in each.sources
            )
            inputs.append(replace(each, sources=sources))
        return replace(step, key=f"{step.key}[{mapping_key}]", inputs=tuple(inputs))
