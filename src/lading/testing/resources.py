"""Resources without a run, for tests and notebooks."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from contextlib import ExitStack, contextmanager
from typing import Any, Self

from lading.abc.contexts.resource import NO_RESOURCES, InitResourceContext, Resources
from lading.definitions.config.run_config import parse_run_config
from lading.definitions.resources import as_resource_source
from lading.engine.resources import OpenedResources, open_resources
from lading.errors import InvariantViolationError

NO_VALUES: Mapping[str, Any] = {}


class BuiltInitResourceContext(InitResourceContext):
    """What a resource sees while it is opened, made by hand. Made by :func:`build_init_resource_context`.

    A context manager: leaving the block tears its resources down.
    """

    __slots__ = ("_stack",)

    def __init__(self, resource_config: Any, opened: OpenedResources, instance: Any) -> None:
        resources = Resources(opened.values, "build_init_resource_context") if opened.values else NO_RESOURCES
        super().__init__(resource_config, resources, None, instance)
        self._stack = ExitStack()
        self._stack.push(opened)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._stack.close()


def build_init_resource_context(
    config: Any = None,
    resources: Mapping[str, Any] | None = None,
    instance: Any = None,
) -> BuiltInitResourceContext:
    """What a resource sees while it is opened, for calling a ``@resource`` function in a test.

    Args:
        config: Its ``resource_config``.
        resources: Other resources by key, of any kind that a ``resources=`` mapping takes.
        instance: An instance.

    Returns:
        The context. Use it in a ``with`` block where a resource has something to tear down.

    Raises:
        InvalidConfigError: The config of one of the resources does not fit.
        ResourceFunctionError: One of the resources could not be opened.
    """
    return BuiltInitResourceContext(config, open_all(resources or NO_VALUES, NO_VALUES, instance), instance)


@contextmanager
def build_resources(
    resources: Mapping[str, Any],
    instance: Any = None,
    resource_config: Mapping[str, Any] | None = None,
    dagster_run: Any = None,
    log_manager: Any = None,
    event_loop: Any = None,
) -> Generator[Resources]:
    """Resources opened without a run, until the block ends.

    Args:
        resources: Of any kind that a ``resources=`` mapping takes, by key.
        instance: An instance they may read from their context.
        resource_config: Config by key, as under ``resources`` in run config: ``{"db": {"config": {…}}}``.
        dagster_run: A run record they may read from their context.
        log_manager: A logger for them.
        event_loop: Accepted and not used: a running loop needs no passing on.

    Raises:
        InvalidConfigError: Config does not fit.
        ResourceMissingError: One requires another that is not given.
        ResourceFunctionError: One could not be opened.
        InvariantViolationError: One failed to close; the cause is the original.
    """
    given = parse_run_config({"resources": resource_config or {}}).resources
    opened = open_all(resources, given, instance, log_manager, dagster_run)
    with opened:
        yield Resources(opened.values, "build_resources")
    for name, error in opened.teardown_errors:
        raise InvariantViolationError(
            f'resource "{name}" failed to close: {type(error).__name__}: {error}', where="build_resources"
        ) from error


def open_all(
    resources: Mapping[str, Any], given: Mapping[str, Any], instance: Any, log: Any = None, run: Any = None
) -> OpenedResources:
    """All resources of a mapping, open.

    Raises:
        LadingError: As ``open_resources``.
    """
    sources = {key: as_resource_source(key, value) for key, value in resources.items()}
    return open_resources(sources, sources, given, instance=instance, log=log, run=run)
