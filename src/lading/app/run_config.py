"""The run config of one run: what is given, over that of the job."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, cast

from lading.definitions.config.run_config import NO_RUN_SETTINGS, RunConfig, RunSettings, as_plain, parse_run_config
from lading.definitions.job import JobDefinition
from lading.errors import InvalidConfigError


def settings_of(job: JobDefinition, given: Any, partition_key: str | None) -> tuple[RunSettings, dict[str, Any]]:
    """The run config taken apart, and as plain data for the record.

    Args:
        job: The job; its own config lies below what is given.
        given: A mapping, a RunConfig or None.
        partition_key: The partition, from which a partitioned config follows.

    Raises:
        InvalidConfigError: It has another form, or unknown entries.
    """
    own = job.config
    if own is not None and hasattr(own, "get_run_config_for_partition_key"):
        own = own.get_run_config_for_partition_key(partition_key) if partition_key is not None else None
    if own is None and given is None:
        return NO_RUN_SETTINGS, {}
    merged = merge(_entries(own), _entries(given))
    return parse_run_config(merged), as_plain(merged)


def _entries(config: Any) -> Mapping[str, Any]:
    if config is None:
        return {}
    if isinstance(config, RunConfig):
        found = {"ops": config.ops, "resources": config.resources, "loggers": config.loggers}
        if config.execution:
            found["execution"] = config.execution
        return {name: each for name, each in found.items() if each}
    if isinstance(config, Mapping):
        return cast("Mapping[str, Any]", config)
    raise InvalidConfigError(
        f"run config is a mapping or a RunConfig, not {type(config).__name__}", where="run_config",
        fix="run_config={'ops': {…}, 'resources': {…}}",
    )  # fmt: skip


def merge(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """Two mappings in one, level by level; what is above wins."""
    merged = dict(below)
    for key, value in above.items():
        under = merged.get(key)
        if isinstance(under, Mapping) and isinstance(value, Mapping):
            merged[key] = merge(cast("Mapping[str, Any]", under), cast("Mapping[str, Any]", value))
        else:
            merged[key] = value
    return merged


def recorded(plain: dict[str, Any], sources: Mapping[str, Any], schemas: Mapping[str, Any]) -> dict[str, Any]:
    """Plain run config as it is kept with the run: what is declared to be secret is not in it.

    Args:
        plain: The run config.
        sources: Resources by key.
        schemas: Config schemas by step; those of Config classes can declare secrets.
    """
    if not plain:
        return plain
    kept = dict(plain)
    if kept.get("resources"):
        kept["resources"] = {
            key: _hidden(entry, sources[key].hide_secrets) if key in sources else entry
            for key, entry in kept["resources"].items()
        }
    for path, schema in schemas.items():
        hide = getattr(schema, "hide_secrets", None)
        if hide is not None and kept.get("ops"):
            kept["ops"] = _at(kept["ops"], path.split("."), hide)
    return kept


def _hidden(entry: Any, hide: Callable[[Any], Any]) -> Any:
    if isinstance(entry, Mapping) and "config" in entry:
        given = cast("Mapping[str, Any]", entry)
        return {**given, "config": hide(given["config"])}
    return cast("Any", entry)


def _at(ops: Mapping[str, Any], path: list[str], hide: Callable[[Any], Any]) -> Mapping[str, Any]:
    entry: Any = ops.get(path[0])
    if not isinstance(entry, Mapping):
        return ops
    if len(path) == 1:
        return {**ops, path[0]: _hidden(entry, hide)}
    inner = cast("Mapping[str, Any]", entry)
    return {**ops, path[0]: {**inner, "ops": _at(inner.get("ops") or {}, path[1:], hide)}}
