"""Which versions a step loaded, as the log of its run tells."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from lading.abc.history import History
from lading.values.event_log import EventQuery
from lading.values.events import EventType, LoadedInputData
from lading.values.keys import AssetKey
from lading.values.records import PlannedStep
from lading.values.state import Slot, Stamp

Versions: TypeAlias = dict[Slot, set[str]]


class Loads:
    """What the steps of runs loaded; the log of each run is read once, and only if somebody asks.

    Args:
        history: Where the runs are recorded.
    """

    __slots__ = ("_by_asset", "_by_step", "_history", "_plans")

    def __init__(self, history: History) -> None:
        self._history = history
        self._plans: dict[str, tuple[PlannedStep, ...]] = {}
        self._by_step: dict[str, dict[str, Versions]] = {}
        self._by_asset: dict[tuple[str, AssetKey], Versions] = {}

    def same(self, key: AssetKey, made: Stamp, upstream: AssetKey, above: Stamp) -> bool:
        """Whether the step that made a value loaded what is stored upstream now; not, where nobody knows."""
        if not above.version or not made.run_id:
            return False
        return self._of(made.run_id, key).get(Slot(upstream, above.partition)) == {above.version}

    def _of(self, run_id: str, key: AssetKey) -> Versions:
        found = self._by_asset.get((run_id, key))
        if found is None:
            by_step = self._steps(run_id)
            merged: Versions = {}
            for step in self._plans[run_id]:
                if key in step.assets:
                    for name in _with_their_graph(step.step_key, by_step):
                        _add(merged, by_step[name])
            found = self._by_asset[run_id, key] = merged
        return found

    def _steps(self, run_id: str) -> Mapping[str, Versions]:
        known = self._by_step.get(run_id)
        if known is not None:
            return known
        known = self._by_step[run_id] = {}
        record = self._history.run(run_id)
        self._plans[run_id] = () if record is None else tuple(record.run.plan)
        query = EventQuery(run_id=run_id, kinds=(EventType.LOADED_INPUT,))
        for event in (each.event for each in self._history.events(query).records):
            data = event.event_specific_data
            if event.step_key is None or not isinstance(data, LoadedInputData):
                continue
            # One copy of a mapped step stands for all.
            versions = known.setdefault(event.step_key.split("[", 1)[0], {})
            if data.receipt is not None and data.receipt.owner.asset:
                key = AssetKey(data.receipt.owner.asset)
                _add(versions, {Slot(key, name or None): {version} for name, version in data.digests.items()})
        return known


def _with_their_graph(step_key: str, steps: Mapping[str, Versions]) -> list[str]:
    """The step, or all steps of the graph it is part of: those in front load what the last one makes an asset of."""
    graph, dot, _ = step_key.partition(".")
    return [name for name in steps if name == step_key or (dot and name.startswith(graph + dot))]


def _add(versions: Versions, more: Mapping[Slot, set[str]]) -> None:
    for slot, found in more.items():
        versions.setdefault(slot, set()).update(found)
