"""``@job``: a graph and its resources in one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, overload

from lading.definitions.graph import build_graph
from lading.definitions.job import JobDefinition
from lading.definitions.retry import RetryPolicy


@overload
def job(fn: Callable[..., Any], /) -> JobDefinition: ...
@overload
def job(
    *,
    name: str | None = None,
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
) -> Callable[[Callable[..., Any]], JobDefinition]: ...
def job(
    fn: Callable[..., Any] | None = None,
    *,
    name: str | None = None,
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
) -> JobDefinition | Callable[[Callable[..., Any]], JobDefinition]:
    """Make a job of a function that calls ops.

    Args:
        fn: The function; it is called once, to see which ops it connects.
        name: The job's name; the function's when left out.
        description: For people; the docstring when left out.
        resource_defs: Resources by key.
        config: Run config, or a partitioned config.
        tags: Tags of its runs.
        run_tags: Further tags of its runs.
        metadata: For people.
        logger_defs: Accepted and kept.
        executor_def: What runs its steps.
        hooks: Functions called after its steps.
        op_retry_policy: The retry policy of ops without one.
        partitions_def: The partitions of its runs.
        input_values: Values for the function's parameters.
        owners: For people.

    Raises:
        InvalidDefinitionError: The body does not fit.
    """

    def decorate(fn: Callable[..., Any]) -> JobDefinition:
        graph = build_graph(fn, name, description, tags=tags)
        return JobDefinition(
            graph.name, graph, graph.description, resource_defs, config, tags, run_tags, metadata, logger_defs,
            executor_def, hooks, op_retry_policy, partitions_def, input_values, owners,
        )  # fmt: skip

    return decorate(fn) if fn is not None else decorate
