"""`lading.NAME`: one table, its stub, one rule for those who migrate."""

from __future__ import annotations

import importlib
import inspect
import re
from pathlib import Path

import pytest

import lading
from docs import generate
from lading import errors

ROOT = Path(__file__).parents[2]
NAMES = sorted(lading._HOMES)


def test_what_is_derived_from_the_code_is_up_to_date() -> None:
    assert sorted(generate.stale()) == [], "run `make stub`"


def test_each_public_name_is_described_once() -> None:
    pages = generate.reference()
    assert [name for text in pages.values() for name in re.findall(r"^## (\w+)\n+(?=## |\Z)", text, re.MULTILINE)] == []
    told = [line[3:] for path, text in pages.items() for line in text.splitlines() if line.startswith("## ")]
    assert [name for name in NAMES if told.count(name) != 1] == []


def test_no_name_has_two_homes() -> None:
    listed = [name for names in lading._PUBLIC.values() for name in names]
    assert sorted(listed) == NAMES
    assert lading.__all__ == NAMES
    assert set(NAMES) <= set(dir(lading))


@pytest.mark.parametrize("name", NAMES)
def test_each_name_resolves_and_is_described(name: str) -> None:
    value = getattr(lading, name)
    assert value is getattr(importlib.import_module(lading._HOMES[name]), name)
    if (inspect.isclass(value) or inspect.isfunction(value)) and value.__module__.startswith("lading."):
        assert (value.__doc__ or "").strip(), f"{name} has no docstring"
        assert "Dagster" not in value.__doc__


def test_a_foreign_brand_in_a_name_means_the_name_without() -> None:
    assert lading.DagsterInvariantViolationError is errors.InvariantViolationError
    assert lading.DagsterTypeCheckDidNotPass is errors.TypeCheckDidNotPass
    assert lading.DagsterError is errors.LadingError
    assert lading.Error is errors.LadingError


def test_no_public_name_hides_a_room() -> None:
    rooms = {path.stem for path in (ROOT / "src" / "lading").iterdir()}
    assert rooms.isdisjoint(NAMES)


def test_no_public_name_carries_the_brand() -> None:
    assert [name for name in NAMES if "Dagster" in name] == []


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("ValueMising", "has no ValueMising; did you mean ValueMissing?"),
        ("DagsterValueMising", "has no DagsterValueMising; did you mean ValueMissing?"),
        ("Zzzzzzzzzz", "has no Zzzzzzzzzz; dir(lading) lists what it has"),
        ("_private", "has no _private"),
    ],
)
def test_an_unknown_name_is_refused_with_the_nearest(name: str, said: str) -> None:
    with pytest.raises(AttributeError) as caught:
        getattr(lading, name)
    assert str(caught.value) == f"lading {lading.__version__} {said}"


def test_hasattr_and_star_import_work() -> None:
    assert not hasattr(lading, "NoSuchThing")
    space: dict[str, object] = {}
    exec("from lading import *", space)
    assert set(NAMES) <= set(space)
