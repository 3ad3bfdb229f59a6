"""Jobs that make a selection of assets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lading.abc.partitions import PartitionsDefinition
from lading.definitions.job import JobDefinition
from lading.definitions.lineage import Lineage
from lading.definitions.partitions.together import shared_definition
from lading.definitions.retry import RetryPolicy
from lading.definitions.selection import AssetSelection, as_selection
from lading.errors import InvalidDefinitionError, InvalidSubsetError


class AssetJob:
    """A job of assets, before the assets are known. Made by :func:`define_asset_job`.

    Attributes:
        name: Its name.
        selection: Which assets.
    """

    __slots__ = (
        "config", "description", "executor_def", "hooks", "metadata", "name", "op_retry_policy", "owners",
        "partitions_def", "run_tags", "selection", "tags",
    )  # fmt: skip

    def __init__(
        self,
        name: str,
        selection: AssetSelection,
        config: Any,
        description: str | None,
        tags: Mapping[str, Any] | None,
        run_tags: Mapping[str, Any] | None,
        metadata: Mapping[str, Any] | None,
        partitions_def: PartitionsDefinition | None,
        executor_def: Any,
        hooks: Any,
        op_retry_policy: RetryPolicy | None,
        owners: Any,
    ) -> None:
        self.name = name
        self.selection = selection
        self.config = config
        self.description = description
        self.tags = tags
        self.run_tags = run_tags
        self.metadata = metadata
        self.partitions_def = partitions_def
        self.executor_def = executor_def
        self.hooks = hooks
        self.op_retry_policy = op_retry_policy
        self.owners = owners

    def resolve(self, lineage: Lineage, resources: Mapping[str, Any], executor: Any = None) -> JobDefinition:
        """The job, now that the assets are known.

        Raises:
            InvalidDefinitionError: The selection names an asset that does not exist, or part of what cannot be parted.
        """
        try:
            chosen = self.selection.resolve(lineage)
            checks = self.selection.resolve_checks(lineage)
        except InvalidSubsetError as error:
            raise InvalidDefinitionError(
                f'job "{self.name}" selects what is not there: {error.what}', where=error.where, fix=error.fix
            ) from error
        chosen &= set(lineage.executable_keys)
        named = [(key.to_user_string(), lineage.by_key[key].partitions_def) for key in sorted(chosen)]
        try:
            shared_definition([(f"job {self.name}", self.partitions_def), *named])
        except InvalidDefinitionError as error:
            raise InvalidDefinitionError(
                f'job "{self.name}" cannot run: {error.what}', where=error.where,
                fix="select assets of one partitions_def, and give the job none or the same",
            ) from error  # fmt: skip
        return JobDefinition(
            self.name, None, self.description, resources, self.config, self.tags, self.run_tags, self.metadata, None,
            self.executor_def or executor, self.hooks, self.op_retry_policy, self.partitions_def, owners=self.owners,
            lineage=lineage, selected=chosen, check_keys=checks,
        )  # fmt: skip


def define_asset_job(
    name: str,
    selection: Any = None,
    config: Any = None,
    description: str | None = None,
    tags: Mapping[str, Any] | None = None,
    run_tags: Mapping[str, Any] | None = None,
    metadata: Mapping[str, Any] | None = None,
    partitions_def: PartitionsDefinition | None = None,
    executor_def: Any = None,
    hooks: Any = None,
    op_retry_policy: RetryPolicy | None = None,
    owners: Any = None,
    automation_condition: Any = None,
) -> AssetJob:
    """Make a job of a selection of assets; it becomes whole within :class:`~lading.Definitions`.

    Args:
        name: The job's name.
        selection: Which assets: a selection, its text, or a list of keys or assets; all when left out.
        config: Run config, or a partitioned config.
        description: For people.
        tags: Tags of its runs.
        run_tags: Further tags of its runs.
        metadata: For people.
        partitions_def: The partitions of its runs; those of its assets when left out.
        executor_def: What runs its steps.
        hooks: Functions called after its steps.
        op_retry_policy: The retry policy of assets without one.
        owners: For people.
        automation_condition: Accepted and ignored.

    Raises:
        InvalidAssetSelectionError: The text of the selection cannot be read.
    """
    chosen = AssetSelection.all() if selection is None else as_selection(selection)
    return AssetJob(
        name, chosen, config, description, tags, run_tags, metadata, partitions_def, executor_def, hooks,
        op_retry_policy, owners,
    )  # fmt: skip
