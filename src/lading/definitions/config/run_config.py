"""Run config: what a run is told about its ops, resources, loggers and executor."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any, Final

from lading.abc.config import ConfigFace
from lading.config.envvar import name_variables
from lading.config.plain import is_mapping
from lading.definitions.config.kinds import brief, nearest
from lading.errors import InvalidConfigError
from lading.values.dataclass import dataclass, field
from lading.values.outputs import NOT_GIVEN

NOTHING: Final[Mapping[str, Any]] = {}
ENTRIES: Final = ("ops", "resources", "execution", "loggers")
NODE_ENTRIES: Final = ("config", "inputs", "outputs", "ops")


@dataclass(frozen=True, slots=True)
class RunConfig:
    """The config of a run, written in Python.

    Args:
        ops: Config by op (or asset): a Config object, or the mapping ``{"config": …}``.
        resources: Config by resource key: a configurable object, or the mapping ``{"config": …}``.
        loggers: Config by logger.
        execution: Config of the executor.
    """

    ops: Mapping[str, Any] = field(default_factory=dict[str, Any])
    resources: Mapping[str, Any] = field(default_factory=dict[str, Any])
    loggers: Mapping[str, Any] = field(default_factory=dict[str, Any])
    execution: Mapping[str, Any] = field(default_factory=dict[str, Any])

    def to_config_dict(self) -> dict[str, Any]:
        """The same as plain mappings; an EnvVar becomes ``{"env": NAME}``."""
        return {
            "loggers": as_plain(self.loggers or {}),
            "resources": as_plain(self.resources or {}),
            "ops": as_plain(self.ops or {}),
            "execution": as_plain(self.execution or {}),
        }


def as_plain(value: Any) -> Any:
    """The same with configured objects in mappings written out under ``config``."""
    if isinstance(value, ConfigFace):
        return {"config": value.as_run_config()}
    if is_mapping(value):
        return {
            key: each.as_run_config() if key == "config" and isinstance(each, ConfigFace) else as_plain(each)
            for key, each in value.items()
        }
    return name_variables(value)


@dataclass(frozen=True, slots=True)
class NodeSettings:
    """What a run is told about one op or graph.

    Attributes:
        config: Its config, or NOT_GIVEN.
        inputs: By input: a value (or ``{"value": …}``), or config for the manager that loads it.
        outputs: By output: config for the manager that stores it.
        ops: The nodes inside a graph.
    """

    config: Any = NOT_GIVEN
    inputs: Mapping[str, Any] = field(default_factory=dict[str, Any])
    outputs: Mapping[str, Any] = field(default_factory=dict[str, Any])
    ops: Mapping[str, NodeSettings] = field(default_factory=dict[str, "NodeSettings"])


NO_SETTINGS: Final = NodeSettings()


@dataclass(frozen=True, slots=True)
class RunSettings:
    """Run config taken apart. Made by :func:`parse_run_config`.

    Attributes:
        ops: By op or graph at the top of the job.
        resources: Config by key; a key without config is left out.
        execution: Config of the executor.
        loggers: Config by logger.
    """

    ops: Mapping[str, NodeSettings] = field(default_factory=dict[str, NodeSettings])
    resources: Mapping[str, Any] = field(default_factory=dict[str, Any])
    execution: Any = field(default_factory=dict[str, Any])
    loggers: Mapping[str, Any] = field(default_factory=dict[str, Any])

    def node(self, path: str) -> NodeSettings:
        """What is said about the node at ``outer.inner.op``; empty where nothing is.

        Args:
            path: Names from the top of the job, joined by dots.
        """
        if not self.ops:
            return NO_SETTINGS
        found = NO_SETTINGS
        ops = self.ops
        for name in path.split("."):
            found = ops.get(name, NO_SETTINGS)
            ops = found.ops
        return found

    def refuse_unknown_nodes(self, known: Collection[str]) -> None:
        """Check that every node it speaks of exists.

        Args:
            known: Paths of all nodes of the job, graphs too: ``{"a", "g", "g.a"}``.

        Raises:
            InvalidConfigError: One does not exist.
        """
        for path in _paths(self.ops, ""):
            if path not in known:
                raise InvalidConfigError(
                    f'the run config names "{path}", which is no op of the job',
                    where=f"ops.{path.replace('.', '.ops.')}",
                    fix=_fix(path, sorted(known)),
                )


NO_RUN_SETTINGS: Final = RunSettings()


def parse_run_config(given: RunConfig | Mapping[str, Any] | None) -> RunSettings:
    """Take run config apart.

    Configured objects (a Config for an op, a configurable resource) stay the objects they are.

    Args:
        given: ``{"ops": …, "resources": …, "execution": …, "loggers": …}``, a :class:`RunConfig`, or None.

    Raises:
        InvalidConfigError: It has another form, or unknown entries.
    """
    if given is None:
        return NO_RUN_SETTINGS
    if isinstance(given, RunConfig):
        given = {name: getattr(given, name) or {} for name in ENTRIES}
    entries = _entries(given, "run_config", ENTRIES)
    if not entries:
        return NO_RUN_SETTINGS
    return RunSettings(
        _nodes(entries.get("ops", NOTHING), "ops"),
        _configs(entries.get("resources", NOTHING), "resources"),
        _entries(entries.get("execution", NOTHING), "execution", ("config",)).get("config", NOTHING),
        _configs(entries.get("loggers", NOTHING), "loggers"),
    )


def input_value(given: Any) -> Any:
    """The value that ``inputs: {a: 6}`` or ``inputs: {a: {value: 6}}`` gives."""
    if is_mapping(given) and len(given) == 1 and "value" in given:
        return given["value"]
    return given


def _nodes(given: Any, where: str) -> dict[str, NodeSettings]:
    return {name: _node(each, f"{where}.{name}") for name, each in _named(given, where).items()}


def _node(given: Any, where: str) -> NodeSettings:
    if isinstance(given, ConfigFace):
        return NodeSettings(given)
    entries = _entries(given, where, NODE_ENTRIES)
    return NodeSettings(
        entries.get("config", NOT_GIVEN),
        _named(entries.get("inputs", NOTHING), f"{where}.inputs"),
        _named(entries.get("outputs", NOTHING), f"{where}.outputs"),
        _nodes(entries.get("ops", NOTHING), f"{where}.ops"),
    )


def _configs(given: Any, where: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, each in _named(given, where).items():
        if isinstance(each, ConfigFace):
            found[name] = each
            continue
        entries = _entries(each, f"{where}.{name}", ("config",))
        if "config" in entries:
            found[name] = entries["config"]
    return found


def _named(given: Any, where: str) -> Mapping[str, Any]:
    if not is_mapping(given):
        raise InvalidConfigError(f"{where}: expected a mapping of names, got {brief(given)}", where=where)
    return given


def _entries(given: Any, where: str, known: tuple[str, ...]) -> Mapping[str, Any]:
    entries = _named(given, where)
    for name in entries:
        if name not in known:
            near = nearest(name, known)
            raise InvalidConfigError(
                f"{where}: unknown entry {name!r}, expected {', '.join(known)}",
                where=where,
                fix=f'did you mean "{near}"?' if near else _hint(name, where, known),
                did_you_mean=near,
            )
    return entries


def _hint(name: Any, where: str, known: tuple[str, ...]) -> str:
    if "config" in known:
        return f"put it under config: {{…: {{'config': {{{name!r}: …}}}}}}"
    return f"leave it out; {where} takes {', '.join(known)}"


def _fix(name: str, known: list[str]) -> str:
    near = nearest(name, known)
    return f'did you mean "{near}"?' if near else f"ops are: {', '.join(known) or 'none'}"


def _paths(ops: Mapping[str, NodeSettings], prefix: str) -> Iterator[str]:
    for name, node in ops.items():
        yield prefix + name
        yield from _paths(node.ops, f"{prefix}{name}.")
