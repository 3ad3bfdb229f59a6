"""Assets bound to resources of their own, before they are gathered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from lading.config.plain import is_mapping
from lading.definitions.assets import AssetsDefinition
from lading.definitions.lineage import as_assets, source_of
from lading.definitions.resource_functions import ResourceDefinition
from lading.definitions.resources import as_resource_source
from lading.definitions.spec import IO_MANAGER_KEY
from lading.errors import InvalidConfigError, InvalidInvocationError, ResourceMissingError

DEFAULT_MANAGER = "io_manager"


def with_resources(
    definitions: Iterable[Any],
    resource_defs: Mapping[str, Any],
    resource_config_by_key: Mapping[str, Any] | None = None,
) -> list[AssetsDefinition]:
    """The assets, bound to resources that they alone use.

    Args:
        definitions: Assets, and assets made elsewhere.
        resource_defs: Resources by key; an asset's own resources stay.
        resource_config_by_key: Config of resource functions, as ``{key: {"config": …}}``.

    Returns:
        Copies of the assets.

    Raises:
        InvalidInvocationError: Config is given for what is no resource function.
        InvalidConfigError: Config is not given as ``{"config": …}``, or for a key without a resource.
        ResourceMissingError: An asset wants a resource that is not given.
    """
    given = dict(resource_defs)
    for key, entry in (resource_config_by_key or {}).items():
        given[key] = _configured(key, given, entry)
    bound = [as_assets(each).with_resources(given) for each in definitions]
    for each in bound:
        for key in sorted(_wanted(each)):
            if key not in each.resource_defs:
                raise ResourceMissingError(
                    f'{each!r} wants the resource "{key}", which is not given', where=source_of(each),
                    fix=f'add "{key}" to resource_defs',
                )  # fmt: skip
    return bound


def _configured(key: str, given: Mapping[str, Any], entry: Any) -> Any:
    where = f'resource_config_by_key["{key}"]'
    if key not in given:
        raise InvalidConfigError(f'there is no resource "{key}"', where=where, fix="give it in resource_defs")
    if not is_mapping(entry) or "config" not in entry:
        raise InvalidConfigError("config stands under config", where=where, fix="{'config': …}")
    source = as_resource_source(key, given[key])
    if not isinstance(source, ResourceDefinition):
        raise InvalidInvocationError(
            f'resource "{key}" is no function of its config', where=where, fix="give its config where it is made"
        )
    return source.configured(entry["config"])


def _wanted(definition: AssetsDefinition) -> set[str]:
    node = definition.node
    keys: set[str] = set(getattr(node, "required_resource_keys", ()))
    outs: Mapping[str, Any] = getattr(node, "outs", {})
    ins: Mapping[str, Any] = getattr(node, "ins", {})
    keys.update(getattr(out, "io_manager_key", DEFAULT_MANAGER) for out in outs.values())
    keys.update(key for each in ins.values() if (key := getattr(each, "input_manager_key", None)) is not None)
    named = (spec.metadata.get(IO_MANAGER_KEY) for spec in definition.specs_by_key.values())
    keys.update(str(key) for key in named if key is not None)
    return keys - {DEFAULT_MANAGER}
