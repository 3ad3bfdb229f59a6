"""What a run gave: its events, and the values it computed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, ClassVar

from lading.errors import InvariantViolationError
from lading.values.events import Event, EventType, StepFailureData
from lading.values.keys import AssetKey, CoercibleToAssetKey, StepOutputHandle
from lading.values.materialization import AssetCheckEvaluation, AssetMaterialization, AssetObservation
from lading.values.outputs import NOT_GIVEN

Outputs = Mapping[str, Mapping[str, tuple[str, str]]]


class RunResult:
    """What a run gave.

    Attributes:
        success: Whether every step it was to run is done.
        run_id: Its id.
        dagster_run: Its record.
        all_events: Its events, in order.
        error: The first exception, where one was not raised.
    """

    __slots__ = (
        "_asset_outputs",
        "_captured",
        "_graph_outputs",
        "_steps",
        "all_events",
        "dagster_run",
        "error",
        "success",
    )

    FIELDS: ClassVar[tuple[str, ...]] = (
        "dagster_run", "success", "all_events", "_captured", "_steps", "_asset_outputs", "_graph_outputs", "error",
    )  # fmt: skip

    def __init__(
        self,
        run: Any,
        success: bool,
        events: Sequence[Event],
        captured: Mapping[StepOutputHandle, Any],
        steps: Mapping[str, Sequence[str]],
        asset_outputs: Mapping[AssetKey, tuple[str, str]],
        graph_outputs: Outputs,
        error: BaseException | None = None,
    ) -> None:
        self.dagster_run = run
        self.success = success
        self.all_events = events
        self._captured = captured
        self._steps = steps
        self._asset_outputs = asset_outputs
        self._graph_outputs = graph_outputs
        self.error = error

    def __repr__(self) -> str:
        return f"RunResult({'success' if self.success else 'failure'}, run {self.run_id}, {len(self._steps)} steps)"

    @property
    def run_id(self) -> str:
        """The id of the run."""
        return self.dagster_run.run_id

    @property
    def run(self) -> Any:
        """The record of the run."""
        return self.dagster_run

    @property
    def job_name(self) -> str:
        """The name of the job."""
        return self.dagster_run.job_name

    # ------------------------------------------------------------ values

    def output_for_node(self, node_str: str, output_name: str = "result") -> Any:
        """The value that a node computed: of an op, a nested one (``graph.op``) or a graph; mapped ones by key.

        Raises:
            InvariantViolationError: There is no such node or output, or it gave none.
        """
        step, output = self._resolve(node_str, output_name)
        found = self.find_value(step, output)
        if found is not NOT_GIVEN:
            return found
        raise InvariantViolationError(
            f'node "{node_str}" gave no output "{output_name}"', where=f"run {self.run_id}",
            fix="ask result.success first: the step failed, was skipped or did not run",
        )  # fmt: skip

    def find_value(self, step_key: str, output_name: str) -> Any:
        """The value of an output, values of mapped steps and dynamic outputs by key; NOT_GIVEN where there is none."""
        return values_by_key(step_key, output_name, self._captured)

    def _resolve(self, node: str, output: str) -> tuple[str, str]:
        if node in self._graph_outputs and node:
            outputs = self._graph_outputs[node]
            if output not in outputs:
                raise self._unknown_output(node, output, outputs)
            return outputs[output]
        if node not in self._steps:
            names = [*self._steps, *(name for name in self._graph_outputs if name)]
            from difflib import get_close_matches

            near = get_close_matches(node, names, n=1)
            raise InvariantViolationError(
                f'there is no node "{node}"', where=f"run {self.run_id}", did_you_mean=near[0] if near else None,
                fix=None if near else f"nodes are: {', '.join(names[:20])}",
            )  # fmt: skip
        if output not in self._steps[node]:
            raise self._unknown_output(node, output, self._steps[node])
        return node, output

    def _unknown_output(self, node: str, output: str, outputs: Iterable[str]) -> InvariantViolationError:
        return InvariantViolationError(
            f'node "{node}" has no output "{output}"', where=f"run {self.run_id}",
            fix=f"outputs are: {', '.join(outputs) or 'none'}",
        )  # fmt: skip

    def output_value(self, output_name: str = "result") -> Any:
        """The value that the job's graph returned.

        Raises:
            InvariantViolationError: The graph returns no such output.
        """
        outputs = self._graph_outputs.get("", {})
        if output_name not in outputs:
            raise self._unknown_output(self.job_name, output_name, outputs)
        return self.output_for_node(*outputs[output_name])

    def asset_value(self, asset_key: CoercibleToAssetKey) -> Any:
        """The value that was computed for an asset.

        Raises:
            InvariantViolationError: The run did not make it.
        """
        key = AssetKey.from_coercible(asset_key)
        if key not in self._asset_outputs:
            raise InvariantViolationError(
                f'the run did not make asset "{key.to_user_string()}"', where=f"run {self.run_id}",
                fix=f"it made: {', '.join(each.to_user_string() for each in self._asset_outputs) or 'none'}",
            )  # fmt: skip
        return self.output_for_node(*self._asset_outputs[key])

    # ------------------------------------------------------------ events

    @property
    def all_node_events(self) -> Sequence[Event]:
        """The events of steps, in order."""
        return [event for event in self.all_events if event.step_key is not None]

    def filter_events(self, event_filter: Callable[[Event], bool]) -> Sequence[Event]:
        """The events for which a function is true."""
        return [event for event in self.all_events if event_filter(event)]

    def of_type(self, kind: EventType) -> list[Event]:
        """The events of one kind."""
        return [event for event in self.all_events if event.event_type is kind]

    def _of_node(self, node: str) -> Sequence[Event]:
        return [
            event
            for event in self.all_events
            if event.step_key is not None
            and (event.step_key == node or event.step_key.startswith((node + "[", node + ".")))
        ]

    def events_for_node(self, node_name: str) -> Sequence[Event]:
        """The events of one node (of a graph: of all its ops)."""
        return self._of_node(node_name)

    def asset_materializations_for_node(self, node_name: str) -> Sequence[AssetMaterialization]:
        """The materializations that one node made."""
        return [e.materialization for e in self._of_node(node_name) if e.event_type is EventType.ASSET_MATERIALIZATION]

    def asset_observations_for_node(self, node_name: str) -> Sequence[AssetObservation]:
        """The observations that one node made."""
        return [
            e.asset_observation_data.asset_observation
            for e in self._of_node(node_name)
            if e.event_type is EventType.ASSET_OBSERVATION
        ]

    def get_asset_materialization_events(self) -> Sequence[Event]:
        """All materializations."""
        return self.of_type(EventType.ASSET_MATERIALIZATION)

    def get_asset_observation_events(self) -> Sequence[Event]:
        """All observations."""
        return self.of_type(EventType.ASSET_OBSERVATION)

    def get_asset_materialization_planned_events(self) -> Sequence[Event]:
        """All plans to materialize."""
        return self.of_type(EventType.ASSET_MATERIALIZATION_PLANNED)

    def get_asset_check_evaluations(self) -> Sequence[AssetCheckEvaluation]:
        """All verdicts of checks."""
        return [event.asset_check_evaluation_data for event in self.of_type(EventType.ASSET_CHECK_EVALUATION)]

    def get_failed_step_keys(self) -> set[str]:
        """The steps that failed."""
        return {event.step_key for event in self.of_type(EventType.STEP_FAILURE) if event.step_key is not None}

    def get_step_success_events(self) -> Sequence[Event]:
        """Events of the steps that are done."""
        return self.of_type(EventType.STEP_SUCCESS)

    def get_step_failure_events(self) -> Sequence[Event]:
        """Events of the steps that failed."""
        return self.of_type(EventType.STEP_FAILURE)

    def get_step_skipped_events(self) -> Sequence[Event]:
        """Events of the steps that were skipped."""
        return self.of_type(EventType.STEP_SKIPPED)

    def get_run_failure_event(self) -> Event:
        """The event of the run's failure.

        Raises:
            InvariantViolationError: It did not fail.
        """
        return self._one(EventType.RUN_FAILURE)

    def get_run_success_event(self) -> Event:
        """The event of the run's success.

        Raises:
            InvariantViolationError: It did not succeed.
        """
        return self._one(EventType.RUN_SUCCESS)

    def _one(self, kind: EventType) -> Event:
        found = self.of_type(kind)
        if not found:
            raise InvariantViolationError(
                f"the run has no {kind.name} event", where=f"run {self.run_id}", fix="ask result.success first"
            )
        return found[0]

    def failure_data_for_node(self, node_str: str) -> StepFailureData | None:
        """Why a node failed, or None."""
        return next((e.step_failure_data for e in self._of_node(node_str) if e.is_step_failure), None)

    def retry_attempts_for_node(self, node_str: str) -> int:
        """How often a node was started again."""
        return sum(event.is_step_restarted for event in self._of_node(node_str))

    def _ended(self, node: str, kind: EventType) -> bool:
        self._require(node)
        return any(event.event_type is kind for event in self._of_node(node))

    def _require(self, node: str) -> None:
        if node not in self._steps and node not in self._graph_outputs:
            self._resolve(node, "result")

    def is_node_success(self, node_str: str) -> bool:
        """Whether a node is done."""
        return self._ended(node_str, EventType.STEP_SUCCESS) and not self.is_node_failed(node_str)

    def is_node_failed(self, node_str: str) -> bool:
        """Whether a node failed."""
        return self._ended(node_str, EventType.STEP_FAILURE)

    def is_node_skipped(self, node_str: str) -> bool:
        """Whether a node was skipped."""
        return self._ended(node_str, EventType.STEP_SKIPPED)

    def is_node_untouched(self, node_str: str) -> bool:
        """Whether nothing happened to a node."""
        self._require(node_str)
        return not self._of_node(node_str)


def values_by_key(step_key: str, output_name: str, values: Mapping[StepOutputHandle, Any]) -> Any:
    """The one value of an output, or a dict by mapping key; NOT_GIVEN where there is none."""
    found = values.get(StepOutputHandle(step_key, output_name), NOT_GIVEN)
    if found is not NOT_GIVEN:
        return found
    mapped = {
        handle.mapping_key if handle.mapping_key is not None else handle.step_key[len(step_key) + 1 : -1]: value
        for handle, value in values.items()
        if handle.output_name == output_name
        and (
            (handle.step_key == step_key and handle.mapping_key is not None)
            or handle.step_key.startswith(step_key + "[")
        )
    }
    return mapped or NOT_GIVEN


# The name that programs coming from elsewhere annotate with.
ExecuteInProcessResult = RunResult
