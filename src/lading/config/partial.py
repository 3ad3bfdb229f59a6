"""Validation of some fields of a model while others are still unknown."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from pydantic import BaseModel
from pydantic_core import SchemaValidator


@lru_cache(maxsize=512)
def validator_without(model: type[BaseModel], absent: frozenset[str]) -> SchemaValidator:
    """A validator of the fields of ``model`` except ``absent``.

    It gives ``(values, extra, fields_set)``. Validators of the whole model are left out: they may read what is
    not known yet.
    """
    node: Any = model.__pydantic_core_schema__
    definitions: list[Any] = []
    config: Any = None
    while node["type"] != "model-fields":
        if node["type"] == "definitions":
            definitions = [*definitions, *node["definitions"]]
        if node["type"] == "definition-ref":
            node = next(each for each in definitions if each.get("ref") == node["schema_ref"])
            continue
        config = node.get("config", config) if node["type"] == "model" else config
        node = node["schema"]
    kept = {name: field for name, field in node["fields"].items() if name not in absent}
    schema: Any = {**node, "fields": kept}
    schema.pop("ref", None)
    if definitions:
        schema = {"type": "definitions", "schema": schema, "definitions": definitions}
    return SchemaValidator(schema, config)
