"""The refusal of values that configured objects are made of."""

from __future__ import annotations

from lading.errors import InvalidConfigError


class ConfigValueError(InvalidConfigError, ValueError):
    """A value given to a Config or a configurable resource does not fit its field.

    It is a ValueError too, as the errors of pydantic are.
    """
