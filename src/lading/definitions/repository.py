"""``@repository``: the older way to gather definitions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast, overload

from lading.definitions.asset_job import AssetJob
from lading.definitions.assets import AssetsDefinition
from lading.definitions.checks import AssetChecksDefinition
from lading.definitions.collect import Definitions
from lading.definitions.graph import GraphDefinition
from lading.definitions.job import JobDefinition
from lading.definitions.spec import AssetSpec
from lading.errors import InvalidDefinitionError


class RepositoryDefinition(Definitions):
    """Definitions with a name. Made by :func:`repository`.

    Attributes:
        name: Its name.
    """

    __slots__ = ("name",)
    name: str

    def get_job(self, name: str) -> JobDefinition:
        """A job by its name."""
        return self.get_job_def(name)

    def has_job(self, name: str) -> bool:
        """Whether there is a job of this name."""
        return any(job.name == name for job in self.resolve_all_job_defs())

    @property
    def job_names(self) -> list[str]:
        """Names of its jobs."""
        return [job.name for job in self.resolve_all_job_defs()]


@overload
def repository(definitions_fn: Callable[[], Any], /) -> RepositoryDefinition: ...
@overload
def repository(
    *, name: str | None = None, description: str | None = None, metadata: Any = None
) -> Callable[[Callable[[], Any]], RepositoryDefinition]: ...
def repository(
    definitions_fn: Callable[[], Any] | None = None,
    *,
    name: str | None = None,
    description: str | None = None,
    metadata: Any = None,
) -> RepositoryDefinition | Callable[[Callable[[], Any]], RepositoryDefinition]:
    """Gather what a function returns: assets, jobs and checks in a list, nested or not.

    Args:
        definitions_fn: The function; it is called once, here.
        name: The repository's name; the function's when left out.
        description: Accepted for those who migrate; nothing shows it.
        metadata: For people.

    Raises:
        InvalidDefinitionError: Something in the list is none of these.
    """
    del description

    def decorate(fn: Callable[[], Any]) -> RepositoryDefinition:
        assets: list[Any] = []
        jobs: list[Any] = []
        for item in _flat(fn()):
            if isinstance(item, AssetsDefinition | AssetSpec | AssetChecksDefinition):
                assets.append(item)
            elif isinstance(item, JobDefinition | AssetJob | GraphDefinition):
                jobs.append(item)
            else:
                raise InvalidDefinitionError(
                    f"{item!r:.60} is neither an asset nor a job", where=f"repository {name or fn.__name__}",
                    fix="return a list of assets, jobs and checks",
                )  # fmt: skip
        found = RepositoryDefinition(assets, jobs=jobs, metadata=metadata)
        found.name = name or fn.__name__
        return found

    return decorate(definitions_fn) if definitions_fn is not None else decorate


def _flat(items: Any) -> list[Any]:
    if not isinstance(items, list | tuple):
        return [items]
    return [each for item in cast("list[Any]", items) for each in _flat(item)]
