"""`import lading` costs next to nothing."""

from __future__ import annotations

import subprocess
import sys

HEAVY = {"pydantic", "click", "asyncio", "numpy", "pandas", "polars", "pyarrow", "apsw", "rich", "typing", "difflib"}


def loaded_by(statement: str) -> set[str]:
    """The modules that a bare interpreter has after the statement and had not before."""
    code = f"import sys; before = set(sys.modules)\n{statement}\nprint('\\n'.join(set(sys.modules) - before))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(run.stdout.split())


def test_the_bare_import_loads_almost_nothing() -> None:
    loaded = loaded_by("import lading")
    assert "lading" in loaded
    assert {name.split(".")[0] for name in loaded} & HEAVY == set()
    assert len(loaded) <= 10, sorted(loaded)


def test_an_error_class_loads_no_heavy_library() -> None:
    loaded = loaded_by("import lading; lading.ValueMissing")
    assert {name.split(".")[0] for name in loaded} & (HEAVY - {"typing"}) == set()
    assert len(loaded) <= 40, sorted(loaded)
