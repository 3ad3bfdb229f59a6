"""How a docstring and a signature become a page."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from docs.describe import describe, markdown, signature

NOT_GIVEN = object()


def example(first: int, second: str = "x", *rest: int, key: object = NOT_GIVEN, **more: object) -> list[int]:
    """Do it.

    Args:
        first: What comes first,
            told in two lines.
        **more: The ``rest``.

    Returns:
        A list: of numbers.

    Raises:
        ValueError: Never.
    """
    return [first]


@dataclass(frozen=True)
class Thing:
    """A thing."""

    size: int = 0

    @property
    def doubled(self) -> int:
        """Twice the size."""
        return self.size * 2

    @classmethod
    def of(cls, size: int, *, kind: str = "k") -> Thing:
        """Make one."""
        return cls(size)

    def grow(self, by: int) -> None:
        """Grow."""

    def _hidden(self) -> None:
        """Not told."""


class Colour(enum.Enum):
    """A colour."""

    RED = 1


def test_a_signature_shows_plain_defaults_and_no_address() -> None:
    shown = "example(first: int, second: str = 'x', *rest: int, key: object = ..., **more: object) -> list[int]"
    assert signature("example", example) == shown


def test_a_long_signature_has_a_parameter_a_line() -> None:
    shown = "a_name_that_is_long_enough(\n    first: int,\n    second: str = 'x',\n    *rest: int,\n"
    assert signature("a_name_that_is_long_enough", example).startswith(shown)


def test_named_only_parameters_have_their_star() -> None:
    def function(a: int, *, b: int = 1) -> None: ...

    assert signature("f", function) == "f(a: int, *, b: int = 1) -> None"


def test_sections_become_lists() -> None:
    assert markdown(describe.__doc__ or "") == "The part of a reference page that tells about one name."
    told = describe("example", example)
    assert "**Args**\n\n- `first`: What comes first,\n    told in two lines.\n- `**more`: The `rest`." in told
    assert "**Returns**\n\nA list: of numbers." in told
    assert "**Raises**\n\n- `ValueError`: Never." in told


def test_members_are_told_and_private_ones_are_not() -> None:
    told = describe("Thing", Thing)
    assert told.startswith("## Thing\n\n```py\nThing(size: int = 0)\n```\n\nA thing.\n")
    assert "### doubled (property)\n\n```py\ndoubled: int\n```\n\nTwice the size." in told
    assert "### of (classmethod)\n\n```py\nof(size: int, *, kind: str = 'k') -> Thing\n```" in told
    assert "### grow\n\n```py\ngrow(by: int) -> None\n```" in told
    assert "_hidden" not in told
    assert "### size" not in told


def test_an_enum_lists_its_members() -> None:
    assert describe("Colour", Colour) == "## Colour\n\nA colour.\n\n- `RED`\n"
