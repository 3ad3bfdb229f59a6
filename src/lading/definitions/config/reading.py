"""Reading what run config says, by the schema it has to fit."""

from __future__ import annotations

from typing import Any

from lading.abc.config import ConfigFace
from lading.definitions.config.kinds import ANYTHING_OR_NOTHING, ModelKind, Problem, refuse
from lading.definitions.config.schema import Field, as_kind
from lading.errors import InvalidConfigError
from lading.values.outputs import NOT_GIVEN


def read_config(schema: Any, given: Any, where: str) -> Any:
    """The config for one op, resource, executor, input or output.

    Args:
        schema: What it must look like; None lets anything pass, nothing too.
        given: What the run config says, or NOT_GIVEN.
        where: Whose config it is, as the path of the entry: ``ops.clean.config``.

    Returns:
        The value, with defaults filled in and environment variables read; for a Config class an object of it.

    Raises:
        InvalidConfigError: It does not fit; all that is wrong is named.
        UnsetVariableError: It names an environment variable that is not set.
        InvalidDefinitionError: The schema is none.
    """
    field = schema if isinstance(schema, Field) else None
    kind = ANYTHING_OR_NOTHING if schema is None else as_kind(schema, where)
    if given is NOT_GIVEN:
        given = kind.fallback() if field is None else field.default_value
        if given is NOT_GIVEN:
            if field is not None and not field.is_required:
                return None
            raise InvalidConfigError(
                f"{where}: missing, expected {kind.shown()}", where=where, fix=f"give {where} in the run config"
            )
        if given is None:
            return None
    if isinstance(given, ConfigFace) and not isinstance(kind, ModelKind):
        given = given.as_run_config()
    problems: list[Problem] = []
    value = kind.read(given, where, problems)
    refuse(problems, where)
    return value
