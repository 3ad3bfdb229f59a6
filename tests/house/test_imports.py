"""Imports stand at the top of their file, where the contracts of .importlinter see them."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

SRC = Path(__file__).parents[2] / "src" / "lading"
FILES = sorted(SRC.rglob("*.py"))
# The one file that stands above all floors and loads by name.
ABOVE = {SRC / "__init__.py"}

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)


def is_first_party(node: ast.AST) -> bool:
    if isinstance(node, ast.Import):
        return any(alias.name.split(".")[0] == "lading" for alias in node.names)
    if isinstance(node, ast.ImportFrom):
        return node.level > 0 or (node.module or "").split(".")[0] == "lading"
    if isinstance(node, ast.Call):
        called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        texts = [arg.value for arg in node.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
        return called in {"import_module", "__import__"} and any(text.split(".")[0] == "lading" for text in texts)
    return False


def is_type_checking(node: ast.AST) -> bool:
    if not isinstance(node, ast.If):
        return False
    return any(
        getattr(part, "id", None) == "TYPE_CHECKING" or getattr(part, "attr", None) == "TYPE_CHECKING"
        for part in ast.walk(node.test)
    )


def hidden_imports(source: str) -> list[int]:
    """The lines of first-party imports inside a function, under TYPE_CHECKING, or by name."""
    tree = ast.parse(source)
    lines = [node.lineno for node in ast.walk(tree) if isinstance(node, ast.Call) and is_first_party(node)]
    for outer in ast.walk(tree):
        if isinstance(outer, FUNCTIONS) or is_type_checking(outer):
            lines += [inner.lineno for inner in ast.walk(outer) if is_first_party(inner)]
    return sorted(set(lines))


def test_no_import_hides() -> None:
    found = {path.relative_to(SRC).as_posix(): hidden_imports(path.read_text("utf-8")) for path in FILES}
    assert {name: lines for name, lines in found.items() if lines and SRC / name not in ABOVE} == {}


@pytest.mark.parametrize(
    "source",
    [
        "def f():\n    from lading.app import x",
        "def f():\n    import lading.app",
        "class C:\n    def m(self):\n        from . import x",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from lading.app import x",
        "import typing\nif typing.TYPE_CHECKING:\n    import lading",
        "import importlib\nx = importlib.import_module('lading.app')",
    ],
)
def test_a_hidden_import_is_seen(source: str) -> None:
    assert len(hidden_imports(source)) == 1


def test_a_heavy_library_may_wait() -> None:
    assert hidden_imports("def f():\n    import pandas\nfrom lading.values import keys") == []
