"""The JSON form of what an event says beside its kind, time and step."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from lading.values.dataclass import dataclass
from lading.values.events import (
    AssetMaterializationPlannedData,
    AssetObservationData,
    EngineEventData,
    ErrorInfo,
    Event,
    EventType,
    HandledOutputData,
    LoadedInputData,
    LogMessageData,
    RunFailureData,
    StepFailureData,
    StepInputData,
    StepMaterializationData,
    StepOutputData,
    StepRetryData,
    StepSuccessData,
    TypeCheckData,
    UserFailureData,
)
from lading.values.keys import StepOutputHandle
from lading.values.materialization import AssetCheckEvaluation, AssetObservation
from lading.values.receipt import Receipt
from lading.values.serial_assets import (
    add_metadata,
    check_from_json,
    check_to_json,
    key_of,
    materialization_from_json,
    materialization_to_json,
    read_metadata,
    receipt_from_json,
    receipt_to_json,
)
from lading.values.serial_metadata import metadata_from_json, metadata_to_json

Raw = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class UnknownEventData(EngineEventData):
    """An event of a kind that only a later version of lading knows: kept as it was read."""

    kind: str = ""
    raw: Any = None


# ---------------------------------------------------------------- errors


def error_to_json(error: ErrorInfo) -> dict[str, Any]:
    """An exception as plain data."""
    raw: dict[str, Any] = {"m": error.message}
    if error.stack:
        raw["s"] = error.stack
    if error.cls_name is not None:
        raw["n"] = error.cls_name
    if error.cause is not None:
        raw["c"] = error_to_json(error.cause)
    if error.context is not None:
        raw["x"] = error_to_json(error.context)
    return raw


def error_from_json(raw: Raw) -> ErrorInfo:
    """The inverse of ``error_to_json``."""
    return ErrorInfo(raw["m"], tuple(raw.get("s", ())), raw.get("n"), _error(raw.get("c")), _error(raw.get("x")))


def _error(raw: Raw | None) -> ErrorInfo | None:
    return None if raw is None else error_from_json(raw)


def _failure_to_json(data: StepFailureData) -> dict[str, Any]:
    raw: dict[str, Any] = {"e": error_to_json(data.error)}
    user = data.user_failure_data
    if user is not None:
        raw["u"] = add_metadata({"l": user.label, "d": user.description}, user.metadata)
    if data.error_source != "USER_CODE_ERROR":
        raw["s"] = data.error_source
    return raw


def _failure_from_json(raw: Raw) -> StepFailureData:
    user = raw.get("u")
    said = None if user is None else UserFailureData(user["l"], user["d"], read_metadata(user))
    return StepFailureData(error_from_json(raw["e"]), said, raw.get("s", "USER_CODE_ERROR"))


# ---------------------------------------------------------------- steps


def _verdict_to_json(raw: dict[str, Any], verdict: TypeCheckData) -> dict[str, Any]:
    raw["l"] = verdict.label
    if not verdict.success:
        raw["no"] = True
    if verdict.description is not None:
        raw["vd"] = verdict.description
    if verdict.metadata:
        raw["vm"] = metadata_to_json(verdict.metadata)
    return raw


def _verdict_from_json(raw: Raw) -> TypeCheckData:
    metadata = raw.get("vm")
    return TypeCheckData("no" not in raw, raw["l"], raw.get("vd"), metadata_from_json(metadata) if metadata else {})


def _output_to_json(data: StepOutputData) -> dict[str, Any]:
    handle = data.step_output_handle
    raw = _verdict_to_json({"s": handle.step_key, "o": handle.output_name}, data.type_check_data)
    if handle.mapping_key is not None:
        raw["k"] = handle.mapping_key
    return add_metadata(raw, data.metadata)


def _output_from_json(raw: Raw) -> StepOutputData:
    handle = StepOutputHandle(raw["s"], raw["o"], raw.get("k"))
    return StepOutputData(handle, _verdict_from_json(raw), read_metadata(raw))


def _handled_to_json(data: HandledOutputData | LoadedInputData, raw: dict[str, Any]) -> dict[str, Any]:
    if data.receipt is not None:
        raw["r"] = receipt_to_json(data.receipt)
    return add_metadata(raw, data.metadata)


def _loaded_to_json(data: LoadedInputData) -> dict[str, Any]:
    raw: dict[str, Any] = {"i": data.input_name, "g": data.manager_key}
    if data.upstream_output_name is not None:
        raw["o"] = data.upstream_output_name
    if data.upstream_step_key is not None:
        raw["s"] = data.upstream_step_key
    if data.versions is not None:
        raw["v"] = data.versions
    return _handled_to_json(data, raw)


def _receipt(raw: Raw) -> Receipt | None:
    receipt = raw.get("r")
    return None if receipt is None else receipt_from_json(receipt)


def _engine_to_json(data: EngineEventData) -> dict[str, Any]:
    raw: dict[str, Any] = {} if data.error is None else {"e": error_to_json(data.error)}
    return add_metadata(raw, data.metadata)


def _planned_to_json(data: AssetMaterializationPlannedData) -> dict[str, Any]:
    return {"q": data.partitions} if data.partitions else {}


# ---------------------------------------------------------------- events

# One short name for each class of data: it says how to read, where the kind of event alone does not.
_DATA: dict[type, tuple[str, Callable[[Any], Any], Callable[[Any], Any]]] = {
    StepInputData: (
        "in",
        lambda data: _verdict_to_json({"i": data.input_name}, data.type_check_data),
        lambda raw: StepInputData(raw["i"], _verdict_from_json(raw)),
    ),
    StepOutputData: ("out", _output_to_json, _output_from_json),
    HandledOutputData: (
        "put",
        lambda data: _handled_to_json(data, {"o": data.output_name, "g": data.manager_key}),
        lambda raw: HandledOutputData(raw["o"], raw["g"], read_metadata(raw), _receipt(raw)),
    ),
    LoadedInputData: (
        "get",
        _loaded_to_json,
        lambda raw: LoadedInputData(
            raw["i"], raw["g"], raw.get("o"), raw.get("s"), read_metadata(raw), _receipt(raw), raw.get("v")
        ),
    ),
    StepMaterializationData: (
        "mat",
        lambda data: materialization_to_json(data.materialization),
        lambda raw: StepMaterializationData(materialization_from_json(raw)),
    ),
    AssetObservationData: (
        "obs",
        lambda data: materialization_to_json(data.asset_observation),
        lambda raw: AssetObservationData(
            AssetObservation(key_of(raw), raw.get("d"), read_metadata(raw), raw.get("p"), raw.get("t"))
        ),
    ),
    AssetMaterializationPlannedData: (
        "plan",
        _planned_to_json,
        lambda raw: AssetMaterializationPlannedData(key_of(raw), raw.get("p"), tuple(raw.get("q", ()))),
    ),
    AssetCheckEvaluation: ("check", check_to_json, check_from_json),
    StepFailureData: ("fail", _failure_to_json, _failure_from_json),
    StepRetryData: (
        "retry",
        lambda data: {"e": error_to_json(data.error), "w": data.seconds_to_wait},
        lambda raw: StepRetryData(error_from_json(raw["e"]), raw["w"]),
    ),
    StepSuccessData: ("ok", lambda data: {"ms": data.duration_ms}, lambda raw: StepSuccessData(raw["ms"])),
    RunFailureData: (
        "stop",
        lambda data: {} if data.error is None else {"e": error_to_json(data.error)},
        lambda raw: RunFailureData(_error(raw.get("e"))),
    ),
    EngineEventData: ("eng", _engine_to_json, lambda raw: EngineEventData(read_metadata(raw), _error(raw.get("e")))),
    LogMessageData: (
        "log",
        lambda data: {"v": data.level, "x": data.text, "n": data.logger},
        lambda raw: LogMessageData(raw["v"], raw["x"], raw["n"]),
    ),
}

# The class of data that an event of a kind has as a rule, and need not name.
_USUAL: dict[EventType, str] = {
    EventType.STEP_INPUT: "in",
    EventType.STEP_OUTPUT: "out",
    EventType.HANDLED_OUTPUT: "put",
    EventType.LOADED_INPUT: "get",
    EventType.ASSET_MATERIALIZATION: "mat",
    EventType.ASSET_OBSERVATION: "obs",
    EventType.ASSET_MATERIALIZATION_PLANNED: "plan",
    EventType.ASSET_CHECK_EVALUATION: "check",
    EventType.STEP_FAILURE: "fail",
    EventType.STEP_UP_FOR_RETRY: "retry",
    EventType.STEP_SUCCESS: "ok",
    EventType.RUN_FAILURE: "stop",
    EventType.LOG_MESSAGE: "log",
}
_WRITE = {kind: (name, write) for kind, (name, write, _) in _DATA.items()}
_READ = {name: read for name, _, read in _DATA.values()}


# Data of these classes speak of an asset, and as a rule of a partition.
_KEYED = frozenset({"mat", "obs", "plan", "check"})


def body_to_json(event: Event, *, keyed: bool = True) -> dict[str, Any] | None:
    """What an event says beside kind, time, step and job; None for nothing.

    Keys in capitals are the event's own: ``C`` the class of the data where it is not the usual one for the kind,
    ``X`` the message where it is not derived.

    Args:
        event: The event.
        keyed: Whether the asset (``a``) and the partition (``p``) are to stand in it.
    """
    data = event.event_specific_data
    if data is None:
        return None if event.text is None else {"X": event.text}
    if isinstance(data, UnknownEventData):
        return data.raw
    name, write = _WRITE[type(data)]
    raw: dict[str, Any] = write(data)
    if keyed and name in _KEYED:
        raw["a"] = event.asset_key
        if event.partition is not None:
            raw["p"] = event.partition
    if event.text is not None:
        raw["X"] = event.text
    # An empty body must still say that there are data.
    if _USUAL.get(event.event_type) != name or not raw or (len(raw) == 1 and "X" in raw):
        raw["C"] = name
    return raw


def body_from_json(
    kind: EventType, raw: Raw | None, timestamp: float, step_key: str | None, job_name: str | None
) -> Event:
    """The inverse of ``body_to_json``."""
    if raw is None:
        return Event(kind, timestamp, step_key, None, None, job_name)
    text = raw.get("X")
    name = raw.get("C") or _USUAL.get(kind)
    if name is None or (text is not None and len(raw) == 1):
        return Event(kind, timestamp, step_key, None, text, job_name)
    read = _READ.get(name)
    if read is None:
        return unknown_event(kind.value, raw, timestamp, step_key, job_name)
    return Event(kind, timestamp, step_key, read(raw), text, job_name)


def unknown_event(kind: str, raw: Raw | None, timestamp: float, step_key: str | None, job_name: str | None) -> Event:
    """An event of a kind that only a later version of lading knows."""
    known = {member.value: member for member in EventType}.get(kind, EventType.ENGINE_EVENT)
    text = f"{kind}: a later version of lading says more"
    return Event(known, timestamp, step_key, UnknownEventData(kind=kind, raw=raw), text, job_name)
