"""The builtin types, by the names that schemas and declarations of inputs and outputs use."""

from __future__ import annotations

from lading.definitions import types

Any = types.ANY
Bool = types.BOOL
Float = types.FLOAT
Int = types.INT
String = types.STRING
