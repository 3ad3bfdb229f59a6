"""What goes into the JSON form comes out again, also what a later version wrote."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

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
from lading.values.keys import AssetKey, StepOutputHandle
from lading.values.materialization import (
    AssetCheckEvaluation,
    AssetCheckSeverity,
    AssetMaterialization,
    AssetObservation,
)
from lading.values.metadata import MetadataValue, as_metadata
from lading.values.receipt import Owner, Receipt
from lading.values.records import PlannedStep, Run, RunStatus
from lading.values.serial import event_from_json, event_to_json, from_text, run_from_json, run_to_json, to_text
from lading.values.serial_assets import receipt_from_json, receipt_to_json
from lading.values.serial_events import _DATA, UnknownEventData
from lading.values.serial_metadata import (
    _TO,
    UnknownMetadataValue,
    metadata_from_json,
    metadata_to_json,
    value_from_json,
    value_to_json,
)
from lading.values.tables import (
    TableColumn,
    TableColumnConstraints,
    TableColumnDep,
    TableColumnLineage,
    TableConstraints,
    TableRecord,
    TableSchema,
)

KEY = AssetKey(["pre", "a"])
SCHEMA = TableSchema(
    [
        TableColumn("n", "int", "how many", TableColumnConstraints(nullable=False, unique=True, other=["> 0"])),
        TableColumn("t", tags={"pii": "yes"}),
    ],
    TableConstraints(["n > 0"]),
)
METADATA = [
    MetadataValue.text("hi"),
    MetadataValue.text(None),  # type: ignore[arg-type]
    MetadataValue.text("lone \udc80 surrogate"),
    MetadataValue.int(3),
    MetadataValue.int(None),  # type: ignore[arg-type]
    MetadataValue.int(2**80),
    MetadataValue.float(3.0),
    MetadataValue.float(float("inf")),
    MetadataValue.float(None),  # type: ignore[arg-type]
    MetadataValue.bool(True),
    MetadataValue.bool(None),  # type: ignore[arg-type]
    MetadataValue.null(),
    MetadataValue.md("*hi*"),
    MetadataValue.url("https://example.org"),
    MetadataValue.path("/tmp/x"),
    MetadataValue.notebook("/tmp/x.ipynb"),
    MetadataValue.json({"k": "md", "v": [1, None]}),
    MetadataValue.json(["x"]),
    MetadataValue.timestamp(12.5),
    MetadataValue.asset(KEY),
    MetadataValue.dagster_run("r1"),
    MetadataValue.job("job", "here", repository_name="repo"),
    MetadataValue.python_artifact(json.JSONDecoder),
    MetadataValue.table_schema(SCHEMA),
    MetadataValue.table([{"n": 1, "t": None}, {"n": 2, "t": "x"}], SCHEMA),
    MetadataValue.table([TableRecord({"x": 1.5})]),
    MetadataValue.column_lineage(TableColumnLineage({"n": [TableColumnDep(KEY, "m")]})),
]
ERROR = ErrorInfo("no", ("line 1\n", "line 2\n"), "ValueError", ErrorInfo("cause"), ErrorInfo("context", cls_name="E"))
RECEIPT = Receipt(
    "file:///a", 12, "blake3:00", "json", "zstd", "list", Owner(KEY, "x", "r1", "a", "result", "m"), 0.25, 12.5, True
)
FACTS = as_metadata({"rows": 3, "about": "x"})
VERDICT = TypeCheckData(False, "Int", "not one", FACTS)
ITEM = AssetMaterialization(KEY, "why", FACTS, "x", {"t": "1"}, receipt=RECEIPT, facts={"rows": 3})
EVENTS = [
    Event(EventType.RUN_START, 1.5, job_name="job"),
    Event(EventType.STEP_START, 1.5, "a", text="said"),
    Event(EventType.STEP_INPUT, 1.5, "a", StepInputData("i", VERDICT)),
    Event(EventType.STEP_OUTPUT, 1.5, "a", StepOutputData(StepOutputHandle("a", "o", "m"), VERDICT, FACTS)),
    Event(EventType.STEP_OUTPUT, 1.5, "a", StepOutputData(StepOutputHandle("a"), TypeCheckData(True, "Any"))),
    Event(EventType.HANDLED_OUTPUT, 1.5, "a", HandledOutputData("o", "io", FACTS, RECEIPT)),
    Event(EventType.LOADED_INPUT, 1.5, "a", LoadedInputData("i", "io", "o", "up", FACTS, RECEIPT)),
    Event(EventType.LOADED_INPUT, 1.5, "a", LoadedInputData("i", "io")),
    Event(EventType.ASSET_MATERIALIZATION, 1.5, "a", StepMaterializationData(ITEM), text="own words"),
    Event(EventType.ASSET_MATERIALIZATION, 1.5, "a", StepMaterializationData(AssetMaterialization("b"))),
    Event(
        EventType.ASSET_OBSERVATION, 1.5, "a", AssetObservationData(AssetObservation(KEY, "d", FACTS, "x", {"t": "1"}))
    ),
    Event(EventType.ASSET_MATERIALIZATION_PLANNED, 1.5, "a", AssetMaterializationPlannedData(KEY, None, ("x", "y"))),
    Event(EventType.ASSET_MATERIALIZATION_PLANNED, 1.5, "a", AssetMaterializationPlannedData(KEY, "x")),
    Event(
        EventType.ASSET_CHECK_EVALUATION,
        1.5,
        "a",
        AssetCheckEvaluation(KEY, "fresh", False, FACTS, AssetCheckSeverity.WARN, "old", True, "x"),
    ),
    Event(EventType.STEP_FAILURE, 1.5, "a", StepFailureData(ERROR, UserFailureData("l", "d", FACTS), "FRAMEWORK")),
    Event(EventType.STEP_FAILURE, 1.5, "a", StepFailureData(ErrorInfo("no"))),
    Event(EventType.STEP_UP_FOR_RETRY, 1.5, "a", StepRetryData(ERROR, 2.0)),
    Event(EventType.STEP_SUCCESS, 1.5, "a", StepSuccessData(12.25)),
    Event(EventType.RUN_FAILURE, 1.5, None, RunFailureData(ERROR)),
    Event(EventType.RUN_FAILURE, 1.5, None, RunFailureData(), text="said"),
    Event(EventType.RUN_FAILURE, 1.5, None, RunFailureData()),
    Event(EventType.ENGINE_EVENT, 1.5, None, EngineEventData(FACTS, ERROR)),
    Event(EventType.RUN_CANCELED, 1.5, None, EngineEventData(), text="said"),
    Event(EventType.LOG_MESSAGE, 1.5, "a", LogMessageData(30, "careful \udc80", "mine")),
]


def through_text(raw: object) -> object:
    return from_text(to_text(raw))


@pytest.mark.parametrize("value", METADATA, ids=repr)
def test_metadata_comes_back(value: MetadataValue) -> None:
    again = value_from_json(through_text(value_to_json(value)))
    assert again == value
    assert type(again) is type(value)


def test_every_kind_of_metadata_is_tried() -> None:
    assert {type(value) for value in METADATA} == set(_TO) - {UnknownMetadataValue}


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.event_type.name)
def test_events_come_back(event: Event) -> None:
    again = event_from_json(through_text(event_to_json(event)))  # type: ignore[arg-type]
    assert again == event
    assert again.message == event.message


def test_what_is_never_compared_comes_back_too() -> None:
    event = Event(EventType.ASSET_MATERIALIZATION, 1.5, "a", StepMaterializationData(ITEM))
    item = event_from_json(through_text(event_to_json(event))).materialization  # type: ignore[arg-type]
    assert (item.receipt, item.facts) == (RECEIPT, {"rows": 3})


def test_every_kind_of_data_is_tried() -> None:
    assert {type(event.event_specific_data) for event in EVENTS} == {*_DATA, type(None)}


def test_every_kind_of_event_comes_back_bare() -> None:
    for kind in EventType:
        assert event_from_json(event_to_json(Event(kind, 1.0))) == Event(kind, 1.0)


def test_receipts_come_back() -> None:
    for receipt in (RECEIPT, Receipt("memory://a", 0, "", "pickle")):
        assert receipt_from_json(through_text(receipt_to_json(receipt))) == receipt  # type: ignore[arg-type]


def test_runs_come_back() -> None:
    plan = (
        PlannedStep("a", (AssetKey("a"),)),
        PlannedStep("pre__b", (KEY, AssetKey("c")), ("x", "y")),
        PlannedStep("d", (AssetKey("d"),), ("x", "y")),
        PlannedStep("a", (AssetKey(["a", "a"]),)),
        PlannedStep("op"),
    )
    run = Run("r1", "job", RunStatus.FAILURE, {"t": "1"}, {"ops": {}}, plan, "r0", "r00", "d.py", "a+")
    for each in (run, Run("r2"), replace(run, plan=())):
        assert run_from_json(through_text(run_to_json(each))) == each  # type: ignore[arg-type]
    assert to_text(run_to_json(run)).count('"x"') == 1


def test_defaults_cost_nothing() -> None:
    event = Event(EventType.ASSET_MATERIALIZATION, 1.0, None, StepMaterializationData(AssetMaterialization("a")))
    assert to_text(event_to_json(event)) == '{"v":1,"k":"ASSET_MATERIALIZATION","at":1.0,"b":{"a":["a"]}}'


def test_an_event_of_a_later_version_is_kept_as_it_is() -> None:
    raw = {"v": 2, "k": "VALUE_SIGNED", "at": 1.0, "s": "a", "b": {"by": "me", "C": "sig"}}
    event = event_from_json(raw)
    assert event.event_type is EventType.ENGINE_EVENT
    assert "VALUE_SIGNED" in event.message
    assert event_to_json(event) == {**raw, "v": 1}


def test_data_of_a_later_version_is_kept_as_it_is() -> None:
    raw = {"v": 1, "k": "STEP_SUCCESS", "at": 1.0, "s": "a", "b": {"ms": 3.0, "joules": 2, "C": "ok2"}}
    event = event_from_json(raw)
    assert event.event_type is EventType.STEP_SUCCESS
    assert isinstance(event.event_specific_data, UnknownEventData)
    assert event_to_json(event) == raw


def test_keys_of_a_later_version_are_passed_over() -> None:
    raw = {"v": 1, "k": "STEP_SUCCESS", "at": 1.0, "s": "a", "b": {"ms": 3.0, "joules": 2}}
    assert event_from_json(raw) == Event(EventType.STEP_SUCCESS, 1.0, "a", StepSuccessData(3.0))


def test_metadata_of_a_later_version_is_kept_as_it_is() -> None:
    raw = {"new": {"k": "chart", "v": [1, 2]}, "odd": [1], "old": 3}
    metadata = metadata_from_json(raw)
    assert metadata["new"] == UnknownMetadataValue({"k": "chart", "v": [1, 2]})
    assert metadata["new"].value == {"k": "chart", "v": [1, 2]}
    assert metadata_to_json(metadata) == raw


def test_facts_that_json_cannot_hold_become_text() -> None:
    assert through_text({"a": AssetKey("x"), "b": {1}, "c": 1 + 2j}) == {"a": ["x"], "b": "{1}", "c": "(1+2j)"}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(
    st.dictionaries(st.text(), JSON, max_size=4),
    st.text(min_size=1),
    st.none() | st.text(),
    st.dictionaries(st.text(), st.text(), max_size=3),
    st.floats(allow_nan=False, allow_infinity=False),
)
def test_any_materialization_comes_back(
    raw: dict[str, object], key: str, partition: str | None, tags: dict[str, str], at: float
) -> None:
    item = AssetMaterialization([key, key], None, raw, partition, tags)
    event = Event(EventType.ASSET_MATERIALIZATION, at, "a", StepMaterializationData(item))
    assert event_from_json(through_text(event_to_json(event))) == event  # type: ignore[arg-type]
