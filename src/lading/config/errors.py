"""The errors about values that configured objects are made of."""

from __future__ import annotations

from lading.errors import InvalidConfigError, InvalidInvocationError


class ConfigValueError(InvalidConfigError, ValueError):
    """A value given to a Config or a configurable resource does not fit its field.

    It is a ValueError too, as the errors of pydantic are.
    """


class FrozenConfigError(InvalidInvocationError, ValueError):
    """A field of a Config or a configurable resource was assigned after it was made."""

    code = "frozen"
    remedy = "make another object with the other value; for state declare a PrivateAttr"
