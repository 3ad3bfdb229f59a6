"""Graphs: ops connected to ops."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, overload

from lading.abc.runner import runner
from lading.definitions.compose import Composition, Node, PendingNode, compose, current_composer
from lading.definitions.ins_outs import GraphIn, GraphOut, check_name
from lading.definitions.job import JobDefinition
from lading.definitions.retry import RetryPolicy
from lading.definitions.signature import is_config_class, name_of, read_signature
from lading.errors import InvalidDefinitionError, InvariantViolationError
from lading.values.result import RunResult


class GraphDefinition:
    """Ops (and graphs) connected to one another. Made by :func:`graph`.

    Attributes:
        name: Its name.
        composition: Nodes, what feeds them, and what is given out.
        ins: Inputs by name.
        description: For people.
        tags: For people and tools.
        config: A config mapping, or None.
    """

    __slots__ = ("_output_facts", "composition", "config", "description", "fn", "ins", "name", "outs", "tags")

    def __init__(
        self,
        name: str,
        composition: Composition,
        ins: Mapping[str, GraphIn],
        outs: Mapping[str, GraphOut],
        description: str | None = None,
        tags: Mapping[str, str] | None = None,
        config: Any = None,
        fn: Callable[..., Any] | None = None,
    ) -> None:
        self.name = name
        self.composition = composition
        self.ins = ins
        self.outs = outs
        self.description = description
        self.tags: Mapping[str, str] = tags or {}
        self.config = config
        self.fn = fn
        self._output_facts: Mapping[str, bool] = {
            output: output in composition.dynamic_outputs for output in composition.outputs
        }

    @property
    def nodes(self) -> Mapping[str, Node]:
        """Its nodes, by name."""
        return self.composition.nodes

    @property
    def input_names(self) -> tuple[str, ...]:
        """Its inputs, in order."""
        return tuple(self.ins)

    @property
    def output_facts(self) -> Mapping[str, bool]:
        """Its outputs, and whether each is dynamic."""
        return self._output_facts

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Inside a graph function: a node of the graph.

        Raises:
            InvariantViolationError: No graph is being built.
        """
        composer = current_composer()
        if composer is None:
            raise InvariantViolationError(
                f'graph "{self.name}" is called outside a graph', where=f"graph {self.name}",
                fix=f"call it inside @job or @graph, or {self.name}.execute_in_process()",
            )  # fmt: skip
        return composer.add(Node(self.name, self), explicit_name=False, args=args, kwargs=kwargs)

    def __repr__(self) -> str:
        return f"GraphDefinition({self.name!r})"

    def alias(self, name: str) -> PendingNode:
        """The graph under another name, inside a graph."""
        return PendingNode(self, check_name(name, "a node"))

    def tag(self, tags: Mapping[str, str] | None) -> PendingNode:
        """The graph with further tags, inside a graph."""
        return PendingNode(self, tags=tags)

    def with_hooks(self, hook_defs: Any) -> PendingNode:
        """The graph with hooks, inside a graph."""
        return PendingNode(self, hooks=frozenset(hook_defs))

    def with_retry_policy(self, retry_policy: RetryPolicy) -> PendingNode:
        """The graph with a retry policy, inside a graph."""
        return PendingNode(self, retry_policy=retry_policy)

    def to_job(
        self,
        name: str | None = None,
        description: str | None = None,
        resource_defs: Mapping[str, Any] | None = None,
        config: Any = None,
        tags: Mapping[str, Any] | None = None,
        metadata: Mapping[str, Any] | None = None,
        logger_defs: Mapping[str, Any] | None = None,
        executor_def: Any = None,
        hooks: Any = None,
        op_retry_policy: RetryPolicy | None = None,
        op_selection: Any = None,
        partitions_def: Any = None,
        input_values: Mapping[str, Any] | None = None,
        run_tags: Mapping[str, Any] | None = None,
    ) -> JobDefinition:
        """The graph as a job.

        Args:
            name: The job's name; the graph's when left out.
            description: For people.
            resource_defs: Resources by key.
            config: Run config, or a partitioned config.
            tags: Tags of its runs.
            metadata: For people.
            logger_defs: Accepted and kept.
            executor_def: What runs its steps.
            hooks: Functions called after its steps.
            op_retry_policy: The retry policy of ops without one.
            op_selection: Only these ops.
            partitions_def: The partitions of its runs.
            input_values: Values for the graph's inputs.
            run_tags: Further tags of its runs.
        """
        return JobDefinition(
            name or self.name, self, description or self.description, resource_defs, config, tags, run_tags, metadata,
            logger_defs, executor_def, hooks, op_retry_policy, partitions_def, input_values, op_selection=op_selection,
        )  # fmt: skip

    def execute_in_process(
        self,
        run_config: Any = None,
        instance: Any = None,
        resources: Mapping[str, Any] | None = None,
        raise_on_error: bool = True,
        op_selection: Any = None,
        run_id: str | None = None,
        input_values: Mapping[str, Any] | None = None,
    ) -> RunResult:
        """Run the graph in this process.

        Args:
            run_config: Config of the run.
            instance: Where the run is recorded; a throw-away one when left out.
            resources: Resources by key.
            raise_on_error: Whether the first failure is raised.
            op_selection: Only these ops.
            run_id: The id of the run; a new one when left out.
            input_values: Values for the graph's inputs.

        Returns:
            The result of the run.
        """
        job = self.to_job(resource_defs=resources, input_values=input_values)
        return runner().execute_job_in_process(
            job, run_config=run_config, instance=instance, raise_on_error=raise_on_error, op_selection=op_selection,
            run_id=run_id,
        )  # fmt: skip


def build_graph(
    fn: Callable[..., Any],
    name: str | None = None,
    description: str | None = None,
    ins: Mapping[str, GraphIn] | None = None,
    out: GraphOut | Mapping[str, GraphOut] | None = None,
    tags: Mapping[str, Any] | None = None,
    config: Any = None,
) -> GraphDefinition:
    """A graph from a function that calls ops."""
    name = check_name(name or name_of(fn, "@graph or @job"), "a graph")
    signature = read_signature(fn)
    names = tuple(
        each for each in signature.names if not (each == "config" and is_config_class(signature.annotations.get(each)))
    )
    for declared in ins or {}:
        if declared not in names:
            raise InvalidDefinitionError(
                f'ins declares "{declared}", which is no parameter', where=f"graph {name}",
                fix=f"parameters are: {', '.join(names) or 'none'}",
            )  # fmt: skip
    declared_outs = ("result",) if isinstance(out, GraphOut) else tuple(out) if out is not None else None
    composition = compose(name, fn, names, declared_outs)
    outs = (
        {"result": out}
        if isinstance(out, GraphOut)
        else dict(out)
        if out
        else {each: GraphOut() for each in composition.outputs}
    )
    return GraphDefinition(
        name, composition, {each: (ins or {}).get(each, GraphIn()) for each in names}, outs,
        description or fn.__doc__, {key: str(value) for key, value in (tags or {}).items()}, config, fn,
    )  # fmt: skip


@overload
def graph(fn: Callable[..., Any], /) -> GraphDefinition: ...
@overload
def graph(
    *,
    name: str | None = None,
    description: str | None = None,
    input_defs: Any = None,
    output_defs: Any = None,
    ins: Mapping[str, GraphIn] | None = None,
    out: GraphOut | Mapping[str, GraphOut] | None = None,
    tags: Mapping[str, Any] | None = None,
    config: Any = None,
) -> Callable[[Callable[..., Any]], GraphDefinition]: ...
def graph(
    fn: Callable[..., Any] | None = None,
    *,
    name: str | None = None,
    description: str | None = None,
    input_defs: Any = None,
    output_defs: Any = None,
    ins: Mapping[str, GraphIn] | None = None,
    out: GraphOut | Mapping[str, GraphOut] | None = None,
    tags: Mapping[str, Any] | None = None,
    config: Any = None,
) -> GraphDefinition | Callable[[Callable[..., Any]], GraphDefinition]:
    """Make a graph of a function that calls ops.

    Args:
        fn: The function; it is called once, with stand-ins for its inputs.
        name: The graph's name; the function's when left out.
        description: For people; the docstring when left out.
        input_defs: The older form of ``ins``; accepted and ignored.
        output_defs: The older form of ``out``; accepted and ignored.
        ins: What is declared of inputs.
        out: What is declared of the output, or of several by name.
        tags: For people and tools.
        config: A config mapping, or plain config for its ops.

    Raises:
        InvalidDefinitionError: The body does not fit.
    """

    def decorate(fn: Callable[..., Any]) -> GraphDefinition:
        return build_graph(fn, name, description, ins, out, tags, config)

    return decorate(fn) if fn is not None else decorate
