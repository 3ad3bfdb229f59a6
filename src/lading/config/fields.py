"""The fields of a model: the names they go by, and filling them without pydantic."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel
from pydantic.fields import ModelPrivateAttr
from pydantic_core import PydanticUndefined

from lading.abc.config import ResourceSource
from lading.config.envvar import holds_variable
from lading.config.errors import ConfigValueError

# Older versions of pydantic call them without being asked.
CALL_FACTORIES: Mapping[str, Any] = (
    {"call_default_factory": True}
    if "call_default_factory" in inspect.signature(ModelPrivateAttr.get_default).parameters
    else {}
)


def fields_by_key(kind: type[BaseModel]) -> dict[str, str]:
    """The names under which values may be given, and the fields they mean."""
    found: dict[str, str] = {}
    for name, field in kind.model_fields.items():
        alias = field.validation_alias if isinstance(field.validation_alias, str) else field.alias
        if alias is not None:
            found[alias] = name
        if alias is None or kind.model_config.get("populate_by_name") or kind.model_config.get("validate_by_name"):
            found[name] = name
    return found


def field_names(kind: type[BaseModel]) -> list[str]:
    """The names under which values may be given."""
    return list(fields_by_key(kind))


def no_mapping(kind: type[BaseModel], given: Any, where: str) -> ConfigValueError:
    """The refusal of run config that names no fields."""
    return ConfigValueError(
        f"{kind.__name__} is made from a mapping, got {type(given).__name__}",
        where=where,
        fix=f"fields are: {', '.join(field_names(kind)) or 'none'}",
    )


def is_held(value: Any) -> bool:
    """Whether a value may have to be kept aside until a run starts."""
    return isinstance(value, ResourceSource) or holds_variable(value)


def set_state(made: BaseModel, values: dict[str, Any], extra: dict[str, Any] | None, given: set[str]) -> None:
    """Fill an object that pydantic has not filled, as its ``model_construct`` does."""
    private: dict[str, Any] = {}
    for name, attribute in type(made).__private_attributes__.items():
        default: Any = attribute.get_default(**CALL_FACTORIES)
        if default is not PydanticUndefined:
            private[name] = default
    object.__setattr__(made, "__dict__", values)
    object.__setattr__(made, "__pydantic_extra__", extra)
    object.__setattr__(made, "__pydantic_fields_set__", given)
    object.__setattr__(made, "__pydantic_private__", private if type(made).__private_attributes__ else None)
