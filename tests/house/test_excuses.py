"""Whoever silences a tool says which rule and why, beside it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SRC = ROOT / "src" / "lading"
FILES = sorted(SRC.rglob("*.py"))
SILENCED = re.compile(r"#\s*(?:noqa|pyright:\s*ignore|type:\s*ignore|ruff:\s*noqa|pragma:)")
EXCUSED = re.compile(
    r"#\s*(?:noqa: [A-Z]+\d+(?:, ?[A-Z]+\d+)*|(?:pyright|type): ignore\[[\w, -]+\]) (?:-|–|#) \w.{3,}?(?= +#|$)"
)


def unexcused(source: str) -> list[int]:
    """The lines on which a tool is silenced without a rule or without a reason."""
    return [
        number
        for number, line in enumerate(source.splitlines(), 1)
        if len(SILENCED.findall(line)) > len(EXCUSED.findall(line))
    ]


def test_each_silenced_rule_has_its_reason() -> None:
    found = {path.relative_to(SRC).as_posix(): unexcused(path.read_text("utf-8")) for path in FILES}
    assert {name: lines for name, lines in found.items() if lines} == {}


@pytest.mark.parametrize(
    ("line", "good"),
    [
        ("x = 1  # noqa", False),
        ("x = 1  # noqa: S301", False),
        ("x = 1  # noqa: S301 - the manager chose pickle", True),
        ("x = 1  # type: ignore", False),
        ("x = 1  # pyright: ignore[reportX]", False),
        ("x = 1  # pyright: ignore[reportX, reportY] - as the caller gave it", True),
        ("x = 1  # pyright: ignore[reportX]  # noqa: S301 - only one of two", False),
        ("x = 1  # pyright: ignore[reportX] - as given  # noqa: S301 - both told", True),
        ("x = 1  # an ordinary comment", True),
    ],
)
def test_an_excuse_without_a_reason_is_seen(line: str, good: bool) -> None:
    assert (unexcused(line) == []) is good


def test_each_rule_ruff_ignores_has_its_reason() -> None:
    text = (ROOT / "pyproject.toml").read_text("utf-8")
    listed = re.search(r"^ignore = \[\n(.*?)^\]", text, re.DOTALL | re.MULTILINE)
    assert listed is not None
    for line in listed[1].splitlines():
        assert re.fullmatch(r'  "[A-Z]+\d*", +# \w.{3,}', line), line
