"""Building a graph by calling ops inside a decorated function."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextvars import ContextVar
from typing import Any, NamedTuple, Protocol, TypeAlias

from lading.errors import InvalidDefinitionError, InvariantViolationError


class NodeFace(Protocol):
    """What can be a node of a graph: an op or a graph."""

    @property
    def name(self) -> str:
        """Its name."""
        ...

    @property
    def input_names(self) -> tuple[str, ...]:
        """Its inputs, in the order they may be passed."""
        ...

    @property
    def output_facts(self) -> Mapping[str, bool]:
        """Its outputs, and whether each is dynamic."""
        ...


class Node:
    """One use of an op or graph inside a graph.

    Attributes:
        name: Its name here: the alias, or the definition's name, made unique.
        definition: The op or graph.
        tags: Further tags.
        hooks: Hooks of this use.
        retry_policy: The retry policy of this use, or None.
    """

    __slots__ = ("definition", "hooks", "name", "retry_policy", "tags")

    def __init__(
        self,
        name: str,
        definition: Any,
        tags: Mapping[str, str] | None = None,
        hooks: frozenset[Any] = frozenset(),
        retry_policy: Any = None,
    ) -> None:
        self.name = name
        self.definition = definition
        self.tags: Mapping[str, str] = tags or {}
        self.hooks = hooks
        self.retry_policy = retry_policy


class OutputRef(NamedTuple):
    """An output of a node, inside one graph."""

    node: str
    output: str


class GraphInput(NamedTuple):
    """An input of the graph itself."""

    name: str


class Collected(NamedTuple):
    """All values of a dynamic output, gathered."""

    source: OutputRef


class FanIn(NamedTuple):
    """Several sources for one input."""

    sources: tuple[OutputRef | GraphInput | Collected, ...]


Source: TypeAlias = OutputRef | GraphInput | Collected | FanIn


class InvokedOutput:
    """What a call inside a graph gives: stands for a value that does not exist yet."""

    __slots__ = ("is_dynamic", "ref")

    def __init__(self, ref: OutputRef | GraphInput | Collected, is_dynamic: bool = False) -> None:
        self.ref = ref
        self.is_dynamic = is_dynamic

    def __iter__(self) -> Any:
        raise InvariantViolationError(
            "an output inside a graph cannot be iterated: it has no value yet",
            where=str(self.ref),
            fix="declare several outputs with out={…}, or a DynamicOut and .map(…)",
        )

    def map(self, fn: Callable[[Any], Any]) -> Any:
        """Call ``fn`` on each value of a dynamic output."""
        self._need_dynamic("map")
        # Within fn it stands for one of the values.
        return _as_dynamic(fn(InvokedOutput(self.ref)))

    def collect(self) -> InvokedOutput:
        """All values of a dynamic output, as one list."""
        self._need_dynamic("collect")
        if not isinstance(self.ref, OutputRef):
            raise InvalidDefinitionError("only the output of a node can be collected", where=str(self.ref))
        return InvokedOutput(Collected(self.ref))

    def _need_dynamic(self, verb: str) -> None:
        if not self.is_dynamic:
            raise InvalidDefinitionError(
                f"{verb} needs a dynamic output", where=str(self.ref), fix="declare the output with out=DynamicOut()"
            )


def _as_dynamic(result: Any) -> Any:
    if isinstance(result, InvokedOutput):
        return InvokedOutput(result.ref, is_dynamic=True)
    if isinstance(result, tuple) and not isinstance(result, str):
        each = [_as_dynamic(item) for item in result]  # pyright: ignore[reportUnknownVariableType] - a tuple of outputs
        return type(result)(*each) if hasattr(result, "_fields") else tuple(each)  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType] - rebuilt as it was
    return result


class Composer:
    """Gathers the calls of one graph function."""

    __slots__ = ("dependencies", "inputs", "name", "nodes")

    def __init__(self, name: str) -> None:
        self.name = name
        self.nodes: dict[str, Node] = {}
        self.dependencies: dict[str, dict[str, Source]] = {}
        self.inputs: list[str] = []

    def add(self, node: Node, explicit_name: bool, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Any:
        """Add a call; gives what stands for its outputs."""
        name = node.name
        if name in self.nodes:
            if explicit_name:
                raise InvalidDefinitionError(
                    f'two nodes are called "{name}"', where=f"graph {self.name}", fix="give one another alias"
                )
            count = 2
            while f"{name}_{count}" in self.nodes:
                count += 1
            node.name = name = f"{name}_{count}"
        definition: NodeFace = node.definition
        sources: dict[str, Source] = {}
        positional = definition.input_names
        if len(args) > len(positional):
            raise InvalidDefinitionError(
                f'"{name}" takes {len(positional)} inputs, {len(args)} were passed',
                where=f"graph {self.name}",
                fix=f"inputs are: {', '.join(positional) or 'none'}",
            )
        for input_name, value in (*zip(positional, args, strict=False), *kwargs.items()):
            if input_name not in positional:
                raise InvalidDefinitionError(
                    f'"{name}" has no input "{input_name}"',
                    where=f"graph {self.name}",
                    fix=f"inputs are: {', '.join(positional) or 'none'}",
                )
            if input_name in sources:
                raise InvalidDefinitionError(f'input "{input_name}" of "{name}" is passed twice', where=self.name)
            sources[input_name] = self.source_of(value, f'input "{input_name}" of "{name}" in graph "{self.name}"')
        self.nodes[name] = node
        self.dependencies[name] = sources
        outputs = definition.output_facts
        if not outputs:
            return None
        refs = [InvokedOutput(OutputRef(name, output), dynamic) for output, dynamic in outputs.items()]
        if len(refs) == 1:
            return refs[0]
        return _named(definition.name, tuple(outputs), refs)

    def source_of(self, value: Any, where: str) -> Source:
        """The source that a value passed inside a graph stands for."""
        if isinstance(value, InvokedOutput):
            return _one_value(value, where)
        if isinstance(value, list):
            found: list[OutputRef | GraphInput | Collected] = []
            for item in value:  # pyright: ignore[reportUnknownVariableType] - whatever the user put in
                if not isinstance(item, InvokedOutput):
                    raise self._constant(item, where)
                found.append(_one_value(item, where))
            return FanIn(tuple(found))
        raise self._constant(value, where)

    def _constant(self, value: Any, where: str) -> InvalidDefinitionError:
        return InvalidDefinitionError(
            f"a graph connects outputs to inputs; {value!r:.60} is a plain {type(value).__name__}",
            where=where,
            fix="pass constants by config, by a default value, or let an op return them",
        )


def _one_value(value: InvokedOutput, where: str) -> OutputRef | GraphInput | Collected:
    if value.is_dynamic:
        raise InvalidDefinitionError(
            "a dynamic output has any number of values, and an input takes one", where=where,
            fix="give each to an op with .map(…), or all as a list with .collect()",
        )  # fmt: skip
    return value.ref


def _named(name: str, fields: tuple[str, ...], values: list[InvokedOutput]) -> Any:
    class Outputs(tuple[Any, ...]):  # noqa: SLOT001 - attributes by output name
        """The outputs of one call, by position and by name."""

        _fields = fields

        def __new__(cls, *items: Any) -> Any:
            return super().__new__(cls, items)

        def __getattr__(self, key: str) -> Any:
            if key in fields:
                return self[fields.index(key)]
            raise AttributeError(f'"{name}" has no output "{key}"; outputs are: {", ".join(fields)}')

    return Outputs(*values)


_current: ContextVar[Composer | None] = ContextVar("composer", default=None)


def current_composer() -> Composer | None:
    """The graph that is being built, if any."""
    return _current.get()


class Composition(NamedTuple):
    """A finished graph body."""

    nodes: Mapping[str, Node]
    dependencies: Mapping[str, Mapping[str, Source]]
    outputs: Mapping[str, OutputRef | GraphInput]
    dynamic_outputs: frozenset[str]


def compose(name: str, fn: Callable[..., Any], inputs: tuple[str, ...], outputs: tuple[str, ...] | None) -> Composition:
    """Run a graph function once and gather what it calls.

    Args:
        name: The graph's name.
        fn: The function.
        inputs: The graph's inputs.
        outputs: The declared outputs, or None: one output called ``result`` where something is returned.

    Raises:
        InvalidDefinitionError: The body does not fit.
    """
    composer = Composer(name)
    token = _current.set(composer)
    try:
        returned = fn(**{each: InvokedOutput(GraphInput(each)) for each in inputs})
    finally:
        _current.reset(token)
    found: dict[str, OutputRef | GraphInput] = {}
    dynamic: set[str] = set()
    for output, value in _returned(name, returned, outputs).items():
        if not isinstance(value, InvokedOutput) or isinstance(value.ref, Collected):
            raise InvalidDefinitionError(
                f'graph "{name}" returns {value!r:.60} for output "{output}"',
                where=f"graph {name}",
                fix="return what ops called inside the graph gave",
            )
        found[output] = value.ref
        if value.is_dynamic:
            dynamic.add(output)
    return Composition(composer.nodes, composer.dependencies, found, frozenset(dynamic))


def _returned(name: str, returned: Any, outputs: tuple[str, ...] | None) -> dict[str, Any]:
    if returned is None:
        if outputs:
            raise InvalidDefinitionError(
                f'graph "{name}" returns nothing, but declares outputs', where=f"graph {name}: {', '.join(outputs)}"
            )
        return {}
    if outputs is None:
        if isinstance(returned, dict):
            return dict(returned)  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType] - names to outputs
        if isinstance(returned, tuple):
            raise InvalidDefinitionError(
                f'graph "{name}" returns several outputs without names',
                where=f"graph {name}",
                fix='declare them: @graph(out={"a": GraphOut(), "b": GraphOut()})',
            )
        return {"result": returned}
    if isinstance(returned, dict):
        items: dict[str, Any] = dict(returned)  # pyright: ignore[reportUnknownArgumentType] - names to outputs
        if set(items) != set(outputs):
            raise InvalidDefinitionError(
                f'graph "{name}" returns {", ".join(items)}, but declares {", ".join(outputs)}', where=f"graph {name}"
            )
        return items
    values: tuple[Any, ...] = returned if isinstance(returned, tuple) else (returned,)  # pyright: ignore[reportUnknownVariableType] - outputs
    if len(values) != len(outputs):
        raise InvalidDefinitionError(
            f'graph "{name}" returns {len(values)} outputs, but declares {len(outputs)}: {", ".join(outputs)}',
            where=f"graph {name}",
        )
    return dict(zip(outputs, values, strict=True))


class PendingNode:
    """An op or graph with an alias, tags, hooks or a retry policy, ready to be called inside a graph."""

    __slots__ = ("_alias", "_definition", "_hooks", "_retry", "_tags")

    def __init__(
        self,
        definition: Any,
        alias: str | None = None,
        tags: Mapping[str, str] | None = None,
        hooks: frozenset[Any] = frozenset(),
        retry_policy: Any = None,
    ) -> None:
        self._definition = definition
        self._alias = alias
        self._tags: Mapping[str, str] = tags or {}
        self._hooks = hooks
        self._retry = retry_policy

    def alias(self, name: str) -> PendingNode:
        """The same under another name."""
        return PendingNode(self._definition, name, self._tags, self._hooks, self._retry)

    def tag(self, tags: Mapping[str, str] | None) -> PendingNode:
        """The same with further tags."""
        return PendingNode(self._definition, self._alias, {**self._tags, **(tags or {})}, self._hooks, self._retry)

    def with_hooks(self, hook_defs: Any) -> PendingNode:
        """The same with further hooks."""
        return PendingNode(self._definition, self._alias, self._tags, self._hooks | frozenset(hook_defs), self._retry)

    def with_retry_policy(self, retry_policy: Any) -> PendingNode:
        """The same with a retry policy."""
        return PendingNode(self._definition, self._alias, self._tags, self._hooks, retry_policy)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Use it as a node of the graph that is being built.

        Raises:
            InvalidDefinitionError: No graph is being built.
        """
        composer = current_composer()
        if composer is None:
            raise InvalidDefinitionError(
                f'"{self._alias or self._definition.name}" with alias, tags or hooks is called outside a graph',
                where=self._definition.name,
                fix="call it inside a function decorated with @job or @graph",
            )
        node = Node(self._alias or self._definition.name, self._definition, self._tags, self._hooks, self._retry)
        return composer.add(node, self._alias is not None, args, kwargs)
