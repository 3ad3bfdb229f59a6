"""The resources of a run: their config checked first, then opened in order, torn down in reverse."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager
from types import TracebackType
from typing import Any, Self

from lading.abc.config import BoundResource, ResourceSource
from lading.abc.contexts.resource import NO_RESOURCES, InitResourceContext, Resources
from lading.config.plain import is_mapping
from lading.definitions.config.kinds import nearest
from lading.definitions.resources import ReadyResource, require_manager
from lading.errors import (
    CircularDependencyError,
    InvalidConfigError,
    LadingError,
    ResourceFunctionError,
    ResourceMissingError,
)
from lading.values.outputs import NOT_GIVEN

NO_CONFIGS: Mapping[str, Any] = {}


class PlannedResource:
    """A source whose config is checked, and what has to be open before it.

    Attributes:
        name: Its key, or ``outer.field`` where it is only nested.
        source: The source.
        bound: The source with its config.
        dependencies: Nested sources by field name.
        required: Sources it reads by key.
    """

    __slots__ = ("bound", "dependencies", "name", "required", "source")

    def __init__(self, name: str, source: ResourceSource) -> None:
        self.name = name
        self.source = source
        self.bound: BoundResource
        self.dependencies: dict[str, PlannedResource] = {}
        self.required: dict[str, PlannedResource] = {}


class ResourcePlan:
    """Which resources a run opens, in which order; all config is valid. Made by :func:`plan_resources`.

    Attributes:
        order: What is to be opened, dependencies first.
        keys: The wanted keys (and those they require) and what stands behind each.
    """

    __slots__ = ("keys", "order")

    def __init__(self) -> None:
        self.order: list[PlannedResource] = []
        self.keys: dict[str, PlannedResource] = {}


class _Planner:
    """Walks from the wanted keys to everything they stand on."""

    __slots__ = ("_by_source", "_given", "_keys_by_source", "_path", "_plan", "_sources")

    def __init__(self, sources: Mapping[str, ResourceSource], given: Mapping[str, Any]) -> None:
        self._sources = sources
        self._given = given
        self._plan = ResourcePlan()
        self._by_source: dict[int, PlannedResource] = {}
        self._keys_by_source = {id(source): key for key, source in reversed(list(sources.items()))}
        self._path: list[str] = []

    def plan(self, wanted: Iterable[str], owners: Mapping[str, str]) -> ResourcePlan:
        for key in sorted(wanted):
            self._by_key(key, owners.get(key, "the run"))
        return self._plan

    def _by_key(self, key: str, owner: str) -> PlannedResource:
        source = self._sources.get(key)
        if source is None:
            raise missing(key, owner, self._sources)
        given = self._given.get(key)
        planned = self._visit(key, source, NOT_GIVEN if given is None else given, f"resources.{key}.config")
        self._plan.keys[key] = planned
        return planned

    def _visit(self, name: str, source: ResourceSource, given: Any, where: str) -> PlannedResource:
        known = self._by_source.get(id(source))
        if known is not None:
            if known.name in self._path:
                circle = " → ".join([*self._path[self._path.index(known.name) :], known.name])
                raise CircularDependencyError(
                    f"resources need each other in a circle: {circle}", where=f'resources["{known.name}"]'
                )
            return known
        planned = self._by_source[id(source)] = PlannedResource(name, source)
        self._path.append(name)
        for field, inner in source.resource_dependencies.items():
            planned.dependencies[field] = self._nested(planned, field, inner, given, f"{where}.{field}")
        for key in sorted(source.required_resource_keys):
            planned.required[key] = self._by_key(key, f'resource "{name}"')
        planned.bound = source.bind_config(given, where)
        self._path.pop()
        self._plan.order.append(planned)
        return planned

    def _nested(
        self, outer: PlannedResource, field: str, inner: ResourceSource, given: Any, where: str
    ) -> PlannedResource:
        inside = given.get(field, NOT_GIVEN) if is_mapping(given) else NOT_GIVEN
        key = self._keys_by_source.get(id(inner))
        if key is None:
            return self._visit(f"{outer.name}.{field}", inner, inside, where)
        if inside is not NOT_GIVEN:
            raise InvalidConfigError(
                f'"{field}" is the resource "{key}", which has a config of its own',
                where=where,
                fix=f"give it under resources.{key}.config",
            )
        return self._by_key(key, f'resource "{outer.name}"')


def missing(key: str, owner: str, sources: Mapping[str, Any]) -> ResourceMissingError:
    """The refusal of a key that nobody gave."""
    given = ", ".join(sorted(sources)) or "none"
    return ResourceMissingError(
        f'no resource is given for the key "{key}"',
        where=owner,
        fix=f'add "{key}" to Definitions(resources={{…}}) or to the resources= of the call; given are: {given}',
    )


def plan_resources(
    sources: Mapping[str, ResourceSource],
    wanted: Iterable[str],
    given: Mapping[str, Any] = NO_CONFIGS,
    owners: Mapping[str, str] = NO_CONFIGS,
) -> ResourcePlan:
    """Work out what a run opens and check all its config; nothing is opened.

    Args:
        sources: All resources of the run, by key.
        wanted: Keys that its steps ask for.
        given: Config by key, as ``resources.<key>.config`` of the run config says it.
        owners: Who asks for a key, for messages.

    Raises:
        ResourceMissingError: A wanted or required key is not given.
        CircularDependencyError: Resources need each other in a circle.
        InvalidConfigError: Config does not fit, or is given for a key that does not exist.
        UnsetVariableError: An environment variable is not set.
    """
    for key in given:
        if key not in sources:
            raise InvalidConfigError(
                f'the run config names a resource "{key}", which does not exist',
                where=f"resources.{key}",
                did_you_mean=nearest(key, sources),
            )
    plan = _Planner(sources, given).plan(wanted, owners)
    for key, config in given.items():
        # What no step needs is not opened, but a mistake in its config is a mistake all the same.
        if key not in plan.keys:
            sources[key].bind_config(config, f"resources.{key}.config")
    return plan


class OpenedResources:
    """The open resources of a run; leaving the block tears them down. Made by :func:`open_resources`.

    Attributes:
        values: Key to resource.
        configs: Key to config, None where a resource has none.
        seconds: Name to the time its opening took; objects that need no opening are left out.
        teardown_errors: Name and error of each resource that failed to close.
    """

    __slots__ = ("_open", "configs", "seconds", "teardown_errors", "values")

    def __init__(self) -> None:
        self.values: dict[str, Any] = {}
        self.configs: dict[str, Any] = {}
        self.seconds: dict[str, float] = {}
        self.teardown_errors: list[tuple[str, Exception]] = []
        self._open: list[tuple[str, AbstractContextManager[Any]]] = []

    def scoped(self, keys: Iterable[str], owner: str = "") -> Resources:
        """What a step or manager may see: the resources it requires.

        Raises:
            ResourceMissingError: A key is not open.
        """
        values = self.values
        try:
            seen = {key: values[key] for key in keys}
        except KeyError as error:
            raise missing(str(error.args[0]), owner, values) from None
        return Resources(seen, owner) if seen else NO_RESOURCES

    def manager(self, key: str, kind: str, owner: str) -> Any:
        """The manager of this key.

        Args:
            key: Its key.
            kind: ``"io_manager"`` or ``"input_manager"``.
            owner: Who needs it, for messages.

        Raises:
            ResourceMissingError: There is none, or it is no such manager.
        """
        if key not in self.values:
            raise missing(key, owner, self.values)
        return require_manager(key, self.values[key], kind, owner)

    def enter(self, name: str, manager: AbstractContextManager[Any]) -> Any:
        """Open one more, to be torn down before all that were opened earlier."""
        value = manager.__enter__()
        self._open.append((name, manager))
        return value

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Tear all down, the last opened first. What fails is kept in ``teardown_errors`` and stops nothing."""
        try:
            while self._open:
                name, manager = self._open.pop()
                try:
                    # No error is passed in: what a resource does after its yield is done after failures too.
                    manager.__exit__(None, None, None)
                except Exception as error:  # noqa: BLE001 - kept for the caller; the run's values are stored already
                    self.teardown_errors.append((name, error))
        finally:
            # An interrupt passes through, but not before the others had their turn.
            if self._open:
                self.close()


def open_resources(
    sources: Mapping[str, ResourceSource],
    wanted: Iterable[str],
    given: Mapping[str, Any] = NO_CONFIGS,
    owners: Mapping[str, str] = NO_CONFIGS,
    run_id: str | None = None,
    instance: Any = None,
    log: Any = None,
    run: Any = None,
    plan: ResourcePlan | None = None,
) -> OpenedResources:
    """Open what a run needs, each source once.

    Args:
        sources: All resources of the run, by key.
        wanted: Keys that its steps ask for.
        given: Config by key.
        owners: Who asks for a key, for messages.
        run_id: The run.
        instance: The instance.
        log: A logger.
        run: The record of the run.
        plan: What :func:`plan_resources` gave for the same arguments, if it was called before.

    Returns:
        The open resources, to be used in a ``with`` block.

    Raises:
        ResourceFunctionError: One failed to open; those opened before it are torn down. Its cause is the original.
        LadingError: As :func:`plan_resources`, before anything is opened.
    """
    plan = plan or plan_resources(sources, wanted, given, owners)
    opened = OpenedResources()
    by_plan: dict[int, Any] = {}
    try:
        for planned in plan.order:
            by_plan[id(planned)] = _open_one(opened, planned, by_plan, run_id, instance, log, run)
    except BaseException:
        opened.close()
        raise
    for key, planned in plan.keys.items():
        opened.values[key] = by_plan[id(planned)]
        opened.configs[key] = planned.bound.config
    return opened


def _open_one(
    opened: OpenedResources,
    planned: PlannedResource,
    by_plan: Mapping[int, Any],
    run_id: str | None,
    instance: Any,
    log: Any,
    run: Any,
) -> Any:
    source = planned.source
    if type(source) is ReadyResource:
        return source.value
    required = {key: by_plan[id(inner)] for key, inner in planned.required.items()}
    dependencies = {field: by_plan[id(inner)] for field, inner in planned.dependencies.items()}
    seen = Resources(required, f'resource "{planned.name}"')
    context = InitResourceContext(planned.bound.config, seen, run_id, instance, log, run)
    started = time.perf_counter()
    try:
        value = opened.enter(planned.name, planned.bound.open(context, dependencies))
    except Exception as error:
        said, fix = (error.what, error.fix) if isinstance(error, LadingError) else (str(error), None)
        raise ResourceFunctionError(
            f'resource "{planned.name}" could not be opened: {type(error).__name__}: {said}',
            where=f'resources["{planned.name}"]',
            fix=fix,
        ) from error
    opened.seconds[planned.name] = time.perf_counter() - started
    return value
