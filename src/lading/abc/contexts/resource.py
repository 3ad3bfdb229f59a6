"""What a resource sees while it is opened, and what everyone else sees of the resources of a run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from lading.errors import ResourceMissingError


class _Logger:
    """The logger ``lading``, looked up when it is first asked for something: few programs need :mod:`logging`."""

    __slots__ = ()

    def __getattr__(self, name: str) -> Any:
        import logging

        return getattr(logging.getLogger("lading"), name)


LOG = _Logger()


class Resources:
    """Resources by name: ``resources.db``.

    Args:
        values: Key to opened resource.
        owner: Who looks, for messages.
    """

    __slots__ = ("_owner", "_values")

    def __init__(self, values: Mapping[str, Any], owner: str = "") -> None:
        self._values = values
        self._owner = owner

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        try:
            return self._values[name]
        except KeyError:
            raise UnknownResourceError(
                f'unknown resource "{name}"',
                where=self._owner or "context.resources",
                fix=f'add "{name}" to required_resource_keys and to resources=; here are: '
                + (", ".join(sorted(self._values)) or "none"),
            ) from None

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __contains__(self, name: object) -> bool:
        return name in self._values

    def _asdict(self) -> dict[str, Any]:
        return dict(self._values)

    def __repr__(self) -> str:
        # Resources may hold secrets: their names are shown, never their values.
        return f"Resources({', '.join(sorted(self._values))})"


class UnknownResourceError(ResourceMissingError, AttributeError):
    """A function reads a resource that it does not require."""

    code = "resource-missing"


NO_RESOURCES = Resources({})


class InitResourceContext:
    """What a resource sees while it is opened.

    Attributes:
        resource_config: The resource's own config, validated.
        resources: The other resources it requires.
        run_id: The run it is opened for, or None outside a run.
        instance: The instance, or None.
        log: A logger.
        run: The run record, or None.
    """

    __slots__ = ("_resources", "instance", "log", "resource_config", "run", "run_id")

    def __init__(
        self,
        resource_config: Any = None,
        resources: Resources = NO_RESOURCES,
        run_id: str | None = None,
        instance: Any = None,
        log: Any = None,
        run: Any = None,
    ) -> None:
        self.resource_config = resource_config
        self._resources = resources
        self.run_id = run_id
        self.instance = instance
        self.log = LOG if log is None else log
        self.run = run

    @property
    def resources(self) -> Any:
        """The other resources it requires, as attributes."""
        return self._resources

    @property
    def dagster_run(self) -> Any:
        """The run record, or None."""
        return self.run

    def replace_config(self, config: Any) -> InitResourceContext:
        """A context that differs only in its config."""
        return InitResourceContext(config, self._resources, self.run_id, self.instance, self.log, self.run)
