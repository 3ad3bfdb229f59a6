"""Config that is one of several things."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lading.config.envvar import env_name
from lading.config.plain import is_mapping
from lading.definitions.config.kinds import ConfigKind, Problem, nearest
from lading.definitions.config.schema import Field, as_fields, as_kind, read_field, unknown_entry
from lading.values.outputs import NOT_GIVEN


class Selector(ConfigKind):
    """A mapping with exactly one of several entries.

    Args:
        fields: Name to kind (or :class:`Field`).
        description: For people.
    """

    __slots__ = ("_fields", "description")

    def __init__(self, fields: Mapping[str, Any], description: str | None = None) -> None:
        self._fields = as_fields(fields)
        self.description = description

    def shown(self) -> str:
        entries = [f"{name}: {field.config_type.shown()}" for name, field in self._fields.items()]
        return f"one of {{{' | '.join(entries)}}}"

    def _only(self) -> tuple[str, Field] | None:
        """The one entry that stands where none is chosen."""
        if len(self._fields) == 1:
            (entry,) = self._fields.items()
            if not entry[1].is_required:
                return entry
        return None

    def fallback(self) -> Any:
        return NOT_GIVEN if self._only() is None else {}

    def read(self, given: Any, path: str, problems: list[Problem]) -> Any:
        if not is_mapping(given):
            return self.expected(given, path, problems)
        found: dict[Any, Any] = {}
        only = self._only()
        if not given and only is not None:
            read_field(only[1], only[0], NOT_GIVEN, f"{path}.{only[0]}", problems, found)
            return found
        if len(given) != 1:
            problems.append(Problem(path, f"expected {self.shown()}, got {len(given)} entries"))
            return NOT_GIVEN
        ((name, value),) = given.items()
        field = self._fields.get(name)
        if field is None:
            problems.append(Problem(path, unknown_entry(name, self.shown()), nearest(name, list(self._fields))))
            return NOT_GIVEN
        read_field(field, name, value, f"{path}.{name}", problems, found)
        return found


class ScalarUnion(ConfigKind):
    """A single value, or something larger.

    Args:
        scalar_type: The kind of the single value.
        non_scalar_schema: The kind of the larger one.
    """

    __slots__ = ("_large", "_scalar")

    def __init__(self, scalar_type: Any, non_scalar_schema: Any) -> None:
        self._scalar = as_kind(scalar_type)
        self._large = as_kind(non_scalar_schema)

    def shown(self) -> str:
        return f"{self._scalar.shown()} or {self._large.shown()}"

    def read(self, given: Any, path: str, problems: list[Problem]) -> Any:
        large = isinstance(given, (Mapping, list, tuple)) and env_name(given) is None
        return (self._large if large else self._scalar).read(given, path, problems)
