"""Jobs: what is run, with which resources and config."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lading.abc.runner import runner
from lading.definitions.retry import RetryPolicy
from lading.values.result import RunResult

EMPTY: Mapping[str, Any] = {}


class JobDefinition:
    """What is run: a graph of ops, or a selection of assets. Made by ``@job``, ``graph.to_job`` or Definitions.

    Attributes:
        name: Its name.
        graph: The graph of its ops, or None for a job of assets.
        lineage: The assets it selects from, or None for a job of ops.
        selected: Keys of the assets it makes.
        resource_defs: Resources by key.
        config: Run config, a RunConfig, or a partitioned config.
        tags: Tags of its runs.
        metadata: For people.
        executor_def: What runs its steps, or None.
        hooks: Functions called after its steps.
        op_retry_policy: The retry policy of ops without one.
        input_values: Values for the graph's inputs.
        op_selection: Only these ops, or None.
        check_keys: Checks it runs, or None for those of its assets.
    """

    __slots__ = (
        "_partitions_def", "check_keys", "config", "description", "executor_def", "graph", "hooks", "input_values",
        "is_implicit", "lineage", "logger_defs", "metadata", "name", "op_retry_policy", "op_selection", "owners",
        "resource_defs", "run_tags", "selected", "tags",
    )  # fmt: skip

    def __init__(
        self,
        name: str,
        graph: Any = None,
        description: str | None = None,
        resource_defs: Mapping[str, Any] | None = None,
        config: Any = None,
        tags: Mapping[str, Any] | None = None,
        run_tags: Mapping[str, Any] | None = None,
        metadata: Mapping[str, Any] | None = None,
        logger_defs: Mapping[str, Any] | None = None,
        executor_def: Any = None,
        hooks: Any = None,
        op_retry_policy: RetryPolicy | None = None,
        partitions_def: Any = None,
        input_values: Mapping[str, Any] | None = None,
        owners: Any = None,
        lineage: Any = None,
        selected: Any = None,
        op_selection: Any = None,
        check_keys: Any = None,
        is_implicit: bool = False,
    ) -> None:
        self.name = name
        self.graph = graph
        self.description = description
        self.resource_defs: Mapping[str, Any] = resource_defs or EMPTY
        self.config = config
        self.tags: Mapping[str, str] = {key: str(value) for key, value in (tags or EMPTY).items()}
        self.run_tags: Mapping[str, str] = {key: str(value) for key, value in (run_tags or EMPTY).items()}
        self.metadata: Mapping[str, Any] = metadata or EMPTY
        self.logger_defs = logger_defs or EMPTY
        self.executor_def = executor_def
        self.hooks = frozenset(hooks or ())
        self.op_retry_policy = op_retry_policy
        self._partitions_def = partitions_def
        self.input_values: Mapping[str, Any] = input_values or EMPTY
        self.owners = owners
        self.lineage = lineage
        self.selected = selected
        self.op_selection = op_selection
        self.check_keys = check_keys
        self.is_implicit = is_implicit

    def __repr__(self) -> str:
        return f"JobDefinition({self.name!r})"

    @property
    def partitions_def(self) -> Any:
        """The partitions of its runs, or None."""
        if self._partitions_def is not None:
            return self._partitions_def
        return getattr(self.config, "partitions_def", None)

    def replaced(self, **changes: Any) -> JobDefinition:
        """A copy with other attributes."""
        copy = object.__new__(JobDefinition)
        for slot in JobDefinition.__slots__:
            setattr(copy, slot, changes[slot] if slot in changes else getattr(self, slot))
        return copy

    def execute_in_process(
        self,
        run_config: Any = None,
        instance: Any = None,
        partition_key: str | None = None,
        raise_on_error: bool = True,
        op_selection: Any = None,
        asset_selection: Any = None,
        run_id: str | None = None,
        input_values: Mapping[str, Any] | None = None,
        tags: Mapping[str, str] | None = None,
        resources: Mapping[str, Any] | None = None,
    ) -> RunResult:
        """Run the job in this process.

        Args:
            run_config: Config of the run, over that of the job.
            instance: Where the run is recorded; a throw-away one when left out.
            partition_key: The partition, where the job has partitions.
            raise_on_error: Whether the first failure is raised.
            op_selection: Only these ops.
            asset_selection: Only these assets.
            run_id: The id of the run; a new one when left out.
            input_values: Values for the inputs of the job's graph.
            tags: Tags of the run.
            resources: Resources by key, over those of the job.

        Returns:
            The result of the run.
        """
        return runner().execute_job_in_process(
            self, run_config=run_config, instance=instance, partition_key=partition_key, raise_on_error=raise_on_error,
            op_selection=op_selection, asset_selection=asset_selection, run_id=run_id, input_values=input_values,
            tags=tags, resources=resources,
        )  # fmt: skip
