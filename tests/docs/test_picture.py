"""The picture of the README is the one the example draws."""

from __future__ import annotations

import pytest

from docs.picture import PICTURE, ROOT, drawn


@pytest.mark.timeout(120)
def test_the_picture_is_what_the_example_draws() -> None:
    assert PICTURE.read_text("utf-8") == drawn(), "run `python -m docs.picture`"


def test_the_readme_shows_it() -> None:
    assert f"]({PICTURE.relative_to(ROOT).as_posix()})" in (ROOT / "README.md").read_text("utf-8")
