"""Definitions: everything a project declares, in one place."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any

from lading.abc.runner import runner
from lading.definitions.asset_job import AssetJob
from lading.definitions.assets import AssetsDefinition
from lading.definitions.checks import AssetChecksDefinition
from lading.definitions.graph import GraphDefinition
from lading.definitions.job import JobDefinition
from lading.definitions.lineage import Lineage, as_assets, source_of
from lading.definitions.resources import as_resource_source, require_kind
from lading.definitions.spec import IO_MANAGER_KEY, AssetSpec, key_of
from lading.errors import CheckError, InvalidDefinitionError, InvariantViolationError, ResourceMissingError
from lading.values.keys import CoercibleToAssetKey
from lading.values.metadata import Metadata, as_metadata

IMPLICIT_JOB = "__ASSET_JOB"
DEFAULT_MANAGER = "io_manager"


class Definitions:
    """Everything a project declares: assets, jobs, resources. Nothing is worked out before it is asked for.

    Args:
        assets: Functions decorated with ``@asset`` and their kin, AssetSpecs, checks.
        schedules: Accepted and kept.
        sensors: Accepted and kept.
        jobs: Jobs, made with ``@job``, ``graph.to_job`` or ``define_asset_job``.
        resources: IO managers and other resources, by key.
        executor: What runs the steps of jobs without an executor of their own.
        loggers: Accepted and kept.
        asset_checks: Functions decorated with ``@asset_check``.
        metadata: For people.
        component_tree: Accepted and kept.

    Raises:
        CheckError: Something given as an asset is none.
    """

    __slots__ = (
        "_jobs", "_lineage", "asset_checks", "assets", "component_tree", "executor", "jobs", "loggers", "metadata",
        "resources", "schedules", "sensors",
    )  # fmt: skip

    def __init__(
        self,
        assets: Iterable[Any] | None = None,
        schedules: Iterable[Any] | None = None,
        sensors: Iterable[Any] | None = None,
        jobs: Iterable[Any] | None = None,
        resources: Mapping[str, Any] | None = None,
        executor: Any = None,
        loggers: Mapping[str, Any] | None = None,
        asset_checks: Iterable[Any] | None = None,
        metadata: Mapping[str, Any] | None = None,
        component_tree: Any = None,
    ) -> None:
        self.assets: Sequence[Any] = list(assets or ())
        self.schedules: Sequence[Any] = list(schedules or ())
        self.sensors: Sequence[Any] = list(sensors or ())
        self.jobs: Sequence[Any] = list(jobs or ())
        self.resources: Mapping[str, Any] = dict(resources or {})
        self.executor = executor
        self.loggers: Mapping[str, Any] = dict(loggers or {})
        self.asset_checks: Sequence[Any] = list(asset_checks or ())
        self.metadata: Metadata = as_metadata(metadata)
        self.component_tree = component_tree
        self._lineage: Lineage | None = None
        self._jobs: dict[str, JobDefinition] | None = None
        for item in self.assets:
            if not isinstance(item, AssetsDefinition | AssetSpec | AssetChecksDefinition):
                as_assets(item)

    def __repr__(self) -> str:
        return f"Definitions({len(self.assets)} assets, {len(self.jobs)} jobs, {len(self.resources)} resources)"

    # ------------------------------------------------------------ assets

    @property
    def lineage(self) -> Lineage:
        """All its assets, and which is made from which.

        Raises:
            InvalidDefinitionError: They do not fit together.
        """
        if self._lineage is None:
            lineage = Lineage(self.assets, self.asset_checks)
            lineage.check()
            self._lineage = lineage
        return self._lineage

    def get_assets_def(self, key: CoercibleToAssetKey) -> AssetsDefinition:
        """The definition that makes (or declares) an asset.

        Raises:
            InvalidSubsetError: There is no such asset.
        """
        return self.lineage.require(key_of(key))

    def resolve_assets_def(self, key: CoercibleToAssetKey) -> AssetsDefinition:
        """The same as :meth:`get_assets_def`."""
        return self.get_assets_def(key)

    def get_all_asset_specs(self) -> Sequence[AssetSpec]:
        """What is declared of every asset."""
        return [self.lineage.spec(key) for key in self.lineage.by_key]

    def resolve_all_asset_specs(self) -> Sequence[AssetSpec]:
        """The same as :meth:`get_all_asset_specs`."""
        return self.get_all_asset_specs()

    def resolve_asset_graph(self) -> Lineage:
        """The same as ``lineage``."""
        return self.lineage

    # ------------------------------------------------------------ jobs

    def _all_jobs(self) -> dict[str, JobDefinition]:
        if self._jobs is not None:
            return self._jobs
        found: dict[str, JobDefinition] = {}
        for item in self.jobs:
            job = self._resolve_job(item)
            if job.name in found:
                raise InvalidDefinitionError(
                    f'two jobs are called "{job.name}"', where="Definitions(jobs=…)", fix="rename one of them"
                )
            found[job.name] = job
        self._jobs = found
        return found

    def _resolve_job(self, item: Any) -> JobDefinition:
        if isinstance(item, AssetJob):
            return item.resolve(self.lineage, self.resources, self.executor)
        if isinstance(item, GraphDefinition):
            item = item.to_job()
        if not isinstance(item, JobDefinition):
            raise CheckError(f"{item!r:.60} is no job", where="Definitions(jobs=…)", fix="use @job or define_asset_job")
        return item.replaced(
            resource_defs={**self.resources, **item.resource_defs}, executor_def=item.executor_def or self.executor
        )

    def get_job_def(self, name: str) -> JobDefinition:
        """A job by its name; ``"__ASSET_JOB"`` makes all assets.

        Raises:
            InvariantViolationError: There is no such job.
            InvalidDefinitionError: It does not fit together.
        """
        if name == IMPLICIT_JOB:
            return self.get_implicit_global_asset_job_def()
        jobs = self._all_jobs()
        if name not in jobs:
            from difflib import get_close_matches

            near = get_close_matches(name, jobs, n=1)
            raise InvariantViolationError(
                f'there is no job "{name}"', where=f"jobs are: {', '.join(jobs) or 'none'}",
                did_you_mean=near[0] if near else None,
            )  # fmt: skip
        job = jobs[name]
        if job.lineage is not None:
            check_resources(job.lineage, job.resource_defs, job.selected)
        return job

    def resolve_job_def(self, name: str) -> JobDefinition:
        """The same as :meth:`get_job_def`."""
        return self.get_job_def(name)

    def get_implicit_global_asset_job_def(self) -> JobDefinition:
        """The job that makes all assets."""
        lineage = self.lineage
        check_resources(lineage, self.resources, None)
        return JobDefinition(
            IMPLICIT_JOB, resource_defs=self.resources, lineage=lineage, selected=set(lineage.executable_keys),
            executor_def=self.executor, is_implicit=True,
        )  # fmt: skip

    def resolve_implicit_global_asset_job_def(self) -> JobDefinition:
        """The same as :meth:`get_implicit_global_asset_job_def`."""
        return self.get_implicit_global_asset_job_def()

    def resolve_all_job_defs(self) -> Sequence[JobDefinition]:
        """All its jobs, the one of all assets among them."""
        own = list(self._all_jobs().values())
        return [*own, self.get_implicit_global_asset_job_def()] if self.lineage.executable_keys else own

    # ------------------------------------------------------------ values

    def load_asset_value(
        self,
        asset_key: CoercibleToAssetKey,
        *,
        python_type: Any = None,
        instance: Any = None,
        partition_key: str | None = None,
        metadata: Mapping[str, Any] | None = None,
        version: str | None = None,
        run: str | None = None,
        as_of: datetime | None = None,
    ) -> Any:
        """Load the stored value of an asset through its IO manager.

        Args:
            asset_key: The asset.
            python_type: The type to load it as, where the manager can choose.
            instance: Whose storage the default manager reads; the one of the home when left out.
            partition_key: The partition; all of them when left out.
            metadata: What the manager sees as ``definition_metadata``.
            version: An earlier version that the manager keeps, by its digest or the beginning of it.
            run: The version that this run stored, by the run's id.
            as_of: The version that was the current one at a moment.

        Raises:
            CheckError: There is no such asset, or its manager keeps no versions.
            ValueMissing: It was never stored.
            VersionMissing: The version is not kept, or there was none.
        """
        with self.get_asset_value_loader(instance) as loader:
            return loader.load_asset_value(
                asset_key, python_type=python_type, partition_key=partition_key, metadata=metadata, version=version,
                run=run, as_of=as_of,
            )  # fmt: skip

    def get_asset_value_loader(self, instance: Any = None) -> AbstractContextManager[Any]:
        """A loader of several values; resources are opened once and closed at the end of the block."""
        return runner().asset_value_loader(self, instance)

    # ------------------------------------------------------------ all of it

    @staticmethod
    def validate_loadable(defs: Definitions) -> None:
        """See that everything fits together.

        Raises:
            InvalidDefinitionError: It does not.
        """
        check_resources(defs.lineage, defs.resources, None)
        for name in defs._all_jobs():
            defs.get_job_def(name)

    @staticmethod
    def merge(*def_sets: Definitions) -> Definitions:
        """One Definitions of several.

        Raises:
            InvariantViolationError: Two give different resources under one key, or two executors.
        """
        resources: dict[str, Any] = {}
        executor: Any = None
        loggers: dict[str, Any] = {}
        metadata: dict[str, Any] = {}
        for each in def_sets:
            for key, value in each.resources.items():
                if key in resources and resources[key] is not value and resources[key] != value:
                    raise InvariantViolationError(
                        f'two different resources are given for the key "{key}"', where="Definitions.merge(…)",
                        fix="give one of them another key",
                    )  # fmt: skip
                resources[key] = value
            if each.executor is not None:
                if executor is not None and executor is not each.executor:
                    raise InvariantViolationError("two executors are given", where="Definitions.merge(…)")
                executor = each.executor
            loggers.update(each.loggers)
            metadata.update(each.metadata)
        return Definitions(
            [item for each in def_sets for item in each.assets],
            [item for each in def_sets for item in each.schedules],
            [item for each in def_sets for item in each.sensors],
            [item for each in def_sets for item in each.jobs],
            resources, executor, loggers,
            [item for each in def_sets for item in each.asset_checks],
            metadata,
        )  # fmt: skip


def check_resources(lineage: Lineage, resources: Mapping[str, Any], selected: Any) -> None:
    """See that every IO manager and resource that assets name is given, and of the right kind.

    Raises:
        ResourceMissingError: One is not.
    """
    for definition in lineage.assets:
        if selected is not None and not any(key in selected for key in definition.specs_by_key):
            continue
        own = definition.resource_defs
        node = definition.node
        for name, out in getattr(node, "outs", {}).items():
            key = getattr(out, "io_manager_key", DEFAULT_MANAGER)
            if key != DEFAULT_MANAGER or key in resources or key in own:
                _require(definition, key, f'output "{name}"', resources, own, "io_manager")
        for name, each in getattr(node, "ins", {}).items():
            if getattr(each, "input_manager_key", None) is not None:
                _require(definition, each.input_manager_key, f'input "{name}"', resources, own, "input_manager")
        for key in getattr(node, "required_resource_keys", ()):
            _require(definition, key, "its function", resources, own, None)
        if node is None:
            for spec in definition.specs_by_key.values():
                key = spec.metadata.get(IO_MANAGER_KEY)
                if key is not None and key != DEFAULT_MANAGER and lineage.children(spec.key):
                    _require(definition, str(key), "the asset made elsewhere", resources, own, "input_manager")


def _require(
    definition: AssetsDefinition,
    key: str,
    who: str,
    resources: Mapping[str, Any],
    own: Mapping[str, Any],
    kind: str | None,
) -> None:
    found = own.get(key, resources.get(key))
    name = ", ".join(each.to_user_string() for each in definition.specs_by_key)
    if found is None:
        raise ResourceMissingError(
            f'asset "{name}" wants the {"resource" if kind is None else kind.replace("_", " ")} "{key}", '
            "which is not given",
            where=f"{who}, {source_of(definition)}; given: {', '.join(sorted({*resources, *own})) or 'none'}",
            fix=f'add "{key}" to Definitions(resources={{…}})',
        )
    if kind is not None:
        require_kind(key, as_resource_source(key, found), kind, f'{who} of asset "{name}", {source_of(definition)}')
