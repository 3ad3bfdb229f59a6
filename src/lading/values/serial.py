"""The one versioned JSON form of values: events, receipts, runs.

Keys are short and defaults are left out, because a history holds many of them. Keys are only ever added within one
format. What a later version added is ignored where it is a key, and kept as it is where it is a kind.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from lading.values.events import Event, EventType
from lading.values.keys import AssetKey
from lading.values.records import PlannedStep, Run, RunStatus
from lading.values.serial_events import UnknownEventData, body_from_json, body_to_json, unknown_event

FORMAT = 1

Raw = Mapping[str, Any]

# Escaping everything beyond ASCII lets any text survive, also file names that are no valid Unicode.
to_text = json.JSONEncoder(separators=(",", ":"), check_circular=False, default=str).encode
_decode = json.JSONDecoder().raw_decode
_KINDS: Mapping[str, EventType] = {kind.value: kind for kind in EventType}


def from_text(text: str) -> Any:
    """The inverse of ``to_text``, which gives plain data as compact JSON (what JSON cannot hold becomes text)."""
    return _decode(text)[0]


def event_to_json(event: Event) -> dict[str, Any]:
    """An event as plain data that stands for itself."""
    data = event.event_specific_data
    kind = data.kind if isinstance(data, UnknownEventData) else event.event_type.value
    raw: dict[str, Any] = {"v": FORMAT, "k": kind, "at": event.timestamp}
    if event.step_key is not None:
        raw["s"] = event.step_key
    if event.job_name is not None:
        raw["j"] = event.job_name
    body = body_to_json(event)
    if body is not None:
        raw["b"] = body
    return raw


def event_from_json(raw: Raw) -> Event:
    """The inverse of ``event_to_json``; an event of a kind that is not known here is kept as it is."""
    kind = _KINDS.get(raw["k"])
    body, timestamp, step_key, job_name = raw.get("b"), raw["at"], raw.get("s"), raw.get("j")
    if kind is None:
        return unknown_event(raw["k"], body, timestamp, step_key, job_name)
    return body_from_json(kind, body, timestamp, step_key, job_name)


def plan_to_json(plan: Sequence[PlannedStep]) -> dict[str, Any]:
    """The steps of a run as plain data; partitions that several steps share are held once."""
    places: dict[tuple[str, ...], int] = {}
    steps: list[Any] = []
    for step in plan:
        # A step that makes the asset of its own name, as most do, need not say so.
        own = len(step.assets) == 1 and step.assets[0].parts == (step.step_key,)
        raw: list[Any] = [step.step_key]
        if step.assets or step.partitions:
            raw.append(0 if own else [key.parts for key in step.assets])
        if step.partitions:
            raw.append(places.setdefault(step.partitions, len(places)))
        steps.append(raw)
    return {"s": steps, "p": list(places)} if places else {"s": steps}


def plan_from_json(raw: Raw) -> tuple[PlannedStep, ...]:
    """The inverse of ``plan_to_json``."""
    places = [tuple(keys) for keys in raw.get("p", ())]
    return tuple(
        PlannedStep(
            item[0],
            () if len(item) == 1 else _assets(item),
            places[item[2]] if len(item) > 2 else (),
        )
        for item in raw["s"]
    )


def _assets(item: Sequence[Any]) -> tuple[AssetKey, ...]:
    return (AssetKey(item[0]),) if item[1] == 0 else tuple(AssetKey(parts) for parts in item[1])


def run_to_json(run: Run) -> dict[str, Any]:
    """A run as plain data that stands for itself."""
    raw: dict[str, Any] = {"v": FORMAT, "id": run.run_id, "j": run.job_name, "st": run.status.value}
    if run.tags:
        raw["t"] = dict(run.tags)
    raw |= request_to_json(run)
    if run.plan:
        raw["pl"] = plan_to_json(run.plan)
    return raw


def run_from_json(raw: Raw) -> Run:
    """The inverse of ``run_to_json``."""
    plan = plan_from_json(raw["pl"]) if "pl" in raw else ()
    return run_of(raw["id"], raw["j"], RunStatus(raw["st"]), raw.get("t", {}), raw, plan)


def request_to_json(run: Run) -> dict[str, Any]:
    """How a run was asked for: configuration, parents, definitions, selection."""
    raw: dict[str, Any] = {
        "c": run.run_config or None,
        "pa": run.parent_run_id,
        "ro": run.root_run_id,
        "df": run.definitions,
        "se": run.selection,
        "pr": run.process,
    }
    return {name: value for name, value in raw.items() if value is not None}


def run_of(
    run_id: str,
    job_name: str,
    status: RunStatus,
    tags: Mapping[str, str],
    request: Raw,
    plan: tuple[PlannedStep, ...],
) -> Run:
    """The run of which ``request`` says how it was asked for."""
    get = request.get
    return Run(
        run_id, job_name, status, tags, get("c") or {}, plan, get("pa"), get("ro"), get("df"), get("se"), get("pr")
    )  # fmt: skip
