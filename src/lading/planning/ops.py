"""Steps of a graph: nested graphs taken apart until only ops are left."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from lading.definitions.compose import Collected, FanIn, GraphInput, Node, OutputRef
from lading.definitions.graph import GraphDefinition
from lading.definitions.lineage import is_nothing_input
from lading.errors import InvalidDefinitionError
from lading.planning.plan import FromManager, FromStep, FromValue, Source, Step, StepInput, StepOutput, StepUse
from lading.values.outputs import NOT_GIVEN

Incoming = Callable[[str], "tuple[Source, ...]"]


class GraphWalk:
    """Gathers the steps of a graph.

    Attributes:
        steps: Steps found so far.
        uses: The functions behind them.
        job_retry: The retry policy of ops without one.
    """

    __slots__ = ("graph_outputs", "job_retry", "steps", "uses")

    def __init__(self, job_retry: Any = None) -> None:
        self.steps: list[Step] = []
        self.uses: dict[str, StepUse] = {}
        self.graph_outputs: dict[str, dict[str, tuple[str, str]]] = {}
        self.job_retry = job_retry

    def walk(
        self,
        graph: GraphDefinition,
        prefix: str,
        incoming: Incoming,
        hooks: frozenset[Any] = frozenset(),
        retry: Any = None,
    ) -> None:
        """Add the steps of a graph; ``incoming`` says what feeds its inputs."""
        for name, node in graph.nodes.items():
            key = prefix + name
            sources = graph.composition.dependencies[name]
            resolve = _Feeds(graph, prefix, sources, incoming)
            if isinstance(node.definition, GraphDefinition):
                self.walk(node.definition, key + ".", resolve, hooks | node.hooks, node.retry_policy or retry)
                self.graph_outputs[key] = {
                    output: output_of(node.definition, key + ".", output) for output in node.definition.output_facts
                }
            else:
                self._add(key, node, resolve, hooks | node.hooks, node.retry_policy or retry)

    def _add(self, key: str, node: Node, resolve: _Feeds, hooks: frozenset[Any], retry: Any) -> None:
        op = node.definition
        inputs: list[StepInput] = []
        after: list[str] = []
        for name, definition in op.ins.items():
            found = resolve(name)
            if is_nothing_input(definition):
                after.extend(each.step_key for each in found if isinstance(each, FromStep))
                continue
            if not found:
                found = (self._unconnected(key, name, definition),)
            inputs.append(
                StepInput(name, found, resolve.is_fan_in(name), definition.input_manager_key, definition.asset_key)
            )
        outputs = tuple(StepOutput(name) for name in op.outs)
        self.steps.append(Step(key, tuple(inputs), outputs, tuple(after)))
        tags = {**op.tags, **node.tags} if node.tags else op.tags
        policy = retry or op.retry_policy or self.job_retry
        self.uses[key] = StepUse(op, None, policy, hooks, tags)

    @staticmethod
    def _unconnected(key: str, name: str, definition: Any) -> Source:
        if definition.input_manager_key is not None:
            return FromManager()
        if definition.default_value is not NOT_GIVEN:
            return FromValue("default")
        return FromValue("config")


class _Feeds:
    """What feeds the inputs of one node, through the boundaries of the graphs around it."""

    __slots__ = ("graph", "incoming", "prefix", "sources")

    def __init__(self, graph: GraphDefinition, prefix: str, sources: Mapping[str, Any], incoming: Incoming) -> None:
        self.graph = graph
        self.prefix = prefix
        self.sources = sources
        self.incoming = incoming

    def __call__(self, name: str) -> tuple[Source, ...]:
        source = self.sources.get(name)
        if source is None:
            return ()
        each = source.sources if isinstance(source, FanIn) else (source,)
        return tuple(found for one in each for found in self._one(one))

    def is_fan_in(self, name: str) -> bool:
        """Whether the input is a list of several sources."""
        source = self.sources.get(name)
        if isinstance(source, GraphInput):
            outer = getattr(self.incoming, "is_fan_in", None)
            return bool(outer(source.name)) if outer is not None else False
        return isinstance(source, FanIn)

    def _one(self, source: Any) -> tuple[Source, ...]:
        if isinstance(source, GraphInput):
            return self.incoming(source.name)
        if isinstance(source, Collected):
            step, output = ref_of(self.graph, self.prefix, source.source)
            return (FromStep(step, output, collect=True),)
        step, output = ref_of(self.graph, self.prefix, source)
        return (FromStep(step, output),)


def ref_of(graph: GraphDefinition, prefix: str, ref: OutputRef) -> tuple[str, str]:
    """The step and output behind an output of a node, through nested graphs."""
    node = graph.nodes[ref.node]
    key = prefix + ref.node
    if isinstance(node.definition, GraphDefinition):
        return output_of(node.definition, key + ".", ref.output)
    return key, ref.output


def output_of(graph: GraphDefinition, prefix: str, output: str) -> tuple[str, str]:
    """The step and output behind an output of a graph.

    Raises:
        InvalidDefinitionError: The graph gives out one of its own inputs.
    """
    ref = graph.composition.outputs[output]
    if isinstance(ref, GraphInput):
        raise InvalidDefinitionError(
            f'graph "{graph.name}" returns its own input "{ref.name}"', where=f"output {output}",
            fix="let an op return the value",
        )  # fmt: skip
    return ref_of(graph, prefix, ref)
