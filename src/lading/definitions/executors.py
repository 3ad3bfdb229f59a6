"""Executors, as they are declared: what runs the steps of a job."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lading.definitions.config.kinds import Problem, refuse
from lading.definitions.config.run_config import NOTHING
from lading.definitions.config.schema import Field, as_kind

PROCESSES = "multiprocess"
IN_PROCESS = "in_process"


class ExecutorDefinition:
    """What runs the steps of a job: :data:`in_process_executor` or :data:`multiprocess_executor`.

    Attributes:
        name: Its name.
        config_schema: What its config must look like.
        config: Config given with :meth:`configured`.
    """

    __slots__ = ("config", "config_schema", "name")

    def __init__(self, name: str, config_schema: Mapping[str, Any], config: Mapping[str, Any] | None = None) -> None:
        self.name = name
        self.config_schema = config_schema
        self.config: Mapping[str, Any] = config or NOTHING

    def __repr__(self) -> str:
        return f"ExecutorDefinition({self.name!r})"

    def configured(self, config_or_fn: Mapping[str, Any], name: str | None = None, **more: Any) -> ExecutorDefinition:
        """The executor with config of its own.

        Args:
            config_or_fn: The config.
            name: Another name.
            **more: Accepted and ignored.

        Raises:
            InvalidConfigError: It does not fit.
        """
        del more
        self.resolve(config_or_fn)
        return ExecutorDefinition(name or self.name, self.config_schema, config_or_fn)

    def resolve(self, given: Mapping[str, Any] | None) -> Mapping[str, Any]:
        """The config of one run, defaults filled in.

        Raises:
            InvalidConfigError: It does not fit.
        """
        problems: list[Problem] = []
        found = as_kind(dict(self.config_schema)).read(
            {**self.config, **(given or NOTHING)}, "execution.config", problems
        )
        refuse(problems, f"executor {self.name}")
        return found


in_process_executor = ExecutorDefinition(
    IN_PROCESS,
    {"retries": Field(dict, is_required=False), "marker_to_close": Field(str, is_required=False)},
)
"""Runs one step after the other, in this process."""

multiprocess_executor = ExecutorDefinition(
    PROCESSES,
    {
        "max_concurrent": Field(int, default_value=0, description="Most processes at once; 0 is one for each core."),
        "retries": Field(dict, is_required=False),
        "start_method": Field(dict, is_required=False),
        "tag_concurrency_limits": Field(list, is_required=False),
        "step_execution_mode": Field(str, is_required=False),
    },
)
"""Runs steps in processes of their own; one that dies fails its step and nothing else."""
