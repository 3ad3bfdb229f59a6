"""The samples of every type."""

from __future__ import annotations

import re

from tests.suites.types import plain, tables

SAMPLES = {**plain.SAMPLES, **tables.SAMPLES}


def asset_name(kind: str) -> str:
    """The name of the asset that holds the sample of a type."""
    return re.sub(r"\W+", "_", kind)
